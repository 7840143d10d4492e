"""Odds ratios that a plan asks for: counts, the ratio by each method, the event in words."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa

from contracts.plans import cut_off
from stats.events import Counted, count_groups, count_pairs
from stats.methods import exact_odds_ratio as exact
from stats.methods import firth_odds_ratio as firth
from stats.methods import mcnemar_odds_ratio as mcnemar
from stats.methods.odds_ratio import OddsRatio, interval_agrees, refused
from stats.plan import Analysis
from stats.recipes.computed import CONFIDENCE
from stats.tables import rows

#: Methods of two groups, by name, and what each does with a zero cell.
_INDEPENDENT = {
    "exact_odds_ratio": (exact.exact_odds_ratio, exact.ZERO_CELL),
    "firth_odds_ratio": (firth.firth_odds_ratio, firth.ZERO_CELL),
}
_PAIRED = "mcnemar_odds_ratio"
_WORDS = {">=": "at least", ">": "above", "<=": "at most", "<": "below"}


def odds_ratio_rows(
    analysis: Analysis, outcomes: pa.Table, patients: pa.Table
) -> list[dict[str, Any]]:
    """Return the odds ratios of one analysis, as rows of the contract.

    Parameters
    ----------
    outcomes, patients : columns of `marts.fct_outcomes`, and of `marts.dim_patients` with the
        classes of persons; one study

    Raises
    ------
    CytomartError
        The plan names a column that neither scores nor patients have.
    """
    if analysis.pairing == "patient":
        counted = count_pairs(analysis, outcomes, patients)
        arms = (analysis.visit, _baseline(outcomes))
        ratios = {_PAIRED: (_of_pairs(counted), mcnemar.ZERO_CELL)}
    else:
        counted = count_groups(analysis, outcomes, patients)
        arms = (analysis.numerator_group, analysis.denominator_group)
        ratios = {
            name: (
                refused(counted.refused)
                if counted.refused
                else method(counted.table, confidence=CONFIDENCE),
                rule,
            )
            for name, (method, rule) in _INDEPENDENT.items()
        }
    return [
        {
            **_asked(analysis, name, arms),
            **_counts(counted),
            **_numbers(ratio),
            "zero_cell_rule": rule,
        }
        for name, (ratio, rule) in ratios.items()
    ]


def _of_pairs(counted: Counted) -> OddsRatio:
    if counted.refused:
        return refused(counted.refused)
    return mcnemar.mcnemar_odds_ratio(
        counted.n_gained or 0, counted.n_lost or 0, confidence=CONFIDENCE
    )


def _asked(analysis: Analysis, method: str, arms: tuple[str, str]) -> dict[str, Any]:
    return {
        "study_id": analysis.study_id,
        "analysis_id": analysis.analysis_id,
        "method": method,
        "pairing": analysis.pairing,
        "outcome": analysis.outcome,
        "visit": analysis.visit,
        "event": analysis.event,
        "event_text": event_text(analysis.outcome, analysis.event),
        "numerator_group": arms[0],
        "denominator_group": arms[1],
        "is_primary": method == analysis.primary_method,
        "plan_hash": analysis.plan_hash,
    }


def event_text(outcome: str, event: str) -> str:
    """Return in words what the event is."""
    cut = cut_off(event)
    if cut is None:
        return f"{outcome} is {event}"
    return f"{outcome} {_WORDS[cut.operator]} {cut.score}"


def _counts(counted: Counted) -> dict[str, Any]:
    a, b, c, d = counted.table.cells
    return {
        "n_persons": counted.n_persons,
        "n_missing": counted.n_missing,
        "n_numerator": a + b,
        "n_numerator_events": a,
        "n_denominator": c + d,
        "n_denominator_events": c,
        "n_gained": counted.n_gained,
        "n_lost": counted.n_lost,
    }


def _numbers(ratio: OddsRatio) -> dict[str, Any]:
    return {
        "odds_ratio": _cell(ratio.estimate),
        "ci_low": _cell(ratio.ci_low),
        "ci_high": _cell(ratio.ci_high),
        "p_value": _cell(ratio.p_value),
        "p_fisher": _cell(ratio.p_fisher),
        "is_interval_consistent": interval_agrees(ratio, confidence=CONFIDENCE),
        "reason": ratio.reason,
    }


def _cell(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _baseline(outcomes: pa.Table) -> str:
    """Return the code of the baseline visit, '' where nobody was assessed at it."""
    return next((row["visit"] for row in rows(outcomes) if row["is_baseline"]), "")
