"""Scores of pain and quality of life: their change since baseline, and one score per patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from contracts import failure
from stats.methods.arrays import Floats
from stats.methods.paired_t import paired_t
from stats.methods.wilcoxon_signed_rank import wilcoxon_signed_rank
from stats.plan import Analysis
from stats.recipes.computed import CONFIDENCE, Scores, VisitScores
from stats.tables import as_text, need_columns, rows

_COLUMNS = ("patient_id", "cohort", "visit", "instrument_id", "site_id", "score", "baseline_score")
#: Tests of a change, by name; the plan says which one decides.
_METHODS = {"paired_t": paired_t, "wilcoxon_signed_rank": wilcoxon_signed_rank}
SEVERAL_SITES = (
    "several sites per patient: restrict the analysis with a subset such as site_id=spine"
)


def scores_by_patient(outcomes: pa.Table) -> Scores:
    """Return each patient's score per (instrument, visit), of the person, not of a site.

    Parameters
    ----------
    outcomes : columns of `marts.fct_outcomes`, one study
        Where an instrument is only kept per site, a patient with one site keeps that score; one
        with several sites has no single score and is left out.
    """
    need_columns(outcomes, _COLUMNS, "fct_outcomes")
    found: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
    for row in rows(outcomes):
        by_patient = found.setdefault((row["instrument_id"], row["visit"]), {})
        by_patient.setdefault(row["patient_id"], []).append(row)
    return {key: _visit_scores(patients) for key, patients in found.items()}


def _visit_scores(patients: Mapping[str, list[dict[str, Any]]]) -> VisitScores:
    chosen = {p: of_person(found) for p, found in patients.items()}
    single = {p: _number(found[0]["score"]) for p, found in chosen.items() if len(found) == 1}
    return VisitScores(single, len(chosen) - len(single))


@dataclass(frozen=True)
class ScorePairs:
    """Scores at a visit and at baseline, a row a patient; points, NaN where missing.

    Parameters
    ----------
    pairs : (n, 2), the visit's and the baseline's
    n_patients : everyone who could have been assessed
    refused : why there are no pairs; '' where there are
    """

    pairs: Floats
    n_patients: int
    refused: str = ""


def score_pairs(analysis: Analysis, outcomes: pa.Table, patients: pa.Table) -> ScorePairs:
    """Return the scores that an analysis of scores compares.

    Parameters
    ----------
    outcomes, patients : columns of `marts.fct_outcomes` and `marts.dim_patients`, one study
        A subset may name a column of either. `n_patients` counts everyone of the cohorts that
        the instrument was used in, so that a missing follow-up stays in sight.

    Raises
    ------
    CytomartError
        The subset names a column that neither scores nor patients have.
    """
    need_columns(outcomes, _COLUMNS, "fct_outcomes")
    need_columns(patients, ("patient_id", "cohort"), "dim_patients")
    people = {p["patient_id"]: p for p in rows(patients)}
    need_subset(analysis, {*outcomes.column_names, *patients.column_names})
    used = [
        r
        for r in rows(outcomes)
        if r["instrument_id"] == analysis.outcome
        and meets(analysis, {**people.get(r["patient_id"], {}), **r})
    ]
    at_visit: dict[str, list[dict[str, Any]]] = {}
    for row in used:
        if row["visit"] == analysis.visit:
            at_visit.setdefault(row["patient_id"], []).append(row)
    n_patients = len(_everyone(analysis, used, list(people.values())))
    chosen = {p: of_person(rs) for p, rs in at_visit.items()}
    if any(len(rs) > 1 for rs in chosen.values()):
        return ScorePairs(np.empty((0, 2)), n_patients, SEVERAL_SITES)
    pairs = [
        (_number(rs[0]["score"]), _number(rs[0]["baseline_score"]))
        for _, rs in sorted(chosen.items())
    ]
    return ScorePairs(np.array(pairs, dtype=np.float64).reshape(-1, 2), n_patients)


def outcome_rows(
    analysis: Analysis, outcomes: pa.Table, patients: pa.Table
) -> list[dict[str, Any]]:
    """Return the tests of one instrument at one visit against baseline, as rows of the contract.

    Parameters and errors are those of `score_pairs`.
    """
    scores = score_pairs(analysis, outcomes, patients)
    return [_row(analysis, scores, name) for name in _METHODS]


def _row(analysis: Analysis, scores: ScorePairs, method: str) -> dict[str, Any]:
    # Scores have one decimal: as whole tenths equal changes tie, which 5.6 − 3.6 and 2.0 do not.
    tenths = np.rint(scores.pairs * 10)
    test = _METHODS[method](tenths[:, :1], tenths[:, 1:], confidence=CONFIDENCE)
    differences = (tenths[:, 0] - tenths[:, 1])[~np.isnan(tenths).any(axis=1)] / 10
    n_pairs = len(differences)
    mean = float(differences.mean()) if n_pairs else None
    sd = float(np.std(differences, ddof=1)) if n_pairs > 1 else None
    return {
        "study_id": analysis.study_id,
        "analysis_id": analysis.analysis_id,
        "instrument_id": analysis.outcome,
        "visit": analysis.visit,
        "method": method,
        "n_patients": scores.n_patients,
        "n_pairs": n_pairs,
        "n_missing": scores.n_patients - n_pairs,
        "mean_change": mean,
        "sd_change": sd,
        "estimate": _cell(test.estimate[0] / 10),
        "ci_low": _cell(test.ci_low[0] / 10),
        "ci_high": _cell(test.ci_high[0] / 10),
        "statistic": _cell(test.statistic[0]),
        "df": _cell(test.df[0]),
        "p_value": _cell(test.p_value[0]),
        "effect_size_dz": mean / sd if mean is not None and sd else None,
        "is_primary": method == analysis.primary_method,
        "reason": scores.refused or test.reason[0],
        "plan_hash": analysis.plan_hash,
    }


def need_subset(analysis: Analysis, known: set[str]) -> None:
    """Raise CytomartError where the subset names a column that is not known."""
    unknown = [column for column, _ in analysis.subset if column not in known]
    if unknown:
        raise failure(
            f"subset names the column '{unknown[0]}', which neither scores nor patients have",
            where=analysis.where,
            allowed=", ".join(sorted(known)),
            remedy="name one of them",
        )


def meets(analysis: Analysis, cells: Mapping[str, Any]) -> bool:
    """Return whether cells meet the restrictions on columns that are among them."""
    return all(
        value in as_text(cells[column]).split("|")
        for column, value in analysis.subset
        if column in cells
    )


def _everyone(
    analysis: Analysis, used: list[dict[str, Any]], patients: list[dict[str, Any]]
) -> set[str]:
    """Return the assessed patients and those of the same cohorts who never were."""
    cohorts = {r["cohort"] for r in used}
    return {r["patient_id"] for r in used} | {
        p["patient_id"] for p in patients if p["cohort"] in cohorts and meets(analysis, p)
    }


def of_person(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows for the whole person where there are any, else those of the sites."""
    return [r for r in found if not r["site_id"]] or found


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _cell(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
