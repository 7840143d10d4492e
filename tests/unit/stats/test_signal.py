"""Normexp, cyclic loess and VSN at their edges."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from stats.signal import vsn as vsn_module
from stats.signal.cyclic_loess import cyclic_loess
from stats.signal.lowess import lowess
from stats.signal.normalised import ALONE
from stats.signal.normexp import (
    _objective,
    _slopes,
    fit_normexp,
    minus_two_log_likelihood,
    normexp_signal,
)
from stats.signal.vsn import NO_MAXIMUM, fit_vsn, vsn


def spots(seed=1, n=400, mu=20.0, sigma=15.0, alpha=300.0):
    rng = np.random.default_rng(seed)
    return rng.normal(mu, sigma, n) + rng.exponential(alpha, n)


def batch(seed=2, n_arrays=5, n_targets=60):
    """Return net signals that follow VSN's model, and the scale of every array."""
    rng = np.random.default_rng(seed)
    level = np.where(rng.random(n_targets) < 0.4, 0.0, 2.0 ** rng.normal(8, 1.5, n_targets))
    scale = rng.lognormal(0, 0.5, n_arrays)
    noise = rng.lognormal(0, 0.15, (n_arrays, n_targets))
    net = level * noise + rng.normal(0, 20, (n_arrays, n_targets))
    return scale[:, None] * net + rng.normal(10, 5, (n_arrays, 1)), scale


def test_normexp_finds_the_parameters_that_made_the_spots():
    fit = fit_normexp(spots(n=200_000))
    assert fit.reason == ""
    assert fit.mu_afu == pytest.approx(20, abs=0.5)
    assert fit.sigma_afu == pytest.approx(15, rel=0.03)
    assert fit.alpha_afu == pytest.approx(300, rel=0.01)


@pytest.mark.parametrize("theta", [(-0.5, -1.0, 0.3), (0.4, -4.0, -3.0), (2.0, 0.5, -2.0)])
def test_the_slopes_of_the_normexp_likelihood_are_its_differences(theta):
    x = np.sort(np.random.default_rng(3).exponential(1, 50)) - 1
    at = np.array([theta])
    gradient, hessian = _slopes(at, x)
    numeric = optimize.approx_fprime(at[0], lambda t: _objective(t[None], x)[0], 1e-6)
    np.testing.assert_allclose(gradient[0], numeric, rtol=1e-4, atol=1e-5)
    for k in range(3):
        ahead, behind = (_slopes(at + sign * 1e-5 * np.eye(3)[k], x)[0][0] for sign in (1, -1))
        np.testing.assert_allclose(hessian[0, k], (ahead - behind) / 2e-5, rtol=1e-5, atol=1e-6)


def test_the_normexp_density_integrates_to_one():
    x = np.linspace(-300, 8000, 400_001)
    density = np.exp(
        -0.5 * np.array([minus_two_log_likelihood([v], 20, 15, 300) for v in x[::200]])
    )
    assert np.trapezoid(density, x[::200]) == pytest.approx(1, abs=1e-4)


def test_a_normexp_signal_is_above_zero_and_grows_with_the_net():
    net = np.linspace(-5000, 5000, 2001)
    signal = normexp_signal(net, 20, 15, 300, offset_afu=0)
    assert (signal > 0).all()
    assert (np.diff(signal) > 0).all()
    # High above the background the expected background is taken off.
    assert signal[-1] == pytest.approx(5000 - 20 - 15**2 / 300, rel=1e-12)
    np.testing.assert_allclose(
        normexp_signal(net, 20, 15, 300, offset_afu=50), signal + 50, rtol=1e-14
    )
    assert np.isnan(normexp_signal([np.nan], 20, 15, 300, offset_afu=50)).all()


def test_an_array_without_noise_is_degenerate():
    fit = fit_normexp(np.random.default_rng(4).exponential(300, 200))
    assert fit.reason == "normexp_degenerate: sigma of the fit is below 1 afu"
    assert fit.sigma_afu < 1
    assert np.isfinite(fit.minus_two_log_likelihood)


def test_an_array_without_signal_is_degenerate():
    rng = np.random.default_rng(5)
    fit = fit_normexp(-np.abs(rng.normal(0, 5, 300)))
    assert fit.reason == "normexp_degenerate: alpha of the fit is below 1 afu"


@pytest.mark.parametrize(
    ("net", "n_spots", "reason"),
    [
        (np.full(50, np.nan), 0, "too few spots with an intensity: 0, at least 10 are needed"),
        (np.full(50, 7.0), 50, "normexp_degenerate: all net signals agree"),
        (np.full(50, 0.0), 50, "normexp_degenerate: all net signals agree"),
        (np.arange(9.0), 9, "too few spots with an intensity: 9, at least 10 are needed"),
    ],
)
def test_what_cannot_be_fitted_says_why(net, n_spots, reason):
    fit = fit_normexp(net)
    assert (fit.n_spots, fit.reason) == (n_spots, reason)
    assert np.isnan([fit.mu_afu, fit.sigma_afu, fit.alpha_afu, fit.minus_two_log_likelihood]).all()


def test_a_missing_spot_does_not_enter():
    net = spots()
    assert fit_normexp(np.append(net, [np.nan, np.nan])) == fit_normexp(net)


@pytest.mark.parametrize("bad", [[np.inf] * 20, [[1.0, 2.0]]])
def test_normexp_refuses_what_is_no_array(bad):
    with pytest.raises(ValueError, match="one vector of finite numbers"):
        fit_normexp(bad)


def test_lowess_goes_through_a_line_and_past_an_outlier():
    x = np.linspace(0, 10, 40)
    y = 2 * x - 3
    np.testing.assert_allclose(lowess(x, y, span=0.7, n_robust=3), y, atol=1e-12)
    spoilt = y.copy()
    spoilt[20] += 100
    np.testing.assert_allclose(lowess(x, spoilt, span=0.7, n_robust=3), y, atol=1e-6)


def test_lowess_of_ties_is_one_value_a_place():
    x = np.repeat([1.0, 2.0, 3.0], 10)
    y = np.random.default_rng(6).normal(x, 0.1)
    curve = lowess(x, y, span=0.7, n_robust=3)
    assert all(len(set(curve[x == place])) == 1 for place in (1, 2, 3))


def test_lowess_at_one_place_is_a_mean():
    curve = lowess(np.ones(4), np.array([1.0, 2.0, 3.0, 4.0]), span=0.7, n_robust=0)
    np.testing.assert_allclose(curve, 2.5)


@pytest.fixture
def levels():
    rng = np.random.default_rng(7)
    level = rng.normal(9, 2, 80)
    bend = rng.normal(0, 0.05, (6, 1)) * (level - 9) ** 2 + rng.normal(0, 0.7, (6, 1))
    return level + bend + rng.normal(0, 0.1, (6, 80))


def test_cyclic_loess_takes_the_bend_away(levels):
    found = cyclic_loess(levels)
    assert found.reason == ("",) * 6
    assert found.level_log2.std(axis=0, ddof=1).mean() < 0.15 < levels.std(axis=0).mean() / 2
    np.testing.assert_allclose(found.level_log2.mean(axis=0), levels.mean(axis=0), atol=0.1)


@pytest.mark.parametrize(("fit", "arrays"), [(cyclic_loess, "levels"), (vsn, "nets")])
def test_arrays_that_cannot_enter_leave_the_others_as_they_are(fit, arrays, levels):
    values = levels if arrays == "levels" else batch()[0]
    n_targets = values.shape[1]
    few = np.full(n_targets, np.nan)
    few[:9] = values[0, :9]
    strange = np.vstack([np.full(n_targets, np.nan), values, np.full(n_targets, 5.0), few])
    found = fit(strange)
    assert found.reason == (
        "too few targets with a level: 0, at least 10 are needed",
        *[""] * len(values),
        "all targets of the array agree: no fit is determined",
        "too few targets with a level: 9, at least 10 are needed",
    )
    np.testing.assert_array_equal(found.level_log2[1:-2], fit(values).level_log2)
    assert np.isnan(found.level_log2[[0, -2, -1]]).all()


@pytest.mark.parametrize("fit", [cyclic_loess, vsn])
def test_an_array_alone_is_not_normalised(fit, levels):
    found = fit(levels[:1])
    assert found.reason == (ALONE,)
    assert np.isnan(found.level_log2).all()
    with_an_empty_one = fit(np.vstack([levels[:1], np.full((1, 80), np.nan)]))
    assert with_an_empty_one.reason[0] == ALONE


@pytest.mark.parametrize("fit", [cyclic_loess, vsn])
def test_a_batch_may_be_empty(fit):
    found = fit(np.empty((0, 80)))
    assert found.level_log2.shape == (0, 80)
    assert found.reason == ()


@pytest.mark.parametrize("fit", [cyclic_loess, vsn])
def test_a_target_missing_on_one_array_stays_missing_there_only(fit, levels):
    values = levels.copy()
    values[2, 11] = np.nan
    found = fit(values).level_log2
    assert np.argwhere(np.isnan(found)).tolist() == [[2, 11]]


@pytest.mark.parametrize("fit", [cyclic_loess, vsn])
def test_a_target_missing_everywhere_or_but_once_changes_nothing(fit, levels):
    more = np.hstack([levels, np.full((6, 1), np.nan)])
    np.testing.assert_allclose(fit(more).level_log2[:, :80], fit(levels).level_log2, atol=1e-9)
    more[1, 80] = 9.0
    assert np.isfinite(fit(more).level_log2[1, 80])


@pytest.mark.parametrize("fit", [cyclic_loess, vsn])
def test_infinite_levels_are_refused(fit, levels):
    levels[0, 0] = -np.inf
    with pytest.raises(ValueError, match="infinite"):
        fit(levels)


def test_vsn_finds_the_scales_and_evens_the_noise():
    net, scale = batch(n_targets=2000)
    fit = fit_vsn(net)
    ratio = fit.scale_per_afu * scale
    np.testing.assert_allclose(ratio / ratio.mean(), 1, rtol=0.03)
    levels = vsn(net).level_log2
    low, high = np.array_split(np.argsort(levels.mean(axis=0)), 2)
    sd = levels.std(axis=0, ddof=1)
    assert sd[low].mean() / sd[high].mean() == pytest.approx(1, abs=0.1)


def test_high_levels_of_vsn_are_log2_and_levels_below_zero_are_finite():
    net, _ = batch()
    assert (net <= 0).any()
    levels = vsn(net).level_log2
    assert np.isfinite(levels).all()
    fit = fit_vsn(net)
    height = np.log2(fit.scale_per_afu).mean()
    inner = fit.offset[:, None] + fit.scale_per_afu[:, None] * net
    high = inner > 5
    assert high.sum() > 20
    np.testing.assert_allclose(levels[high], np.log2(inner[high]) - height, atol=0.02)


def test_changed_targets_are_trimmed():
    net, _ = batch(n_arrays=6, n_targets=200)
    changed = net.copy()
    high = np.flatnonzero(net.min(axis=0) > 200)[:3]
    changed[np.ix_([0, 2, 4], high)] *= 8
    assert not fit_vsn(changed).is_core[high].any()
    ratio = fit_vsn(changed).scale_per_afu / fit_vsn(net).scale_per_afu
    np.testing.assert_allclose(ratio / ratio.mean(), 1, rtol=0.1)


def test_the_slope_of_the_vsn_likelihood_is_its_difference():
    values = batch(n_arrays=3, n_targets=12)[0] / 100
    values[1, 4] = np.nan
    theta = np.random.default_rng(8).normal(0, 0.5, 6)
    _, gradient = vsn_module._objective(theta, values)
    numeric = optimize.approx_fprime(theta, lambda t: vsn_module._objective(t, values)[0], 1e-7)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-4, atol=1e-6)


def test_copies_of_one_array_have_no_noise_to_fit():
    net = batch()[0][:1]
    found = vsn(np.vstack([net, 3 * net + 7]))
    assert found.reason == (NO_MAXIMUM, NO_MAXIMUM)
    assert np.isnan(found.level_log2).all()
