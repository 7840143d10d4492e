"""The rows of two arms: what is drawn, what is tested, what the rate should be."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.null_rates.arm_tests import ARM_TESTS, MARGIN_LOG2
from benchmarks.null_rates.blocks import BLOCKS
from benchmarks.null_rates.draws import N_TARGETS, Floats, groups, pairs
from benchmarks.null_rates.rates import Rule, Scenario
from benchmarks.null_rates.several import SEVERAL
from benchmarks.null_rates.sizes import (
    mann_whitney_size,
    signed_rank_size,
    welch_size,
    welch_size_with_gaps,
)
from stats.multiplicity import benjamini_hochberg

ARMS, N_PAIRS = (30, 10), 30
#: Standard deviations where the controls vary more than the patients.
UNEQUAL = (1.0, 1.5)
#: Share of a person's variance that all targets have in common.
SHARED = 0.2
EXACT, SHOWN = Rule("exact", 0.05), Rule("shown")


def _groups(
    test: str, data: str = "30 v 10", rule: Rule = EXACT, *,
    sizes: tuple[int, int] = ARMS, shift: float = 0.0, step: float = 0.0, **draw: Any,
) -> Scenario:  # fmt: skip
    """Return a scenario of two independent groups."""

    def p(rng: np.random.Generator, n: int) -> Floats:
        a, b = (_rounded(levels, step) for levels in groups(rng, n, sizes, **draw))
        return ARM_TESTS[test](a + shift, b).reshape(n, N_TARGETS)

    return Scenario(test, data, rule, p)


def _pairs(
    test: str, data: str = "30 pairs", rule: Rule = EXACT, *,
    n_pairs: int = N_PAIRS, shift: float = 0.0, step: float = 0.0, **draw: Any,
) -> Scenario:  # fmt: skip
    """Return a scenario of two visits of the same persons."""

    def p(rng: np.random.Generator, n: int) -> Floats:
        before, after = (_rounded(levels, step) for levels in pairs(rng, n, n_pairs, **draw))
        return ARM_TESTS[test](after + shift, before).reshape(n, N_TARGETS)

    return Scenario(test, data, rule, p)


def _rounded(levels: Floats, step: float) -> Floats:
    return np.round(levels / step) * step if step else levels


def _any_hit(inner: Scenario, rule: Rule) -> Scenario:
    """Return how often a study without any difference has a hit after Benjamini–Hochberg."""

    def p(rng: np.random.Generator, n: int) -> Floats:
        adjusted = benjamini_hochberg(inner.p_values(rng, n))
        return np.asarray(adjusted.min(axis=1, keepdims=True), dtype=np.float64)

    return Scenario(f"{inner.test}, BH", f"{inner.data}: studies with any hit", rule, p)


def _between(low: float, high: float) -> Rule:
    return Rule("between", low=low, high=high)


def _size(expected: float) -> Rule:
    """Return the rule of a test whose size is counted or integrated."""
    return Rule("exact", expected)


_MARGIN = "true difference of 1.5-fold"
TWO_ARMS = (
    _groups("student_t"),
    _groups("student_t", "30 v 10, targets correlated", shared=SHARED),
    _groups("student_t", "30 v 10, control SD × 1.5", _between(0.09, 0.12), spread=UNEQUAL),
    _groups("welch_t", "30 v 10", _size(welch_size(30, 10, 1.0))),
    _groups(
        "welch_t", "30 v 10, targets correlated", _size(welch_size(30, 10, 1.0)), shared=SHARED
    ),
    _groups(
        "welch_t", "30 v 10, 10 % missing", _size(welch_size_with_gaps(30, 10, 0.1)), missing=0.1
    ),
    _groups("welch_t", "30 v 10, control SD × 1.5", _size(welch_size(30, 10, 1.5)), spread=UNEQUAL),
    _groups("welch_t", "5 v 4", _size(welch_size(5, 4, 1.0)), sizes=(5, 4)),
    _pairs("paired_t"),
    _pairs("paired_t", "30 pairs, targets correlated", shared=SHARED),
    _pairs("paired_t", "30 pairs, 10 % missing", missing=0.1),
    _pairs("paired_t", "4 pairs", n_pairs=4),
    _groups("moderated_t"),
    _groups("moderated_t", "30 v 10, 10 % missing", missing=0.1),
    _groups("moderated_t", "3 v 3", SHOWN, sizes=(3, 3)),
    _groups("moderated_t", "30 v 10, targets correlated", SHOWN, shared=SHARED),
    _groups("moderated_t, trend"),
    _groups("moderated_t, robust"),
    _groups("moderated_t", "30 v 10, control SD × 1.5", _between(0.09, 0.12), spread=UNEQUAL),
    _pairs("moderated_t of pairs"),
    _pairs("moderated_t of pairs", "4 pairs", SHOWN, n_pairs=4),
    _groups("treat", f"30 v 10, {_MARGIN}", shift=MARGIN_LOG2),
    _pairs("treat of pairs", f"30 pairs, {_MARGIN}", shift=-MARGIN_LOG2),
    _groups("tost", f"30 v 10, {_MARGIN}", _between(0.045, 0.052), shift=-MARGIN_LOG2),
    _groups("mann_whitney", "30 v 10", _size(mann_whitney_size(30, 10))),
    _groups("mann_whitney", "10 v 10", _size(mann_whitney_size(10, 10)), sizes=(10, 10)),
    _groups("mann_whitney", "5 v 4", _size(mann_whitney_size(5, 4)), sizes=(5, 4)),
    _groups("mann_whitney", "30 v 10, levels in steps of 0.25", SHOWN, step=0.25),
    _groups("mann_whitney", "30 v 10, control SD × 1.5", SHOWN, spread=UNEQUAL),
    _pairs("wilcoxon_signed_rank", "30 pairs", _size(signed_rank_size(30))),
    _pairs("wilcoxon_signed_rank", "10 pairs", _size(signed_rank_size(10)), n_pairs=10),
    _pairs("wilcoxon_signed_rank", "6 pairs", _size(signed_rank_size(6)), n_pairs=6),
    _pairs("wilcoxon_signed_rank", "30 pairs, levels in steps of 0.25", SHOWN, step=0.25),
    _groups("firth_logistic", "12 v 18 persons", _between(0.04, 0.055), sizes=(12, 18)),
    _pairs("student_t", "30 pairs as if unpaired (paper mode)", _between(0.0, 0.005)),
    _any_hit(_groups("student_t"), EXACT),
    _any_hit(_groups("welch_t"), SHOWN),
    _any_hit(_pairs("paired_t"), EXACT),
    _any_hit(_pairs("moderated_t of pairs"), EXACT),
)

SCENARIOS = TWO_ARMS + BLOCKS + SEVERAL
