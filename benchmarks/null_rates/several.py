"""The rows of several groups, of variances and shapes, and of correlations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.null_rates.draws import N_TARGETS, Floats, groups, pairs
from benchmarks.null_rates.rates import Rule, Scenario
from stats.methods.anova_oneway import anova_oneway
from stats.methods.bartlett import bartlett
from stats.methods.brown_forsythe import brown_forsythe
from stats.methods.change_on_change import change_on_change
from stats.methods.games_howell import games_howell
from stats.methods.kruskal import kruskal
from stats.methods.levene import levene
from stats.methods.mixed_model import mixed_model
from stats.methods.pearson import pearson
from stats.methods.result import MethodResult
from stats.methods.shapiro_wilk import shapiro_wilk
from stats.methods.spearman import spearman
from stats.methods.tukey_hsd import tukey_hsd
from stats.methods.welch_anova import welch_anova

SIZES = (30, 30, 10)
UNEQUAL = (1.0, 1.0, 1.5)
EXACT, SHOWN, AT_MOST = Rule("exact", 0.05), Rule("shown"), Rule("at_most", 0.05)
#: Kenward and Roger's degrees of freedom are an approximation.
NEAR = Rule("between", low=0.047, high=0.053)
A_B_C = "30 + 30 + 10"
FAMILY = f"{A_B_C}: any pair of a target"
MIXED = "30 patients twice, 10 controls"
N_PERSONS = 30

P = Callable[[np.random.Generator, int], Floats]


def _groups(method: Callable[..., MethodResult], data: str, rule: Rule, **draw: Any) -> Scenario:
    def p(rng: np.random.Generator, n: int) -> Floats:
        return _by_study(method(groups(rng, n, SIZES, **draw)).p_value, n)

    return Scenario(method.__name__, data, rule, p)


def _all_pairs(method: Callable[..., Any], data: str, rule: Rule, **draw: Any) -> Scenario:
    """Return the smallest p of all pairs of groups of a target."""

    def p(rng: np.random.Generator, n: int) -> Floats:
        found = method(groups(rng, n, SIZES, **draw), confidence=0.95)
        return _by_study(np.min([r.p_value for r in found.values()], axis=0), n)

    return Scenario(method.__name__, data, rule, p)


def _mixed(contrast: str, rule: Rule) -> Scenario:
    """Return a random intercept per patient on A, B of the same persons and C."""

    def p(rng: np.random.Generator, n: int) -> Floats:
        before, after, controls = _two_visits_and_controls(rng, n)
        result = mixed_model(
            np.concatenate([before, after, controls]),
            ["A"] * 30 + ["B"] * 30 + ["C"] * 10,
            [f"p{i}" for i in [*range(30), *range(30), *range(30, 40)]],
            {"B v A": ("B", "A"), "A v C": ("A", "C")},
            covariates=None,
            confidence=0.95,
        )
        found = result.omnibus if contrast == "all groups" else result.contrasts[contrast]
        return _by_study(found.p_value, n)

    return Scenario("mixed_model", f"{MIXED}: {contrast}", rule, p)


def _two_visits_and_controls(rng: np.random.Generator, n: int) -> tuple[Floats, Floats, Floats]:
    """Return levels of 30 patients at two visits, and of 10 more people at one."""
    before, after = pairs(rng, n, 40)
    return before[:30], after[:30], before[30:]


def _paper_omnibus(rng: np.random.Generator, n: int) -> Floats:
    return _by_study(anova_oneway(_two_visits_and_controls(rng, n)).p_value, n)


def _shapiro(rng: np.random.Generator, n: int) -> Floats:
    (levels,) = groups(rng, n, (N_PERSONS,))
    return _by_study(shapiro_wilk(levels).p_value, n)


def _pearson(rng: np.random.Generator, n: int) -> Floats:
    (levels,) = groups(rng, n, (N_PERSONS,))
    return _by_study(pearson(levels, rng.uniform(0, 10, N_PERSONS), confidence=0.95).p_value, n)


def _partial(rng: np.random.Generator, n: int) -> Floats:
    """Level and score both follow age; beside age and sex there is nothing between them."""
    (levels,) = groups(rng, n, (N_PERSONS,))
    age, sex = rng.normal(56, 9, N_PERSONS), rng.integers(0, 2, N_PERSONS)
    points = 0.1 * age + rng.normal(0, 1, N_PERSONS)
    result = pearson(
        levels + 0.02 * age[:, None],
        points,
        covariates=np.column_stack([age, sex]),
        confidence=0.95,
    )
    return _by_study(result.p_value, n)


def _spearman(rng: np.random.Generator, n: int) -> Floats:
    (levels,) = groups(rng, n, (N_PERSONS,))
    return _by_study(spearman(levels, rng.uniform(0, 10, N_PERSONS), confidence=0.95).p_value, n)


def _change(rng: np.random.Generator, n: int) -> Floats:
    """The baselines of score and level correlate, their changes do not."""
    before, after = pairs(rng, n, N_PERSONS)
    first = before[:, 0] - 9 + rng.normal(0, 0.5, N_PERSONS)
    second = 0.5 * first + rng.normal(0, 0.5, N_PERSONS)
    return _by_study(change_on_change(before, after, first, second, confidence=0.95).p_value, n)


def _by_study(p: Floats, n: int) -> Floats:
    return p.reshape(n, N_TARGETS)


SEVERAL = (
    _groups(anova_oneway, A_B_C, EXACT),
    Scenario("anova_oneway", f"{MIXED}, as if independent (paper mode)", SHOWN, _paper_omnibus),
    _groups(welch_anova, A_B_C, SHOWN),
    _groups(welch_anova, f"{A_B_C}, control SD × 1.5", SHOWN, spread=UNEQUAL),
    _groups(kruskal, A_B_C, SHOWN),
    _mixed("all groups", NEAR),
    _mixed("B v A", NEAR),
    _mixed("A v C", NEAR),
    _all_pairs(tukey_hsd, FAMILY, AT_MOST),
    _all_pairs(games_howell, f"{FAMILY}, control SD × 1.5", SHOWN, spread=UNEQUAL),
    _groups(levene, A_B_C, SHOWN),
    _groups(brown_forsythe, A_B_C, SHOWN),
    _groups(bartlett, A_B_C, SHOWN),
    Scenario("shapiro_wilk", "30 normal values", SHOWN, _shapiro),
    Scenario("pearson", "30 persons, a score", EXACT, _pearson),
    Scenario("pearson", "30 persons, both follow age; age and sex held constant", EXACT, _partial),
    Scenario("spearman", "30 persons, a score", SHOWN, _spearman),
    Scenario("change_on_change", "30 persons, baselines correlate", EXACT, _change),
)
