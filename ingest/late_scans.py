"""Scans that come after their sheet: a batch named after the scan day gets its name then.

The sheet alone cannot tell the day; whichever of the two comes first, and in however many calls,
the batches are the same.
"""

from __future__ import annotations

from ingest import standing, writing
from ingest.clinic.samples import UNSCANNED
from ingest.delivery import Delivery
from ingest.loading import Loading
from ingest.study_files import scan_days


def name_batches(loading: Loading, delivery: Delivery) -> None:
    """Give samples that wait in a batch without a scan day the batch of their scan, now here."""
    con, study_id = loading.con, loading.study.study_id
    waiting = standing.places(con, study_id, ending=f"/{UNSCANNED}")
    scan_day = scan_days(loading, delivery) if waiting else None
    is_renamed = False
    for slide_id, place in waiting.items():
        day = scan_day(slide_id) if scan_day else None
        if day is None:
            continue
        is_renamed = True
        con.execute(
            "update raw.samples set batch_id = ? "
            "where study_id = ? and slide_id = ? and batch_id = ?",
            [f"{place.lot}/{day.isoformat()}", study_id, slide_id, place.batch_id],
        )
    if is_renamed:
        writing.move_scans(loading)
        writing.move_values(loading)
    con.execute(
        "update quality.quarantine as q set batch_id = s.batch_id from (select distinct slide_id, "
        "batch_id, lot from raw.samples where study_id = $1) as s where q.study_id = $1 "
        "and q.slide_id = s.slide_id and q.batch_id <> s.batch_id and q.batch_id = s.lot || $2",
        [study_id, f"/{UNSCANNED}"],
    )
