"""Is a difference too small to matter? Equivalence analyses of the plan, as tables and words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from reports import words
from reports.read import Published
from reports.selection import chosen, plan_rows, visit_labels, with_chosen
from reports.tables import table

_VERDICT = {
    "different": "different",
    "equivalent": "equivalent",
    "both": "different, but by less than matters",
    "undetermined": "undetermined",
    "not_computed": "not computed",
}


@dataclass(frozen=True)
class _Question:
    """One equivalence analysis: which groups of whom, and how far apart is too far."""

    pair: str
    about: str
    margin: str
    alpha: float
    status: str


def equivalence(published: Published) -> list[dict[str, Any]]:
    """Return for each equivalence analysis: title, sentences, the table of all targets."""
    plans, visits = plan_rows(published), visit_labels(published)
    asked: dict[str, list[dict[str, Any]]] = {}
    for r in published.rows("equivalence"):
        asked.setdefault(r["analysis_id"], []).append(r)
    out = []
    for name, rows in asked.items():
        question = _question(plans[name], rows[0], chosen(plans[name], visits))
        out.append({
            "title": with_chosen(
                f"{question.pair}: closer than {question.margin}?", question.about
            ),
            "sentence": _sentence(question, rows),
            "all": _every_target(question, rows),
        })  # fmt: skip
    return out


def _question(plan: dict[str, Any], row: dict[str, Any], about: str) -> _Question:
    pair = f"{row['numerator_label']} and {words.lower_first(row['denominator_label'])}"
    return _Question(pair, about, f"{row['margin_fold']:g}-fold", plan["alpha"], plan["status"])


def _sentence(question: _Question, rows: list[dict[str, Any]]) -> str:
    tally = Counter(r["verdict"] for r in rows)
    same = tally["equivalent"] + tally["both"]
    lacking = tally["not_computed"]
    uncomputed = f" For {lacking} it could not be computed." if lacking else ""
    return (
        f"Of {words.count(len(rows), 'target')}, {same} were shown to differ by less than "
        f"{question.margin} (of these {tally['both']} by a difference that is real but smaller "
        f"than that), {tally['different']} were shown to differ but not to be that close, and for "
        f"{tally['undetermined']} the study is too small to say either.{uncomputed} That no "
        "difference was shown does not make a target equal. The plan calls this comparison "
        f"{question.status}."
    )


def _every_target(question: _Question, rows: list[dict[str, Any]]) -> Any:
    return table(
        f"{with_chosen(question.pair, question.about)}, within {question.margin}. The verdict asks "
        f"for a BH p below {question.alpha:g}. The 90 % interval lies within the margin exactly "
        "where the p of equivalence, not adjusted, is below 0.05.",
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
