"""Many scanner files of a delivery at once: those that are exactly as expected.

Whatever is out of the ordinary in any way is left to `slide_step.load_slide`, which names it.
Both ways write the same rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile, refuse_outside
from ingest.load_report import LOADED, UNCHANGED
from ingest.loading import Loading, Outcome
from ingest.platforms import spot_platform
from ingest.platforms.genepix import PLATFORM_ID
from ingest.platforms.genepix_bulk import BulkReading, Printed, printed_by, read_bulk
from ingest.platforms.genepix_header import Shape
from ingest.spots import bulk_write
from ingest.spots.bulk_read import Heap, Scan, read_heaps
from ingest.spots.lot_checks import lot_faults
from ingest.spots.slide_checks import slide_faults, slide_notes
from ingest.spots.slide_step import SlideContext, already_loaded, expected_of
from ingest.standing import Place
from store.build import one_thread
from store.fault_points import fault_point

#: Rows are parsed in pieces of about this size, so that memory is used again, not asked for anew.
_PIECE_BYTES = 8 * 1024 * 1024
#: After so many files of a kind that are not as expected, none of the kind is tried any more.
_TRIES = 3


@dataclass(frozen=True)
class Kind:
    """Files that must hold the same spots: one shape, one lot, the same Blocks in the sheet."""

    shape: Shape
    lot: str
    blocks: frozenset[int] | None


def load_in_bulk(
    loading: Loading,
    paths: Sequence[Path],
    context: SlideContext,
    progress: Callable[[int], None],
) -> dict[Path, Outcome]:
    """Load the files that are exactly as expected, and know those that are unchanged.

    Files that are not in the result are still to be loaded, one by one.
    """
    if loading.study.platform_id != PLATFORM_ID or context.panel is None:
        return {}
    done: dict[Path, Outcome] = {}
    taken: dict[str, Path] = {}
    printed: dict[Kind, Printed | None] = {}

    def is_wanted(path: Path, sha256: str) -> bool:
        present = context.loaded.get(path.stem)
        if present is not None and present.sha256 == sha256:
            done[path] = _unchanged(loading, path, sha256, context)
            return False
        is_new = present is None and sha256 not in context.loaded_bytes
        return is_new and taken.setdefault(sha256, path) is path

    for heap in read_heaps(loading, _candidates(loading, paths, context), is_wanted):
        fault_point("load_archived")
        found = list(_readings(loading, heap, context, printed))
        fault_point("load_parsed")
        with one_thread(loading.con):
            bulk_write.add_slides(loading, found, context.places)
        done.update(
            (scan.path, _loaded(scan, context.places[scan.slide_id], reading))
            for scans, reading in found
            for scan in scans
        )
        progress(len(done))
    return done


def _candidates(loading: Loading, paths: Sequence[Path], context: SlideContext) -> list[Path]:
    """Return the files that the sheet places, in folders that are none of a link's."""
    sound = set()
    for folder in {os.path.dirname(p) for p in paths}:  # noqa: PTH120 - a tenth of the time
        try:
            refuse_outside(loading.folder, Path(folder))
        except RefusedError:
            continue
        sound.add(folder)
    return [
        p for p in paths
        if os.path.dirname(p) in sound  # noqa: PTH120
        and (place := context.places.get(p.stem)) is not None
        and place.lot not in context.refused_layouts
    ]  # fmt: skip


def _readings(
    loading: Loading,
    heap: Heap,
    context: SlideContext,
    printed: MutableMapping[Kind, Printed | None],
) -> Iterator[tuple[list[Scan], BulkReading]]:
    kinds: dict[Kind, list[Scan]] = {}
    for scan in heap.scans:
        place = context.places[scan.slide_id]
        kinds.setdefault(Kind(scan.header.shape, place.lot, place.blocks), []).append(scan)
    for kind, scans in kinds.items():
        if kind not in printed:
            printed[kind] = _printed(loading, heap, scans, context)
        known = printed[kind]
        if known is not None:
            own = [s for s in scans if not _names_another_lot(loading, s, context)]
            for piece in _pieces(own):
                yield from _sound(heap, piece, kind.shape, known)


def _printed(
    loading: Loading, heap: Heap, scans: Sequence[Scan], context: SlideContext
) -> Printed | None:
    """Return the spots of the first file that the careful way finds nothing wrong with."""
    platform = spot_platform(PLATFORM_ID)
    for scan in scans[:_TRIES]:
        try:
            source = SourceFile.from_path(scan.path)
            if platform is None or context.panel is None or source.sha256 != scan.sha256:
                return None
            reading = platform.read(source)
        except RefusedError:
            continue
        expected = expected_of(loading, scan.path, context, context.panel)
        if not slide_faults(reading, expected):
            body, _ = heap.rows_of([scan])
            notes = slide_notes(reading, expected)
            return printed_by(body, scan.header.shape, reading.positions, notes)
    return None


def _names_another_lot(loading: Loading, scan: Scan, context: SlideContext) -> bool:
    """Return whether the header speaks of another lot: the one check that no spot can answer."""
    if context.panel is None or len(context.lots) < 2:
        return False
    expected = expected_of(loading, scan.path, context, context.panel)
    return bool(lot_faults(scan.header.records, expected))


def _pieces(scans: list[Scan]) -> Iterator[list[Scan]]:
    piece: list[Scan] = []
    n_bytes = 0
    for scan in scans:
        piece.append(scan)
        n_bytes += scan.end - scan.begin
        if n_bytes >= _PIECE_BYTES:
            yield piece
            piece, n_bytes = [], 0
    if piece:
        yield piece


def _sound(
    heap: Heap, scans: list[Scan], shape: Shape, printed: Printed
) -> Iterator[tuple[list[Scan], BulkReading]]:
    """Yield the sound files: all at once, or of either half what is sound in it."""
    reading = read_bulk(*heap.rows_of(scans), shape, printed, heap.shelf)
    if reading is not None:
        yield scans, reading
    elif len(scans) > 1:
        middle = len(scans) // 2
        yield from _sound(heap, scans[:middle], shape, printed)
        yield from _sound(heap, scans[middle:], shape, printed)


def _loaded(scan: Scan, place: Place, reading: BulkReading) -> Outcome:
    header = scan.header
    return Outcome(
        "slide", scan.path.name, LOADED, scan.sha256, scan.sha256, scan.n_bytes, header.encoding,
        header.shape.line_end, scan.slide_id, place.batch_id, PLATFORM_ID, header.file_version,
        n_rows_in=reading.n_rows, n_rows_loaded=reading.n_rows,
        notes=(*header.shape.notes, *reading.notes),
    )  # fmt: skip


def _unchanged(loading: Loading, path: Path, sha256: str, context: SlideContext) -> Outcome:
    outcome = Outcome("slide", path.name, UNCHANGED, sha256, sha256, slide_id=path.stem,
                      platform_id=loading.study.platform_id)  # fmt: skip
    return already_loaded(outcome, context.loaded[path.stem], context)
