"""Layouts that a person can ask for: of the study folder, or of the published warehouse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts import CytomartError, failure
from ingest.declared.study import Study
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.panel.catalog import Panel
from ingest.panel.gal import Layout, read_gal
from ingest.panel.layout_files import find_layouts, layout_lots
from ingest.panel.spelling import meaning
from reports.layout_picture import Dot
from store.home import Home
from store.read import open_published


@dataclass(frozen=True)
class KnownLot:
    """A lot with a layout: where it is known from, and how much is printed."""

    lot: str
    source: str
    n_blocks: int
    n_spots: int
    n_targets: int


def folder_layout(folder: Path, study: Study, lot: str) -> Layout | None:
    """Return the layout that a study folder has for a lot."""
    name = find_layouts(folder, study.layouts, [lot]).of_lots.get(lot)
    return _read(folder / name) if name else None


def lots_of_folder(folder: Path, study: Study, panel: Panel) -> list[KnownLot]:
    """Return the lots that files of a study folder describe."""
    found = []
    for lot, name in sorted(layout_lots(folder, study.layouts).items()):
        dots = layout_dots(_read(folder / name), panel.of_lot(lot))
        printed = [d for d in dots if d.label]
        found.append(KnownLot(lot, name, len({d.block for d in dots}), len(printed),
                              len({d.label for d in printed})))  # fmt: skip
    return found


def lots_of_warehouse(home: Home) -> list[KnownLot]:
    """Return the lots whose layouts are published; none where nothing is."""
    rows = _published(
        home,
        "select study_id, lot, count(distinct block) as b, count(*) filter (where target_name <> "
        "'') as n, count(distinct target_id) filter (where target_name <> '') as t "
        "from raw.panel_features group by all order by all",
    )
    return [KnownLot(lot, f"warehouse, study {study}", b, n, t) for study, lot, b, n, t in rows]


def warehouse_dots(home: Home, lot: str) -> list[Dot]:
    """Return the layout of a lot as it is published."""
    rows = _published(
        home,
        "select f.block, f.spot_row, f.spot_column, f.target_name, coalesce(t.target_kind, '') "
        "from raw.panel_features as f left join raw.panel_targets as t on f.study_id = t.study_id "
        "and f.panel_id = t.panel_id and f.target_id = t.target_id where f.lot = ? order by all",
        [lot],
    )
    return [Dot(*row) for row in rows]


def layout_dots(layout: Layout, panel: Panel) -> list[Dot]:
    """Return a layout to be drawn, each target under the panel's own name."""
    pairs = {(f.target_name, f.target_id) for f in layout.features}
    targets = {pair: panel.by_id.get(meaning(*pair, panel).target_id) for pair in pairs}
    dots = []
    for f in layout.features:
        target = targets[f.target_name, f.target_id]
        label, kind = (target.target_name, target.target_kind) if target else (f.target_name, "")
        dots.append(Dot(f.block, f.spot_row, f.spot_column, label, kind))
    return dots


def unknown_lot(lot: str, known: Iterable[KnownLot]) -> CytomartError:
    """Return the error for a lot that nobody knows."""
    names = sorted({k.lot or "(every lot)" for k in known})
    return failure(
        f"no layout of lot `{lot}` is known",
        allowed=", ".join(names) or "a lot with a layout",
        remedy="learn it from a slide (cytomart panel learn SLIDE --lot LOT), or put the maker's "
        "array list into layouts/",
        exit_code=1,
    )


def _read(path: Path) -> Layout:
    try:
        return read_gal(SourceFile.from_path(path))
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=1) from refusal


def _published(
    home: Home, query: str, parameters: list[str] | None = None
) -> list[tuple[Any, ...]]:
    try:
        con = open_published(home)
    except CytomartError:
        return []
    try:
        return con.execute(query, parameters).fetchall()
    finally:
        con.close()
