"""Rows of the contracts and of the small tables: people, batches, gates, files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from tests.unit.reports.made.names import CONTRASTS, LABELS, STUDY


def small_tables(rng: np.random.Generator) -> dict[str, pd.DataFrame]:
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
        "reporting.rpt_table1_cohorts": pd.DataFrame([
            {"study_id": STUDY, "row_order": i, "characteristic_id": c.lower(),
             "characteristic": c, "level": level, "cohort": cohort, "summary_kind": kind,
             "unit_label": "years" if kind == "numbers" else "", "mean_value": mean,
             "sd_value": sd, "n": n, "denominator": of, "standardised_difference": difference}
            for i, c, level, cohort, kind, mean, sd, n, of, difference in (
                (1, "Age", "Mean ± SD", "patient", "numbers", 48.07, 11.94, 30, 30, None),
                (1, "Age", "Mean ± SD", "control", "numbers", 40.5, 11.1, 10, 10, 0.6568),
                (2, "Sex", "Female", "patient", "classes", None, None, 30, 30, None),
                (2, "Sex", "Female", "control", "classes", None, None, 10, 10, 0.0),
                (3, "ER", "Positive", "patient", "classes", None, None, 27, 30, None))]),
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


def contract_rows(text: Callable[[str], str], *, is_synthetic: bool) -> dict[str, list[dict]]:
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
