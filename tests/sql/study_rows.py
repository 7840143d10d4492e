"""Three small studies as rows of the raw relations, with every edge of the signal path."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

ANALYTES = [f"T{i:02d}" for i in range(1, 13)]
BASELINE_DAY = date(2020, 3, 1)
NOW = datetime(2021, 1, 1, tzinfo=UTC)


def study_rows(study_id: str, *, platform: str, unit: str, reference: str) -> dict[str, Any]:
    """Return what study.toml and plan.csv of a two-visit, two-cohort study become."""
    s = {"study_id": study_id}
    plan = s | {
        "kind": "contrast", "grouping": "group_code", "subset": "", "covariates": "",
        "family": "groups", "mode": "correct", "status": "confirmatory", "alpha": 0.05,
        "min_abs_fold_change": 1.0, "plan_hash": "p", "file_sha256": "plan", "source_line": 2,
    }  # fmt: skip
    kinds = dict.fromkeys(ANALYTES, "analyte") | {
        "POS1": "positive_control", "NEG": "negative_control"}  # fmt: skip
    return {
        "raw.studies": [s | {
            "title": "SYNTHETIC", "is_synthetic": True, "platform_id": platform,
            "panel_id": "panel", "channel_nm": 532, "array_unit": unit,
            "primary_variant_id": "subtract_median" if platform == "genepix" else "as_reported",
            "baseline_visit": "base", "normalisation_reference": reference,
            "robustness_variants": "",
            "has_study_codes": True,
        }],
        "raw.study_visits": [
            s | {"visit": v, "visit_label": v, "visit_order": i, "is_baseline": i == 1}
            for i, v in enumerate(("base", "later"), 1)
        ],
        "raw.study_groups": [
            s | {"group_code": g, "group_label": f"Group {g}", "cohort": c, "visit": v,
                 "group_order": i}
            for i, (g, c, v) in enumerate(
                (("A", "patient", "base"), ("B", "patient", "later"), ("C", "control", "base")), 1)
        ],
        "raw.panel_targets": [
            s | {"panel_id": "panel", "target_id": t, "target_name": f"name {t}",
                 "target_order": i, "target_kind": kind, "protein_name": None}
            for i, (t, kind) in enumerate(kinds.items(), 1)
        ],
        "raw.plan": [
            plan | {"analysis_id": "b_vs_a", "contrast_id": "B_vs_A", "numerator_group": "B",
                    "denominator_group": "A", "pairing": "patient",
                    "primary_method": "paired_t"},
            plan | {"analysis_id": "a_vs_c", "contrast_id": "A_vs_C", "numerator_group": "A",
                    "denominator_group": "C", "pairing": "independent",
                    "primary_method": "welch_t"},
        ],
        "raw.files": [], "raw.spots": [], "raw.patients": [], "raw.samples": [],
        "raw.assessments": [],
    }  # fmt: skip


def file_row(study_id: str, slide_id: str, *, sha: str, loaded_at: datetime) -> dict[str, Any]:
    return {
        "study_id": study_id, "file_sha256": sha, "role": "slide", "slide_id": slide_id,
        "platform_id": "genepix", "file_name": f"{slide_id}.gpr", "n_bytes": 1,
        "encoding": "utf-8", "line_end": "LF", "n_rows_in": 1, "n_rows_loaded": 1,
        "n_rows_quarantined": 0, "n_rows_unchanged": 0, "load_id": "load",
        "loaded_at": loaded_at,
    }  # fmt: skip


def block_study() -> dict[str, list[dict[str, Any]]]:
    """Sixteen Blocks on four slides of three batches; one batch is never judged."""
    rng = np.random.default_rng(20200301)
    rows = study_rows("block", platform="genepix", unit="block", reference="B1")
    people = [f"P{i}" for i in range(1, 7)] + [f"C{i}" for i in range(1, 4)]
    samples = [(f"{p}-base", p, "base", "A" if p[0] == "P" else "C") for p in people]
    samples += [(f"{p}-later", p, "later", "B") for p in people if p[0] == "P" and p != "P6"]
    seats = [(slide, block) for slide in ("S1", "S2", "S3") for block in (1, 2, 3, 4)]
    seats += [("S4", 1), ("S4", 2)]
    batch_of = {"S1": "B1", "S2": "B1", "S3": "B2", "S4": "HELD"}
    order = rng.permutation(len(samples))
    key = {"study_id": "block", "file_sha256": "sheet"}
    for line, ((slide, block), number) in enumerate(zip(seats, order, strict=True), 2):
        sample_id, patient_id, visit, group = samples[number]
        rows["raw.samples"].append(key | {
            "source_line": line, "sample_id": sample_id, "patient_id": patient_id,
            "visit": visit, "group_code": group, "slide_id": slide, "block": block,
            "batch_id": batch_of[slide], "lot": "L1", "total_protein_mg_ml": 70.0,
            "collected_on": BASELINE_DAY + timedelta(days=7 * (visit == "later")),
        })  # fmt: skip
    # S4/B3 carries no serum.
    rows["raw.samples"].append(key | {
        "source_line": 99, "sample_id": "S4/B3", "group_code": "empty", "slide_id": "S4",
        "block": 3, "batch_id": "HELD", "lot": "L1"})  # fmt: skip
    for line, person in enumerate(people, 2):
        rows["raw.patients"].append({
            "study_id": "block", "file_sha256": "people", "source_line": line,
            "patient_id": person, "cohort": "patient" if person[0] == "P" else "control",
            "centre_id": "centre", "sex": "female", "age_years": 50 + line})  # fmt: skip
        for visit, score in (("base", "6.0"), ("later", "3.5")):
            if person in {"P1", "P2"} or (person == "P3" and visit == "base"):
                rows["raw.assessments"].append({
                    "study_id": "block", "file_sha256": "scores", "source_line": line,
                    "patient_id": person, "visit": visit, "instrument_id": "vas_pain_0_10",
                    "site_id": "", "score": Decimal(score)})  # fmt: skip
    for slide in batch_of:
        n_blanks = 4 if slide == "S3" else 10
        for block in (1, 2, 3, 4):
            rows["raw.spots"] += block_spots(rng, slide, block, batch_of[slide], n_blanks)
        rows["raw.files"].append(file_row("block", slide, sha=f"sha-{slide}", loaded_at=NOW))
    plant_edges(rows["raw.spots"])
    # An older scan of S1 that a rescan superseded: its numbers must not count.
    rows["raw.files"].append(
        file_row("block", "S1", sha="sha-old", loaded_at=NOW - timedelta(days=1)))  # fmt: skip
    rows["raw.spots"].append(rows["raw.spots"][0] | {"file_sha256": "sha-old"})
    rows["quality.exclusions"] = [
        {"study_id": "block", "scope": scope, "scope_key": scope_key, "is_excluded": excluded,
         "reason_code": "test", "note": "", "recorded_by": "tester",
         "recorded_at": NOW + timedelta(minutes=minute)}
        for minute, (scope, scope_key, excluded) in enumerate((
            ("spot", "S2/B1/R1/C1", True), ("target", "T12", True), ("sample", "P1-base", True),
            ("sample", "P1-base", False), ("array", "S2/B4", True)))
    ]  # fmt: skip
    return rows


def block_spots(
    rng: np.random.Generator, slide: str, block: int, batch_id: str, n_blanks: int
) -> list[dict[str, Any]]:
    printed = [t for t in [*ANALYTES, "POS1"] for _ in (1, 2)] + ["NEG"] * n_blanks
    out = []
    scale = rng.uniform(0.5, 2.0)
    for column, target in enumerate(printed, 1):
        level = {"POS1": 20000.0, "NEG": 20.0}.get(target, 200.0 * 1.5 ** int(target[1:] or 0)
                                                   if target[0] == "T" else 0.0)  # fmt: skip
        background = float(rng.integers(80, 120))
        out.append({
            "study_id": "block", "file_sha256": f"sha-{slide}",
            "source_line": 30 + 100 * block + column,
            "batch_id": batch_id, "slide_id": slide, "block": block, "spot_row": 1,
            "spot_column": column, "target_name": f"name {target}", "target_id": target,
            "channel_nm": 532, "saturated_frac": 0.0, "flag": 0,
            "foreground_median_afu": background
            + float(np.round(level * scale * rng.lognormal(0, 0.3) + rng.normal(0, 15))),
            "background_median_afu": background,
        })  # fmt: skip
        if slide == "S1":  # the other slides are placed by row and column
            out[-1] |= {"x_um": 4000.0 + 400 * (column % 6), "y_um": 9000.0 + 250 * (column // 6)}
    return out


def plant_edges(spots: list[dict[str, Any]]) -> None:
    """Make every edge of the signal path happen on a known array."""

    def of(slide: str, block: int, target: str) -> list[dict[str, Any]]:
        return [s for s in spots
                if (s["slide_id"], s["block"], s["target_id"]) == (slide, block, target)]  # fmt: skip

    of("S1", 1, "T01")[0]["flag"] = -100
    for spot in of("S1", 2, "T02"):
        spot["flag"] = -50
    of("S1", 3, "T03")[0]["foreground_median_afu"] = 65535.0
    for spot in of("S1", 4, "T04"):
        spot["saturated_frac"] = 0.6
    for spot in of("S2", 2, "T05"):
        spot["foreground_median_afu"] = spot["background_median_afu"] - 7.0
    for spot in of("S2", 3, "T06"):
        spots.remove(spot)
    for spot in of("S3", 1, "T07"):
        spot["foreground_median_afu"] = spot["background_median_afu"]


def slide_study() -> dict[str, list[dict[str, Any]]]:
    """Two slides, each one sample; the reference is the first batch that was released."""
    rows = study_rows("slide", platform="genepix", unit="slide", reference="")
    for number, (slide, level) in enumerate((("W1", 100.0), ("W2", 400.0)), 1):
        rows["raw.files"].append(file_row("slide", slide, sha=f"sha-{slide}", loaded_at=NOW))
        rows["raw.samples"].append({
            "study_id": "slide", "file_sha256": "w", "source_line": number,
            "sample_id": f"sample-{slide}", "patient_id": f"P{number}", "visit": "base",
            "group_code": "AC"[number - 1], "slide_id": slide, "batch_id": f"batch-{slide}",
            "lot": "L2"})  # fmt: skip
        rows["raw.patients"].append({
            "study_id": "slide", "file_sha256": "w", "source_line": number,
            "patient_id": f"P{number}", "cohort": "patient", "centre_id": "centre",
            "sex": "female", "age_years": 95})  # fmt: skip
        for block in (1, 2):
            for column, target in enumerate((*ANALYTES, "NEG"), 1):
                rows["raw.spots"].append({
                    "study_id": "slide", "file_sha256": f"sha-{slide}", "source_line": 1,
                    "batch_id": f"batch-{slide}", "slide_id": slide, "block": block,
                    "spot_row": 1, "spot_column": column, "target_name": f"name {target}",
                    "target_id": target, "channel_nm": 532, "flag": 0,
                    "foreground_median_afu": level * column + 10 * block,
                    "background_median_afu": 10.0})  # fmt: skip
    return rows


def plate_study() -> dict[str, list[dict[str, Any]]]:
    """One bead plate: concentrations, no spots."""
    rows = study_rows("plate", platform="luminex", unit="well", reference="")
    rows["raw.values"] = []
    for number, (group, value) in enumerate((("A", 8.0), ("C", 2.0)), 1):
        rows["raw.samples"].append({
            "study_id": "plate", "file_sha256": "w", "source_line": number,
            "sample_id": f"well-{number}", "patient_id": f"P{number}", "visit": "base",
            "group_code": group, "slide_id": "PLATE", "batch_id": "plate-1", "lot": "L3",
        })  # fmt: skip
        rows["raw.patients"].append({
            "study_id": "plate", "file_sha256": "w", "source_line": number,
            "patient_id": f"P{number}", "cohort": "patient", "centre_id": "centre",
            "sex": "male", "age_years": 40})  # fmt: skip
        rows["raw.values"] += [{
            "study_id": "plate", "file_sha256": "v", "source_line": number,
            "platform_id": "luminex", "batch_id": "plate-1", "sample_id": f"well-{number}",
            "sample_label": f"well-{number}", "slide_id": "PLATE", "well": f"A{number}",
            "qc_flag": "", "target_id": "",
            "target_name": f"name {target}", "quantity": "concentration",
            "value_text": str(value), "value": value, "value_unit": "pg/mL",
            "scale": "linear", "qualifier": "ok"} for target in ANALYTES[:3]]  # fmt: skip
    return rows
