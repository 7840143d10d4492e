"""The prior of variances: its moments, its edges, and outliers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import integrate, special
from scipy import stats as sps

from stats.methods.f_tails import FDistribution
from stats.methods.robust_prior import robust_variance_prior, winsor_moments
from stats.methods.variance_prior import trigamma_inverse, variance_prior

pytestmark = pytest.mark.filterwarnings("error")


def panel(seed, n, df, prior_df, scale=0.3):
    return scale * sps.f.rvs(df, prior_df, size=n, random_state=seed)


def plain(variance, df):
    return variance_prior(np.asarray(variance), np.asarray(df, dtype=float), mean_level=None)


@pytest.mark.parametrize("value", [1e-9, 1e-7, 1e-5, 0.01, 0.3, 0.999, 1, 5, 1e5, 1e9])
def test_trigamma_inverse_inverts(value):
    # Beyond 1e-6 and 1e7 the first term of the series stands in for Newton's method.
    close = 1e-13 if 1e-6 <= value <= 1e7 else 1e-7
    assert float(special.polygamma(1, trigamma_inverse(value))) == pytest.approx(value, rel=close)


def test_the_moments_are_those_of_smyth():
    df = np.array([3.0, 5, 5, 8, 12, 4])
    s2 = np.array([0.1, 0.9, 0.02, 0.4, 2.0, 0.3])
    e = np.log(s2) - special.digamma(df / 2) + np.log(df / 2)
    excess = e.var(ddof=1) - special.polygamma(1, df / 2).mean()
    prior = plain(s2, df)
    half = prior.df[0] / 2
    assert float(special.polygamma(1, half)) == pytest.approx(excess)
    assert np.log(prior.variance[0]) == pytest.approx(
        e.mean() + special.digamma(half) - np.log(half)
    )


def test_the_prior_of_many_targets_is_found():
    prior = plain(panel(1, 20_000, 10, 6.0), np.full(20_000, 10))
    assert prior.df[0] == pytest.approx(6, rel=0.05)
    assert prior.variance[0] == pytest.approx(0.3, rel=0.02)


def test_equal_variances_give_an_infinite_df_and_their_mean():
    s2 = np.array([0.9, 1.0, 1.1, 1.05])
    prior = plain(s2, np.full(4, 5))
    assert np.isinf(prior.df).all()
    np.testing.assert_allclose(prior.variance, s2.mean())
    assert prior.reason == ""


def test_a_single_target_keeps_its_own_variance():
    prior = plain([np.nan, 0.7, np.nan], [0, 4, 0])
    np.testing.assert_array_equal(prior.df, [0, 0, 0])
    np.testing.assert_array_equal(prior.variance, [0.7, 0.7, 0.7])
    assert "single target" in prior.reason


def test_two_targets_give_the_prior_of_limma():
    # limma 3.54 eBayes of two rows with 4 df; see moderated.R for the committed comparisons.
    prior = plain(np.array([0.3999420, 0.9667932]) ** 2, [4, 4])
    assert prior.df[0] == pytest.approx(3.053158, rel=1e-5)
    assert prior.variance[0] == pytest.approx(0.3528102, rel=1e-6)


@pytest.mark.parametrize(
    ("variance", "df", "words"),
    [
        ([np.nan, np.nan], [0, 0], "no target has a residual variance"),
        ([0.0, 0.0, 0.5], [4, 4, 4], "half or more of the residual variances are zero"),
        ([], [], "no target has a residual variance"),
    ],
)
@pytest.mark.parametrize("estimate", [variance_prior, robust_variance_prior])
def test_what_gives_no_prior_says_why(estimate, variance, df, words):
    prior = estimate(np.array(variance), np.array(df, dtype=float), mean_level=None)
    assert np.isnan(prior.df).all()
    assert words in prior.reason


def test_a_zero_variance_counts_as_a_share_of_the_median():
    s2, df = np.array([0.0, 0.4, 0.5, 0.6, 0.7]), np.full(5, 4)
    floored = plain(np.where(s2 == 0, 0.5e-5, s2), df)
    np.testing.assert_allclose(plain(s2, df).df, floored.df)
    np.testing.assert_allclose(plain(s2, df).variance, floored.variance)


def test_a_trend_follows_the_mean_level():
    rng = np.random.default_rng(2)
    level = rng.uniform(4, 14, 4000)
    truth = np.exp(-0.3 * level)
    s2 = truth * panel(3, 4000, 8, 10.0, scale=1.0)
    prior = variance_prior(s2, np.full(4000, 8.0), mean_level=level)
    np.testing.assert_allclose(prior.variance, truth, rtol=0.12)
    assert prior.df[0] == pytest.approx(10, rel=0.15)
    assert plain(s2, np.full(4000, 8.0)).df[0] < 5


def test_a_trend_over_one_mean_level_is_no_trend():
    s2, df = panel(4, 30, 5, 4.0), np.full(30, 5.0)
    same = variance_prior(s2, df, mean_level=np.full(30, 9.0))
    np.testing.assert_allclose(same.variance, plain(s2, df).variance)


def test_a_target_without_a_mean_level_has_no_prior_under_a_trend():
    s2 = np.append(panel(4, 30, 5, 4.0), np.nan)
    df, level = np.append(np.full(30, 5.0), 0.0), np.append(np.linspace(4, 9, 30), np.nan)
    prior = variance_prior(s2, df, mean_level=level)
    assert np.isnan(prior.variance[-1])
    assert np.isfinite(prior.variance[:-1]).all()


@pytest.mark.parametrize("df", [1, 4, 28, 300])
@pytest.mark.parametrize("prior_df", [0.3, 2.0, 40.0, np.inf])
def test_winsorised_moments_equal_adaptive_quadrature(df, prior_df):
    law = FDistribution(df, prior_df)
    low, high = np.log(law.from_lower(0.05)), np.log(law.from_upper(0.1))

    def moment(power, around):
        def inner(z):
            return np.exp(law.log_density(z)) * (z - around) ** power

        pieces = np.linspace(low, high, 20)
        middle = sum(integrate.quad(inner, a, b)[0] for a, b in itertools.pairwise(pieces))
        return middle + 0.05 * (low - around) ** power + 0.1 * (high - around) ** power

    mean = moment(1, 0.0)
    assert moment(0, 0.0) == pytest.approx(1, rel=1e-10)
    assert winsor_moments(df, prior_df) == pytest.approx((mean, moment(2, mean)), rel=1e-9)


def test_tails_of_f_equal_scipy():
    for law, other in (
        (FDistribution(7.0, 3.5), sps.f(7, 3.5)),
        (FDistribution(7.0, np.inf), sps.chi2(7, scale=1 / 7)),
    ):
        x = np.array([0.01, 0.3, 1.0, 4.0, 60.0])
        np.testing.assert_allclose(law.upper(x), other.sf(x), rtol=1e-10)
        np.testing.assert_allclose(law.lower(x), other.cdf(x), rtol=1e-10)
        np.testing.assert_allclose(law.from_upper(law.upper(x)), x, rtol=1e-9)
        np.testing.assert_allclose(law.from_lower(law.lower(x[:-1])), x[:-1], rtol=1e-9)
        log_density = np.log(other.pdf(x) * x)
        np.testing.assert_allclose(law.log_density(np.log(x)), log_density, rtol=1e-10, atol=1e-10)


def test_outliers_do_not_shape_the_robust_prior_and_are_drawn_less():
    s2, df = panel(6, 200, 10, 20.0), np.full(200, 10.0)
    clean = robust_variance_prior(s2, df, mean_level=None)
    s2[:4] *= 200
    robust, loose = robust_variance_prior(s2, df, mean_level=None), plain(s2, df)
    assert loose.df[0] < 4
    assert robust.df[-1] > 10
    assert robust.variance[-1] == pytest.approx(clean.variance[-1], rel=0.1)
    assert (robust.df[:4] < 1).all()
    ranked = robust.df[np.argsort(-s2)]
    assert (np.diff(ranked) >= 0).all()


def test_the_robust_prior_without_outliers_of_few_targets_is_the_plain_one():
    s2, df = panel(7, 9, 6, 4.0), np.full(9, 6.0)
    robust, loose = robust_variance_prior(s2, df, mean_level=None), plain(s2, df)
    np.testing.assert_array_equal(robust.df, loose.df)
    np.testing.assert_array_equal(robust.variance, loose.variance)
