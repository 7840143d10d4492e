"""How often a yes-or-no outcome is met: odds ratios of the plan, as a table and words."""

from __future__ import annotations

from typing import Any

from reports import words
from reports.read import Published
from reports.tables import Table, table

#: Methods as the table names them, with what a reader must know of each.
_METHOD = {
    "mcnemar_odds_ratio": "pairs, exact (McNemar)",
    "exact_odds_ratio": "two groups, exact",
    "firth_odds_ratio": "two groups, Firth",
}
_CAPTION = (
    "Odds of an event. Pairs: the same persons at two visits, and the ratio is of those who gained "
    "the event to those who lost it. An odds ratio is not a ratio of shares. Each interval is that "
    "of the test beside it, so it leaves out 1 exactly where p is below 0.05. Nothing is added to "
    "an empty cell, except that Firth's penalty weighs as much as half a person in every cell."
)


def odds_ratios(published: Published) -> Table:
    """Return every odds ratio of the plan, the deciding method of each analysis first."""
    return table(
        _CAPTION,
        "Event|Compared|With the event|Odds ratio|95 % CI|p|Method|In the plan|Note",
        (
            (
                _event(r), _compared(r), _counts(r),
                words.number(r["odds_ratio"], 2), odds_interval(r["ci_low"], r["ci_high"]),
                words.p_value(r["p_value"]), _METHOD.get(r["method"], r["method"]),
                r["status"] if r["is_primary"] else "beside it", _note(r),
            )
            for r in published.rows("odds_ratios")
        ),
        numeric=(2, 3, 4, 5),
    )  # fmt: skip


def odds_interval(low: float | None, high: float | None) -> str:
    """Return the interval of a ratio; one bound alone where the other is 0 or infinite."""
    if low is None:
        return words.NOTHING
    if high is None:
        return f"{_ratio(low)} or more"
    return f"{_ratio(low)} to {_ratio(high)}" if low > 0 else f"{_ratio(high)} or less"


def _ratio(value: float) -> str:
    return words.number(value, 2 if value >= 0.1 or value == 0 else 4)


def _event(r: dict[str, Any]) -> str:
    condition = r["event_text"].removeprefix(r["outcome"]).strip()
    return f"{r['outcome_label']} {condition}"


def _compared(r: dict[str, Any]) -> str:
    pair = f"{r['numerator_label']} v {words.lower_first(r['denominator_label'])}"
    at_visit = f", {words.lower_first(r['visit_label'])}" if r["visit_label"] else ""
    return pair if r["pairing"] == "patient" else f"{pair}{at_visit}"


def _counts(r: dict[str, Any]) -> str:
    return (
        f"{r['n_numerator_events']} of {r['n_numerator']} v "
        f"{r['n_denominator_events']} of {r['n_denominator']}"
    )


def _note(r: dict[str, Any]) -> str:
    missing = f"{r['n_missing']} of {r['n_persons']} without an answer" if r["n_missing"] else ""
    changed = (
        f"{r['n_gained']} gained and {r['n_lost']} lost the event"
        if r["n_gained"] is not None
        else ""
    )
    contradicts = "" if r["is_interval_consistent"] else "interval and p contradict each other"
    return "; ".join(part for part in (changed, missing, r["reason"], contradicts) if part)
