"""One reader per kind of file. `detect` finds the one that a file belongs to."""

from __future__ import annotations

from pathlib import Path

from contracts import failure
from ingest.faults import Fault, RefusedError, fault
from ingest.files.source_file import SourceFile
from ingest.platforms.genepix import GenePix
from ingest.platforms.luminex import Luminex
from ingest.platforms.olink import Olink
from ingest.platforms.platform import Platform, Reader, Reading, ValuePlatform, ValueReading
from ingest.platforms.table import Table

#: Readers of scans, and readers of finished values. A new platform adds one line here.
SPOT_PLATFORMS: tuple[Platform, ...] = (GenePix(),)
VALUE_PLATFORMS: tuple[ValuePlatform, ...] = (Luminex(), Olink(), Table())
#: What files of scans end in.
SCAN_ENDINGS = tuple(ending for p in SPOT_PLATFORMS for ending in p.endings)
PLATFORMS: tuple[Reader, ...] = (*SPOT_PLATFORMS, *VALUE_PLATFORMS)


def detect(file: Path | SourceFile) -> Reader:
    """Return the one platform that recognises a file.

    The reader of tables steps back where a reader of a special kind knows the file.

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
    found = candidates(source)
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


def candidates(source: SourceFile) -> tuple[Reader, ...]:
    """Return the readers that know a file; the general ones only where no special one does."""
    found = tuple(p for p in PLATFORMS if p.recognises(source))
    return tuple(p for p in found if not p.is_general) or found


def foreign_fault(source: SourceFile, platform_id: str) -> Fault | None:
    """Return a fault where a file belongs to another platform than the study, else None.

    A study holds one platform: signals of two have different units and different antibodies.
    """
    own = by_id(platform_id)
    known = [p for p in PLATFORMS if not p.is_general and p.recognises(source)]
    if own is None or not known or any(p.platform_id == platform_id for p in known):
        return None
    other = known[0]
    return fault(
        "wrong_platform",
        f"the file is of platform {other.platform_id} ({other.label}), the study of "
        f"{platform_id} ({own.label})",
        where=source.name, allowed=f"files of {platform_id}; values of different platforms are "
        "not compared", remedy=f'load it as a study of its own ([panel] platform = '
        f'"{other.platform_id}")', record=f"a file of platform {other.platform_id}",
    )  # fmt: skip


def is_foreign_file(path: Path, platform_id: str) -> bool:
    """Return whether a file that does not end as the platform's do is one of another platform."""
    endings = {e for p in PLATFORMS for e in p.endings}
    if path.suffix.lower() not in endings:
        return False
    try:
        return foreign_fault(SourceFile.from_path(path), platform_id) is not None
    except RefusedError:
        return False


def by_id(platform_id: str) -> Reader | None:
    """Return the platform of that name, if it has a reader."""
    return next((p for p in PLATFORMS if p.platform_id == platform_id), None)


def spot_platform(platform_id: str) -> Platform | None:
    """Return the platform of that name, if it reads scans."""
    return next((p for p in SPOT_PLATFORMS if p.platform_id == platform_id), None)


def value_platform(platform_id: str) -> ValuePlatform | None:
    """Return the platform of that name, if it reads finished values."""
    return next((p for p in VALUE_PLATFORMS if p.platform_id == platform_id), None)


__all__ = [
    "PLATFORMS",
    "SCAN_ENDINGS",
    "Platform",
    "Reader",
    "Reading",
    "ValuePlatform",
    "ValueReading",
    "by_id",
    "candidates",
    "detect",
    "foreign_fault",
    "is_foreign_file",
    "spot_platform",
    "value_platform",
]
