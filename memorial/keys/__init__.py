"""The archive's key, and one key for each contribution.

    key = ArchiveKey.load(make_key_file(path))
    own = key.new_contribution_key()
    row.wrapped_key = key.wrap(own)                  # the only form in which it is stored
    own.encrypt_stream(upload, target)               # bounded memory, for files of any length
    key.unwrap(row.wrapped_key).decrypt(ciphertext)

Everything is in the age format (https://age-encryption.org/v1) with X25519 identities, so that an
archive can be opened decades from now without this program: `age -d -i archive.key` opens a wrapped
key, and the identity found in it opens the originals of that contribution in the same way.

To destroy a contribution's wrapped key is to erase what it encrypted: there is no other copy.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, TextIO

import pyrage
from pyrage import x25519

_IDENTITY: Final = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{58}")


class KeyMissing(Exception):
    """There is no usable key file at the place that was named."""


class CannotDecrypt(Exception):
    """The ciphertext was made for another key, or it is damaged. age does not tell which."""


class Reader(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Writer(Protocol):
    def write(self, data: bytes, /) -> int: ...


class _Key:
    """An age identity. It prints as its public half, so that no log or traceback holds the secret."""

    def __init__(self, identity: str) -> None:
        try:
            self._identity = x25519.Identity.from_str(identity)
        except pyrage.IdentityError as wrong:
            raise KeyMissing("this is not an age identity, or it was mistyped") from wrong
        self._text = str(self._identity)
        self._recipient = self._identity.to_public()

    @property
    def recipient(self) -> str:
        """The public half (`age1…`): enough to encrypt, never enough to read."""
        return str(self._recipient)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.recipient}>"

    def encrypt(self, plain: bytes) -> bytes:
        return bytes(pyrage.encrypt(plain, [self._recipient]))

    def decrypt(self, cipher: bytes) -> bytes:
        try:
            return bytes(pyrage.decrypt(cipher, [self._identity]))
        except pyrage.DecryptError as wrong:
            raise CannotDecrypt(str(wrong)) from wrong

    def encrypt_stream(self, reader: Reader, writer: Writer) -> None:
        """Whatever `reader` or `writer` raises comes out unchanged, not as an error of the format."""
        with _own_errors(reader, writer) as (source, target):
            pyrage.encrypt_io(source, target, [self._recipient])

    def decrypt_stream(self, reader: Reader, writer: Writer) -> None:
        """Raises CannotDecrypt at the first chunk (64 KB) that is not what was written, after having
        written the chunks before it; each of those was authenticated."""
        with _own_errors(reader, writer) as (source, target):
            pyrage.decrypt_io(source, target, [self._identity])

    def _subkey(self, purpose: bytes) -> bytes:
        return hkdf(self._text.encode("ascii"), b"memorial/v1/" + purpose)


class ContributionKey(_Key):
    """The key of one contribution. Made by `ArchiveKey.new_contribution_key`, stored only wrapped."""

    def keyed_hash(self, words: bytes) -> str:
        """HMAC-SHA-256, hexadecimal: what append-only tables hold instead of words. Once the key is
        destroyed the hash no longer tells anybody which words it stood for."""
        return hmac.new(self._subkey(b"keyed-hash"), words, hashlib.sha256).hexdigest()


class ArchiveKey(_Key):
    """The one secret of the archive. It is kept outside the backups."""

    @classmethod
    def load(cls, path: Path | str) -> ArchiveKey:
        """Reads an age identity file: comment lines begin with #."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as wrong:
            raise KeyMissing(f"the archive's key cannot be read from {path}") from wrong
        found = _IDENTITY.search(_without_comments(text))
        if found is None:
            raise KeyMissing(f"{path} holds no age identity")
        return cls(found[0])

    def new_contribution_key(self) -> ContributionKey:
        return ContributionKey(str(x25519.Identity.generate()))

    def wrap(self, key: ContributionKey) -> bytes:
        return self.encrypt(key._text.encode("ascii"))

    def unwrap(self, wrapped: bytes) -> ContributionKey:
        return ContributionKey(self.decrypt(wrapped).decode("ascii"))

    def hand_over(self, pipe: TextIO) -> None:
        """To a process of this program that works with it."""
        pipe.write(self._text)

    def pepper(self) -> bytes:
        """32 bytes that go into the slow hash of return codes: a stolen database alone cannot be tried."""
        return self._subkey(b"return-code-pepper")


def make_key_file(path: Path | str) -> Path:
    """Makes a new key, readable by its owner alone. Never overwrites: FileExistsError."""
    made = x25519.Identity.generate()
    return _write(Path(path), f"# public key: {made.to_public()}\n{made}\n")


def keep_key_file(path: Path | str, key: ArchiveKey) -> Path:
    """Writes a key that came back from paper. Never overwrites: FileExistsError."""
    return _write(Path(path), f"# public key: {key.recipient}\n{key._text}\n")


def _write(target: Path, text: str) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    _fsync_folder(target.parent)
    return target


def printable(key: ArchiveKey) -> str:
    """What is printed once for each of two custodians. Either sheet alone restores the archive; a split
    key would be lost with the first of them. `from_printed` reads it back."""
    body = key._text.removeprefix("AGE-SECRET-KEY-1")
    groups = [body[start : start + 4] for start in range(0, len(body), 4)]
    lines = [" ".join(groups[start : start + 5]) for start in range(0, len(groups), 5)]
    return "\n".join([f"# public key: {key.recipient}", "AGE-SECRET-KEY-1", *lines, ""])


def from_printed(words: str) -> ArchiveKey:
    """Spaces, line ends and lower case do not matter. A mistyped letter is found (Bech32 has a check)
    and raises KeyMissing."""
    return ArchiveKey(re.sub(r"\s", "", _without_comments(words)).upper())


def hkdf(secret: bytes, purpose: bytes, length: int = 32, salt: bytes = b"") -> bytes:
    """RFC 5869 with SHA-256."""
    extracted = hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()
    block, out = b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac.new(extracted, block + purpose + bytes([counter]), hashlib.sha256).digest()
        out += block
    return out[:length]


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _own_errors(reader: Reader, writer: Writer) -> Iterator[tuple[_Reading, _Writing]]:
    """Raises what reading or writing raised. pyrage 1.4 makes an error of its own of it, in which a full
    disk can no longer be told from a wrong key, and says nothing at all when the last write fails."""
    source, target = _Reading(reader), _Writing(writer)
    try:
        yield source, target
    except (pyrage.EncryptError, pyrage.DecryptError, OSError) as wrong:
        raise source.failed or target.failed or CannotDecrypt(str(wrong)) from None
    failed = source.failed or target.failed
    if failed is not None:
        raise failed


class _Reading:
    # age asks for 8 KB at a time; one call into Python for every megabyte is enough.
    _AHEAD: Final = 1 << 20

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._ahead = memoryview(b"")
        self.failed: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        if not self._ahead:
            try:
                self._ahead = memoryview(self._reader.read(self._AHEAD))
            except BaseException as wrong:
                self.failed = wrong
                raise
        taken, self._ahead = bytes(self._ahead[:size]), self._ahead[size:]
        return taken


class _Writing:
    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.failed: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._writer.write(data)
        except BaseException as wrong:
            self.failed = wrong
            raise

    def flush(self) -> None:
        return None
