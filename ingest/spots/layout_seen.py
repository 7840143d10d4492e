"""The layout of a lot that nobody states: what its first loaded slide has."""

from __future__ import annotations

from collections.abc import Mapping

from ingest import standing
from ingest.load_report import LOADED
from ingest.loading import Loading, Outcome
from ingest.panel.gal import Feature, Layout, Position
from ingest.spots.spot_differences import Spot
from ingest.spots.spots_alike import usual_block
from ingest.standing import Place


def layout_seen(loading: Loading, lot: str, slide_id: str, *, has_holes: bool) -> Layout:
    """Return what a loaded slide has where; `has_holes` where rows of it were set aside.

    Where a sample is a Block, the Blocks of the slide stand for each other: a spot that was set
    aside in one of them is known from the rest, and the layout describes one Block.
    """
    found = standing.rows(
        loading.con,
        "select block, spot_row, spot_column, any_value(target_name) as target_name, "
        "any_value(target_id) as target_id from raw.spots where study_id = ? and slide_id = ? "
        "group by all order by all",
        loading.study.study_id, slide_id,
    )  # fmt: skip
    ids = {(r["target_name"], r["target_id"]): r["target_id"] for r in found}
    spots: dict[Position, Spot] = {
        (r["block"], r["spot_row"], r["spot_column"]):
        Spot(r["target_name"], "\t".join((r["target_name"], r["target_id"])))
        for r in found
    }  # fmt: skip
    if loading.study.array_unit == "block":
        spots = _one_block(usual_block(spots))
    features = tuple(
        Feature(*position, spot.name, ids[spot.name, spot.key.partition("\t")[2]])
        for position, spot in sorted(spots.items())
    )
    name = f"slide `{slide_id}`, the first loaded of {f'lot `{lot}`' if lot else 'the study'}"
    return Layout(name, "", features, seen_on=slide_id, has_holes=has_holes)


def layouts_after(
    loading: Loading,
    layouts: Mapping[str, Layout],
    places: Mapping[str, Place],
    outcome: Outcome,
) -> Mapping[str, Layout]:
    """Return the layouts after a slide: one of a lot without any shows the lot's layout."""
    place = places.get(outcome.slide_id or "")
    if outcome.status != LOADED or place is None or outcome.slide_id is None:
        return layouts
    known = layouts.get(place.lot)
    if known is not None and known.seen_on != outcome.slide_id:
        return layouts
    n_aside = outcome.n_rows_quarantined
    seen = layout_seen(loading, place.lot, outcome.slide_id, has_holes=n_aside > 0)
    blocks = {b for p in places.values() if p.lot == place.lot for b in p.blocks or ()}
    return {**layouts, place.lot: seen.over(tuple(sorted(blocks)))}


def _one_block(spots: Mapping[Position, Spot]) -> dict[Position, Spot]:
    first = min(p[0] for p in spots)
    return {p: s for p, s in spots.items() if p[0] == first}
