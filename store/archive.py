"""Originals, kept under the hash of their bytes, read-only, before anything parses them."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from contracts import CytomartError, failure
from store import ledger, packs
from store.durable import fsync, fsync_path, remove, sync_filesystem, temporary_sibling
from store.fault_points import fault_point
from store.home import Home
from store.kept import PACKED_EVENT
from store.packs import DamagedPackError, Member, Pack

READ_ONLY = 0o400
#: So many originals that arrive together share a pack. Opening a pack costs as much as listing
#: some fifty files, and a person finds a single file more easily than one in a pack.
PACK_FROM = 64
_CHUNK = 1 << 20
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Archived:
    """An original in the archive: its hash, its size, and the file that it is, or is in."""

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
    sha256 = hashlib.sha256(content).hexdigest()
    kept = _kept(home, sha256, len(content))
    if kept is not None:
        return kept
    temporary = temporary_sibling(home.archive_dir / "incoming")
    try:
        with _create(temporary) as out:
            out.write(content)
            out.flush()
            fsync(out.fileno())
        return _settle(home, temporary, sha256, len(content))
    finally:
        temporary.unlink(missing_ok=True)


def names(home: Home) -> set[str]:
    """Return the hashes of all originals that are in the archive; none where no home is yet."""
    if not home.archive_dir.is_dir():
        return set()
    found = {e.name for e in os.scandir(home.archive_dir) if _HASH.fullmatch(e.name)}
    return found.union(*(named for _, named in _packs(home)))


@dataclass(frozen=True)
class Incoming:
    """Originals on their way into the archive: written, not yet forced to the disk."""

    home: Home
    packs: list[Pack]

    def add(self, sha256: str, content: bytes | memoryview) -> None:
        """Write an original into a pack; the caller has hashed it and may overwrite it then."""
        if not self.packs or self.packs[-1].is_full:
            self.packs.append(Pack.begin(temporary_sibling(self.home.packs_dir / "incoming")))
        self.packs[-1].add(sha256, content)


@contextmanager
def incoming(home: Home) -> Iterator[Incoming]:
    """Take in many originals at once: when the block ends they are durable and have their names.

    They lie in one pack, which the ledger then knows; fewer than `PACK_FROM` become files of
    their own, as a delivery of one does. A block that fails leaves nothing behind.
    """
    found = Incoming(home, [])
    try:
        yield found
        if sum(len(p.members) for p in found.packs) < PACK_FROM:
            for pack in found.packs:
                _settle_apart(home, pack)
        else:
            _settle_packs(home, found.packs)
    finally:
        for pack in found.packs:
            pack.path.unlink(missing_ok=True)
            with suppress(OSError):  # what a full disk did not take is not wanted any more
                pack.stream.close()


def read(home: Home, sha256: str) -> bytes:
    """Return an original's bytes.

    Raises
    ------
    CytomartError
        It is not in the archive, or its bytes are no longer those it is named by.
    """
    if not _HASH.fullmatch(sha256):
        raise failure(
            f"{sha256!r} is not a SHA-256", allowed="64 characters of 0-9a-f", exit_code=4
        )
    content, where = _content(home, sha256)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise failure(
            "an original was changed after it was archived",
            where=where,
            remedy="restore it from a backup; its name is the hash of its true bytes",
            exit_code=4,
        )
    return content


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
    kept = _kept(home, sha256, n_bytes)
    if kept is not None:
        return kept
    final = home.archive_dir / sha256
    temporary.chmod(READ_ONLY)
    temporary.replace(final)
    fsync_path(home.archive_dir)
    return Archived(sha256, n_bytes, final)


def _settle_packs(home: Home, found: list[Pack]) -> None:
    fault_point("pack_written")
    names = [pack.seal() for pack in found]
    fault_point("pack_sealed")
    for pack, name in zip(found, names, strict=True):
        pack.path.replace(home.packs_dir / name)
    fsync_path(home.packs_dir)
    fault_point("pack_renamed")
    facts = [{"pack": n, "n_originals": len(p.members)} for p, n in zip(found, names, strict=True)]
    ledger.append(home, PACKED_EVENT, None, {"packs": facts})


def _settle_apart(home: Home, pack: Pack) -> None:
    """Give a few originals files of their own: forced to the disk together, then renamed."""
    prefix = str(temporary_sibling(home.archive_dir / "incoming"))
    written = {}
    try:
        for sha256, content in pack.contents():
            written[sha256] = f"{prefix}-{sha256}"
            with _create(Path(written[sha256])) as out:
                out.write(content)
                os.fchmod(out.fileno(), READ_ONLY)
        sync_filesystem(home.archive_dir, written.values())
        for sha256, temporary in written.items():
            Path(temporary).replace(home.archive_dir / sha256)
        fsync_path(home.archive_dir)
    except BaseException:
        for temporary in written.values():
            remove(Path(temporary))
        raise


def _kept(home: Home, sha256: str, n_bytes: int) -> Archived | None:
    """Return the copy that the archive has already."""
    plain = home.archive_dir / sha256
    if plain.exists() and plain.stat().st_size == n_bytes:
        return Archived(sha256, n_bytes, plain)
    path, member = _packed(home, sha256)
    return Archived(sha256, n_bytes, path) if member and member.n_bytes == n_bytes else None


def _content(home: Home, sha256: str) -> tuple[bytes, str]:
    """Return the bytes that stand for an original, whatever they are now, and where."""
    path = home.archive_dir / sha256
    with suppress(FileNotFoundError):
        return path.read_bytes(), str(path)
    path, member = _packed(home, sha256)
    if member is None:
        raise failure(
            f"no original {sha256} in the archive",
            where=str(home.archive_dir),
            remedy="run `cytomart verify`, and restore the archive from a backup",
            exit_code=4,
        )
    return packs.read(path, member), f"{path} {sha256}"


def _packed(home: Home, sha256: str) -> tuple[Path, Member | None]:
    """Return the pack that an original is in, and its place there."""
    for path, named in _packs(home):
        if sha256 in named:
            return path, named[sha256]
    return home.packs_dir, None


def _packs(home: Home) -> Iterator[tuple[Path, Mapping[str, Member]]]:
    """Yield the packs that can be read; of the others `verify` speaks."""
    if not home.packs_dir.is_dir():
        return
    for entry in os.scandir(home.packs_dir):
        if packs.PACK_NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
            with suppress(DamagedPackError):
                yield Path(entry.path), packs.members(Path(entry.path))
