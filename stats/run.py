"""From the marts and the plan to the three tables of results."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from contracts import from_rows
from contracts.stats import HIT_COUNTS, OUTCOME_TESTS, TEST_RESULTS

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
    """Return every test of every analysis as rows of `stats.stat_test_results`."""
    return from_rows([], TEST_RESULTS)


def outcome_tests(outcomes: pa.Table, patients: pa.Table, plan: pa.Table) -> pa.Table:
    """Return the tests of scores against baseline as rows of `stats.stat_outcome_tests`."""
    return from_rows([], OUTCOME_TESTS)


def hit_counts(
    measurements: pa.Table,
    samples: pa.Table,
    plan: pa.Table,
    tests: pa.Table,
    *,
    n_permutations: int = DEFAULT_PERMUTATIONS,
    seed: int = DEFAULT_SEED,
) -> pa.Table:
    """Return hits beside chance expectation as rows of `stats.stat_hit_counts`."""
    return from_rows([], HIT_COUNTS)
