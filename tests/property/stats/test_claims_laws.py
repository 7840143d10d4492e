"""Laws of the claims' checks: what data give is never refused, and what none give always is."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import pytest

from contracts.claim_checks import CHECKS
from contracts.claim_figures import read_printed
from contracts.claim_rows import read_figures
from stats.claims.checks.grimmer import _occurs, solutions
from stats.claims.claim import Claim
from stats.claims.registry import FUNCTIONS
from stats.claims.rounding import ROUNDED, TRUNCATED, bounds, prints
from stats.claims.two_by_two import Table, p_values, tables_that_print

WAYS = {ROUND_HALF_UP: ROUNDED, ROUND_HALF_EVEN: ROUNDED, ROUND_DOWN: TRUNCATED}


def judge(check: str, figures: str):
    row = {"claim_id": "c", "check_id": check, "note": ""}
    return FUNCTIONS[check](Claim(row, read_figures(figures, CHECKS[check])))


def shown(value: Fraction, decimals: int, way: str = ROUND_HALF_UP) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), way))


@pytest.mark.parametrize("way", WAYS)
def test_a_number_prints_as_it_is_printed(way):
    rng = np.random.default_rng(5)
    for _ in range(3000):
        value = Fraction(int(rng.integers(-4000, 4000)), int(rng.integers(1, 60)))
        decimals = int(rng.integers(0, 4))
        printed = read_printed(shown(value, decimals, way))
        assert prints(value, printed, WAYS[way])
        low, high = bounds(printed, WAYS[way])
        assert low <= value <= high or not printed.value  # 0 may be cut from either side


def test_halves_go_up_to_even_or_as_a_double_and_nowhere_else():
    up, down = read_printed("47.88"), read_printed("47.87")
    assert prints(Fraction(1915, 40), up, ROUNDED)
    assert not prints(Fraction(1915, 40), down, ROUNDED)  # 47.875 is a double: its half is a half
    assert prints(Fraction("2.675"), read_printed("2.67"), ROUNDED)  # the double lies below
    assert prints(Fraction("2.665"), read_printed("2.66"), ROUNDED)  # to even


@pytest.mark.parametrize("seed", range(6))
def test_scores_that_exist_pass_grim_and_grimmer(seed):
    rng = np.random.default_rng(seed)
    for _ in range(60):
        n, step = int(rng.integers(2, 40)), Fraction(1, int(rng.choice([1, 2, 5, 10])))
        values = [int(v) * step for v in rng.integers(0, 8, n)]
        mean = sum(values) / n
        spread = float(sum((v - mean) ** 2 for v in values) / (n - 1)) ** 0.5
        figures = f"mean={shown(mean, 2)}; n={n}; step={float(step):g}"
        grim = judge("grim", figures)
        assert grim.verdict in ("reproduced", "not_testable"), grim.explanation
        for ends in ("", f"; low=0; high={float(8 * step):g}"):
            found = judge("grimmer", f"{figures}; sd={Decimal(spread):.2f}{ends}")
            assert found.verdict in ("reproduced", "not_testable"), found.explanation
        bounded = f"mean={shown(mean, 2)}; sd={Decimal(spread):.2f}; n={n}; "
        bounded += f"low={float(min(values)):g}; high={float(max(values)):g}; bounds=seen"
        assert judge("sd_bounds", bounded).verdict == "consistent", bounded


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_grimmer_finds_exactly_the_scores_that_exist(n):
    """All multisets of whole scores 0 to 6: every mean and SD they print, and no other nearby."""
    possible = set()
    for values in combinations_with_replacement(range(7), n):
        mean = Fraction(sum(values), n)
        variance = sum((v - mean) ** 2 for v in values) / (n - 1)
        possible.add((shown(mean, 2), f"{Decimal(float(variance) ** 0.5):.2f}"))
    means = sorted({m for m, _ in possible})[:: max(1, len(possible) // 60)]
    wrong = []
    for mean in means:
        for sd in (f"{k / 100:.2f}" for k in range(0, 140, 3)):
            found = [s for s in solutions(read_printed(mean), read_printed(sd), n, Fraction(1), (0, 6))
                     if not s.departures]  # fmt: skip
            if bool(found) != ((mean, sd) in possible):
                wrong.append((mean, sd, bool(found)))
    assert [w for w in wrong if not w[2]] == []  # never refused where scores exist
    # Within the scale, parity and the greatest sum of squares leave few that do not exist.
    assert len(wrong) <= 0.03 * len(means) * 47


@pytest.mark.parametrize(("n", "most"), [(2, 60), (3, 60), (4, 60), (5, 90), (6, 60)])
def test_sums_of_squares_that_are_said_to_occur_are_those_that_do(n, most):
    """All whole scores of either sign: from five scores on, parity and the least sum decide."""
    reach = int(most**0.5) + 1
    occurring = {(0, 0)}
    for _ in range(n):
        occurring = {(s + d, q + d * d) for s, q in occurring for d in range(-reach, reach + 1)
                     if q + d * d <= most}  # fmt: skip
    said = {(s, q) for s in range(n) for q in range(most + 1) if _occurs(s, q, n)}
    assert said == {(s, q) for s, q in occurring if 0 <= s < n}


@pytest.mark.parametrize("seed", range(4))
def test_the_table_that_printed_an_odds_ratio_is_among_those_found(seed):
    rng = np.random.default_rng(seed)
    for _ in range(25):
        n1, n2 = (int(v) for v in rng.integers(8, 60, 2))
        a, c = int(rng.integers(0, n1 + 1)), int(rng.integers(0, n2 + 1))
        added = 0.0 if 0 < a < n1 and 0 < c < n2 else 0.5
        own = Table(a, n1, c, n2, added)
        log, se, _ = own.wald
        texts = [f"{np.exp(log + k * 1.959963984540054 * se):.3f}" for k in (0, -1, 1)]
        if not float(texts[0]):
            continue
        found = tables_that_print(
            *(read_printed(t) for t in texts), n1, n2, 1.959963984540054, 0.95
        )
        twin = Table(n2 - c, n2, n1 - a, n1, added) if n1 == n2 else own
        assert {(own.events_1, own.events_2), (twin.events_1, twin.events_2)} & {
            (t.events_1, t.events_2) for t in found}  # fmt: skip


def test_twins_have_the_same_odds_ratio_and_p():
    table, twin = Table(8, 30, 17, 30, 0.0), Table(13, 30, 22, 30, 0.0)
    assert table.wald == pytest.approx(twin.wald)
    assert p_values(table) == pytest.approx(p_values(twin))


@pytest.mark.parametrize("check", ["t_from_summary", "variance_ratio"])
def test_swapping_the_groups_keeps_the_verdict(check):
    rng = np.random.default_rng(3)
    for _ in range(50):
        m, s = rng.uniform(1, 9, 2).round(1), rng.uniform(0.5, 4, 2).round(1)
        n = rng.integers(3, 60, 2)
        p = round(float(rng.uniform(0, 0.2)), 2)
        both = []
        for i, j in ((0, 1), (1, 0)):
            if check == "variance_ratio":
                text = f"sd_1={s[i]}; n_1={n[i]}; sd_2={s[j]}; n_2={n[j]}; p={p}; assumes=equal"
            else:
                text = (f"mean_1={m[i]}; sd_1={s[i]}; n_1={n[i]}; mean_2={m[j]}; sd_2={s[j]}; "
                        f"n_2={n[j]}; test=welch; p={p}")  # fmt: skip
            both.append(judge(check, text))
        assert both[0].verdict == both[1].verdict
        assert both[0].recomputed["p"] == pytest.approx(both[1].recomputed["p"], rel=1e-12)
