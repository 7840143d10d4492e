"""Two predictions: one with a model of ten targets, one of a study that is too small for any."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.unit.reports.made.names import STUDY

MODEL, REFUSED = "predict_pain", "predict_rare"
_FIGURES = {
    "auc_cv": 0.5512, "auc_cv_lowest": 0.47, "auc_cv_highest": 0.62, "auc_apparent": 0.93,
    "auc_optimism": 0.11, "auc_corrected": 0.82, "permutation_p_value": 0.31,
    "calibration_slope": 0.21, "brier": 0.262, "brier_of_share": 0.24, "n_selected": 10,
}  # fmt: skip


def predictions(frame: pd.DataFrame, text: Callable[[str], str]) -> dict[str, pd.DataFrame]:
    """Models, targets and curves as the warehouse publishes them."""
    return {
        "stats.fct_prediction_models": _models(text),
        "stats.fct_prediction_curves": _curves(),
        "reporting.rpt_predictions": pd.concat([_targets(frame, a, text)
                                                for a in (MODEL, REFUSED)]),
    }  # fmt: skip


def _models(text: Callable[[str], str]) -> pd.DataFrame:
    same = {"study_id": STUDY, "n_repeats": 20, "n_permutations": 199, "n_persons": 30}
    return pd.DataFrame([
        {**same, **_FIGURES, "analysis_id": MODEL, "outcome": text("pain_responder@follow_up"),
         "event": "responder", "label": "exploratory", "n_candidates": 80, "n_events": 12, "n_without_outcome": 1,
         "n_without_sample": 2, "reason": text("12 of 30 persons: 6081 are needed")},
        {**same, **dict.fromkeys(_FIGURES), "analysis_id": REFUSED, "outcome": "relapse",
         "event": "yes", "label": "refused", "n_candidates": 80, "n_events": 3, "n_without_outcome": 0,
         "n_without_sample": 0, "reason": text("3 in the smaller class, 10 are needed")},
    ]).astype({**dict.fromkeys(_FIGURES, "float64"), "n_selected": "Int64"})  # fmt: skip


def _targets(frame: pd.DataFrame, analysis: str, text: Callable[[str], str]) -> pd.DataFrame:
    some = frame.drop_duplicates("analyte_id").head(15).reset_index(drop=True)
    order = np.arange(len(some))
    is_model = analysis == MODEL
    odds = np.exp(np.where(order % 2, 1.2, -1.2) / (1 + order))
    hit = is_model & (order == 0)
    out = some.assign(
        analysis_id=analysis, event_label=text("Responder" if is_model else "Relapse"),
        direction=np.where(order % 2, "higher", "lower"), reason="",
        odds_ratio=odds, odds_ratio_ci_low=odds / 2, odds_ratio_ci_high=odds * 2,
        p_value=0.001 * (1 + order), p_adjusted=0.03 * (1 + order),
        auc=np.where(order % 2, 0.7, 0.3), auc_ci_low=np.where(order % 2, 0.5, 0.15),
        auc_ci_high=np.where(order % 2, 0.85, 0.5),
        selected_frac=0.5 if is_model else None, is_hit=hit,
        coefficient=np.where(is_model & (order < 10), 0.2, np.nan))  # fmt: skip
    out.loc[14, ["odds_ratio", "odds_ratio_ci_low", "odds_ratio_ci_high", "p_value",
                 "p_adjusted"]] = np.nan  # fmt: skip
    out.loc[14, "reason"] = text("zero variance: all levels agree")
    names = ["study_id", "analysis_id", "analyte_name", "event_label", "direction", "reason",
             "odds_ratio", "odds_ratio_ci_low", "odds_ratio_ci_high", "p_value", "p_adjusted",
             "auc", "auc_ci_low", "auc_ci_high", "selected_frac", "coefficient",
             "is_hit"]  # fmt: skip
    return out[names].astype({"selected_frac": "float64"})


def _curves() -> pd.DataFrame:
    share = np.arange(19) / 18
    at = np.arange(1, 20) / 20
    points = {
        "roc": (share, np.sqrt(share)),
        "calibration": (np.array([0.3, 0.5]), np.array([0.35, 0.45])),
        "net_benefit_model": (at, 0.4 - at / 2),
        "net_benefit_everyone": (at, 0.4 - at / (1 - at) * 0.6),
    }
    return pd.concat([
        pd.DataFrame({"study_id": STUDY, "analysis_id": MODEL, "curve": name,
                      "point_number": np.arange(1, len(x) + 1), "x_value": x, "y_value": y})
        for name, (x, y) in points.items()
    ])  # fmt: skip
