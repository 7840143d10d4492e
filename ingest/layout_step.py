"""What is printed where on the slides of each lot: from a file, from before, or from slides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.raw import PANEL_FEATURES
from ingest import standing, writing
from ingest.config_tables import feature_table
from ingest.delivery import Delivery, inside
from ingest.faults import Fault, RefusedError, fault
from ingest.files.source_file import SourceFile
from ingest.load_report import LOADED, REFUSED, UNCHANGED, CellChange
from ingest.loading import Loading, Outcome
from ingest.panel import spelling
from ingest.panel.catalog import Panel
from ingest.panel.gal import Feature, Layout, read_gal
from ingest.panel.layout_files import LayoutFiles, find_layouts
from ingest.spots.expected_slide import printed_spots
from ingest.spots.layout_seen import layout_seen
from ingest.spots.slide_checks import layout_faults
from ingest.spots.spot_differences import Differences, differences
from ingest.spots.spot_words import place
from ingest.standing import LoadedFile, Place


@dataclass(frozen=True)
class Layouts:
    """The layout of every lot that the sheet names.

    Parameters
    ----------
    by_lot : dict of str to Layout
        Over the Blocks of the lot's slides; lots of which nothing is known are left out.
    refused : frozenset of str
        Lots whose layout file was refused.
    changes : tuple of CellChange
        Positions whose target is another than the loaded slides were judged by.
    """

    outcomes: tuple[Outcome, ...]
    by_lot: Mapping[str, Layout]
    refused: frozenset[str]
    changes: tuple[CellChange, ...] = ()


@dataclass(frozen=True)
class _Lots:
    """Lots of the sheet: the Blocks of their slides; those loaded, and those with rows aside."""

    blocks: Mapping[str, tuple[int, ...]]
    loaded: Mapping[str, tuple[str, ...]]
    holed: frozenset[str]


def load_layouts(
    loading: Loading,
    delivery: Delivery,
    panel: Panel | None,
    places: Mapping[str, Place],
    present: list[LoadedFile],
    sheet_waits: str = "",
) -> Layouts:
    """Load the layout of every lot; over loaded slides another layout needs a reason.

    A layout that describes one Block stands for all Blocks of its lot's slides. One that was
    loaded stays in force when its file leaves the folder. A lot without any is judged by its
    first loaded slide. Whether a file is needed is only said where the sample sheet is read
    (`sheet_waits` is empty).
    """
    lots = _lots(places, present)
    files = find_layouts(delivery.folder, loading.study.layouts, lots.blocks)
    read = {name: _read(loading, delivery, name, panel, files) for name in files.names}
    before = _before(loading, lots, panel)
    changes = _judge(loading, lots, files, read, before, panel)
    fresh = {
        lot: layout.over(lots.blocks[lot])
        for lot, name in files.of_lots.items()
        if (layout := read[name][1]) is not None and read[name][0].status != REFUSED
    }
    earlier = {lot: layout.over(lots.blocks[lot]) for lot, layout in before.items()
               if lot in lots.blocks and lot not in files.of_lots}  # fmt: skip
    if panel is not None:
        _write_features(loading, panel, fresh)
    kept = [la for lot, la in before.items() if lot not in fresh and not la.is_seen]
    idle = () if sheet_waits else files.idle
    own = [_idle(o) if name in idle else o for name, (o, _) in read.items()]
    outcomes = _settled(present, own, kept)
    refused = frozenset(files.of_lots.keys() - fresh.keys())
    return Layouts(tuple(outcomes), {**earlier, **fresh}, refused, changes)


def _judge(
    loading: Loading,
    lots: _Lots,
    files: LayoutFiles,
    read: dict[str, tuple[Outcome, Layout | None]],
    before: Mapping[str, Layout],
    panel: Panel | None,
) -> tuple[CellChange, ...]:
    """Refuse in `read` what contradicts loaded slides, unless a reason was given; return where."""
    changes: list[CellChange] = []
    for lot in sorted(files.of_lots.keys() & lots.loaded.keys()):
        outcome, layout = read[files.of_lots[lot]]
        if layout is None or panel is None:
            continue
        now = layout.over(lots.blocks[lot])
        found = _turnabout(lot, now, before.get(lot), panel.of_lot(lot))
        changes += found
        if found and loading.accept_corrections is None:
            outcome = _turned(outcome, lot, found, lots.loaded[lot])
            read[files.of_lots[lot]] = outcome, layout
    return tuple(changes)


def _lots(places: Mapping[str, Place], present: list[LoadedFile]) -> _Lots:
    blocks: dict[str, set[int]] = {}
    loaded: dict[str, list[str]] = {}
    for place_ in places.values():
        blocks.setdefault(place_.lot, set()).update(place_.blocks or ())
    for file in present:
        slide_id = file.slide_id or ""
        if file.role == "slide" and slide_id in places:
            loaded.setdefault(places[slide_id].lot, []).append(slide_id)
    return _Lots(
        {lot: tuple(sorted(own)) for lot, own in blocks.items()},
        {lot: tuple(own) for lot, own in loaded.items()},
        frozenset(f.slide_id or "" for f in present if f.counts["n_rows_quarantined"]),
    )


def _read(
    loading: Loading, delivery: Delivery, name: str, panel: Panel | None, files: LayoutFiles
) -> tuple[Outcome, Layout | None]:
    outcome = Outcome("layout", name, REFUSED)
    try:
        source = SourceFile.from_path(inside(delivery, name))
        outcome = replace(outcome.of(source), file_name=name)
        loading.keep(source.data)
        layout = replace(read_gal(source), name=name)
        lots = [lot for lot, own in files.of_lots.items() if own == name]
        lists = [panel.of_lot(lot) for lot in lots] or [panel] if panel else []
        found = [f for own in lists for f in layout_faults(layout, own)]
        if found:
            raise RefusedError(_once(found), n_rows_in=len(layout.features))
    except RefusedError as refusal:
        n_rows = refusal.n_rows_in
        return replace(
            outcome, faults=refusal.faults, n_rows_in=n_rows, n_rows_refused=n_rows
        ), None
    n_rows = len(layout.features)
    notes = _notes(layout, panel)
    return replace(outcome, status=LOADED, n_rows_in=n_rows, n_rows_loaded=n_rows,
                   notes=notes), layout  # fmt: skip


def _notes(layout: Layout, panel: Panel | None) -> tuple[str, ...]:
    if panel is None:
        return ()
    pairs = {(f.target_name, f.target_id) for f in layout.features}
    return tuple(spelling.notes(((n, spelling.meaning(n, i, panel)) for n, i in pairs), panel))


def _idle(outcome: Outcome) -> Outcome:
    if outcome.status == REFUSED:
        return outcome
    return replace(outcome, notes=("no slide of the sample sheet needs it", *outcome.notes))


def _once(faults: list[Fault]) -> list[Fault]:
    return list({f.record: f for f in faults}.values())


def _before(loading: Loading, lots: _Lots, panel: Panel | None) -> dict[str, Layout]:
    """Return what the loaded slides of each lot were judged by: a layout, or the first of them."""
    found: dict[str, Layout] = {}
    rows = standing.of_study(loading.con, PANEL_FEATURES, loading.study.study_id)
    for lot in sorted({r["lot"] for r in rows}):
        own = [r for r in rows if r["lot"] == lot]
        features = tuple(
            Feature(r["block"], r["spot_row"], r["spot_column"], r["target_name"], r["target_id"])
            for r in own
        )
        found[lot] = Layout(f"the loaded layout of lot `{lot}`", own[0]["file_sha256"], features)
    for lot, slides in lots.loaded.items():
        if lot not in found and panel is not None:
            first = slides[0]
            found[lot] = layout_seen(loading, lot, first, has_holes=first in lots.holed)
    return found


def _turnabout(lot: str, now: Layout, before: Layout | None, panel: Panel) -> list[CellChange]:
    """Return where a layout contradicts what the loaded slides of its lot were judged by."""
    if before is None or before.sha256 == now.sha256:
        return []
    blocks = set(before.blocks) if len(before.blocks) > 1 else set(now.blocks)
    old = printed_spots(before.over(now.blocks), panel)
    new = {p: s for p, s in printed_spots(now, panel).items() if p[0] in blocks}
    gap = differences(old, new)
    return _changes(lot, gap.without_extra() if before.has_holes else gap, now.name)


def _changes(lot: str, gap: Differences, file_name: str) -> list[CellChange]:
    paired = (p for pair in (*gap.moved, *gap.swapped) for p in pair)
    positions = sorted({*gap.missing, *gap.extra, *gap.other, *paired})
    return [
        CellChange(
            "layout", f"lot {lot} · {place(p)}", "target_name",
            gap.printed[p].name if p in gap.printed else "",
            gap.found[p].name if p in gap.found else "", file_name,
        )
        for p in positions
    ]  # fmt: skip


def _turned(
    outcome: Outcome, lot: str, changes: list[CellChange], slides: tuple[str, ...]
) -> Outcome:
    shown = "; ".join(
        f"{c.key.partition(' · ')[2]}: {_said(c.before)} → {_said(c.after)}" for c in changes[:6]
    )
    more = f" and {len(changes) - 6} more" if len(changes) > 6 else ""
    n = f"{len(changes)} position{'s' if len(changes) != 1 else ''}"
    judged = "slide was judged by" if len(slides) == 1 else "slides were judged by"
    given = (f"the layout of lot `{lot}` differs in {n} from what its {len(slides)} loaded "
             f"{judged}: {shown}{more}")  # fmt: skip
    refused = fault("layout_changed", given, where=outcome.file_name,
                    allowed="the layout that the loaded slides have",
                    remedy="put it back; if the new one is right, --accept-corrections --reason "
                    "'why' puts it in force, and the gate holds the slides that differ from it",
                    record=given)  # fmt: skip
    return replace(outcome, status=REFUSED, faults=(*outcome.faults, refused), n_rows_loaded=0,
                   n_rows_refused=outcome.n_rows_in)  # fmt: skip


def _said(name: str) -> str:
    return f"`{name}`" if name else "nothing"


def _write_features(loading: Loading, panel: Panel, fresh: Mapping[str, Layout]) -> None:
    """Write raw.panel_features; lots of which this delivery says nothing keep theirs."""
    kept = [
        r for r in standing.of_study(loading.con, PANEL_FEATURES, loading.study.study_id)
        if r["lot"] not in fresh
    ]  # fmt: skip
    rows = feature_table(loading.study, panel, fresh)
    writing.replace_if_changed(loading, PANEL_FEATURES, [*kept, *rows])


def _settled(
    present: list[LoadedFile], outcomes: list[Outcome], kept: list[Layout]
) -> list[Outcome]:
    """Return the outcomes of layouts, those included that stay in force without their file."""
    current = {f.sha256 for f in present if f.role == "layout"}
    settled: list[Outcome] = []
    for outcome in outcomes:
        is_known = outcome.sha256 in current | {o.sha256 for o in settled}
        if outcome.status == LOADED and is_known:
            outcome = replace(outcome, status=UNCHANGED, n_rows_loaded=0,
                              n_rows_unchanged=outcome.n_rows_in)  # fmt: skip
        settled.append(outcome)
    here = {o.sha256 for o in settled if o.status != REFUSED}
    note = "it stays in force: its file is not in the folder, or was refused"
    stay = [
        Outcome("layout", layout.name, UNCHANGED, layout.sha256, layout.sha256, notes=(note,))
        for layout in {la.sha256: la for la in kept}.values()
        if layout.sha256 not in here
    ]
    return [*settled, *stay]
