"""Originals and copies on a local disk: what a crash, a full disk and a damaged file leave behind."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import memorial.storage
from memorial.keys import ArchiveKey, CannotDecrypt, ContributionKey, make_key_file
from memorial.storage import Damaged, Missing, NoRoom, NotAStorageKey, Storage, is_named_by_hash
from memorial.storage.files import no_room_named

PLAIN = b"a synthetic photograph " * 10_000
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def archive(tmp_path: Path) -> ArchiveKey:
    return ArchiveKey.load(make_key_file(tmp_path / "archive.key"))


@pytest.fixture
def key(archive: ArchiveKey) -> ContributionKey:
    return archive.new_contribution_key()


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "media")


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def in_another_process(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_an_original_comes_back_as_it_was_received(storage: Storage, key: ContributionKey) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    with storage.open_original(stored.storage_key, key) as plain:
        assert plain.read() == PLAIN
    assert stored.sha256_plain == hashlib.sha256(PLAIN).hexdigest()
    assert stored.bytes_plain == len(PLAIN)


def test_an_original_is_named_by_the_hash_of_its_ciphertext(
    storage: Storage, key: ContributionKey, tmp_path: Path
) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    cipher = (tmp_path / "media" / stored.storage_key).read_bytes()
    assert stored.sha256_cipher == hashlib.sha256(cipher).hexdigest() == storage.checksum(stored.storage_key)
    assert stored.storage_key == f"originals/{stored.sha256_cipher[:2]}/{stored.sha256_cipher}"
    assert is_named_by_hash(stored.storage_key)


def test_nothing_plain_lies_on_the_disk(storage: Storage, key: ContributionKey, tmp_path: Path) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    with storage.open_original(stored.storage_key, key) as plain:
        plain.read(10)
        assert [path for path in files_below(tmp_path) if PLAIN[:40] in path.read_bytes()] == []


def test_only_the_owner_may_read_what_is_stored(
    storage: Storage, key: ContributionKey, tmp_path: Path
) -> None:
    storage.put_original(io.BytesIO(PLAIN), key)
    for path in [tmp_path / "media", *(tmp_path / "media").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_equal_files_of_two_families_are_two_files(storage: Storage, archive: ArchiveKey) -> None:
    one = storage.put_original(io.BytesIO(PLAIN), archive.new_contribution_key())
    two = storage.put_original(io.BytesIO(PLAIN), archive.new_contribution_key())
    assert one.sha256_plain == two.sha256_plain
    assert one.storage_key != two.storage_key


def test_another_familys_key_opens_nothing(storage: Storage, archive: ArchiveKey) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), archive.new_contribution_key())
    with (
        storage.open_original(stored.storage_key, archive.new_contribution_key()) as plain,
        pytest.raises(CannotDecrypt),
    ):
        plain.read()


def test_an_empty_file_is_kept_too(storage: Storage, key: ContributionKey) -> None:
    stored = storage.put_original(io.BytesIO(b""), key)
    with storage.open_original(stored.storage_key, key) as plain:
        assert plain.read() == b""
    assert stored.bytes_plain == 0


@pytest.mark.parametrize("place", [0, 150, 70_000, -1])
def test_a_flipped_bit_is_found_and_nothing_is_served(
    storage: Storage, key: ContributionKey, tmp_path: Path, place: int
) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    path = tmp_path / "media" / stored.storage_key
    damaged = bytearray(path.read_bytes())
    damaged[place] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(Damaged):
        storage.open_original(stored.storage_key, key)
    with pytest.raises(Damaged) as raised:
        storage.verify(stored.storage_key)
    assert raised.value.storage_key == stored.storage_key


def test_a_file_cut_short_is_found(storage: Storage, key: ContributionKey, tmp_path: Path) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    os.truncate(tmp_path / "media" / stored.storage_key, 100)
    with pytest.raises(Damaged):
        storage.verify(stored.storage_key)


def test_a_file_that_is_gone_is_named_as_missing(storage: Storage, key: ContributionKey) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    assert storage.delete(stored.storage_key)
    assert not storage.exists(stored.storage_key)
    assert not storage.delete(stored.storage_key)
    for look in (storage.verify, storage.checksum, storage.set_aside):
        with pytest.raises(Missing):
            look(stored.storage_key)
    with pytest.raises(Missing):
        storage.open_original(stored.storage_key, key)


def test_a_reader_may_stop_in_the_middle(storage: Storage, key: ContributionKey) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN * 20), key)
    with storage.open_original(stored.storage_key, key) as plain:
        assert plain.read(100) == PLAIN[:100]


def test_the_file_and_then_its_folder_are_on_the_disk_before_it_is_acknowledged(
    storage: Storage, key: ContributionKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def noted(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    file = tmp_path / "media" / stored.storage_key
    assert synced.index(file.stat().st_ino) < synced.index(file.parent.stat().st_ino, 1)
    assert file.parent.parent.stat().st_ino in synced


CRASHING = """
import io, os, signal, sys
import memorial.storage
from memorial.keys import ArchiveKey, ContributionKey

def die(label):
    if label == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

memorial.storage.at = die
archive = ArchiveKey.load(sys.argv[2])
key = archive.new_contribution_key()
with open(sys.argv[2] + ".wrapped", "wb") as file:
    file.write(archive.wrap(key))
memorial.storage.Storage(sys.argv[1]).put_original(io.BytesIO(b"a synthetic photograph " * 10_000), key)
"""


@pytest.mark.parametrize("label", ["after-write", "after-fsync", "after-rename"])
def test_a_kill_at_any_point_leaves_nothing_or_a_whole_file(
    storage: Storage, archive: ArchiveKey, tmp_path: Path, label: str
) -> None:
    ended = in_another_process(CRASHING, str(tmp_path / "media"), str(tmp_path / "archive.key"), label)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    kept = list(storage.listing("originals"))
    assert len(kept) == (1 if label == "after-rename" else 0)
    key = archive.unwrap((tmp_path / "archive.key.wrapped").read_bytes())
    for storage_key in kept:
        with storage.open_original(storage_key, key) as plain:
            assert plain.read() == PLAIN


@pytest.mark.parametrize("label", ["after-write", "after-fsync"])
def test_what_a_crash_left_unfinished_is_put_aside(storage: Storage, tmp_path: Path, label: str) -> None:
    make_key_file(tmp_path / "archive.key")
    in_another_process(CRASHING, str(tmp_path / "media"), str(tmp_path / "archive.key"), label)
    [found] = storage.leftovers()
    assert found.is_file()
    assert files_below(tmp_path / "media" / "incoming") == []
    assert [key.rsplit("/", 1)[1] for key in storage.listing("aside")] == [found.name]
    assert storage.leftovers() == []


def test_a_file_being_written_now_is_no_leftover(
    storage: Storage, key: ContributionKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setattr(memorial.storage, "at", lambda _label: seen.append(storage.leftovers()))
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    assert seen == [[], [], []]
    storage.verify(stored.storage_key)


def test_a_reader_that_breaks_leaves_nothing_behind(
    storage: Storage, key: ContributionKey, tmp_path: Path
) -> None:
    class Breaking(io.RawIOBase):
        pieces = [PLAIN, PLAIN]

        def read(self, size: int = -1) -> bytes:
            if not self.pieces:
                raise ConnectionResetError("the line went")
            return self.pieces.pop()

    with pytest.raises(ConnectionResetError):
        storage.put_original(Breaking(), key)
    assert files_below(tmp_path / "media") == []


NO_ROOM = """
import io, resource, sys
from memorial.keys import ArchiveKey
from memorial.storage import NoRoom, Storage

storage, key = Storage(sys.argv[1]), ArchiveKey.load(sys.argv[2]).new_contribution_key()
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
for put in (lambda: storage.put_original(io.BytesIO(bytes(3_000_000)), key),
            lambda: storage.put_derived("a/320.jpg", bytes(3_000_000))):
    try:
        put()
    except NoRoom:
        print("no room")
"""


@pytest.mark.parametrize("room", [10, 100_000, 2_999_999])
def test_a_file_that_does_not_fit_is_said_not_to_fit(
    storage: Storage, archive: ArchiveKey, tmp_path: Path, room: int
) -> None:
    ended = in_another_process(NO_ROOM, str(tmp_path / "media"), str(tmp_path / "archive.key"), str(room))
    assert ended.stdout == "no room\nno room\n", ended.stderr
    assert files_below(tmp_path / "media") == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_and_a_full_quota_are_no_room(number: int) -> None:
    with pytest.raises(NoRoom), no_room_named():
        raise OSError(number, os.strerror(number))


def test_other_errors_of_the_disk_keep_their_name() -> None:
    with pytest.raises(PermissionError), no_room_named():
        raise OSError(errno.EACCES, "Permission denied")


LARGE = """
import resource, sys
from memorial.keys import ArchiveKey
from memorial.storage import Storage

class Endless:
    left = 64 << 20
    def read(self, size=-1):
        size = min(size, self.left)
        self.left -= size
        return bytes(size)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

storage, key = Storage(sys.argv[1]), ArchiveKey.load(sys.argv[2]).new_contribution_key()
before = peak()
stored = storage.put_original(Endless(), key)
length = 0
with storage.open_original(stored.storage_key, key) as plain:
    while chunk := plain.read(1 << 20):
        length += len(chunk)
assert length == stored.bytes_plain == 64 << 20
print(peak() - before)
"""


def test_a_large_recording_takes_little_memory(archive: ArchiveKey, tmp_path: Path) -> None:
    ended = in_another_process(LARGE, str(tmp_path / "media"), str(tmp_path / "archive.key"))
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) < 24  # megabytes


def test_a_copy_can_be_made_again(storage: Storage) -> None:
    assert storage.put_derived("ab12/640.jpg", b"first") == "derived/ab12/640.jpg"
    storage_key = storage.put_derived("ab12/640.jpg", io.BytesIO(b"second"))
    for name in ("ab12/640.jpg", storage_key):
        with storage.open_derived(name) as copy:
            assert copy.read() == b"second"
    assert list(storage.listing("derived")) == [storage_key]


def test_a_copy_can_be_read_from_its_middle(storage: Storage) -> None:
    storage.put_derived("talk.opus", b"0123456789")
    with storage.open_derived("talk.opus") as copy:
        copy.seek(4)
        assert copy.read(3) == b"456"


def test_a_file_without_a_row_is_put_aside_and_never_over_another(storage: Storage) -> None:
    for content in (b"one", b"two"):
        storage.set_aside(storage.put_derived("x.jpg", content))
    assert list(storage.listing("derived")) == []
    assert sorted(storage.listing("aside")) == ["aside/derived/x.jpg", "aside/derived/x.jpg.1"]


def test_an_original_put_aside_can_still_be_checked_and_opened(
    storage: Storage, key: ContributionKey
) -> None:
    aside = storage.set_aside(storage.put_original(io.BytesIO(PLAIN), key).storage_key)
    storage.verify(aside)
    with storage.open_original(aside, key) as plain:
        assert plain.read() == PLAIN


@pytest.mark.parametrize(
    "name",
    [
        "",
        "originals",
        "originals/",
        "derived//a",
        "derived/../../etc/passwd",
        "/etc/passwd",
        "incoming/a",
        "derived/.hidden",
        "derived/a\0b",
        "derived/a\n",
        "derived/a b",
    ],
)
def test_no_name_leads_out_of_the_storage(storage: Storage, name: str) -> None:
    for use in (storage.exists, storage.delete, storage.checksum, storage.set_aside, storage.verify):
        with pytest.raises(NotAStorageKey):
            use(name)
    with pytest.raises(NotAStorageKey):
        storage.put_derived("../" + name, b"")


def test_a_folder_a_file_address_and_a_path_are_the_same_storage(tmp_path: Path) -> None:
    folder = tmp_path / "with space"
    Storage(folder).put_derived("a", b"1")
    for url in (str(folder), f"file://{str(folder).replace(' ', '%20')}"):
        assert Storage(url).exists("derived/a")


@pytest.mark.parametrize("url", ["http://example.org/media", "gs://bucket/x"])
def test_an_unknown_kind_of_storage_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="storage is"):
        Storage(url)
