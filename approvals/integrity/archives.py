"""Archives of backups: a tar file with checksums of all that is in it, encrypted in pieces when a key is given."""

import hashlib
import io
import json
import os
import struct
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from approvals.base.errors import Problem
from approvals.base.files.store import BLOCK

MANIFEST = "manifest.json"
MAGIC = b"guahao backup 1\n"
SALT = 16  # bytes
SHORTEST_KEY = 32  # characters


class BadArchive(Problem):
    """The file is no backup, not whole, or for another key."""


def read_key(path: Path) -> str:
    """The key in this file."""
    key = path.read_text(encoding="utf-8").strip()
    if len(key) < SHORTEST_KEY:
        raise BadArchive(f"{path}: a key has {SHORTEST_KEY} characters or more")
    return key


def _cipher(key: str, salt: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 an extra, as signing is
    except ImportError:
        raise BadArchive("encryption needs what requirements/signing.txt installs") from None
    return AESGCM(hashlib.scrypt(key.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32))


class _Sealing(io.RawIOBase):
    """Writes pieces, each sealed with its number and whether it is the last: none can be cut off or swapped."""

    def __init__(self, out: IO[bytes], key: str) -> None:
        salt = os.urandom(SALT)
        self._out, self._cipher, self._number, self._piece = out, _cipher(key, salt), 0, bytearray()
        out.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._piece += data
        while len(self._piece) > BLOCK:
            self._seal(bytes(self._piece[:BLOCK]), is_last=False)
            del self._piece[:BLOCK]
        return len(data)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number), piece, b"last" if is_last else b"")
        self._out.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1

    def finish(self) -> None:
        self._seal(bytes(self._piece), is_last=True)


def _nonce(number: int) -> bytes:
    return struct.pack(">IQ", 0, number)  # the key is of this file alone, by its salt


def _opened(file: IO[bytes], key: str) -> Iterator[bytes]:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415

    cipher, number = _cipher(key, file.read(SALT)), 0
    head = file.read(4)
    while head:
        sealed = file.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""
        head = file.read(4)
        try:
            yield cipher.decrypt(_nonce(number), sealed, b"" if head else b"last")
        except InvalidTag:
            raise BadArchive("the backup is damaged or cut off, or the key is another one") from None
        number += 1


@contextmanager
def written(path: Path, key: str | None) -> Iterator[tarfile.TarFile]:
    """A new archive, for its owner alone; it has its name when it is whole and on the disk."""
    if path.exists():
        raise BadArchive(f"{path} exists already")
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            sealing = _Sealing(out, key) if key else None
            with tarfile.open(fileobj=sealing or out, mode="w|") as archive:
                yield archive
            if sealing:
                sealing.finish()
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def add(archive: tarfile.TarFile, name: str, source: Path, sums: dict[str, str]) -> None:
    """Add this file, and note its checksum."""
    with source.open("rb") as file:
        sums[name] = hashlib.file_digest(file, "sha256").hexdigest()
    archive.add(source, name, recursive=False)


def add_manifest(archive: tarfile.TarFile, manifest: Mapping[str, object]) -> None:
    """Say at the end what is in the archive."""
    data = json.dumps(manifest, indent=1).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


def unpack(path: Path, key: str | None, folder: Path) -> dict[str, Any]:
    """Unpack the archive into this folder; its manifest. BadArchive unless all is there, with its checksum."""
    with path.open("rb") as file:
        plain = folder / "plain.tar"
        if file.read(len(MAGIC)) == MAGIC:
            if not key:
                raise BadArchive("the backup is encrypted; name its key with --key-file")
            with plain.open("wb") as out:
                out.writelines(_opened(file, key))
            _extract(plain, folder)
            plain.unlink()
        else:
            _extract(path, folder)
    return _checked(folder)


def _extract(path: Path, folder: Path) -> None:
    try:
        with tarfile.open(path, "r:") as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError) as error:
        raise BadArchive(f"{path.name} is no backup of this product, or it is cut off ({error})") from None


def _checked(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        raise BadArchive("the backup has no manifest: it is cut off, or of something else") from None
    found = {}
    for path in folder.rglob("*"):
        if path.is_file() and path != folder / MANIFEST:
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    if found != manifest["sums"]:
        wrong = sorted(name for name in {*found, *manifest["sums"]} if found.get(name) != manifest["sums"].get(name))
        raise BadArchive(f"the backup is damaged: {', '.join(wrong[:5])}")
    return manifest
