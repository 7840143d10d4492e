"""Is a difference too small to matter? Equivalence analyses of the plan, as tables and words."""

from __future__ import annotations

from collections import Counter
from typing import Any

from reports import words
from reports.read import Published
from reports.tables import table

_VERDICT = {
    "different": "different",
    "equivalent": "equivalent",
    "both": "different, but by less than matters",
    "undetermined": "undetermined",
    "not_computed": "not computed",
}


def equivalence(published: Published) -> list[dict[str, Any]]:
    """Return for each compared pair of groups: title, one sentence, the table of all targets."""
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for r in published.rows("equivalence"):
        pairs.setdefault((r["numerator_label"], r["denominator_label"]), []).append(r)
    return [
        {
            "title": f"{above} and {words.lower_first(below)}: too close to matter?",
            "sentence": _sentence(rows),
            "all": _every_target(above, below, rows),
        }
        for (above, below), rows in pairs.items()
    ]


def _sentence(rows: list[dict[str, Any]]) -> str:
    tally = Counter(r["verdict"] for r in rows)
    margin = f"{rows[0]['margin_fold']:g}-fold"
    same = tally["equivalent"] + tally["both"]
    return (
        f"Of {words.count(len(rows), 'target')}, {same} were shown to differ by less than "
        f"{margin} (of these {tally['both']} by a difference that is real but smaller than that), "
        f"{tally['different']} were shown to differ but not to be that close, and for "
        f"{tally['undetermined']} the study is too small to say either. That no difference was "
        "shown does not make a target equal."
    )


def _every_target(above: str, below: str, rows: list[dict[str, Any]]) -> Any:
    return table(
        f"{above} against {words.lower_first(below)}, within {rows[0]['margin_fold']:g}-fold. "
        "The interval is the one that lies within the margin when equivalence is shown.",
        "Target|Verdict|Fold change|90 % CI|BH p, different|BH p, equivalent|Note",
        (
            (
                r["analyte_name"],
                _VERDICT.get(r["verdict"], r["verdict"]),
                words.fold(r["change_log2fc"]),
                words.fold_interval(r["inner_low_log2fc"], r["inner_high_log2fc"]),
                words.p_value(r["difference_p_adjusted"]),
                words.p_value(r["equivalence_p_adjusted"]),
                r["reason"],
            )
            for r in rows
        ),
        numeric=(2, 3, 4, 5),
    )
