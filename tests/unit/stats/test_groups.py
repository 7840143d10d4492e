"""Several groups at once: by hand, against two-group tests, gaps with reasons."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as sps

from stats.methods.anova_oneway import anova_oneway
from stats.methods.bartlett import bartlett
from stats.methods.brown_forsythe import brown_forsythe
from stats.methods.games_howell import games_howell
from stats.methods.kruskal import kruskal
from stats.methods.spread import medians
from stats.methods.student_t import student_t
from stats.methods.studentized_range import studentized_range_quantile, upper_studentized_range
from stats.methods.tails import two_sided_t
from stats.methods.tukey_hsd import tukey_hsd
from stats.methods.welch_anova import welch_anova
from stats.methods.welch_t import welch_t

pytestmark = pytest.mark.filterwarnings("error")
NAN = float("nan")

OMNIBUS = {
    "welch_anova": welch_anova,
    "kruskal": kruskal,
    "brown_forsythe": brown_forsythe,
    "bartlett": bartlett,
}
PAIRS = {"tukey_hsd": tukey_hsd, "games_howell": games_howell}
EVERY_OMNIBUS = pytest.mark.parametrize("method", sorted(OMNIBUS))
EACH_PAIRS = pytest.mark.parametrize("method", sorted(PAIRS))


def groups(sizes=(9, 7, 5), m=4, seed=1, missing=0.0):
    rng = np.random.default_rng(seed)
    out = [rng.normal(9 + 0.4 * i, 0.5 + 0.3 * i, (n, m)) for i, n in enumerate(sizes)]
    return [np.where(rng.random(g.shape) < missing, NAN, g) for g in out]


def column(*values):
    return np.array(values, dtype=float)[:, None]


def test_kruskal_by_hand():
    # Ranks 1 2 4.5 | 3 6 7 | 4.5 8 9: H = 12/90 · Σ R²/3 − 30, over 1 − 6/720.
    r = kruskal([column(1, 2, 4), column(3, 5, 6), column(4, 7, 8)])
    h = 12 / 90 * (7.5**2 + 16**2 + 21.5**2) / 3 - 30
    assert r.statistic[0] == pytest.approx(h / (1 - 6 / 720))
    assert r.df[0] == 2
    assert r.p_value[0] == pytest.approx(np.exp(-r.statistic[0] / 2))
    assert r.effect_size[0] == pytest.approx(r.statistic[0] / 8)


def test_bartlett_by_hand():
    a, b = column(1, 2, 3, 4), column(2, 6, 10)
    v = np.array([5 / 3, 16.0])
    pooled = (3 * v[0] + 2 * v[1]) / 5
    k2 = 5 * np.log(pooled) - 3 * np.log(v[0]) - 2 * np.log(v[1])
    k2 /= 1 + (1 / 3 + 1 / 2 - 1 / 5) / 3
    assert bartlett([a, b]).statistic[0] == pytest.approx(k2)


def test_brown_forsythe_by_hand():
    # |x − median|: 1 0 1 8 | 2 0 2.
    r = brown_forsythe([column(1, 2, 3, 10)[[0, 1, 2, 3]] + [[0], [0], [0], [0]], column(0, 2, 4)])
    a = np.abs(np.array([1, 2, 3, 10]) - 2.5)
    f = sps.f_oneway(a, [2, 0, 2])
    assert r.statistic[0] == pytest.approx(f.statistic)
    assert r.p_value[0] == pytest.approx(f.pvalue)


def test_medians_leave_gaps_out():
    values = np.array([[3.0, NAN, NAN], [1.0, 2.0, NAN], [NAN, 8.0, NAN], [9.0, 4.0, NAN]])
    np.testing.assert_array_equal(medians(values), [3, 4, NAN])
    np.testing.assert_array_equal(medians(values[[0, 1, 3]]), [3, 3, NAN])
    np.testing.assert_array_equal(medians(np.empty((0, 2))), [NAN, NAN])


def test_welch_anova_of_two_groups_is_welchs_t():
    a, b, _ = groups()
    f, t = welch_anova([a, b]), welch_t(a, b, confidence=0.95)
    np.testing.assert_allclose(f.statistic, t.statistic**2, rtol=1e-10)
    np.testing.assert_allclose(f.df_denominator, t.df, rtol=1e-12)
    np.testing.assert_allclose(f.p_value, t.p_value, rtol=1e-10)


def test_welch_anova_of_equal_spread_and_sizes_is_near_fisher():
    rng = np.random.default_rng(3)
    sets = [rng.normal(0.2 * i, 1, (200, 3)) for i in range(3)]
    np.testing.assert_allclose(
        welch_anova(sets).p_value, anova_oneway(sets).p_value, rtol=0.2, atol=1e-3
    )
    np.testing.assert_allclose(welch_anova(sets).effect_size, anova_oneway(sets).effect_size)


@EVERY_OMNIBUS
def test_omnibus_tests_have_no_interval_and_say_so(method):
    r = OMNIBUS[method](groups(missing=0.1))
    assert np.isfinite(r.p_value).all()
    assert np.isnan([r.estimate, r.ci_low, r.ci_high]).all()
    assert set(r.reason) == {"ci_not_defined: this test has no confidence interval"}
    total = r.n_numerator + r.n_dropped
    np.testing.assert_array_equal(total, [21] * 4)


@pytest.mark.parametrize(
    ("method", "values", "words"),
    [
        (welch_anova, ([1, NAN], [1, 2], [3, 5]), "too few values: [1, 2, 2] in the groups"),
        (welch_anova, ([1, 1], [1, 2], [3, 5]), "zero variance: all values of a group agree"),
        (bartlett, ([1, NAN], [1, 2]), "too few values: [1, 2]"),
        (bartlett, ([1, 1], [1, 2]), "zero variance: all values of a group agree"),
        (brown_forsythe, ([1, 2], [3, 7]), "zero variance: the absolute deviations"),
        (kruskal, ([NAN, NAN], [1, 2]), "too few values: [0, 2] in the groups, at least 1"),
        (kruskal, ([2, 2], [2, 2]), "zero variance: all values of all groups agree"),
    ],
)
def test_a_gap_says_what_is_lacking(method, values, words):
    r = method([column(*v) for v in values])
    assert r.reason[0].startswith(words)
    assert np.isnan([r.p_value[0], r.statistic[0], r.df[0], r.effect_size[0]]).all()


@EVERY_OMNIBUS
@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0), (1, 3)])
def test_empty_and_tiny_matrices(method, shape):
    r = OMNIBUS[method]([np.ones(shape), np.ones(shape)])
    assert len(r.p_value) == shape[1]
    assert np.isnan(r.p_value).all()
    assert all(not why.startswith("ci_not_defined") for why in r.reason)


@pytest.mark.parametrize("method", sorted({**OMNIBUS, **PAIRS}))
def test_a_single_group_is_no_comparison(method):
    options = {"confidence": 0.95} if method in PAIRS else {}
    with pytest.raises(ValueError, match="at least 2"):
        {**OMNIBUS, **PAIRS}[method]([np.ones((4, 2))], **options)


def test_the_studentized_range_of_two_is_a_t():
    q = np.array([1e-3, 0.1, 1, 3, 10, 60, 1e3, 1e5])
    for df in (1.0, 2.0, 3.3, 9.0, 38.0, 500.0, 1e6):
        expected = two_sided_t(q / np.sqrt(2), np.full_like(q, df))
        near = expected > 1e-290
        ours = upper_studentized_range(q, 2, df)
        np.testing.assert_allclose(ours[near], expected[near], rtol=1e-10)


def test_the_studentized_range_equals_tables():
    # Upper 5 % points of Pearson & Hartley's table 29: k = 3, df = 1, 2, 10, infinite; k = 10.
    q = studentized_range_quantile(0.95, 3, [1, 2, 10, np.inf])
    np.testing.assert_allclose(q, [26.98, 8.331, 3.877, 3.314], atol=6e-3)
    assert studentized_range_quantile(0.95, 10, [20])[0] == pytest.approx(5.01, abs=5e-3)


@pytest.mark.parametrize(("q", "k", "df"), [(3.5, 3, 2.2), (5.0, 4, 11.0), (2.0, 6, 60.0)])
def test_the_studentized_range_equals_scipy(q, k, df):
    assert upper_studentized_range(q, k, df) == pytest.approx(
        sps.studentized_range.sf(q, k, df), rel=1e-9
    )


def test_far_tails_lie_between_one_pair_and_all_pairs():
    q = np.array([20.0, 40.0, 200.0])
    one = two_sided_t(q / np.sqrt(2), np.full(3, 30.0))
    ours = upper_studentized_range(q, 3, 30.0)
    assert (ours < 1e-13).all()
    assert ((one < ours) & (ours < 3 * one)).all()


def test_quantiles_invert_the_tail():
    df = np.array([0.7, 1, 1.5, 4, 37.2, 1e4, np.inf, NAN])
    for k, confidence in ((2, 0.5), (3, 0.95), (8, 0.999)):
        q = studentized_range_quantile(confidence, k, df)
        tail = upper_studentized_range(q, k, df)
        np.testing.assert_allclose(tail[:-1], 1 - confidence, rtol=1e-9)
        assert np.isnan([q[-1], tail[-1]]).all()


def test_nothing_is_more_likely_than_certain():
    assert upper_studentized_range([0.0, -1.0, 1e-12], 3, 5.0).tolist() == [1, 1, 1]
    assert upper_studentized_range([np.inf, 1e300], 3, 5.0).tolist() == [0, 0]
    assert np.isnan(upper_studentized_range([1.0, NAN], 3, [NAN, 4.0])).all()


def test_two_groups_need_no_correction():
    a, b, _ = groups(missing=0.1)
    for result, plain in (
        (tukey_hsd([a, b], confidence=0.95)[(1, 0)], student_t(b, a, confidence=0.95)),
        (games_howell([a, b], confidence=0.95)[(1, 0)], welch_t(b, a, confidence=0.95)),
    ):
        np.testing.assert_allclose(result.statistic, plain.statistic * np.sqrt(2), rtol=1e-10)
        for name in ("estimate", "ci_low", "ci_high", "p_value", "df", "effect_size"):
            np.testing.assert_allclose(getattr(result, name), getattr(plain, name), rtol=1e-9)


def test_tukey_equals_scipy():
    sets = groups(m=1)
    ours = tukey_hsd(sets, confidence=0.95)
    theirs = sps.tukey_hsd(*(g[:, 0] for g in sets))
    interval = theirs.confidence_interval(0.95)
    assert set(ours) == {(1, 0), (2, 0), (2, 1)}
    for (i, j), r in ours.items():
        assert r.p_value[0] == pytest.approx(theirs.pvalue[i, j], rel=1e-8)
        assert r.ci_low[0] == pytest.approx(interval.low[i, j], rel=1e-6)


@EACH_PAIRS
def test_a_pair_among_more_is_harder_to_tell(method):
    a, b, c = groups()
    two, three = (PAIRS[method](g, confidence=0.95)[(1, 0)] for g in ((a, b), (a, b, c)))
    if method == "games_howell":
        assert (three.p_value > two.p_value).all()
    assert (three.ci_high - three.ci_low > two.ci_high - two.ci_low).mean() > 0.5


def test_post_hoc_gaps_say_what_is_lacking():
    a, b, c = groups()
    a[1:, 0] = NAN
    for g in (a, b, c):
        g[:, 1] = 8.1
    tukey, howell = (f([a, b, c], confidence=0.95) for f in (tukey_hsd, games_howell))
    for r in tukey.values():
        assert r.reason[0].startswith("too few values: [1, 7, 5] in the groups")
        assert r.reason[1] == "zero variance: each group is constant"
        assert np.isnan(r.p_value).tolist() == [True, True, False, False]
    assert howell[(1, 0)].reason[0].startswith("too few values: [7, 1] in the groups")
    assert howell[(2, 1)].reason[0] == ""  # a pair does not mind the third group
    assert howell[(2, 1)].reason[1].startswith("zero variance")


@EACH_PAIRS
@pytest.mark.parametrize("shape", [(0, 3), (4, 0), (0, 0), (1, 3)])
def test_empty_and_tiny_post_hoc(method, shape):
    for r in PAIRS[method]([np.ones(shape)] * 3, confidence=0.95).values():
        assert len(r.p_value) == shape[1]
        assert all(r.reason)
