"""Originals, kept under the hash of their bytes, read-only, before anything parses them."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from contracts import CytomartError, failure
from store.durable import fsync, fsync_path, remove, sync_filesystem, temporary_sibling
from store.home import Home

READ_ONLY = 0o400
_CHUNK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Archived:
    """An original in the archive: its hash, its size, and where the copy lies."""

    sha256: str
    n_bytes: int
    path: Path


def put(home: Home, path: Path) -> Archived:
    """Copy a file into the archive; parse the copy, never the original.

    Raises
    ------
    CytomartError
        The path is a link, a device or a directory, cannot be read, or changed while it was
        copied.
    """
    descriptor = _open_regular(path)
    with os.fdopen(descriptor, "rb") as source:
        before = os.fstat(source.fileno())
        temporary = temporary_sibling(home.archive_dir / "incoming")
        try:
            digest, n_bytes = hashlib.sha256(), 0
            with _create(temporary) as out:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    n_bytes += len(chunk)
                    out.write(chunk)
                out.flush()
                fsync(out.fileno())
            after = os.fstat(source.fileno())
            if (before.st_size, before.st_mtime_ns) != (n_bytes, after.st_mtime_ns):
                raise failure(
                    "the file changed while it was read",
                    where=str(path),
                    allowed="a file that is complete",
                    remedy="wait until the scanner or the copy has finished, then load again",
                    exit_code=1,
                )
            return _settle(home, temporary, digest.hexdigest(), n_bytes)
        finally:
            temporary.unlink(missing_ok=True)


def put_bytes(home: Home, content: bytes) -> Archived:
    """Put bytes into the archive (a table of which only the mapped columns are kept)."""
    temporary = temporary_sibling(home.archive_dir / "incoming")
    try:
        with _create(temporary) as out:
            out.write(content)
            out.flush()
            fsync(out.fileno())
        return _settle(home, temporary, hashlib.sha256(content).hexdigest(), len(content))
    finally:
        temporary.unlink(missing_ok=True)


def names(home: Home) -> set[str]:
    """Return the hashes of all originals that are in the archive; none where no home is yet."""
    if not home.archive_dir.is_dir():
        return set()
    return {e.name for e in os.scandir(home.archive_dir) if _HASH.fullmatch(e.name)}


@dataclass(frozen=True)
class Incoming:
    """Originals on their way into the archive: written, not yet forced to the disk."""

    prefix: str
    written: dict[str, str]

    def add(self, sha256: str, content: bytes | memoryview) -> None:
        """Write an original under a temporary name; the caller has hashed it."""
        temporary = self.prefix + sha256
        self.written[sha256] = temporary
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READ_ONLY)
        try:
            while content:
                content = content[os.write(descriptor, content) :]
        finally:
            os.close(descriptor)


@contextmanager
def incoming(home: Home) -> Iterator[Incoming]:
    """Take in many originals at once: when the block ends they are durable and have their names.

    A block that fails leaves nothing behind.
    """
    directory = str(home.archive_dir)
    found = Incoming(str(temporary_sibling(home.archive_dir / "incoming")) + "-", {})
    try:
        yield found
        if found.written:
            sync_filesystem(home.archive_dir, found.written.values())
            for sha256, temporary in found.written.items():
                os.replace(temporary, f"{directory}/{sha256}")  # noqa: PTH105  (a third of the time)
            fsync_path(home.archive_dir)
    except BaseException:
        for temporary in found.written.values():
            remove(Path(temporary))
        raise


def read(home: Home, sha256: str) -> bytes:
    """Return an original's bytes.

    Raises
    ------
    CytomartError
        It is not in the archive, or its bytes are no longer those it is named by.
    """
    path = path_of(home, sha256)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise failure(
            f"no original {sha256} in the archive",
            where=str(home.archive_dir),
            remedy="run `cytomart verify`, and restore the archive from a backup",
            exit_code=4,
        ) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise failure(
            "an original was changed after it was archived",
            where=str(path),
            remedy="restore it from a backup; its name is the hash of its true bytes",
            exit_code=4,
        )
    return content


def path_of(home: Home, sha256: str) -> Path:
    """Return where an original lies, whether or not it is there."""
    if not _HASH.fullmatch(sha256):
        raise failure(
            f"{sha256!r} is not a SHA-256", allowed="64 characters of 0-9a-f", exit_code=4
        )
    return home.archive_dir / sha256


def _open_regular(path: Path) -> int:
    try:
        # O_NONBLOCK: opening a named pipe must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise _refused(path, "a link") from error
        raise failure(
            f"the file cannot be read: {error.strerror}",
            where=str(path),
            remedy="check the path and your rights to it",
            exit_code=1,
        ) from error
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    raise _refused(path, "a directory" if stat.S_ISDIR(mode) else "a device or pipe")


def _refused(path: Path, what: str) -> CytomartError:
    return failure(
        f"{what} was given in place of a file",
        where=str(path),
        allowed="an ordinary file",
        remedy="copy the file itself into the study folder",
        exit_code=1,
    )


def _create(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _settle(home: Home, temporary: Path, sha256: str, n_bytes: int) -> Archived:
    final = home.archive_dir / sha256
    if not (final.exists() and final.stat().st_size == n_bytes):
        temporary.chmod(READ_ONLY)
        temporary.replace(final)
        fsync_path(home.archive_dir)
    return Archived(sha256, n_bytes, final)
