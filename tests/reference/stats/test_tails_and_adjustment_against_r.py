"""Tails over twelve degrees of freedom and p from 1 to 1e-274; R's p.adjust."""

from __future__ import annotations

import numpy as np
import pytest

from stats.methods.tails import t_quantile, two_sided_t, upper_f
from stats.multiplicity import benjamini_hochberg, benjamini_yekutieli, bonferroni, holm


def column(rows, name):
    return np.array([float("nan") if r[name] == "NA" else float(r[name]) for r in rows])


def test_tails_keep_their_relative_precision(read):
    rows = read("tails_expected.csv")
    df, t = column(rows, "df"), column(rows, "t")
    expected = column(rows, "p_two_sided")
    assert expected.min() < 1e-270
    np.testing.assert_allclose(two_sided_t(t, df), expected, rtol=1e-12)
    np.testing.assert_allclose(two_sided_t(-t, df), expected, rtol=1e-12)
    f = upper_f(t, np.full_like(t, 2.0), df)
    np.testing.assert_allclose(f, column(rows, "p_upper_f2"), rtol=1e-12)
    np.testing.assert_allclose(t_quantile(0.95, df), column(rows, "t_quantile_95"), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "adjust"),
    [
        ("BH", benjamini_hochberg),
        ("BY", benjamini_yekutieli),
        ("holm", holm),
        ("bonferroni", bonferroni),
    ],
)
@pytest.mark.parametrize("which", ["mixed", "null", "tiny", "single", "missing"])
def test_adjustment_equals_p_adjust(read, name, adjust, which):
    rows = [r for r in read("multiplicity_expected.csv") if r["set"] == which]
    np.testing.assert_allclose(adjust(column(rows, "p")), column(rows, name), rtol=1e-12)
