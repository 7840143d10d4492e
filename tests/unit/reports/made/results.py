"""Results of three contrasts on 80 targets; hits follow from the adjusted p."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from tests.unit.reports.made.names import CONTRASTS, LABELS, STUDY


def differential(names: list[str], rng: np.random.Generator) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for contrast, (top, bottom, n_hits) in CONTRASTS.items():
        p = np.r_[10.0 ** -rng.uniform(2.4, 9, n_hits), rng.uniform(0.06, 1, 80 - n_hits)]
        effect = (
            rng.choice([-1, 1], 80, p=[0.3, 0.7])
            * np.r_[rng.uniform(0.5, 1.2, n_hits), np.abs(rng.normal(0, 0.15, 80 - n_hits))]
        )
        shuffle = rng.permutation(80)
        order = np.argsort(p)
        q = np.empty(80)
        q[order] = np.minimum.accumulate((p[order] * 80 / np.arange(1, 81))[::-1])[::-1]
        for i in range(80):
            k = shuffle[i]
            change, is_hit = float(effect[k]), bool(q[k] < 0.05)
            side = "higher" if change > 0 else "lower"
            rows.append(
                {
                    "study_id": STUDY,
                    "contrast_id": contrast,
                    "analyte_id": f"T{i:02d}",
                    "analyte_name": names[i],
                    "gene_symbols": f"GENE{i}",
                    "numerator_group": top,
                    "denominator_group": bottom,
                    "numerator_label": LABELS[top],
                    "denominator_label": LABELS[bottom],
                    "mean_numerator_log2": 9.0 + change,
                    "mean_denominator_log2": 9.0,
                    "signed_fold_change": 2**change if change > 0 else -(2**-change),
                    "change_log2fc": change,
                    "ci_low_log2fc": change - 0.3,
                    "ci_high_log2fc": change + 0.3,
                    "method": "paired_t" if contrast == "B_vs_A" else "welch_t",
                    "p_value": float(p[k]),
                    "p_adjusted": float(q[k]),
                    "effect_size": 0.5,
                    "n_numerator": 30,
                    "n_denominator": 30 if contrast == "B_vs_A" else 10,
                    "n_pairs": 30 if contrast == "B_vs_A" else None,
                    "detectable_adjusted_log2fc": 0.4,
                    "sensitivity": "age_sensitive|variance_sensitive" if i == 3 else "",
                    "below_lod_frac": float(rng.uniform(0, 0.3)),
                    "verdict": side if is_hit else "not_shown",
                    "is_hit": is_hit,
                    "direction_in_words": f"{side} in {LABELS[top].lower()}"
                    if is_hit
                    else "no difference shown",
                    "reason": "",
                }
            )
    frame = pd.DataFrame(rows)
    frame["n_pairs"] = frame["n_pairs"].astype("Int64")
    return frame


def hit_counts(frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for mode in ("correct", "paper"):
        for contrast, part in frame.groupby("contrast_id"):
            hits = part[part["is_hit"]]
            ups = int((hits["change_log2fc"] > 0).sum())
            rows.append(
                {
                    "study_id": STUDY,
                    "contrast_id": contrast,
                    "mode": mode,
                    "method": part["method"].iloc[0] if mode == "correct" else "student_t",
                    "rule_text": "Benjamini–Hochberg p < 0.05"
                    if mode == "correct"
                    else "p < 0.05, not adjusted, and |signed fold change| ≥ 1.5",
                    "n_tested": 80,
                    "n_hits": len(hits),
                    "n_hits_up": ups,
                    "n_hits_down": len(hits) - ups,
                    "n_chance_upper": 4.0,
                    "n_chance_permuted": 0.07 if mode == "correct" else 1.3,
                }
            )
    return pd.DataFrame(rows)


def robustness(frame: pd.DataFrame, text: Callable[[str], str]) -> pd.DataFrame:
    """Every third hit is one of the primary recipe alone."""
    fragile = frame["is_hit"] & (frame.index % 3 == 0)
    hits = frame["is_hit"].map({True: 2, False: 0}).mask(fragile, 1)
    out = frame.assign(
        robustness=hits.map({0: "no_variant", 1: "some_variants", 2: "every_variant"}),
        n_variants=2, n_variants_computed=2, n_variants_hit=hits, hit_frac=hits / 2,
        is_primary_hit=frame["is_hit"], is_sign_stable=True,
        primary_log2fc=frame["change_log2fc"], lowest_log2fc=frame["change_log2fc"] - 0.1,
        highest_log2fc=frame["change_log2fc"] + 0.1,
        deviating_variants=np.where(fragile, text("none_none"), ""))  # fmt: skip
    names = ["study_id", "contrast_id", "analyte_name", "robustness", "n_variants",
             "n_variants_computed", "n_variants_hit", "hit_frac", "is_primary_hit",
             "is_sign_stable", "primary_log2fc", "lowest_log2fc", "highest_log2fc",
             "deviating_variants"]  # fmt: skip
    return out[names]


def diagnostics(frame: pd.DataFrame, text: Callable[[str], str]) -> dict[str, pd.DataFrame]:
    """Histograms and spreads of every contrast, one check of an assumption, one equivalence."""
    names = frame["contrast_id"].unique()
    bins = pd.DataFrame([
        {"study_id": STUDY, "analysis_id": f"correct_{name}", "contrast_id": name, "bin_number": k,
         "p_low": (k - 1) / 20, "p_high": k / 20, "n_targets": 80 if k == 1 else 0, "n_tested": 80,
         "n_expected": 4.0, "is_primary": True}
        for name in names for k in range(1, 21)
    ])  # fmt: skip
    spreads = frame.assign(
        analysis_id="correct_" + frame["contrast_id"], method="moderated_t",
        mean_level_log2=np.linspace(6, 14, len(frame)), residual_sd_log2=0.4, prior_sd_log2=0.5,
        posterior_sd_log2=0.45,
    )[["study_id", "analysis_id", "contrast_id", "analyte_id", "method", "mean_level_log2",
       "residual_sd_log2", "prior_sd_log2", "posterior_sd_log2"]]  # fmt: skip
    checks = pd.DataFrame([
        {"study_id": STUDY, "analysis_id": f"correct_{name}", "contrast_id": name,
         "method": "levene", "stratum": text("A"),
         "assumption": "the groups have equal variances", "n_tested": 80, "n_below": 7,
         "n_chance_upper": 4.0, "n_below_adjusted": 0}
        for name in names
    ])  # fmt: skip
    verdicts = ("different", "equivalent", "both", "undetermined", "not_computed")
    some = frame.head(5).assign(
        analysis_id="equal_b_c", numerator_label=text("After"), denominator_label="Healthy",
        verdict=verdicts, reason=text(""), margin_fold=1.5, inner_low_log2fc=-0.2,
        inner_high_log2fc=0.3, difference_p_adjusted=0.2, equivalence_p_value=0.01,
        equivalence_p_adjusted=0.03,
    )[["study_id", "analysis_id", "contrast_id", "analyte_name", "numerator_label",
       "denominator_label", "verdict", "reason", "margin_fold", "change_log2fc",
       "inner_low_log2fc", "inner_high_log2fc", "difference_p_adjusted", "equivalence_p_value",
       "equivalence_p_adjusted"]]  # fmt: skip
    return {
        "reporting.rpt_p_value_histograms": bins,
        "reporting.rpt_mean_variance": spreads,
        "reporting.rpt_assumptions": checks,
        "reporting.rpt_equivalence": some,
    }
