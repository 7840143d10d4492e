"""One scanner file of a delivery: read, judged against sheet, layout and panel, written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from ingest import writing
from ingest.faults import Fault, RefusedError, fault
from ingest.files.source_file import SourceFile, refuse_outside
from ingest.load_report import LOADED, REFUSED, UNCHANGED, WAITING
from ingest.loading import Loading, Outcome, label
from ingest.panel.catalog import Panel, fold
from ingest.panel.gal import Layout
from ingest.platforms import SCAN_ENDINGS, Reading, foreign_fault, spot_platform
from ingest.platforms.atf import count_rows
from ingest.spots.scan_writing import add_slide
from ingest.spots.slide_checks import Expected, short_fault, slide_faults, slide_notes
from ingest.standing import LoadedFile, Place
from store.fault_points import fault_point


@dataclass(frozen=True)
class SlideContext:
    """What scanner files are judged by.

    Parameters
    ----------
    panel : Panel or None
        None where the study's catalog was refused.
    layouts : dict of str to Layout
        By lot, over the Blocks of the slides.
    refused_layouts : frozenset of str
        Lots whose layout file was refused.
    places : dict of str to Place
        What the sample sheet says of each slide.
    sheet_name : str
        Name of the sample sheet, for messages.
    sheet_waits : str
        Why the sample sheet of this delivery is not loaded; empty where it is.
    loaded : dict of str to LoadedFile
        Slide → its present scan.
    loaded_bytes : dict of str to str
        SHA-256 of every loaded scan → its slide.
    """

    panel: Panel | None
    layouts: Mapping[str, Layout]
    refused_layouts: frozenset[str]
    places: Mapping[str, Place]
    sheet_name: str
    sheet_waits: str
    loaded: Mapping[str, LoadedFile]
    loaded_bytes: Mapping[str, str]

    @cached_property
    def lots(self) -> frozenset[str]:
        """Every lot that the sheet names."""
        return frozenset(p.lot for p in self.places.values())


def load_slide(loading: Loading, path: Path, context: SlideContext) -> Outcome:
    """Load one slide, or say why not."""
    outcome = Outcome("slide", path.name, REFUSED, slide_id=path.stem,
                      platform_id=loading.study.platform_id)  # fmt: skip
    try:
        refuse_outside(loading.folder, path)
        source = SourceFile.from_path(path)
        outcome = outcome.of(source)
        if path.suffix.lower() not in SCAN_ENDINGS and (
            foreign := foreign_fault(source, loading.study.platform_id)
        ):
            raise RefusedError([foreign], n_rows_in=count_rows(source))
        present = context.loaded.get(path.stem)
        if present is not None and present.sha256 == source.sha256:
            return already_loaded(outcome, present, context)
        outcome = placed(outcome, path, source, context)
        if outcome.status == WAITING:
            return outcome
        refuse_rescan(loading, path, present)
        loading.keep(source.data)
        fault_point("load_archived")
        return _load(loading, path, source, context, outcome, present)
    except RefusedError as refusal:
        n_rows = refusal.n_rows_in or outcome.n_rows_in
        return replace(outcome, status=REFUSED, faults=refusal.faults, n_rows_in=n_rows,
                       n_rows_refused=n_rows)  # fmt: skip


def _load(
    loading: Loading,
    path: Path,
    source: SourceFile,
    context: SlideContext,
    outcome: Outcome,
    present: LoadedFile | None,
) -> Outcome:
    place = context.places[path.stem]
    panel = context.panel
    platform = spot_platform(loading.study.platform_id)
    if panel is None or platform is None or place.lot in context.refused_layouts:
        return wait(outcome, "for the layout or catalog of its lot, which was refused")
    expected = expected_of(loading, path, context, panel)
    try:
        reading = platform.read(source)
    except RefusedError as refusal:
        raise RefusedError(_counted(refusal, expected), refusal.n_rows_in) from refusal
    fault_point("load_parsed")
    if faults := slide_faults(reading, expected):
        raise RefusedError(faults, n_rows_in=reading.n_rows_in)
    if present is not None:
        writing.drop_slide(loading, path.stem, present.sha256)
    add_slide(loading, reading, source.sha256, path.stem, place.batch_id)
    return _finished(outcome, reading, present, slide_notes(reading, expected))


def expected_of(loading: Loading, path: Path, context: SlideContext, panel: Panel) -> Expected:
    """Return what a slide that the sheet names must be."""
    place = context.places[path.stem]
    layout = context.layouts.get(place.lot)
    if layout is not None and layout.seen_on == path.stem:
        layout = None  # a slide is not judged by itself
    return Expected(
        path.stem, label(path), loading.study, panel.of_lot(place.lot), place.blocks, layout,
        context.sheet_name, place.lot, context.layouts, context.lots,
    )  # fmt: skip


def _finished(
    outcome: Outcome, reading: Reading, present: LoadedFile | None, notes: tuple[str, ...]
) -> Outcome:
    n_aside = len({f.line for f in reading.set_aside})
    n_channels = len(reading.channels)
    return replace(
        outcome,
        status=LOADED,
        file_version=reading.file_version,
        n_rows_in=reading.n_rows_in,
        n_rows_loaded=reading.table.num_rows // n_channels,
        n_rows_quarantined=n_aside,
        set_aside=reading.set_aside,
        notes=(*reading.notes, *notes),
        superseded_sha256=present.sha256 if present else None,
    )


def _counted(refusal: RefusedError, expected: Expected) -> list[Fault]:
    """Return the reader's faults; where the file breaks off, say how much of it is there."""
    faults = list(refusal.faults)
    cut = next((f for f in faults if f.rule_id == "truncated" and f.line), None)
    n_blocks = len(expected.blocks) if expected.blocks else 1
    place = f"breaks off inside line {cut.line}" if cut else ""
    counted = short_fault(refusal.n_rows_in, expected, n_blocks, place) if cut else []
    return [*counted, *(f for f in faults if f is not cut or not counted)]


def already_loaded(outcome: Outcome, present: LoadedFile, context: SlideContext) -> Outcome:
    """Return the outcome of a file whose bytes are loaded already."""
    n_rows = present.counts["n_rows_in"]
    n_aside = present.counts["n_rows_quarantined"]
    place = context.places.get(outcome.slide_id or "")
    return replace(outcome, status=UNCHANGED, batch_id=place.batch_id if place else None,
                   n_rows_in=n_rows, n_rows_unchanged=n_rows - n_aside,
                   n_rows_quarantined=n_aside)  # fmt: skip


def placed(outcome: Outcome, path: Path, source: SourceFile, context: SlideContext) -> Outcome:
    """Return the outcome with its batch, or waiting for the sheet; refuse a slide unknown to it."""
    outcome = replace(outcome, n_rows_in=count_rows(source))
    if twin := context.loaded_bytes.get(source.sha256):
        raise RefusedError([
            fault("duplicate_file", f"the file has the same bytes as slide `{twin}`",
                  where=label(path), allowed="one scan a slide",
                  remedy="deliver the scan of this slide, or remove the copy",
                  record="the same bytes as another slide")
        ], outcome.n_rows_in)  # fmt: skip
    place = context.places.get(path.stem)
    if place is not None:
        return replace(outcome, batch_id=place.batch_id)
    if context.sheet_waits:
        return wait(outcome, f"for its rows in {context.sheet_name}, which {context.sheet_waits}")
    folded = {fold(s): s for s in context.places}
    near = get_close_matches(fold(path.stem), folded, n=1, cutoff=0.7)
    hint = f"did you mean slide `{folded[near[0]]}`? " if near else ""
    raise RefusedError([
        fault("no_sample_row", f"slide `{path.stem}` has no row in {context.sheet_name}",
              where=label(path), allowed="a row for every Block of every slide",
              remedy=f"{hint}Add its rows to {context.sheet_name}, or take the file away",
              record="the slide has no row in the sample sheet")
    ], outcome.n_rows_in)  # fmt: skip


def refuse_rescan(loading: Loading, path: Path, present: LoadedFile | None) -> None:
    """Refuse a file that comes with other bytes than the one that is loaded, without a reason."""
    if present is None or loading.supersede_reason is not None:
        return
    raise RefusedError([
        fault("rescanned", f"slide `{path.stem}` is loaded from another file "
              f"({present.sha256[:12]}…)", where=label(path), allowed="the file that was loaded",
              remedy="if the new scan is the right one: --supersede --reason 'why'; the old one "
              "stays in the archive", record="the slide is loaded from another file")
    ])  # fmt: skip


def wait(outcome: Outcome, why: str) -> Outcome:
    """Return the outcome of a file that waits for a table."""
    waits = fault("waits", f"slide `{outcome.slide_id}` waits {why}", where=outcome.file_name,
                  remedy="mend that table, then load again",
                  record="waits for a table that is not loaded")  # fmt: skip
    return replace(outcome, status=WAITING, faults=(waits,),
                   n_rows_refused=outcome.n_rows_in)  # fmt: skip
