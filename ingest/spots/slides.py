"""The scanner files of a delivery: together where they are as expected, one by one where not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.delivery import Delivery, slide_name_faults
from ingest.load_report import LOADED, REFUSED
from ingest.loading import Loading, Outcome, Progress
from ingest.spots.bulk_step import load_in_bulk
from ingest.spots.layout_seen import layouts_after
from ingest.spots.slide_step import SlideContext, load_slide


def load_slides(
    loading: Loading, delivery: Delivery, context: SlideContext, on_progress: Progress | None
) -> list[Outcome]:
    """Load the scanner files; return what became of each, in the order of their names."""
    doubled = slide_name_faults(delivery)
    done = {
        path: Outcome("slide", path.name, REFUSED, slide_id=path.stem, faults=(fault,))
        for path, fault in doubled.items()
    }
    known = dict(context.loaded_bytes)
    context = replace(context, loaded_bytes=known)
    paths = [p for p in delivery.slides if not doubled or p not in doubled]

    def progress(n_more: int = 0) -> None:
        if on_progress:
            on_progress(len(done) + n_more, len(delivery.slides))

    def load_one(path: Path) -> Outcome:
        nonlocal context
        done[path] = outcome = load_slide(loading, path, context)
        if outcome.status == LOADED:
            known[outcome.sha256] = path.stem
        seen = layouts_after(loading, context.layouts, context.places, outcome)
        context = replace(context, layouts=seen)
        progress()
        return outcome

    progress()
    for candidates in _first_of_lots(paths, context):
        next((p for p in candidates if load_one(p).status == LOADED), None)
    rest = [p for p in paths if p not in done]
    done |= load_in_bulk(loading, rest, context, progress)
    known.update((done[p].sha256, p.stem) for p in rest if p in done)
    for path in rest:
        if path not in done:
            load_one(path)
    return [done[p] for p in delivery.slides]


def _first_of_lots(paths: Sequence[Path], context: SlideContext) -> list[list[Path]]:
    """Return, for each lot whose layout nobody states, the files that may show it, in order."""
    lots: dict[str, list[Path]] = {}
    for path in paths:
        slide_id = path.stem
        place = context.places.get(slide_id)
        if place is None:
            continue
        layout = context.layouts.get(place.lot)
        if layout is None or layout.seen_on == slide_id:
            lots.setdefault(place.lot, []).append(path)
    return list(lots.values())
