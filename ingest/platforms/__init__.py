"""One reader per kind of file. `detect` finds the one that a file belongs to."""

from __future__ import annotations

from pathlib import Path

from contracts import failure
from ingest.faults import RefusedError
from ingest.platforms.genepix import GenePix
from ingest.platforms.platform import Platform, Reading
from ingest.source_file import SourceFile

#: Every reader there is. A new platform adds one line here.
PLATFORMS: tuple[Platform, ...] = (GenePix(),)


def detect(file: Path | SourceFile) -> Platform:
    """Return the one platform that recognises a file.

    Raises
    ------
    CytomartError
        The file cannot be read, no platform knows it, or several do; the message names the
        candidates.
    """
    try:
        source = file if isinstance(file, SourceFile) else SourceFile.from_path(file)
    except RefusedError as refusal:
        raise refusal.as_error() from refusal
    found = [p for p in PLATFORMS if p.recognises(source)]
    if len(found) == 1:
        return found[0]
    known = "; ".join(f"{p.platform_id} ({p.label})" for p in PLATFORMS)
    if not found:
        raise failure(
            "no reader knows this file",
            where=source.name,
            allowed=known,
            remedy="deliver the scanner's own result file",
            exit_code=1,
        )
    raise failure(
        f"several readers claim this file: {', '.join(p.platform_id for p in found)}",
        where=source.name,
        allowed="a file of one kind",
        remedy="name the platform in study.toml, [panel] platform",
        exit_code=1,
    )


def by_id(platform_id: str) -> Platform | None:
    """Return the platform of that name, if it has a reader."""
    return next((p for p in PLATFORMS if p.platform_id == platform_id), None)


__all__ = ["PLATFORMS", "Platform", "Reading", "by_id", "detect"]
