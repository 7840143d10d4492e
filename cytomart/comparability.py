"""What can be compared although lots differ, and what to measure again: for people and machines."""

from __future__ import annotations

from typing import Any

import duckdb

from cytomart.front import Front
from store.home import Home
from store.read import open_published

_LOTS = """
    select study_id, lot, lot_effect, against_id, n_shared_serums, n_targets_bridged,
        median_abs_shift_log2fc
    from marts.dim_lots
    where study_id in (select study_id from marts.dim_lots group by all having count(*) > 1)
    order by study_id, lot
"""
_CONTRASTS = """
    select study_id, contrast_id, comparability, comparability_in_words
    from reporting.rpt_contrast_lots order by study_id, contrast_id
"""
_CANDIDATES = """
    select study_id, lot, from_lot, sample_id
    from reporting.rpt_bridge_candidates order by study_id, lot, signal_quarter
"""


def tell(front: Front) -> list[dict[str, Any]]:
    """Say it of every published study with several lots; return its lots, contrasts, proposals."""
    found = of(front.home)
    for study in found:
        for lot in study["lots"]:
            front.say(_lot_line(study["study_id"], lot))
        for contrast in study["contrasts"]:
            front.say(f"  {contrast['comparability_in_words']}.")
        for proposal in study["to_bridge"]:
            front.say(
                f"  Next time measure again on a slide of lot {proposal['lot']}: "
                f"{', '.join(proposal['sample_ids'])} (bridge samples of lot "
                f"{proposal['from_lot']}, docs/study-folder.md)."
            )
    return found


def of(home: Home) -> list[dict[str, Any]]:
    """Return what is published about the lots of every study that has several."""
    con = open_published(home)
    try:
        lots, contrasts, candidates = (_rows(con, q) for q in (_LOTS, _CONTRASTS, _CANDIDATES))
    except duckdb.CatalogException:  # published by a version before there were lots
        return []
    finally:
        con.close()
    return [
        {
            "study_id": study_id,
            "lots": [r for r in lots if r["study_id"] == study_id],
            "contrasts": [r for r in contrasts if r["study_id"] == study_id],
            "to_bridge": _by_lot([r for r in candidates if r["study_id"] == study_id]),
        }
        for study_id in dict.fromkeys(r["study_id"] for r in lots)
    ]


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = con.execute(query).to_arrow_table().to_pylist()
    return found


def _by_lot(candidates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in candidates:
        lot = found.setdefault(
            row["lot"], {"lot": row["lot"], "from_lot": row["from_lot"], "sample_ids": []}
        )
        lot["sample_ids"].append(row["sample_id"])
    return list(found.values())


def _lot_line(study_id: str, lot: dict[str, Any]) -> str:
    name = f"Lot {lot['lot']} of {study_id}"
    if lot["lot_effect"] == "reference":
        return f"{name}: the reference."
    if lot["lot_effect"] == "estimable":
        return (
            f"{name}: {lot['n_shared_serums']} serums link it to lot {lot['against_id']}; "
            f"{lot['n_targets_bridged']} targets shift by {lot['median_abs_shift_log2fc']:.2f} "
            "log2 in the median (marts.fct_bridging_factors)."
        )
    shared = lot["n_shared_serums"]
    return (
        f"! {name}: lot_effect_not_estimable; {shared or 'no'} serum{'' if shared == 1 else 's'} "
        "in common with another lot, two are needed."
    )
