"""The archive's key and the keys of contributions."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest

from memorial.keys import (
    ArchiveKey,
    CannotDecrypt,
    ContributionKey,
    KeyMissing,
    from_printed,
    hkdf,
    make_key_file,
    printable,
)

WORDS = "Sınaq: Аваз, Սամվել, ə".encode()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return make_key_file(tmp_path / "secrets" / "archive.key")


@pytest.fixture
def key(key_file: Path) -> ArchiveKey:
    return ArchiveKey.load(key_file)


class Broken(io.RawIOBase):
    """Fails in the middle, as a full disk or a lost connection does."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raise self.error

    def write(self, data: object) -> int:
        raise self.error


def streamed(key: ContributionKey, plain: bytes) -> bytes:
    cipher = io.BytesIO()
    key.encrypt_stream(io.BytesIO(plain), cipher)
    return cipher.getvalue()


def unstreamed(key: ContributionKey, cipher: bytes) -> bytes:
    plain = io.BytesIO()
    key.decrypt_stream(io.BytesIO(cipher), plain)
    return plain.getvalue()


def test_only_its_owner_may_read_a_new_key_file(key_file: Path) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_a_key_file_is_never_overwritten(key_file: Path) -> None:
    before = key_file.read_bytes()
    with pytest.raises(FileExistsError):
        make_key_file(key_file)
    assert key_file.read_bytes() == before


@pytest.mark.parametrize(
    "content", [None, b"", b"# public key: age1xyz\n", b"AGE-SECRET-KEY-1AAAA", b"\xff\xfe"]
)
def test_a_file_without_a_key_is_named_as_missing(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "archive.key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KeyMissing):
        ArchiveKey.load(path)


def test_a_key_file_holds_a_plain_age_identity_that_any_age_program_reads(key_file: Path) -> None:
    key = ArchiveKey.load(key_file)
    identity = pyrage.x25519.Identity.from_str(key_file.read_text().splitlines()[-1])
    assert pyrage.decrypt(key.encrypt(WORDS), [identity]) == WORDS
    assert key.encrypt(WORDS).startswith(b"age-encryption.org/v1\n")


def test_with_the_archives_key_alone_age_opens_a_contribution(key_file: Path) -> None:
    key = ArchiveKey.load(key_file)
    own = key.new_contribution_key()
    archive_identity = pyrage.x25519.Identity.from_str(key_file.read_text().splitlines()[-1])
    found = pyrage.decrypt(key.wrap(own), [archive_identity]).decode()
    assert pyrage.decrypt(streamed(own, WORDS), [pyrage.x25519.Identity.from_str(found)]) == WORDS


def test_a_printed_key_is_read_back_in_whatever_case_and_spacing_it_was_typed(key: ArchiveKey) -> None:
    sheet = printable(key)
    assert all(len(line) <= 80 for line in sheet.splitlines())
    typed = sheet.split("\n", 1)[1].lower().replace(" ", "  ")
    assert from_printed(sheet).recipient == from_printed(typed).recipient == key.recipient


def test_one_mistyped_letter_of_a_printed_key_is_found(key: ArchiveKey) -> None:
    words = printable(key).split("\n", 1)[1]
    last = words.rstrip()[-1]
    wrong = words.rstrip()[:-1] + ("Q" if last != "Q" else "P")
    with pytest.raises(KeyMissing):
        from_printed(wrong)


def test_a_wrapped_key_is_the_same_key_after_unwrapping(key: ArchiveKey) -> None:
    own = key.new_contribution_key()
    again = key.unwrap(key.wrap(own))
    assert again.recipient == own.recipient
    assert again.decrypt(own.encrypt(WORDS)) == WORDS


def test_two_contributions_cannot_read_each_other(key: ArchiveKey) -> None:
    with pytest.raises(CannotDecrypt):
        key.new_contribution_key().decrypt(key.new_contribution_key().encrypt(WORDS))


def test_another_archives_key_unwraps_nothing(key: ArchiveKey, tmp_path: Path) -> None:
    other = ArchiveKey.load(make_key_file(tmp_path / "other.key"))
    with pytest.raises(CannotDecrypt):
        other.unwrap(key.wrap(key.new_contribution_key()))


def test_encrypting_the_same_words_twice_gives_two_ciphertexts(key: ArchiveKey) -> None:
    assert key.encrypt(WORDS) != key.encrypt(WORDS)


@pytest.mark.parametrize("length", [0, 1, 65535, 65536, 65537, 3_000_000])
def test_a_stream_of_any_length_comes_back_byte_for_byte(key: ArchiveKey, length: int) -> None:
    own = key.new_contribution_key()
    plain = bytes(range(256)) * (length // 256) + bytes(length % 256)
    assert unstreamed(own, streamed(own, plain)) == plain
    assert own.decrypt(streamed(own, plain)) == plain


@pytest.mark.parametrize("cut", [1, 100, 70_000, 199_990])
def test_a_cut_off_ciphertext_is_refused(key: ArchiveKey, cut: int) -> None:
    own = key.new_contribution_key()
    cipher = streamed(own, bytes(200_000))[:-cut]
    with pytest.raises(CannotDecrypt):
        own.decrypt(cipher)
    with pytest.raises(CannotDecrypt):
        unstreamed(own, cipher)


def test_a_flipped_bit_anywhere_is_refused(key: ArchiveKey) -> None:
    own = key.new_contribution_key()
    cipher = bytearray(streamed(own, bytes(1000)))
    for place in range(0, len(cipher), 37):
        cipher[place] ^= 1
        with pytest.raises(CannotDecrypt):
            unstreamed(own, bytes(cipher))
        cipher[place] ^= 1


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), ValueError("lost"), KeyboardInterrupt()]
)
def test_a_failing_reader_or_writer_raises_its_own_error(key: ArchiveKey, error: BaseException) -> None:
    own, cipher = key.new_contribution_key(), io.BytesIO(key.encrypt(b"x"))
    attempts: list[Callable[[], None]] = [
        lambda: own.encrypt_stream(Broken(error), io.BytesIO()),
        lambda: own.encrypt_stream(io.BytesIO(b"x"), Broken(error)),
        lambda: own.decrypt_stream(Broken(error), cipher),
        lambda: own.decrypt_stream(io.BytesIO(streamed(own, b"x")), Broken(error)),
    ]
    for attempt in attempts:
        with pytest.raises(type(error)) as raised:
            attempt()
        assert raised.value is error


def test_a_keyed_hash_depends_on_the_words_and_on_the_key(key: ArchiveKey) -> None:
    own, other = key.new_contribution_key(), key.new_contribution_key()
    assert own.keyed_hash(WORDS) == key.unwrap(key.wrap(own)).keyed_hash(WORDS)
    assert len({own.keyed_hash(WORDS), own.keyed_hash(WORDS + b"."), other.keyed_hash(WORDS)}) == 3


def test_the_pepper_stays_with_the_archives_key(key_file: Path, tmp_path: Path) -> None:
    pepper = ArchiveKey.load(key_file).pepper()
    assert len(pepper) == 32
    assert pepper == ArchiveKey.load(key_file).pepper()
    assert pepper != ArchiveKey.load(make_key_file(tmp_path / "other.key")).pepper()


def test_subkeys_follow_the_first_example_of_rfc_5869() -> None:
    found = hkdf(b"\x0b" * 22, bytes.fromhex("f0f1f2f3f4f5f6f7f8f9"), 42, bytes(range(13)))
    assert found.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_a_key_prints_as_its_public_half(key: ArchiveKey) -> None:
    for each in (key, key.new_contribution_key()):
        assert "SECRET" not in repr(each) + str(each)
        assert each.recipient in repr(each)
