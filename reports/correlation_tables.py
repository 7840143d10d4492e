"""Do levels go with scores? Every correlation analysis of the plan in a row, then what it found."""

from __future__ import annotations

from typing import Any

from reports import words
from reports.read import Published
from reports.tables import Table, table

_QUESTION = {
    "baseline": "level and score",
    "follow_up": "level and score",
    "before_baseline": "level and score",
    "change": "change and change",
}


def correlations(published: Published) -> list[Table]:
    """Return the analyses in a table, and the targets that go with a score in another."""
    asked: dict[str, list[dict[str, Any]]] = {}
    for r in published.rows("correlations"):
        asked.setdefault(r["analysis_id"], []).append(r)
    if not asked:
        return []
    return [_analyses(asked), _found(asked)]


def _analyses(asked: dict[str, list[dict[str, Any]]]) -> Table:
    return table(
        "Levels and scores of the same patients. Each visit stands by itself, they are never "
        "pooled; a change is compared with a change, the level and the score before held constant. "
        "The strongest target is the one with the smallest p, whether or not it means anything.",
        "Question|Visit|In the plan|Patients|Targets|BH p below the level|Strongest target|r|"
        "95 % CI|ρ|BH p",
        (_analysis(rows) for rows in asked.values()),
        numeric=(3, 4, 5, 7, 8, 9, 10),
    )


def _analysis(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    tested = [r for r in rows if r["p_value"] is not None]
    first = rows[0]
    head = (_question(first), first["visit_label"] or first["visit"], first["status"])
    if not tested:
        counts = (str(first["n_patients"]), "0", "0")
        return (*head, *counts, first["reason"], *[words.NOTHING] * 4)
    best = min(tested, key=lambda r: (r["p_value"], r["analyte_name"]))
    sizes = sorted({r["n_patients"] for r in tested})
    n = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    hits = str(sum(r["is_hit"] for r in tested))
    return (*head, n, str(len(tested)), hits, best["analyte_name"], *_coefficients(best))


def _found(asked: dict[str, list[dict[str, Any]]]) -> Table:
    return table(
        "Targets whose BH p is below the plan's level.",
        "Target|Question|Visit|Patients|r|95 % CI|ρ|BH p|log2 per point",
        (
            (
                r["analyte_name"], _question(r), r["visit_label"] or r["visit"],
                str(r["n_patients"]), *_coefficients(r), words.signed(r["slope_log2fc"], 3),
            )
            for rows in asked.values()
            for r in rows
            if r["is_hit"]
        ),
        numeric=range(3, 9),
        empty="None: no target was shown to go with a score.",
    )  # fmt: skip


def _question(r: dict[str, Any]) -> str:
    held = f", {r['covariates']} held constant" if r["covariates"] else ""
    return f"{r['instrument_label']}: {_QUESTION[r['question']]}{held}"


def _coefficients(r: dict[str, Any]) -> tuple[str, ...]:
    return (
        words.signed(r["pearson_correlation"], 2),
        words.interval(r["pearson_ci_low"], r["pearson_ci_high"], 2),
        words.signed(r["spearman_correlation"], 2),
        words.p_value(r["p_adjusted"]),
    )
