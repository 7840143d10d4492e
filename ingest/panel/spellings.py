"""Spellings of the loaded files that are not the panel's own names, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.raw import TARGET_SPELLINGS
from ingest import standing, writing
from ingest.load_report import LOADED
from ingest.loading import Loading, Outcome
from ingest.panel.catalog import Panel
from ingest.panel.spelling import NAME, meaning, value_meaning

_SPOTS = "select distinct target_name, target_id from raw.printed_spots where study_id = $1"
_VALUES = 'select distinct target_name, target_id from raw."values" where study_id = $1'


def put_spellings(loading: Loading, panel: Panel | None, outcomes: Sequence[Outcome]) -> None:
    """Write raw.target_spellings: warehouse and gate take from there what a spelling means.

    It covers every name that is loaded, and is made anew when a file came: a catalog that was
    corrected may read the same files otherwise.
    """
    if panel is None or not any(o.status == LOADED for o in outcomes):
        return
    has_values = loading.study.has_values
    means = value_meaning if has_values else meaning
    pairs = standing.rows(loading.con, _VALUES if has_values else _SPOTS, loading.study.study_id)
    rows = []
    for pair in pairs:
        found = means(pair["target_name"] or "", pair["target_id"] or "", panel)
        if found.target_id and found.matched_by != NAME:
            rows.append({
                "study_id": loading.study.study_id, "panel_id": panel.panel_id,
                "target_name": pair["target_name"], "scanner_target_id": pair["target_id"],
                "target_id": found.target_id, "matched_by": found.matched_by,
                "note": found.note or None,
            })  # fmt: skip
    writing.replace_if_changed(loading, TARGET_SPELLINGS, rows)
