"""A small study in the shape of the marts, and rows of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from contracts import from_rows
from contracts.raw import PLAN

Rows = list[dict[str, Any]]
OUTCOME_TYPES = pa.schema(
    [(n, pa.string()) for n in ("study_id", "patient_id", "cohort", "visit", "instrument_id",
                                "site_id")]
    + [("score", pa.decimal128(5, 1)), ("baseline_score", pa.decimal128(5, 1))]
)  # fmt: skip
MEASUREMENT_TYPES = pa.schema(
    [(n, pa.string()) for n in ("study_id", "sample_id", "analyte_id", "variant_id")]
    + [("level_log2", pa.float64()), ("is_primary_variant", pa.bool_())]
)


@dataclass
class SmallStudy:
    """Rows of the marts, to be changed by a test before they become tables."""

    measurements: Rows = field(default_factory=list)
    samples: Rows = field(default_factory=list)
    outcomes: Rows = field(default_factory=list)
    patients: Rows = field(default_factory=list)

    def tables(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        return (
            pa.Table.from_pylist(self.measurements, schema=MEASUREMENT_TYPES),
            pa.Table.from_pylist(self.samples),
            self.outcome_table(),
        )

    def outcome_table(self) -> pa.Table:
        return pa.table(
            {
                f.name: pa.array([r.get(f.name) for r in self.outcomes]).cast(f.type)
                for f in OUTCOME_TYPES
            },
            schema=OUTCOME_TYPES,
        )

    def patient_table(self) -> pa.Table:
        return pa.Table.from_pylist(self.patients)


def small_study(
    *, study_id="s1", n_patients=8, n_controls=6, n_targets=5, seed=1, variants=("primary",)
) -> SmallStudy:
    rng = np.random.default_rng(seed)
    study = SmallStudy()

    def add_sample(patient, cohort, visit, group, levels):
        sample = f"{patient}-{visit}"
        study.samples.append(
            {"study_id": study_id, "sample_id": sample, "patient_id": patient, "cohort": cohort,
             "visit": visit, "group_code": group, "is_baseline": visit == "baseline"}
        )  # fmt: skip
        for j, level in enumerate(levels, start=1):
            for k, variant in enumerate(variants):
                study.measurements.append(
                    {"study_id": study_id, "sample_id": sample, "analyte_id": f"T{j}",
                     "variant_id": variant, "level_log2": float(level) + 0.01 * k * j * level,
                     "is_primary_variant": k == 0}
                )  # fmt: skip

    for i in range(1, n_patients + 1):
        patient, own = f"P{i:02d}", rng.normal(9, 0.5, n_targets)
        study.patients.append({"study_id": study_id, "patient_id": patient, "cohort": "patient"})
        start = float(rng.integers(30, 80)) / 10
        for visit, group, drop in (("baseline", "A", 0.0), ("follow_up", "B", 2.0)):
            noise = rng.normal(0, 0.3, n_targets)
            add_sample(patient, "patient", visit, group, own + noise + (drop > 0) * 0.6)
            score = round(start - drop + float(rng.integers(-9, 10)) / 10 * (drop > 0), 1)
            study.outcomes.append(
                {"study_id": study_id, "patient_id": patient, "cohort": "patient", "visit": visit,
                 "instrument_id": "vas", "site_id": "", "score": score, "baseline_score": start}
            )  # fmt: skip
    for i in range(1, n_controls + 1):
        patient = f"C{i:02d}"
        study.patients.append({"study_id": study_id, "patient_id": patient, "cohort": "control"})
        add_sample(patient, "control", "baseline", "C", rng.normal(9, 0.7, n_targets))
    return study


def plan_row(analysis_id: str, kind: str = "contrast", **more: Any) -> dict[str, Any]:
    row = {
        "study_id": "s1", "file_sha256": "", "source_line": 2, "analysis_id": analysis_id,
        "kind": kind, "contrast_id": "all", "grouping": "group_code", "subset": "",
        "pairing": "independent", "covariates": "", "family": "groups", "mode": "correct",
        "status": "confirmatory", "alpha": 0.05, "min_abs_fold_change": 1.0, "plan_hash": "hash",
    }  # fmt: skip
    return {**row, **more}


def contrast(above: str, below: str, *, paper: bool = False, **more: Any) -> dict[str, Any]:
    name = f"{above}_vs_{below}"
    paired = {above, below} == {"A", "B"} and not paper
    chosen = {
        "contrast_id": name,
        "numerator_group": above,
        "denominator_group": below,
        "pairing": "patient" if paired else "independent",
        "primary_method": "student_t" if paper else "paired_t" if paired else "welch_t",
        "mode": "paper" if paper else "correct",
        "family": "paper" if paper else "groups",
        "min_abs_fold_change": 1.5 if paper else 1.0,
    }
    analysis_id = ("paper_" if paper else "") + name.lower()
    return {**plan_row(analysis_id, **chosen), **more}


def full_plan(study_id: str = "s1") -> Rows:
    arms = (("A", "C"), ("B", "C"), ("B", "A"))
    rows = [contrast(*pair) for pair in arms] + [contrast(*pair, paper=True) for pair in arms]
    rows += [
        plan_row("groups", "omnibus", primary_method="anova_oneway", mode="paper", family="all"),
        plan_row("pain", "outcome", primary_method="paired_t", pairing="patient", outcome="vas",
                 visit="follow_up", family="clinic"),
        *(plan_row(f"corr_{v}", "correlation", primary_method="pearson", outcome="vas", visit=v,
                   subset="cohort=patient", family="corr") for v in ("baseline", "follow_up")),
    ]  # fmt: skip
    return [{**r, "study_id": study_id} for r in rows]


@pytest.fixture
def make_study():
    return small_study


@pytest.fixture
def make_contrast():
    return contrast


@pytest.fixture
def make_plan_row():
    return plan_row


@pytest.fixture
def make_full_plan():
    return full_plan


@pytest.fixture
def as_plan():
    return lambda rows: from_rows(rows, PLAN)
