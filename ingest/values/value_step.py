"""One file of values of a delivery: read, judged against sheet and panel, written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest import writing
from ingest.faults import Fault, RefusedError
from ingest.files.source_file import SourceFile, refuse_outside
from ingest.load_report import LOADED, REFUSED, WAITING
from ingest.loading import Loading, Outcome, Progress, label
from ingest.panel.catalog import Panel
from ingest.platforms import ValuePlatform, ValueReading, foreign_fault
from ingest.platforms.atf import count_rows
from ingest.spots.slide_step import SlideContext, already_loaded, placed, refuse_rescan, wait
from ingest.standing import LoadedFile
from ingest.values import value_writing
from ingest.values.value_checks import ExpectedValues, Judged, judge_values
from ingest.values.value_panel import learnt_panel
from store import archive
from store.fault_points import fault_point


@dataclass(frozen=True)
class ValueContext:
    """What files of values are judged by.

    Parameters
    ----------
    slides : SlideContext
        Places, loaded files and the sheet, as for scans.
    platform : ValuePlatform
    claims : dict of str to dict
        Plate → (label in its file → sample id), from the sample sheet.
    is_learnt : bool
        True where neither a catalog nor a shipped panel lists the targets: the first file of
        the study does, and later ones are held to it.
    """

    slides: SlideContext
    platform: ValuePlatform
    claims: Mapping[str, Mapping[str, str]]
    is_learnt: bool


def load_plates(
    loading: Loading,
    paths: Sequence[Path],
    context: ValueContext,
    doubled: Mapping[Path, Fault],
    on_progress: Progress | None,
) -> list[Outcome]:
    """Load every file of values of a delivery; a panel that one tells holds for the next.

    A loaded file that the delivery lacks is read again from the archive, where the sheet now
    names other labels of it.
    """
    outcomes = []
    for number, path in enumerate(paths):
        if on_progress:
            on_progress(number, len(paths))
        if path in doubled:
            outcomes.append(
                Outcome("slide", path.name, REFUSED, slide_id=path.stem, faults=(doubled[path],))
            )
            continue
        outcome, panel = load_values(loading, path, context)
        outcomes.append(outcome)
        context = replace(context, slides=replace(context.slides, panel=panel))
    for source in _relabelled_elsewhere(loading, paths, context):
        outcomes.append(load_values(loading, source.path, context, source)[0])
    if on_progress:
        on_progress(len(paths), len(paths))
    return outcomes


def _relabelled_elsewhere(
    loading: Loading, paths: Sequence[Path], context: ValueContext
) -> list[SourceFile]:
    """Return, from the archive, the loaded files whose labels the sheet changed unseen."""
    here = {p.stem for p in paths}
    found = []
    for slide_id, present in sorted(context.slides.loaded.items()):
        if slide_id in here or not _is_relabelled(loading, slide_id, context):
            continue
        path = value_writing.stored_path(loading, slide_id)
        found.append(SourceFile.from_bytes(path, archive.read(loading.home, present.sha256)))
    return found


def load_values(
    loading: Loading, path: Path, context: ValueContext, source: SourceFile | None = None
) -> tuple[Outcome, Panel | None]:
    """Load one file of values, or say why not; return also the panel as it is afterwards.

    `source` is the file where it has been read already.
    """
    outcome = Outcome("slide", path.name, REFUSED, slide_id=path.stem,
                      platform_id=loading.study.platform_id)  # fmt: skip
    panel = context.slides.panel
    try:
        if source is None:
            refuse_outside(loading.folder, path)
            source = SourceFile.from_path(path)
        outcome = outcome.of(source)
        if foreign := foreign_fault(source, loading.study.platform_id):
            raise RefusedError([foreign], n_rows_in=count_rows(source))
        present = context.slides.loaded.get(path.stem)
        is_same = present is not None and present.sha256 == source.sha256
        if present is not None and is_same and not _is_relabelled(loading, path.stem, context):
            return already_loaded(outcome, present, context.slides), panel
        if not is_same:
            outcome = placed(outcome, path, source, context.slides)
            if outcome.status == WAITING:
                return outcome, panel
            refuse_rescan(loading, path, present)
        else:
            outcome = replace(outcome, batch_id=context.slides.places[path.stem].batch_id)
        loading.keep(source.data)
        fault_point("load_archived")
        return _load(loading, path, source, context, outcome, present)
    except RefusedError as refusal:
        n_rows = refusal.n_rows_in or outcome.n_rows_in
        refused = replace(outcome, status=REFUSED, faults=refusal.faults, n_rows_in=n_rows,
                          n_rows_refused=n_rows)  # fmt: skip
        return refused, panel


def _load(
    loading: Loading,
    path: Path,
    source: SourceFile,
    context: ValueContext,
    outcome: Outcome,
    present: LoadedFile | None,
) -> tuple[Outcome, Panel | None]:
    study, panel = loading.study, context.slides.panel
    if panel is None or study.value_format is None:
        return wait(outcome, "for the catalog, which was refused"), panel
    reading = context.platform.read_values(source, study.value_format)
    fault_point("load_parsed")
    is_first = context.is_learnt and not panel.targets
    if is_first:
        panel = learnt_panel(reading, study, label(path))
    expected = ExpectedValues(
        label(path), context.slides.sheet_name, study, context.platform, panel,
        context.claims.get(path.stem, {}),
        value_writing.loaded_units(loading, panel, present.sha256 if present else ""),
    )  # fmt: skip
    judged, faults = judge_values(reading, expected)
    if faults:
        raise RefusedError(faults, n_rows_in=reading.n_rows_in)
    if present is not None:
        writing.drop_slide(loading, path.stem, present.sha256)
    if is_first:
        value_writing.put_panel(loading, panel)
    place = value_writing.Plate(source.sha256, path.stem, outcome.batch_id or "",
                                context.platform.platform_id)  # fmt: skip
    value_writing.add_values(loading, reading, judged, expected.claims, place)
    return _finished(outcome, reading, judged, present, _learnt_note(panel, path, is_first)), panel


def _learnt_note(panel: Panel, path: Path, is_first: bool) -> tuple[str, ...]:
    if not is_first:
        return ()
    return (
        f"the panel {panel.panel_id} was learnt from {label(path)}: {len(panel.targets)} targets; "
        "later files must hold the same",
    )


def _finished(
    outcome: Outcome,
    reading: ValueReading,
    judged: Judged,
    present: LoadedFile | None,
    learnt: tuple[str, ...],
) -> Outcome:
    is_new_file = present is not None and present.sha256 != outcome.sha256
    n_controls = len(judged.kinds)
    apart = (f"{n_controls} labels are standards, blanks or controls: kept apart",)
    again = ("read again: the sample sheet names other labels",)
    return replace(
        outcome,
        status=LOADED,
        file_version=reading.file_version,
        n_rows_in=reading.n_rows_in,
        n_rows_loaded=reading.table.num_rows,
        n_rows_quarantined=len(reading.set_aside),
        set_aside=reading.set_aside,
        notes=(*reading.notes, *judged.notes, *(apart if n_controls else ()), *learnt,
               *(again if present is not None and not is_new_file else ())),
        superseded_sha256=present.sha256 if present is not None and is_new_file else None,
    )  # fmt: skip


def _is_relabelled(loading: Loading, slide_id: str, context: ValueContext) -> bool:
    """Return whether the sheet now names other labels of a loaded file than those stored."""
    claimed = set(context.claims.get(slide_id, {}))
    return bool(claimed) and claimed != value_writing.stored_labels(loading, slide_id)
