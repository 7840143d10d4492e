"""A small published warehouse made from frames: 80 analytes × 3 contrasts, 70 samples.

The numbers are drawn, but hang together: hits follow from the adjusted p, counts from the hits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from contracts import QUALITY, RAW, from_rows
from reports.build import build_report
from reports.provenance import Provenance
from stats.ordination.distances import squared_distances
from stats.ordination.scaled import scale
from stats.ordination.tree import Tree, average_linkage

STUDY = "fixture-study"
NAMES = [
    "ENA-78",
    "GCSF",
    "GM-CSF",
    "GRO a/b/g",
    "GRO alpha",
    "I-309",
    "IL-1 alpha",
    "IL-1 beta",
    "IL-2",
    "IL-3",
    "IL-4",
    "IL-5",
    "IL-6",
    "IL-7",
    "IL-8",
    "IL-10",
    "IL-12 p40/p70",
    "IL-13",
    "IL-15",
    "IFN-gamma",
    "MCP-1",
    "MCP-2",
    "MCP-3",
    "MCSF",
    "MDC",
    "MIG",
    "MIP-1 beta",
    "MIP-1 delta",
    "RANTES",
    "SCF",
    "SDF-1",
    "TARC",
    "TGF beta 1",
    "TNF alpha",
    "TNF beta",
    "EGF",
    "IGF-1",
    "Angiogenin",
    "Oncostatin M",
    "Thrombopoietin",
    "VEGF-A",
    "PDGF-BB",
    "Leptin",
    "BDNF",
    "BLC",
    "Ck beta 8-1",
    "Eotaxin",
    "Eotaxin-2",
    "Eotaxin-3",
    "FGF-4",
    "FGF-6",
    "FGF-7",
    "FGF-9",
    "Flt-3 Ligand",
    "Fractalkine",
    "GCP-2",
    "GDNF",
    "HGF",
    "IGFBP-1",
    "IGFBP-2",
    "IGFBP-3",
    "IGFBP-4",
    "IL-16",
    "IP-10",
    "LIF",
    "LIGHT",
    "MCP-4",
    "MIF",
    "MIP-3 alpha",
    "NAP-2",
    "NT-3",
    "NT-4",
    "Osteopontin",
    "Osteoprotegerin",
    "PARC",
    "PIGF",
    "TGF beta 2",
    "TGF beta 3",
    "TIMP-1",
    "TIMP-2",
]
CONTRASTS = {"A_vs_C": ("A", "C", 19), "B_vs_A": ("B", "A", 24), "B_vs_C": ("B", "C", 2)}
LABELS = {"A": "Before radiotherapy", "B": "After radiotherapy", "C": "Healthy controls"}
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</noscript><script>alert(3)</script>",
    "<img src=x onerror=alert(4)>",
    '" onmouseover="alert(5)" x="',
    '=HYPERLINK("http://evil.example")',
    "+cmd|' /C calc'!A0",
    "'; drop table marts.dim_patients; --",
    "{{ 7 * 7 }}{% raw %}",
    "<!--<script>",
    "\u202egnp.exe",
    "${alert(6)}\u2028next",
    "../../etc/passwd",
    "javascript:alert(7)",
    "&lt;script&gt;alert(8)&lt;/script&gt;",
)


def _differential(names: list[str], rng: np.random.Generator) -> pd.DataFrame:
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


def _outcomes(rng: np.random.Generator, text: Callable[[str], str]) -> tuple[pd.DataFrame, ...]:
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
                    "site_id": "",
                    "is_baseline": is_first,
                }
            )
    return pd.DataFrame(facts), pd.DataFrame(report)


def _hit_counts(frame: pd.DataFrame) -> pd.DataFrame:
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


def _small_tables(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    arrays = [f"SYN-S{s:02d}/B{b}" for s in range(1, 10) for b in range(1, 9)][:70]
    batches = [f"SYN-0{1 + i // 24}" for i in range(70)]
    groups = (["A", "B"] * 30 + ["C"] * 10)[:70]
    patients = [f"PSECRET{i // 2:03d}" for i in range(60)] + [f"CSECRET{i:03d}" for i in range(10)]
    levels = [("Age", "<60", 25), ("Age", "≥60", 5), ("ER", "Positive", 27), ("ER", "Negative", 3),
              ("HER2", "Positive", 23), ("HER2", "Negative", 7), ("T", "T1", 14), ("T", "T2", 10),
              ("T", "T3 and T4", 6)]  # fmt: skip
    sites = [("Skull", 0), ("Chest bones", 22), ("Spine", 25), ("Pelvis", 14), ("Limb bones", 6)]
    table1 = [(*row, 30, "patients") for row in levels]
    table1 += [("Site of bone metastasis", level, n, 67, "sites") for level, n in sites]
    return {
        "marts.dim_samples": pd.DataFrame({
            "study_id": STUDY, "sample_id": [f"SSECRET{i:03d}" for i in range(70)],
            "patient_id": patients, "group_code": groups, "batch_id": batches,
            "slide_id": [a.split("/")[0] for a in arrays]}),
        "marts.dim_patients": pd.DataFrame({
            "study_id": STUDY, "patient_id": sorted(set(patients)), "sex": "female",
            "cohort": ["control"] * 10 + ["patient"] * 30}),
        "marts.dim_lots": pd.DataFrame({
            "study_id": STUDY, "lot": ["SYN-LOT-1", "SYN-LOT-2"],
            "lot_effect": ["reference", "lot_effect_not_estimable"],
            "against_id": [None, None], "n_slides": [6, 3], "n_samples": [46, 24],
            "n_bridge_samples": [0, 0], "n_shared_serums": [0, 0], "n_targets_bridged": [0, 0],
            "median_abs_shift_log2fc": [None, None], "is_reference": [True, False]}),
        "reporting.rpt_contrast_lots": pd.DataFrame({
            "study_id": STUDY, "contrast_id": ["A_vs_C"], "lots": ["SYN-LOT-1, SYN-LOT-2"],
            "comparability_in_words": ["A_vs_C: cannot be compared, arms on different lots"]}),
        "marts.dim_batches": pd.DataFrame({
            "study_id": STUDY, "batch_id": ["SYN-01", "SYN-02", "SYN-03", "SYN-04"],
            "n_slides": [3, 3, 3, 1], "n_arrays": [24, 24, 24, 8], "n_samples": [24, 24, 22, 8],
            "gate_status": ["released", "accepted", "released", "held"],
            "n_rules_failed": [0, 1, 0, 1],
            "failed_rules": ["", "saturated_share", "", "positive_above_negative"]}),
        "marts.fct_array_quality": pd.DataFrame({
            "study_id": STUDY, "array_id": arrays, "batch_id": batches,
            "background_median_afu": rng.normal(210, 20, 70),
            "negative_control_median_afu": rng.normal(15, 5, 70),
            "positive_control_mean_afu": rng.normal(30000, 2500, 70),
            "saturated_frac": 0.0, "flagged_frac": 0.01,
            "cv_median_frac": rng.uniform(0.05, 0.1, 70),
            "below_lod_frac": rng.uniform(0, 0.2, 70),
            "background_gradient_ratio": rng.uniform(0, 0.3, 70),
            "distance_log2": rng.uniform(0.3, 0.6, 70), "distance_limit_log2": 0.9,
            "verdict": ["watch" if i == 20 else "poor" if i == 41 else "ok" for i in range(70)],
            "verdict_reason": ""}),
        "reporting.rpt_cohorts": pd.DataFrame({
            "study_id": STUDY, "cohort": ["patient", "control"], "n": [30, 10],
            "age_mean_years": [48.07, 40.5], "age_sd_years": [11.94, 11.1],
            "age_min_years": [25, 18], "age_max_years": [70, 50]}),
        "reporting.rpt_table1": pd.DataFrame([
            {"study_id": STUDY, "row_order": i, "characteristic": c, "level": level, "n": n,
             "denominator": d, "constituent_frac": n / d, "counted_over": over}
            for i, (c, level, n, d, over) in enumerate(table1)]),
        "reporting.rpt_gates": pd.DataFrame([
            {"study_id": STUDY, "gate": "batch", "scope_id": batch, "rule_id": rule,
             "rule_label": label, "severity": "critical", "outcome": outcome, "observed": 0.02,
             "threshold": 0.01, "threshold_source": "house rule", "message": label,
             "is_accepted": is_accepted, "ran_at": datetime(2024, 1, 2, tzinfo=UTC)}
            for batch, rule, label, outcome, is_accepted in (
                ("SYN-01", "saturated_share", "Few spots are saturated", "pass", False),
                ("SYN-02", "saturated_share", "Few spots are saturated", "fail", True),
                ("SYN-03", "saturated_share", "Few spots are saturated", "pass", False),
                ("SYN-04", "positive_above_negative", "Positive controls shine", "fail", False),
            )]),
        "reporting.rpt_exclusions": pd.DataFrame([
            {"study_id": STUDY, "scope": scope, "scope_key": key, "reason_code": code,
             "reason_label": label, "note": note,
             "recorded_at": datetime(2024, 1, 4, tzinfo=UTC)}
            for scope, key, code, label, note in (
                ("array", "SYN-S03/B2", "scan_artefact", "scan artefact", "bubble over row 4"),
                ("patient", "PSECRET003", "consent_limit", "limit of consent", ""),
                ("sample", "SSECRET007", "haemolysis", "haemolysed serum", ""))]),
        "reporting.rpt_waiting": pd.DataFrame([
            {"study_id": STUDY, "kind": "quarantined", "subject": "assessments", "n_rows": 1,
             "reason": "score out of range"},
            {"study_id": STUDY, "kind": "held", "subject": "batch SYN-04", "n_rows": 8,
             "reason": "positive controls do not shine"}]),
    }  # fmt: skip


def _contract_rows(text: Callable[[str], str], *, is_synthetic: bool) -> dict[str, list[dict]]:
    sha = "ab" * 32
    base = {"study_id": STUDY}
    contrasts = [
        {"analysis_id": f"{mode}_{c}", "kind": "contrast", "contrast_id": c,
         "numerator_group": top, "denominator_group": bottom, "grouping": "group_code",
         "pairing": "patient" if c == "B_vs_A" else "independent", "family": mode, "mode": mode,
         "primary_method": "student_t" if mode == "paper" else
         "paired_t" if c == "B_vs_A" else "welch_t",
         "status": "exploratory" if mode == "paper" else "confirmatory",
         "min_abs_fold_change": 1.5 if mode == "paper" else 1.0}
        for mode in ("correct", "paper") for c, (top, bottom, _) in CONTRASTS.items()
    ]  # fmt: skip
    contrasts.append({
        "analysis_id": "equal_b_c", "kind": "equivalence", "contrast_id": "B_vs_C",
        "numerator_group": "B", "denominator_group": "C", "grouping": "group_code",
        "pairing": "independent", "family": "equal", "mode": "correct", "primary_method": "tost",
        "status": "exploratory", "min_abs_fold_change": 1.5,
    })  # fmt: skip
    return {
        "raw.studies": [{**base, "title": text("SYNTHETIC twin of a study of serum cytokines before and after radiotherapy"),
                         "is_synthetic": is_synthetic,
                         "platform_id": "genepix", "panel_id": "raybiotech_g5", "channel_nm": 532,
                         "array_unit": "block", "primary_variant_id": "subtract_median",
                         "baseline_visit": "baseline", "normalisation_reference": "", "robustness_variants": "",
                         "has_study_codes": True}],
        "raw.study_visits": [
            {**base, "visit": "baseline", "visit_label": "Before radiotherapy", "visit_order": 1,
             "is_baseline": True},
            {**base, "visit": "follow_up", "visit_label": "One week after radiotherapy",
             "visit_order": 2, "is_baseline": False}],
        "raw.study_groups": [
            {**base, "group_code": g, "group_label": LABELS[g], "group_order": i + 1,
             "cohort": "control" if g == "C" else "patient",
             "visit": "follow_up" if g == "B" else "baseline"} for i, g in enumerate("ABC")],
        "raw.study_instruments": [
            {**base, "instrument_id": i, "instrument_label": i, "score_min": 0.0,
             "score_max": top, "better_direction": "higher", "mid_source": "a paper"}
            for i, top in (("qol_unnamed", 100.0),)],
        "raw.plan": [{**base, "file_sha256": sha, "source_line": i + 2, "subset": "",
                      "covariates": "", "alpha": 0.05, "plan_hash": "cd" * 32, **row}
                     for i, row in enumerate(contrasts)],
        "raw.files": [{**base, "file_sha256": f"{i:02x}" * 32, "role": "slide",
                       "slide_id": f"SYN-S{i:02d}", "file_name": "never shown.gpr",
                       "n_bytes": 250000, "encoding": "utf-8", "line_end": "LF",
                       "n_rows_in": 1408, "n_rows_loaded": 1408, "n_rows_quarantined": 0,
                       "n_rows_unchanged": 0, "load_id": "l",
                       "loaded_at": datetime(2024, 1, 2, tzinfo=UTC)} for i in range(1, 10)],
        "quality.acceptances": [{**base, "batch_id": "SYN-02", "rule_id": "saturated_share",
                                 "content_hash": "x", "reason": text("lamp replaced since"),
                                 "accepted_by": "USERSECRET",
                                 "accepted_at": datetime(2024, 1, 3, tzinfo=UTC)}],
    }  # fmt: skip


def _robustness(frame: pd.DataFrame, text: Callable[[str], str]) -> pd.DataFrame:
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


def _diagnostics(frame: pd.DataFrame, text: Callable[[str], str]) -> dict[str, pd.DataFrame]:
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


def _clusterings(
    frame: pd.DataFrame, rng: np.random.Generator, text: Callable[[str], str]
) -> dict[str, pd.DataFrame]:
    """Two selections on the 70 samples: all targets, and twelve that part the groups."""
    groups = np.repeat([text(LABELS[g]) for g in "ABC"], [30, 30, 10])
    names = frame.drop_duplicates("analyte_id")
    names = names.set_index("analyte_id")["analyte_name"]
    parts: dict[str, list[pd.DataFrame]] = {"cells": [], "merges": [], "points": [], "trees": []}
    for selection, targets in (("all", list(names.index)), ("hits", list(names.index[:12]))):
        levels = rng.normal(size=(70, len(targets))) + (np.arange(70) < 30)[:, None]
        z = scale(levels).z
        trees = {"targets": average_linkage(squared_distances(z.T)),
                 "samples": average_linkage(squared_distances(z))}  # fmt: skip
        place = {axis: np.argsort(tree.order) + 1 for axis, tree in trees.items()}
        rows, columns = np.meshgrid(np.arange(len(targets)), np.arange(70), indexing="ij")
        base = {"study_id": STUDY, "selection": selection}
        parts["cells"].append(
            pd.DataFrame(
                {
                    **base,
                    "analyte_id": np.array(targets)[rows.ravel()],
                    "analyte_name": names[targets].to_numpy()[rows.ravel()],
                    "sample_id": "SSECRET",
                    "group_code": "A",
                    "group_label": groups[columns.ravel()],
                    "target_leaf": place["targets"][rows.ravel()],
                    "sample_leaf": place["samples"][columns.ravel()],
                    "z_score": np.where(rows.ravel() + columns.ravel() == 9, None, z.T.ravel()),
                }
            )
        )
        parts["points"].append(
            pd.DataFrame(
                {
                    **base,
                    "sample_id": "SSECRET",
                    "group_code": "A",
                    "group_label": groups,
                    "first_score": z[:, 0],
                    "second_score": z[:, 1],
                    "first_explained_frac": 0.4,
                    "second_explained_frac": 0.1,
                }
            )
        )
        parts["trees"].append(
            pd.DataFrame(
                {
                    **base,
                    "axis": ["targets", "samples"],
                    "n_items": [len(targets), 70],
                    "n_left_out": [0, 2],
                    "reason": "",
                    "caution": text("Selected because they differ") if selection == "hits" else "",
                }
            )
        )
        parts["merges"] += [_merges(base, axis, tree, place[axis]) for axis, tree in trees.items()]
    whole = {name: pd.concat(frames) for name, frames in parts.items()}
    return {
        "stats.fct_clusterings": whole["trees"],
        "reporting.rpt_heat_map": whole["cells"].astype({"z_score": float}),
        "reporting.rpt_dendrograms": whole["merges"],
        "reporting.rpt_component_scores": whole["points"],
    }  # fmt: skip


def _merges(base: dict[str, str], axis: str, tree: Tree, place: np.ndarray) -> pd.DataFrame:
    n = len(tree.order)

    def sides(of: np.ndarray) -> tuple[list[int | None], list[int | None]]:
        leaves = [int(place[i]) if i < n else None for i in of]
        return leaves, [None if i < n else int(i) - n + 1 for i in of]

    (left_leaf, left_merge), (right_leaf, right_merge) = sides(tree.left), sides(tree.right)
    return pd.DataFrame({
        **base, "axis": axis, "merge_number": np.arange(1, n), "left_leaf": left_leaf,
        "left_merge": left_merge, "right_leaf": right_leaf, "right_merge": right_merge,
        "merge_height": tree.heights, "n_members": tree.sizes, "stability_frac": 0.6,
        "is_stable": True}).astype(dict.fromkeys(
            ("left_leaf", "left_merge", "right_leaf", "right_merge"), "Int64"))  # fmt: skip


def make_warehouse(path: Path, *, is_hostile: bool = False, is_synthetic: bool = True) -> Path:
    """Write the published file; `is_hostile` puts markup and formulas into every free text."""
    rng = np.random.default_rng(7)
    names = list(NAMES)
    if is_hostile:
        names[: len(HOSTILE)] = HOSTILE
    text: Callable[[str], str] = (lambda t: f"{t} {HOSTILE[1]}{HOSTILE[3]}") if is_hostile else str
    frame = _differential(names, rng)
    if is_hostile:
        frame["is_hit"] |= frame["analyte_name"].isin(HOSTILE)
        frame["gene_symbols"] = HOSTILE[0]
        frame["direction_in_words"] = frame["direction_in_words"].map(text)
    facts, outcomes = _outcomes(rng, text)
    counts = _hit_counts(frame)
    analytes = frame.drop_duplicates("analyte_id")[["study_id", "analyte_id", "analyte_name"]]
    status = frame["is_hit"].map({True: "both", False: "neither"})
    tables = {
        **_small_tables(rng),
        "marts.fct_outcomes": facts,
        "marts.dim_analytes": analytes.assign(is_reportable=True),
        "marts.fct_measurements": pd.DataFrame(
            {"study_id": STUDY, "is_primary_variant": [True] * 5600}),
        "vocabulary.instruments": pd.DataFrame({
            "instrument_id": ["vas_pain_0_10"], "score_min": [0.0], "score_max": [10.0],
            "mid_frac": [0.3], "mid_source": ["Another paper"]}),
        "marts.dim_variants": pd.DataFrame({
            "study_id": [STUDY],
            "variant_id": ["subtract_median"], "background_method": ["subtract"],
            "normalisation_method": ["median"],
            "variant_label": ["Local background subtracted, array medians made equal"]}),
        "stats.fct_hit_counts": counts.assign(n_permutations=2000, seed=1),
        "reporting.rpt_outcomes": outcomes,
        "reporting.rpt_hit_counts": counts,
        "reporting.rpt_differential": frame,
        "reporting.rpt_volcano": frame.assign(neg_log10_p=-np.log10(frame["p_value"]))[
            ["study_id", "contrast_id", "analyte_id", "analyte_name", "change_log2fc", "p_value",
             "p_adjusted", "neg_log10_p", "is_hit", "verdict"]],
        "reporting.rpt_robustness": _robustness(frame, text),
        "stats.fct_variant_tests": pd.concat([
            frame.assign(variant_id=v, is_primary_variant=v == "subtract_median")
            for v in ("subtract_median", "none_none")])[
                ["study_id", "contrast_id", "analyte_id", "variant_id", "is_primary_variant",
                 "is_hit"]],
        "reporting.rpt_reanalyses": frame.assign(
            analysis_name="reviewer-2", variant_id="none_none", note=text("asked in review"),
            comparison=frame["is_hit"].map({True: "lost", False: "hit_in_neither"}),
            primary_log2fc=frame["change_log2fc"], named_log2fc=frame["change_log2fc"] / 2,
            primary_p_adjusted=frame["p_adjusted"], named_p_adjusted=0.5)[
                ["study_id", "analysis_name", "variant_id", "note", "contrast_id",
                 "analyte_name", "comparison", "primary_log2fc", "named_log2fc",
                 "primary_p_adjusted", "named_p_adjusted"]],
        **_diagnostics(frame, text),
        **_clusterings(frame, rng, text),
        "reporting.rpt_mode_comparison": frame.assign(
            paper_p_value=frame["p_value"], paper_signed_fold_change=frame["signed_fold_change"],
            is_hit_paper=frame["is_hit"], correct_p_adjusted=frame["p_adjusted"],
            is_hit_correct=frame["is_hit"],
            status=status.mask(frame.index % 13 == 0, "only_paper"), why=text("small change"),
        )[["study_id", "contrast_id", "analyte_id", "analyte_name", "paper_p_value", "paper_signed_fold_change",
           "is_hit_paper", "correct_p_adjusted", "is_hit_correct", "status", "why"]],
    }  # fmt: skip
    _write(path, tables, _contract_rows(text, is_synthetic=is_synthetic))
    return path


def _write(path: Path, tables: dict[str, pd.DataFrame], rows: dict[str, list[dict]]) -> None:
    with duckdb.connect(str(path)) as con:
        for relation in (*RAW, *QUALITY):
            for statement in relation.as_table().create_sql():
                con.execute(statement)
            if given := rows.get(relation.full_name):
                con.register("rows_in", from_rows(given, relation))
                con.execute(f"insert into {relation.full_name} select * from rows_in")
        for schema in ("marts", "stats", "reporting", "vocabulary"):
            con.execute(f"create schema if not exists {schema}")
        for name, frame in tables.items():
            con.register("frame_in", pa.Table.from_pandas(frame, preserve_index=False))
            con.execute(f"create table {name} as select * from frame_in")


def make_empty_warehouse(path: Path) -> Path:
    """Write a file whose only batch is held: no sample, no test, no score has been released."""
    make_warehouse(path)
    with duckdb.connect(str(path)) as con:
        for schema, name in con.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema in ('marts', 'stats', 'reporting')"
        ).fetchall():
            con.execute(f"delete from {schema}.{name} where '{name}' <> 'dim_batches'")
        con.execute("update marts.dim_batches set gate_status = 'held'")
    return path


def make_report(warehouse: Path, out: Path, **options: Any) -> Path:
    provenance = Provenance(3, "ef" * 32, datetime(2024, 1, 4, 12, tzinfo=UTC), {"duckdb": "1"})
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return build_report(con, STUDY, out=out, provenance=provenance, **options)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_warehouse(tmp_path_factory.mktemp("published") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "warehouse.duckdb"
    return make_warehouse(path, is_hostile=True)


@pytest.fixture(scope="session")
def page(published: Path) -> str:
    return make_report(published, published.with_name("report.html")).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def hostile_page(hostile: Path) -> str:
    return make_report(hostile, hostile.with_name("report.html")).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def hostile_names() -> tuple[str, ...]:
    return HOSTILE


@pytest.fixture(scope="session")
def fixtures() -> SimpleNamespace:
    """The makers, for tests that need another warehouse."""
    return SimpleNamespace(
        STUDY=STUDY, warehouse=make_warehouse, empty=make_empty_warehouse, report=make_report
    )
