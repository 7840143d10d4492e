"""Write so that it is still there after the power went off."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import cast

PRIVATE_FILE = 0o600
PRIVATE_DIR = 0o700
TEMPORARY_PREFIX = ".tmp-"


def fsync(descriptor: int) -> None:
    """Force what was written to an open file through to the disk itself."""
    # On macOS fsync reaches only the drive's cache; F_FULLFSYNC (absent elsewhere) empties it.
    command = getattr(fcntl, "F_FULLFSYNC", None)
    if command is not None:
        with suppress(OSError):
            fcntl.fcntl(descriptor, command)
            return
    os.fsync(descriptor)


def fsync_path(path: Path) -> None:
    """Force a file's or directory's content to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(directory: Path, name: str = "") -> None:
    """Remove what a killed process left under a temporary name (of one file, or of all)."""
    for leftover in directory.glob(f"{TEMPORARY_PREFIX}{name}*"):
        remove(leftover)


def remove(path: Path) -> None:
    """Remove a file or a whole directory, if it is there."""
    with suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def temporary_sibling(path: Path) -> Path:
    """Return an unused name in the same directory; leftovers are known by their prefix."""
    return path.with_name(f"{TEMPORARY_PREFIX}{path.name}-{os.getpid()}-{uuid.uuid4().hex[:8]}")


def write_private(path: Path, content: bytes) -> None:
    """Create a new file of mode 0600 whatever the umask; an existing one is an error."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as out:
        os.fchmod(out.fileno(), PRIVATE_FILE)
        out.write(content)
        out.flush()
        fsync(out.fileno())


def create_file(path: Path, content: bytes) -> None:
    """Put a new private file at `path` in one step; an existing one is an error."""
    temporary = temporary_sibling(path)
    try:
        write_private(temporary, content)
        path.hardlink_to(temporary)
    finally:
        temporary.unlink(missing_ok=True)
    fsync_path(path.parent)


def replace_file(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """Put `content` at `path` in one step: a reader finds the old file or the new one."""
    temporary = temporary_sibling(path)
    try:
        write_private(temporary, content)
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    fsync_path(path.parent)


def sync_filesystem(directory: Path, paths: Iterable[str]) -> None:
    """Force everything written to these files of a directory to the disk, all in one go.

    Linux can empty a whole file system at once, which for thousands of small files costs a
    tenth of emptying them one by one; elsewhere it is one by one.
    """
    if _SYNCFS is None:
        for path in paths:
            fsync_path(Path(path))
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        if _SYNCFS(descriptor) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(directory))
    finally:
        os.close(descriptor)


def _find_syncfs() -> Callable[[int], int] | None:
    try:
        found = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None
    found.argtypes = [ctypes.c_int]
    return cast(Callable[[int], int], found)


_SYNCFS = _find_syncfs()
