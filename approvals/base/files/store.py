"""The store of files: each content lies once in the data folder, under its checksum, and is never changed."""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from approvals.base.errors import Problem
from approvals.base.files.filetypes import FILE_LIMIT, FILE_TYPES, FileType, check_content, clean_name
from approvals.base.files.scanner import ScannerAddress, check_harmless
from approvals.base.i18n import N_

BLOCK = 1024 * 1024  # bytes read at once
NEW, ASIDE = "new-", "aside-"  # names of what is being written, and of what is about to be removed
_DAMAGED = N_("The stored file is damaged and cannot be downloaded. Contact the system administrator.")


class Damaged(Problem):
    """A stored file is gone or is no longer what was handed in."""

    status = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store; `size` in bytes."""

    name: str
    media_type: str
    size: int
    sha256: str


def store(folder: Path, upload_name: str | None, file: IO[bytes], *, scanner: ScannerAddress | None = None) -> Stored:
    """Put a document into the store, durably; Invalid when it is not accepted."""
    name = clean_name(upload_name)
    file_type = check_content(name, file, FILE_TYPES, FILE_LIMIT)
    check_harmless(scanner, file)
    return store_checked(folder, name, file_type, file)


def size_of(file: IO[bytes]) -> int:
    """The size in bytes."""
    return file.seek(0, os.SEEK_END)


def store_checked(folder: Path, name: str, file_type: FileType, file: IO[bytes]) -> Stored:
    """Put a file into the store, durably, of which name and content were checked."""
    return Stored(name, file_type.media_type, size_of(file), put(folder, file))


def put(folder: Path, file: IO[bytes]) -> str:
    """Put this content into the store, durably; its checksum."""
    digest = sha256_of(file)
    path = path_of(folder, digest)
    if not (is_whole(path, digest) and touch(folder, digest)):
        _write(folder, path, file)
    return digest


def touch(folder: Path, digest: str) -> bool:
    """Let this content count as received now, so that it is not removed before a row names it; whether it is there."""
    try:
        os.utime(path_of(folder, digest))
    except FileNotFoundError:
        return False
    return True


def path_of(folder: Path, digest: str) -> Path:
    """The path of the content with this checksum."""
    return folder / digest[:2] / digest[2:4] / digest


def sha256_of(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _write(folder: Path, path: Path, file: IO[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=NEW, delete=False) as new:
        try:
            file.seek(0)
            shutil.copyfileobj(file, new, BLOCK)
            new.flush()
            os.fsync(new.fileno())
            Path(new.name).replace(path)  # in place of a damaged one, too
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
    for parent in (path.parent, path.parent.parent, folder):
        _sync(parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_whole(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as file:
            return sha256_of(file) == digest
    except OSError:
        return False


def opened(folder: Path, digest: str) -> IO[bytes]:
    """The stored content, open at its beginning; Damaged when it is not what was handed in, byte for byte."""
    try:
        file = path_of(folder, digest).open("rb")
    except OSError:
        raise Damaged(_DAMAGED) from None
    if sha256_of(file) != digest:
        file.close()
        raise Damaged(_DAMAGED)
    file.seek(0)
    return file


def contents(folder: Path) -> Iterator[Path]:
    """The files of the store, and what was left of others that were never finished or never removed."""
    for path in sorted(folder.glob("??/??/*")):
        if path_of(folder, path.name) == path:
            yield path
    for mark in (NEW, ASIDE):
        yield from sorted(folder.glob(f"{mark}*"))


def digest_of(path: Path) -> str:
    """The checksum of what lies here, by its name; of what was never finished it is none that a row names."""
    return path.name.removeprefix(ASIDE)


def discard(folder: Path, path: Path, before: float) -> bool:
    """Remove a file of the store unless it was received again since this moment; whether it is gone.

    Whoever puts the same content meanwhile either touches this file, which brings it back, or finds none and writes it.
    """
    aside = path if path.name.startswith((NEW, ASIDE)) else folder / f"{ASIDE}{path.name}"
    try:
        path.rename(aside)
        is_old = aside.stat().st_mtime < before
    except FileNotFoundError:
        return False
    if is_old:
        aside.unlink(missing_ok=True)
    elif not aside.name.startswith(NEW):
        bring_back(folder, aside)
    return is_old


def bring_back(folder: Path, aside: Path) -> None:
    """Put what was about to be removed where it belongs; nothing to do for what lies there."""
    home = path_of(folder, digest_of(aside))
    if aside != home:
        home.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(home)


def modified(path: Path) -> float:
    """When the file was last received, in seconds; of one that is gone by now it counts as just now."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
