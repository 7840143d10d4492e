"""The prior of variances against limma's squeezeVar on 120 random panels."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.robust_prior import robust_variance_prior
from stats.methods.variance_prior import variance_prior

#: Below this prior df limma's quadrature of the winsorised log F loses digits (README).
WIDE = 0.6


@pytest.fixture(scope="module")
def panels(read):
    found = {}
    for row in read("variance_prior_expected.csv"):
        numbers = [float(v.replace("Inf", "inf")) for v in list(row.values())[1:]]
        found.setdefault(row["panel"], []).append(numbers)
    return [np.array(rows).T for rows in found.values()]


def test_the_plain_prior_equals_limma(panels):
    for variance, df, s0, d0, *_ in panels:
        prior = variance_prior(variance, df, mean_level=None)
        np.testing.assert_allclose(prior.variance, s0, rtol=1e-8)
        np.testing.assert_allclose(1 / prior.df, 1 / d0, rtol=0, atol=1e-10)


def test_the_robust_prior_equals_limma(panels):
    n_wide = 0
    for variance, df, *_, s0, d0 in panels:
        prior = robust_variance_prior(variance, df, mean_level=None)
        is_wide = d0.max() < WIDE
        n_wide += is_wide
        rtol = 0.5 if is_wide else 1e-6
        np.testing.assert_allclose(prior.variance, s0, rtol=rtol)
        # An outlier's prior df may be 1e-300: below 1e-9 it is none.
        np.testing.assert_allclose(prior.df, d0, rtol=rtol, atol=1e-9)
    assert 0 < n_wide < 20


def test_the_panels_hold_what_they_promise(panels):
    robust = [np.ptp(d0[np.isfinite(d0)]) > 0 for *_, d0 in panels if np.isfinite(d0).any()]
    assert sum(robust) > 30
    assert sum(np.isinf(d0).any() and np.isfinite(d0).any() for *_, d0 in panels) > 2
    assert sum((variance == 0).any() for variance, *_ in panels) == 12
    assert sum((df != df[0]).any() for _, df, *_ in panels) > 50
