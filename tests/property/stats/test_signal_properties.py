"""Laws of normexp, cyclic loess and VSN: no unit, no order of spots, targets or arrays matters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.signal.cyclic_loess import cyclic_loess
from stats.signal.normexp import fit_normexp, normexp_signal
from stats.signal.vsn import vsn

# A slow or busy machine is no failure of a law.
SHORT = settings(deadline=None, max_examples=15)

#: A fit of VSN takes a second. A law that is broken breaks on nearly every draw, so a few are the
#: quick form; the full one (make test-full) seeks the rare matrix.
DRAWS = pytest.mark.parametrize("n_draws", [3, pytest.param(40, marks=pytest.mark.slow)])


def holds(law, n_draws, **drawn):
    """Try a law on so many draws."""
    settings(deadline=None, max_examples=n_draws)(given(**drawn)(law))()


seeds = st.integers(0, 2**32 - 1)
powers = st.integers(-3, 6).map(lambda k: 2.0**k)


def spots(seed, sigma=12.0):
    rng = np.random.default_rng(seed)
    return rng.normal(15, sigma, 176) + rng.exponential(rng.uniform(80, 900), 176)


def nets(seed, n_arrays=4, n_targets=40):
    rng = np.random.default_rng(seed)
    level = np.where(rng.random(n_targets) < 0.4, 0.0, 2.0 ** rng.normal(8, 1.5, n_targets))
    noisy = level * rng.lognormal(0, 0.15, (n_arrays, n_targets))
    return rng.lognormal(0, 0.4, (n_arrays, 1)) * (
        noisy + rng.normal(10, 20, (n_arrays, n_targets))
    )


def levels(seed):
    net = nets(seed)
    return np.log2(np.where(net > 0, net, np.nan))


@SHORT
@given(seed=seeds, factor=powers, shift=st.sampled_from([-64.0, 0.0, 256.0]))
def test_a_normexp_fit_moves_with_its_unit(seed, factor, shift):
    net = spots(seed)
    fit, moved = fit_normexp(net), fit_normexp(factor * net + shift)
    if fit.sigma_afu < 1:
        assert moved.sigma_afu < factor
        return
    wanted = (factor * fit.mu_afu + shift, factor * fit.sigma_afu, factor * fit.alpha_afu)
    found = (moved.mu_afu, moved.sigma_afu, moved.alpha_afu)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-3 * factor)
    signal = normexp_signal(net, *wanted[:1], fit.sigma_afu, fit.alpha_afu, offset_afu=0)
    again = normexp_signal(
        factor * net, factor * wanted[0], factor * fit.sigma_afu, factor * fit.alpha_afu,
        offset_afu=0,
    )  # fmt: skip
    np.testing.assert_allclose(again, factor * signal, rtol=1e-12)


@SHORT
@given(seed=seeds)
def test_the_order_of_spots_does_not_change_a_digit(seed):
    net = spots(seed)
    assert fit_normexp(np.random.default_rng(seed).permutation(net)) == fit_normexp(net)


def shuffled(fit, values, seed, atol):
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(len(values)), rng.permutation(values.shape[1])
    found = fit(values[np.ix_(rows, columns)]).level_log2
    wanted = fit(values).level_log2[np.ix_(rows, columns)]
    np.testing.assert_allclose(found, wanted, rtol=0, atol=atol)


@SHORT
@given(seed=seeds)
def test_cyclic_loess_does_not_depend_on_the_order(seed):
    shuffled(cyclic_loess, levels(seed), seed, 0)


@DRAWS
def test_vsn_depends_on_the_order_by_its_tolerance_at_most(n_draws):
    holds(lambda seed: shuffled(vsn, nets(seed), seed, 1e-5), n_draws, seed=seeds)


@SHORT
@given(seed=seeds, shift=st.sampled_from([-3.0, 0.5, 8.0]))
def test_cyclic_loess_moves_with_a_factor_of_all_arrays(seed, shift):
    values = levels(seed)
    np.testing.assert_allclose(
        cyclic_loess(values + shift).level_log2, cyclic_loess(values).level_log2 + shift, atol=1e-8
    )


@SHORT
@given(seed=seeds)
def test_cyclic_loess_takes_factors_of_arrays_away(seed):
    scaled = levels(seed) + np.linspace(-2, 2, 4)[:, None]
    complete = ~np.isnan(scaled).any(axis=0)
    before, after = (
        np.ptp(v[:, complete].mean(axis=1)) for v in (scaled, cyclic_loess(scaled).level_log2)
    )
    assert after < before / 4


@DRAWS
def test_vsn_moves_with_the_unit(n_draws):
    def law(seed, factor):
        net = nets(seed)
        found, wanted = vsn(factor * net).level_log2, vsn(net).level_log2 + np.log2(factor)
        np.testing.assert_allclose(found, wanted, atol=1e-5)

    holds(law, n_draws, seed=seeds, factor=powers.filter(lambda k: k != 1))


@DRAWS
def test_vsn_takes_an_affine_map_of_one_array_away(n_draws):
    holds(an_affine_map_goes, n_draws, seed=seeds)


def an_affine_map_goes(seed):
    net = nets(seed)
    mapped = net.copy()
    mapped[0] = 4 * net[0] + 32
    before, after = vsn(net), vsn(mapped)
    if any(before.reason):
        assert after.reason == before.reason
        return
    # The height of the scale follows the mean of log2 b; differences within it do not move.
    difference = after.level_log2 - before.level_log2
    assert np.ptp(difference) < 1e-5


@pytest.mark.parametrize("fit", [cyclic_loess, vsn])
def test_the_same_input_gives_the_same_bytes(fit):
    values = nets(9) if fit is vsn else levels(9)
    assert fit(values).level_log2.tobytes() == fit(values.copy()).level_log2.tobytes()
