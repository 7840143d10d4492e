"""Power and smallest detectable effect: the plan's own numbers, arrays, gaps, errors."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate
from scipy import stats as sps

from stats.methods.power import (
    detectable_difference,
    detectable_groups,
    detectable_noncentrality,
    detectable_pairs,
    power_groups,
    power_pairs,
    power_t,
)

pytestmark = pytest.mark.filterwarnings("error")


def test_the_founding_study_detects_what_the_specification_says():
    assert detectable_groups(30, 10, alpha=0.05, power=0.8) == pytest.approx(1.04977, abs=5e-6)
    assert detectable_pairs(30, alpha=0.05, power=0.8) == pytest.approx(0.52924, abs=5e-6)


def test_cohens_table_of_equal_groups():
    # Cohen (1988), table 2.3.5: two-sided alpha 0.05, n per group, power in whole percent.
    n = np.array([20, 64, 26])
    d = np.array([0.8, 0.5, 0.8])
    np.testing.assert_allclose(power_groups(d, n, n, alpha=0.05), [0.69, 0.80, 0.81], atol=0.005)


def test_arrays_of_sizes_thresholds_and_sds_broadcast():
    n, alpha = np.array([[30], [12]]), np.array([0.05, 0.01, 0.001])
    d = detectable_groups(n, 10, alpha=alpha, power=0.8)
    assert d.shape == (2, 3)
    assert (np.diff(d, axis=1) > 0).all()
    assert (d[1] > d[0]).all()
    assert d[1, 2] == detectable_groups(12, 10, alpha=0.001, power=0.8)
    sd = np.array([0.4, 0.6, 0.8])
    log2fc = detectable_difference(sd * np.sqrt(1 / 30 + 1 / 10), 38, alpha=0.05, power=0.8)
    np.testing.assert_allclose(log2fc, sd * d[0, 0], rtol=1e-12)


def test_infinite_degrees_of_freedom_are_a_z_test():
    z = sps.norm.isf(0.025) + sps.norm.isf(0.2)
    # The lower tail of a z test with this power is 2e-6.
    assert detectable_noncentrality(np.inf, alpha=0.05, power=0.8) == pytest.approx(z, abs=1e-5)
    assert detectable_difference(0.5, np.inf, alpha=0.05, power=0.8) == pytest.approx(
        0.5 * detectable_noncentrality(1e9, alpha=0.05, power=0.8), rel=1e-7
    )


def test_both_tails_are_counted():
    assert power_pairs(0.0, 30, alpha=0.05) == pytest.approx(0.05, abs=1e-12)
    assert power_groups(-0.7, 30, 10, alpha=0.05) == power_groups(0.7, 30, 10, alpha=0.05)


@pytest.mark.parametrize(("df", "critical_alpha", "delta"), [(1, 1e-3, 700), (2, 1e-5, 300)])
def test_far_noncentralities_equal_an_integral_over_the_sd(df, critical_alpha, delta):
    critical = sps.t.isf(critical_alpha / 2, df)
    expected, _ = integrate.quad(
        lambda s: sps.norm.sf(critical * s - delta) * sps.chi.pdf(s * np.sqrt(df), df) * np.sqrt(df),
        0, 8, points=[delta / critical], limit=500, epsabs=1e-12,
    )  # fmt: skip
    assert power_t(delta, df, alpha=critical_alpha) == pytest.approx(expected, rel=1e-8)


def test_two_pairs_at_a_tiny_threshold_still_have_an_answer():
    dz = detectable_pairs(2, alpha=1e-6, power=0.999)
    assert power_pairs(dz, 2, alpha=1e-6) == pytest.approx(0.999, rel=1e-9)


def test_too_few_samples_give_a_gap():
    power = power_groups(1.0, [0, 1, 1, 2, np.nan], [9, 1, 2, 1, 5], alpha=0.05)
    assert np.isnan(power).tolist() == [True, True, False, False, True]
    assert np.isnan(detectable_pairs([0, 1, 2], alpha=0.05, power=0.8)).tolist() == [1, 1, 0]
    error = detectable_difference([0.0, np.nan, 0.1], 5, alpha=0.05, power=0.8)
    assert np.isnan(error).tolist() == [True, True, False]
    assert np.isnan(power_pairs(1.0, 5, alpha=np.nan))


def test_no_targets_are_no_error():
    assert detectable_groups([], [], alpha=0.05, power=0.8).shape == (0,)


def test_a_power_below_alpha_needs_no_effect():
    assert detectable_groups(30, 10, alpha=0.5, power=0.4) == 0


@pytest.mark.parametrize(("alpha", "power"), [(0, 0.8), (1, 0.8), (5, 0.8), (0.05, 1), (0.05, 80)])
def test_shares_lie_between_0_and_1(alpha, power):
    with pytest.raises(ValueError, match="between 0 and 1"):
        detectable_groups(30, 10, alpha=alpha, power=power)
