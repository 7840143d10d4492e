"""Exact intervals of proportions over a grid of counts, against R."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.clopper_pearson import clopper_pearson


def test_intervals_equal_r(read):
    rows = read("proportions_expected.csv")
    assert len(rows) > 150
    for confidence in (0.8, 0.95, 0.999):
        own = [r for r in rows if float(r["confidence"]) == confidence]
        counts = [np.array([int(r[c]) for r in own]) for c in ("n_events", "n")]
        bounds = clopper_pearson(*counts, confidence=confidence)
        for ours, name in zip(bounds, ("ci_low", "ci_high"), strict=True):
            theirs = np.array([float(r[name]) for r in own])
            np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-15)


def test_a_proportion_of_nobody_has_no_interval():
    assert np.isnan(clopper_pearson(0, 0, confidence=0.95)).all()
    for wrong in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="between 0 and the number"):
            clopper_pearson(*wrong, confidence=0.95)
