"""From the marts and the plan to the three tables of results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa

from contracts import conform, failure, from_rows
from contracts.odds_ratios import ODDS_RATIOS
from contracts.plans import BY_TARGET
from contracts.stats import HIT_COUNTS, OUTCOME_TESTS, TEST_RESULTS, VARIANT_TESTS
from stats.chance import hit_count_row
from stats.checks import check_designs, compared_rows
from stats.design import Sheet, read_levels, read_sheet
from stats.detection import detection_notes
from stats.odds_ratios import odds_ratio_rows
from stats.outcomes import outcome_rows, scores_by_patient
from stats.plan import Analysis, read_plan
from stats.recipes import compute
from stats.robustness import variant_table
from stats.rows import adjust_over_families, result_table, sorted_by_key
from stats.tables import of_study

_RowsOf = Callable[[Analysis, pa.Table, pa.Table], list[dict[str, Any]]]

#: Permutations behind each expected number of chance hits, and their seed.
DEFAULT_PERMUTATIONS = 2000
DEFAULT_SEED = 20170101


@dataclass(frozen=True)
class Results:
    """All results of a plan, each in the shape of its contract."""

    tests: pa.Table
    outcome_tests: pa.Table
    hit_counts: pa.Table


def test_results(
    measurements: pa.Table, samples: pa.Table, outcomes: pa.Table, plan: pa.Table
) -> pa.Table:
    """Return every test of every analysis as rows of `stats.stat_test_results`.

    Parameters
    ----------
    measurements, samples, outcomes, plan : columns of `marts.fct_measurements`,
        `marts.dim_samples`, `marts.fct_outcomes` and `raw.plan`; of one or several studies
        All targets of `measurements` are reportable and adjusted together.

    Raises
    ------
    CytomartError
        The plan has rows that cannot be carried out (each is named), or a key stands twice.
    """
    tables = []
    for study_id, analyses in _by_study(plan):
        levels_of = of_study(measurements, study_id)
        sheet = _checked_sheet(of_study(samples, study_id), analyses)
        scores = scores_by_patient(of_study(outcomes, study_id))
        blocks = []
        for levels in read_levels(levels_of, sheet):
            for analysis in (a for a in analyses if a.kind in BY_TARGET):
                groups = compared_rows(analysis, sheet).values()
                used = np.concatenate([*groups, np.array([], dtype=np.intp)])
                notes = detection_notes(levels, used)
                blocks += [
                    result_table(analysis, levels, computed, notes)
                    for computed in compute(analysis, sheet, levels, scores, analyses)
                ]
        tables.append(adjust_over_families(blocks, analyses))
    empty = from_rows([], TEST_RESULTS)
    whole = pa.concat_tables([empty, *tables])
    return conform(sorted_by_key(whole, TEST_RESULTS), TEST_RESULTS)


def outcome_tests(outcomes: pa.Table, patients: pa.Table, plan: pa.Table) -> pa.Table:
    """Return the tests of scores against baseline as rows of `stats.stat_outcome_tests`.

    Parameters
    ----------
    outcomes, patients, plan : columns of `marts.fct_outcomes`, `marts.dim_patients`, `raw.plan`

    Raises
    ------
    CytomartError
        The plan has rows that cannot be carried out; each is named.
    """
    found = _of_persons("outcome", outcome_rows, outcomes, patients, plan)
    return sorted_by_key(from_rows(found, OUTCOME_TESTS), OUTCOME_TESTS)


def odds_ratios(outcomes: pa.Table, patients: pa.Table, plan: pa.Table) -> pa.Table:
    """Return the odds ratios of yes-or-no outcomes as rows of `stats.stat_odds_ratios`.

    Parameters
    ----------
    outcomes, patients, plan : columns of `marts.fct_outcomes`, of `marts.dim_patients` with the
        classes of persons, and of `raw.plan`

    Raises
    ------
    CytomartError
        The plan has rows that cannot be carried out; each is named.
    """
    found = _of_persons("odds_ratio", odds_ratio_rows, outcomes, patients, plan)
    return sorted_by_key(from_rows(found, ODDS_RATIOS), ODDS_RATIOS)


def hit_counts(
    measurements: pa.Table,
    samples: pa.Table,
    plan: pa.Table,
    tests: pa.Table,
    *,
    n_permutations: int = DEFAULT_PERMUTATIONS,
    seed: int = DEFAULT_SEED,
) -> pa.Table:
    """Return hits beside chance expectation as rows of `stats.stat_hit_counts`.

    Parameters
    ----------
    measurements, samples, plan : as for `test_results`
    tests : rows of `stats.stat_test_results`
    n_permutations : labels are permuted so often within each contrast's design
    seed : of the permutations; each contrast derives its own from it and its names

    Raises
    ------
    CytomartError
        As for `test_results`.
    """
    if n_permutations < 1:
        raise failure(f"n_permutations is {n_permutations}", allowed="1 or more")
    found = []
    for study_id, analyses in _by_study(plan):
        sheet = _checked_sheet(of_study(samples, study_id), analyses)
        own_tests = of_study(tests, study_id)
        found += [
            hit_count_row(
                a, sheet, levels, own_tests, analyses, n_permutations=n_permutations, seed=seed
            )
            for levels in read_levels(of_study(measurements, study_id), sheet)
            if levels.is_primary_variant
            for a in analyses
            if a.kind == "contrast"
        ]
    return sorted_by_key(from_rows(found, HIT_COUNTS), HIT_COUNTS)


def variant_tests(levels: pa.Table, samples: pa.Table, plan: pa.Table) -> pa.Table:
    """Return every contrast's primary test under each variant, as `stats.stat_variant_tests`.

    Parameters
    ----------
    levels, samples, plan : columns of `intermediate.int_levels_compared`, `marts.dim_samples`
        and `raw.plan`; contrasts in correct mode are computed

    Raises
    ------
    CytomartError
        As for `test_results`.
    """
    tables = [from_rows([], VARIANT_TESTS)]
    for study_id, analyses in _by_study(plan):
        sheet = _checked_sheet(of_study(samples, study_id), analyses)
        tables += [
            variant_table(analysis, sheet, of_variant)
            for of_variant in read_levels(of_study(levels, study_id), sheet)
            for analysis in analyses
            if analysis.kind == "contrast" and analysis.mode == "correct"
        ]
    return conform(sorted_by_key(pa.concat_tables(tables), VARIANT_TESTS), VARIANT_TESTS)


def run_plan(
    measurements: pa.Table,
    samples: pa.Table,
    outcomes: pa.Table,
    plan: pa.Table,
    *,
    patients: pa.Table | None = None,
    n_permutations: int = DEFAULT_PERMUTATIONS,
    seed: int = DEFAULT_SEED,
) -> Results:
    """Return all results of a plan; parameters as for the three functions above.

    Without `patients`, outcome tests count only the patients who were assessed.
    """
    everyone = (
        outcomes.select(["study_id", "patient_id", "cohort"]) if patients is None else patients
    )
    tests = test_results(measurements, samples, outcomes, plan)
    return Results(
        tests=tests,
        outcome_tests=outcome_tests(outcomes, everyone, plan),
        hit_counts=hit_counts(
            measurements, samples, plan, tests, n_permutations=n_permutations, seed=seed
        ),
    )


def _of_persons(
    kind: str, rows_of: _RowsOf, outcomes: pa.Table, patients: pa.Table, plan: pa.Table
) -> list[dict[str, Any]]:
    """Return the rows of every analysis of a kind that rests on scores and classes of persons."""
    return [
        row
        for study_id, analyses in _by_study(plan)
        for analysis in analyses
        if analysis.kind == kind
        for row in rows_of(analysis, of_study(outcomes, study_id), of_study(patients, study_id))
    ]


def _by_study(plan: pa.Table) -> Iterator[tuple[str, tuple[Analysis, ...]]]:
    for study_id, analyses in groupby(read_plan(plan), key=lambda a: a.study_id):
        yield study_id, tuple(analyses)


def _checked_sheet(samples: pa.Table, analyses: tuple[Analysis, ...]) -> Sheet:
    sheet = read_sheet(samples)
    check_designs(analyses, sheet)
    return sheet
