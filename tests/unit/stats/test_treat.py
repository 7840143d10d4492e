"""treat: what a minimum does to statistic and p."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as sps

from stats.methods.moderated_t import moderated_t_groups, moderated_t_pairs
from stats.methods.treat import treat_groups, treat_pairs

pytestmark = pytest.mark.filterwarnings("error")
PLAIN = {"trend": False, "robust": False, "confidence": 0.95}


def arms(n=7, m=15, seed=6):
    rng = np.random.default_rng(seed)
    sd = rng.uniform(0.2, 1.0, m)
    return rng.normal(9, sd, (n, m)), rng.normal(9 + np.linspace(-2, 2, m), sd, (n, m))


def both(a, b, minimum):
    return (
        treat_groups(a, b, covariates=None, minimum_log2fc=minimum, **PLAIN),
        treat_pairs(a, b, minimum_log2fc=minimum, **PLAIN),
    )


def test_a_minimum_of_zero_is_the_moderated_t():
    a, b = arms()
    plain = (
        moderated_t_groups(a, b, covariates=None, **PLAIN), moderated_t_pairs(a, b, **PLAIN),
    )  # fmt: skip
    for treated, moderated in zip(both(a, b, 0.0), plain, strict=True):
        np.testing.assert_allclose(treated.p_value, moderated.p_value, rtol=1e-12)
        np.testing.assert_allclose(treated.statistic, moderated.statistic, rtol=1e-12)


def test_p_is_the_largest_over_the_null():
    minimum = np.log2(1.5)
    for result in both(*arms(), minimum):
        half = (result.ci_high - result.ci_low) / 2
        error = half / sps.t.ppf(0.975, result.df)
        # |estimate| or more is observed with this probability where the truth is `true`.
        for true in (0.0, minimum / 2, minimum):
            upper = sps.t.sf((abs(result.estimate) - true) / error, result.df)
            lower = sps.t.sf((abs(result.estimate) + true) / error, result.df)
            assert (upper + lower <= result.p_value * (1 + 1e-9)).all()
        np.testing.assert_allclose(upper + lower, result.p_value, rtol=1e-9)


def test_what_stays_within_the_minimum_has_no_statistic_and_a_large_p():
    for result in both(*arms(), 1.0):
        within = abs(result.estimate) < 1
        assert within.any()
        assert (~within).any()
        np.testing.assert_array_equal(result.statistic[within], 0)
        assert (result.p_value[within] > 0.5).all()
        assert (np.sign(result.statistic[~within]) == np.sign(result.estimate[~within])).all()
        assert (result.p_value <= 1).all()


def test_p_rises_with_the_minimum():
    steps = [both(*arms(), minimum)[0].p_value for minimum in (0.0, 0.3, 0.6, 1.2)]
    assert (np.diff(steps, axis=0) >= 0).all()


def test_gaps_keep_their_reasons():
    a, b = arms()
    a[:, 0] = np.nan
    for result in both(a, b, 0.5):
        assert np.isnan(result.p_value[0])
        assert "too few" in result.reason[0]
        assert np.isfinite(result.p_value[1:]).all()


@pytest.mark.parametrize("minimum", [-0.1, np.inf, np.nan])
def test_a_minimum_is_a_size(minimum):
    with pytest.raises(ValueError, match="0 or more"):
        treat_pairs(*arms(), minimum_log2fc=minimum, **PLAIN)
