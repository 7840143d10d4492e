"""cytomart original: a file back from the archive, byte for byte as it was loaded."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

import click

from contracts import failure
from cytomart import access
from cytomart.front import Front, pass_front
from store import archive
from store.durable import PRIVATE_FILE
from store.home import Home

_BEGINNING = re.compile(r"[0-9a-f]{6,64}")
_SHOWN = 5


@click.command("original")
@click.argument("sha256", metavar="SHA256")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), default=None, metavar="FILE",
    help="Write it to this new file, readable for you alone. Default: standard output.",
)  # fmt: skip
@pass_front
def command(front: Front, sha256: str, target: Path | None) -> None:
    """Give an original back, byte for byte as the archive took it in.

    SHA256 is its hash, as `file_sha256` in the warehouse, the report and `history --versions`
    have it; the first characters are enough where no other original begins with them. The bytes
    are compared with the hash. It is read from the vault, and logged there.
    """
    if front.as_json and target is None:
        raise click.UsageError("--json describes the file that --to writes: give --to FILE")
    name = _named(front.home, sha256)
    content = archive.read(front.home, name)
    access.record(front.home, "original", {"sha256": name})
    if target is None:
        sys.stdout.buffer.write(content)
        return
    _write(target, content)
    front.say(f"{target}: {len(content):,} bytes, SHA-256 {name}")
    front.give({"sha256": name, "n_bytes": len(content), "path": str(target)})


def _named(home: Home, beginning: str) -> str:
    """Return the one original whose hash begins so."""
    if not _BEGINNING.fullmatch(beginning.lower()):
        raise failure(
            f"{beginning!r} is not the beginning of a SHA-256",
            allowed="6 to 64 characters of 0-9a-f",
            remedy="take the file_sha256 of the warehouse or of the report",
        )
    try:
        names = archive.names(home)
    except PermissionError as error:
        raise failure(
            "the vault cannot be read", where=str(home.vault),
            allowed="whoever loads the data may look into the vault",
            remedy="ask the owner of the vault",
        ) from error  # fmt: skip
    found = sorted(n for n in names if n.startswith(beginning.lower()))
    if not found:
        raise failure(
            f"no original begins with {beginning}", where=str(home.archive_dir),
            remedy="compare the hash with file_sha256 in raw.files; is this the right home?",
        )  # fmt: skip
    if len(found) > 1:
        raise failure(
            f"{len(found)} originals begin with {beginning}",
            allowed="as many characters as tell one from the others",
            remedy=f"give more of it: {', '.join(found[:_SHOWN])}{' …' * (len(found) > _SHOWN)}",
        )
    return found[0]


def _write(target: Path, content: bytes) -> None:
    try:
        with open(target, "xb", opener=_private) as out:
            out.write(content)
    except FileExistsError as error:
        raise failure(
            "the file is there already", where=str(target), allowed="a new file",
            remedy="name another file, or move that one away",
        ) from error  # fmt: skip
    except OSError as error:
        with suppress(OSError):
            target.unlink()
        raise failure(
            f"the file cannot be written: {error.strerror}", where=str(target),
            remedy="name a file in a folder that you may write and that has room",
        ) from error  # fmt: skip


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE_FILE)
