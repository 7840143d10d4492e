"""From a judged prediction to rows of the contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from stats.methods.arrays import Floats
from stats.multiplicity import benjamini_hochberg
from stats.plan import Analysis
from stats.prediction.guard import Guard
from stats.prediction.judged import Judged
from stats.prediction.people import People
from stats.prediction.settings import Settings
from stats.prediction.univariate import Univariate
from stats.recipes.computed import joined
from stats.tables import rows

#: Said beside the optimism of a search among more candidates than persons.
TOO_MANY = ("more candidate targets than persons: the bootstrap corrects the apparent AUC too "
            "little, the cross-validated one is the one to read")  # fmt: skip

Row = dict[str, Any]


def model_row(
    analysis: Analysis,
    variant_id: str,
    people: People,
    guard: Guard,
    n_candidates: int,
    settings: Settings,
) -> Row:
    """Return what is known of an analysis before any model is made."""
    return {
        **_named(analysis, variant_id),
        "visit": analysis.visit,
        "status": analysis.status,
        "label": guard.label,
        "n_persons": len(people.rows),
        "n_events": people.n_events,
        "n_effective": people.n_effective,
        "n_without_outcome": people.n_without_outcome,
        "n_without_sample": people.n_without_sample,
        "n_candidates": n_candidates,
        "n_needed": guard.n_needed,
        "n_folds": settings.n_folds,
        "n_repeats": settings.n_repeats,
        "n_bootstraps": settings.n_bootstraps,
        "n_permutations": settings.n_permutations,
        "n_permutation_repeats": settings.n_permutation_repeats,
        "seed": settings.seed,
        "reason": guard.reason,
        "analyte_ids": [],
        "selected_fracs": [],
        "coefficients": [],
        "curve_names": [],
        "curve_x": [],
        "curve_y": [],
        "curve_persons": [],
    }


def judged_row(row: Row, judged: Judged, analyte_ids: Sequence[str], settings: Settings) -> Row:
    """Return a row of `model_row` with what the model is worth."""
    aucs, final, agreement = judged.nested.aucs, judged.final, judged.agreement
    many = TOO_MANY if row["n_candidates"] > row["n_persons"] else ""
    return {
        **row,
        "auc_cv": judged.auc,
        "auc_cv_sd": float(np.std(aucs, ddof=1)),
        "auc_cv_lowest": float(aucs.min()),
        "auc_cv_highest": float(aucs.max()),
        "auc_apparent": final.apparent_auc,
        "auc_optimism": final.optimism,
        "auc_corrected": final.corrected_auc,
        "permutation_p_value": judged.permutation_p,
        "auc_permuted_mean": float(judged.permuted[1:].mean()),
        "calibration_slope": _cell(agreement.slope),
        "calibration_intercept": agreement.intercept,
        "brier": agreement.brier,
        "brier_of_share": agreement.brier_of_share,
        "n_selected": int(np.sum(final.model.columns[0] >= 0)),
        "penalty": settings.grid[int(final.model.place[0])][1],
        "intercept": float(final.model.intercepts[0]),
        "reason": joined(row["reason"], many, agreement.reason),
        "analyte_ids": list(analyte_ids),
        "selected_fracs": judged.nested.selected.tolist(),
        "coefficients": [_cell(c) for c in judged.coefficients(len(analyte_ids))],
        "curve_names": [c.name for c in judged.curves for _ in c.x],
        "curve_x": np.concatenate([c.x for c in judged.curves]).tolist(),
        "curve_y": np.concatenate([c.y for c in judged.curves]).tolist(),
        "curve_persons": np.concatenate([c.n_behind for c in judged.curves]).tolist(),
    }


def target_rows(
    analysis: Analysis,
    variant_id: str,
    analyte_ids: Sequence[str],
    found: Univariate,
    model: Mapping[str, Any],
    notes: Sequence[str],
) -> list[Row]:
    """Return the rows of `stats.stat_predictions` of one analysis.

    Parameters
    ----------
    model : the analysis's row of `stats.stat_prediction_models`
    notes : what must be known of each target's levels
    """
    own = dict(zip(model["analyte_ids"], zip(model["selected_fracs"], model["coefficients"],
                                             strict=True), strict=True))  # fmt: skip
    numbers: Mapping[str, Floats] = {
        "sd_log2": found.odds.details["sd"],
        "odds_ratio": found.odds.estimate,
        "odds_ratio_ci_low": found.odds.ci_low,
        "odds_ratio_ci_high": found.odds.ci_high,
        "p_value": found.odds.p_value,
        "p_adjusted": benjamini_hochberg(found.odds.p_value),
        "auc": found.area.estimate,
        "auc_ci_low": found.area.ci_low,
        "auc_ci_high": found.area.ci_high,
        "auc_p_value": found.area.p_value,
        "auc_p_adjusted": benjamini_hochberg(found.area.p_value),
    }
    listed = []
    for j, analyte_id in enumerate(analyte_ids):
        selected, coefficient = own.get(analyte_id, (None, None))
        listed.append({
            **_named(analysis, variant_id),
            "analyte_id": analyte_id,
            "n_events": int(found.area.n_numerator[j]),
            "n_non_events": int(found.area.n_denominator[j]),
            "n_missing": int(found.area.n_dropped[j]),
            **{name: _cell(values[j]) for name, values in numbers.items()},
            "selected_frac": selected,
            "coefficient": coefficient,
            "is_selected": coefficient is not None,
            "reason": joined(*_reasons(found, j), notes[j]),
        })  # fmt: skip
    return listed


def curve_rows(models: pa.Table) -> list[Row]:
    """Return the points of every model's curves, one row each.

    Parameters
    ----------
    models : rows of `stats.stat_prediction_models`
    """
    listed = []
    for model in rows(models):
        place: dict[str, int] = {}
        points = (model[name] for name in ("curve_names", "curve_x", "curve_y", "curve_persons"))
        for curve, x, y, n_persons in zip(*points, strict=True):
            place[curve] = place.get(curve, 0) + 1
            listed.append({
                **{name: model[name] for name in ("study_id", "analysis_id", "variant_id",
                                                  "plan_hash")},
                "curve": curve, "point_number": place[curve], "x_value": x, "y_value": y,
                "n_persons": int(n_persons),
            })  # fmt: skip
    return listed


def _named(analysis: Analysis, variant_id: str) -> Row:
    return {
        "study_id": analysis.study_id,
        "analysis_id": analysis.analysis_id,
        "variant_id": variant_id,
        "outcome": analysis.outcome,
        "event": analysis.event,
        "plan_hash": analysis.plan_hash,
    }


def _reasons(found: Univariate, j: int) -> list[str]:
    """Return why a target has no odds ratio or no AUC, once where both say the same."""
    return list(dict.fromkeys((found.odds.reason[j], found.area.reason[j])))


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
