"""Scores of 30 patients before and after, and their table of the report."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.unit.reports.made.names import STUDY


def outcomes(rng: np.random.Generator, text: Callable[[str], str]) -> tuple[pd.DataFrame, ...]:
    facts, report = [], []
    for instrument, start, step, better, mid in (
        ("vas_pain_0_10", 5.56, -1.66, "lower", 2.0),
        ("qol_unnamed", 27.0, 20.9, "higher", 2.85),
    ):
        scale = 1.34 if better == "lower" else 5.7
        before = np.clip(rng.normal(start, scale, 30), 0, 100).round(1)
        after = np.clip(before + rng.normal(step, 1.3 * scale, 30), 0, 100).round(1)
        change = after - before
        for i in range(30):
            for visit, order, score in (("baseline", 1, before[i]), ("follow_up", 2, after[i])):
                is_missing = i == 4 and order == 2
                facts.append(
                    {
                        "study_id": STUDY,
                        "patient_id": f"PSECRET{i:03d}",
                        "cohort": "patient",
                        "visit": visit,
                        "visit_order": order,
                        "instrument_id": instrument,
                        "site_id": "",
                        "score": None if is_missing else score,
                        "baseline_score": before[i],
                        "change_score": None if order == 1 or is_missing else change[i],
                        "better_direction": better,
                        "mid_score_used": mid,
                        "mid_rule": "fixed" if better == "lower" else "half_baseline_sd",
                        "is_baseline": order == 1,
                        "is_missing": is_missing,
                    }
                )
        label = "Pain (VAS 0–10)" if better == "lower" else "Quality of life (scale not named)"
        kept = np.delete(change, 4)
        half = 2.045 * kept.std(ddof=1) / np.sqrt(29)
        for visit, order, values in (
            ("baseline", 1, before),
            ("follow_up", 2, np.delete(after, 4)),
        ):
            is_first = order == 1
            report.append(
                {
                    "study_id": STUDY,
                    "instrument_id": instrument,
                    "instrument_label": text(label),
                    "visit": visit,
                    "visit_order": order,
                    "visit_label": "Before radiotherapy"
                    if is_first
                    else "One week after radiotherapy",
                    "n": 30,
                    "n_missing": 0 if is_first else 1,
                    "mean_score": values.mean(),
                    "sd_score": values.std(ddof=1),
                    "min_score": values.min(),
                    "max_score": values.max(),
                    "mean_change": None if is_first else kept.mean(),
                    "ci_low": None if is_first else kept.mean() - half,
                    "ci_high": None if is_first else kept.mean() + half,
                    "p_value": None if is_first else 1e-5,
                    "method": "" if is_first else "paired_t",
                    "share_mid_reached_frac": None
                    if is_first
                    else float((abs(kept) >= mid).sum() / 30),
                    "mid_rule": "fixed" if better == "lower" else "half_baseline_sd",
                    "mid_source": text("a paper"),
                    "share_mid_share_reached_frac": 0.4
                    if better == "lower" and not is_first
                    else None,
                    "share_mid_reached_assessed_frac": None
                    if is_first
                    else float((abs(kept) >= mid).sum() / 29),
                    "effect_size_dz": None if is_first else kept.mean() / kept.std(ddof=1),
                    "p_value_paired_t": None if is_first else 1e-5,
                    "p_value_wilcoxon": None if is_first else 2e-5,
                    "site_id": "",
                    "is_baseline": is_first,
                }
            )
    return pd.DataFrame(facts), pd.DataFrame(report)


def responses(text: Callable[[str], str]) -> pd.DataFrame:
    """Return the pain response of 30 patients, one of them without a follow-up."""
    counts = {
        "consensus": (3, 9, 2, 15, 0),
        "literal": (3, 9, 1, 15, 1),
        "pain_only": (4, 9, 1, 15, 0),
    }
    rows = []
    for definition, (complete, partial, progression, indeterminate, gap) in counts.items():
        share, of_judged = (complete + partial) / 30, (complete + partial) / 29
        rows.append({
            "study_id": STUDY, "instrument_id": "vas_pain_0_10", "visit": "follow_up",
            "counted_over": "persons", "definition": definition,
            "instrument_label": text("Pain (VAS 0–10)"), "visit_label": "One week after radiotherapy",
            "visit_order": 2, "timing": "early", "reason": "", "n": 30, "n_evaluable": 29,
            "n_responders": complete + partial, "n_complete": complete, "n_partial": partial,
            "n_progression": progression, "n_indeterminate": indeterminate, "n_gap": gap,
            "n_dose_unknown": 0, "n_no_baseline": 0, "n_low_baseline": 0, "n_reirradiated": 0,
            "n_no_follow_up": 1, "responder_frac": share, "ci_low_frac": share - 0.15,
            "ci_high_frac": share + 0.15, "evaluable_responder_frac": of_judged,
            "evaluable_ci_low_frac": of_judged - 0.15, "evaluable_ci_high_frac": of_judged + 0.15,
            "is_response_instrument": True,
        })  # fmt: skip
    return pd.DataFrame(rows)


def odds_ratios(text: Callable[[str], str]) -> pd.DataFrame:
    """Return an odds ratio of pairs with a zero cell, and one of two groups by both methods."""
    common = {
        "study_id": STUDY, "outcome": "vas_pain_0_10", "outcome_label": text("Pain (VAS 0–10)"),
        "visit": "follow_up", "event_text": "vas_pain_0_10 at least 4",
        "visit_label": "One week after radiotherapy", "n_persons": 30, "is_interval_consistent": True,
    }  # fmt: skip
    pairs = {
        "analysis_id": "odds_pain", "method": "mcnemar_odds_ratio", "pairing": "patient",
        "numerator_label": "One week after radiotherapy", "denominator_label": "Before radiotherapy",
        "status": "confirmatory", "odds_ratio": 0.0, "ci_low": 0.0, "ci_high": 0.19,
        "p_value": 4e-6, "n_missing": 1, "n_numerator": 29, "n_numerator_events": 9,
        "n_denominator": 29, "n_denominator_events": 28, "n_gained": 0, "n_lost": 19,
        "is_primary": True, "reason": "a zero cell: the estimate is 0, and there is an upper bound",
    }  # fmt: skip
    arms = {
        "analysis_id": "odds_pain_age", "pairing": "independent", "numerator_label": "60_and_over",
        "denominator_label": "under_60", "status": "exploratory", "n_missing": 1,
        "n_numerator": 12, "n_numerator_events": 5, "n_denominator": 17,
        "n_denominator_events": 4, "n_gained": None, "n_lost": None, "reason": "",
    }  # fmt: skip
    exact = {"method": "exact_odds_ratio", "odds_ratio": 2.24, "ci_low": 0.35, "ci_high": 15.6,
             "p_value": 0.52, "is_primary": True}  # fmt: skip
    firth = {"method": "firth_odds_ratio", "odds_ratio": 2.2, "ci_low": 0.46, "ci_high": 11.1,
             "p_value": 0.32, "is_primary": False}  # fmt: skip
    return pd.DataFrame([common | pairs, common | arms | exact, common | arms | firth])


def correlations(text: Callable[[str], str]) -> pd.DataFrame:
    """Return a correlation at baseline that found nothing, and one of changes that found one."""
    common = {
        "study_id": STUDY, "instrument_label": text("Pain (VAS 0–10)"), "covariates": "",
        "status": "exploratory", "reason": "", "n_patients": 29,
    }  # fmt: skip
    rows = [
        {
            **common, "analysis_id": name, "visit": visit, "visit_label": text(label),
            "question": question, "analyte_name": text(f"Target {i}"),
            "pearson_correlation": r, "pearson_ci_low": r - 0.3, "pearson_ci_high": r + 0.3,
            "spearman_correlation": r / 2, "slope_log2fc": slope, "p_value": p,
            "p_adjusted": 2 * p, "is_hit": 2 * p < 0.05,
        }
        for name, visit, label, question, slope in (
            ("corr", "baseline", "Before radiotherapy", "baseline", None),
            ("change", "follow_up", "One week after radiotherapy", "change", 0.12),
        )
        for i, (r, p) in enumerate([(0.1, 0.6), (0.6, 0.001 if slope else 0.03)])
    ]  # fmt: skip
    return pd.DataFrame(rows)
