"""A paper whose figures come from data raises no contradiction: simulated, printed, judged.

Raw data of two groups of persons, before and after, are drawn; means, SDs, tests, tables and lists
are computed from them by NumPy and SciPy and printed with the usual decimals. Every check is used.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from scipy import stats as sps

from contracts.claim_checks import CHECKS

N_1, N_2 = 33, 27
TARGETS = ("IL-6", "IL-8", "TNF-α", "CCL2", "CCL5", "VEGF-A", "BDNF", "Leptin")


def printed(value: float, decimals: int) -> str:
    return str(Decimal(float(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def p_printed(p: float) -> str:
    return "<0.001" if p < 0.001 else printed(p, 3)


def moments(name: str, values, decimals: int = 2) -> str:
    mean, sd = printed(values.mean(), decimals), printed(values.std(ddof=1), decimals)
    return f"mean_{name}={mean}; sd_{name}={sd}; n_{name}={len(values)}"


def scores(rng, n: int, mean: float, sd: float):
    return np.clip(np.rint(rng.normal(mean, sd, n)), 0, 10)


def woolf(table):
    log = np.log(table[0, 0] * table[1, 1] / table[0, 1] / table[1, 0])
    se = np.sqrt((1 / table).sum())
    return np.exp(
        [log, log - 1.959963984540054 * se, log + 1.959963984540054 * se]
    ), 2 * sps.norm.sf(abs(log / se))


def paper(seed: int) -> list[dict]:
    rng = np.random.default_rng(seed)
    rows: list[dict] = []

    def state(check: str, figures: str, related: str = "", name: str = "") -> None:
        claim_id = name or f"claim_{len(rows) + 1}"
        rows.append(
            {
                "claim_id": claim_id,
                "check_id": check,
                "figures": figures,
                "related_claim_ids": related,
            }
        )

    before = scores(rng, N_1, 6.0, 1.4)
    after = scores(rng, N_1, 3.0, 1.4)
    other = scores(rng, N_2, 6.0, 1.4)
    for values in (before, after, other):
        state("grim", f"mean={printed(values.mean(), 2)}; n={len(values)}; step=1; low=0; high=10")
        text = f"mean={printed(values.mean(), 2)}; sd={printed(values.std(ddof=1), 2)}; n={len(values)}"
        state("grimmer", f"{text}; step=1; low=0; high=10")
        state("sd_bounds", f"{text}; low={values.min():g}; high={values.max():g}; bounds=seen")
    halves = np.rint(rng.normal(3, 1, 18) * 2) / 2
    state(
        "grimmer",
        f"mean={printed(halves.mean(), 2)}; sd={printed(halves.std(ddof=1), 2)}; n=18; step=0.5",
    )
    items = rng.integers(1, 6, (N_2, 4)).mean(axis=1)
    state("grim", f"mean={printed(items.mean(), 2)}; n={N_2}; step=1; items=4; low=1; high=5")

    arms = f"{moments('1', before)}; {moments('2', other)}"
    for test, equal in (("student", True), ("welch", False)):
        found = sps.ttest_ind(other, before, equal_var=equal)
        state(
            "t_from_summary",
            f"{arms}; test={test}; t={printed(found.statistic, 2)}; p={p_printed(found.pvalue)}",
        )
    paired = sps.ttest_rel(after, before)
    change = f"{moments('1', before)}; {moments('2', after)}; test=paired; data=patient"
    state(
        "t_from_summary",
        f"{change}; t={printed(paired.statistic, 2)}; p={p_printed(paired.pvalue)}",
    )
    v1, v2 = before.var(ddof=1), other.var(ddof=1)
    f = max(v1 / v2, v2 / v1)
    df = (N_1 - 1, N_2 - 1) if v1 >= v2 else (N_2 - 1, N_1 - 1)
    p_f = min(1, 2 * sps.f.sf(f, *df))
    sds = f"sd_1={printed(before.std(ddof=1), 2)}; n_1={N_1}; sd_2={printed(other.std(ddof=1), 2)}; n_2={N_2}"
    assumes = "; assumes=equal" if p_f > 0.1 else ""
    state("variance_ratio", f"{sds}; f={printed(f, 2)}; p={p_printed(p_f)}{assumes}")

    cut = np.median(np.concatenate((before, after)))
    events = [int((v >= cut).sum()) for v in (after, before)]
    table = np.array([[events[0], N_1 - events[0]], [events[1], N_1 - events[1]]], dtype=float)
    if not table.all():
        table = table + 0.5
    (ratio, low, high), p_wald = woolf(table)
    ratios = f"or={printed(ratio, 3)}; ci_low={printed(low, 3)}; ci_high={printed(high, 3)}"
    state("table_reconstruction", f"{ratios}; n_1={N_1}; n_2={N_1}; p={p_printed(p_wald)}")
    state("one_cut_off", f"{ratios}; {moments('1', after)}; {moments('2', before)}")
    state("p_from_ci", ratios.replace("or=", "estimate=") + f"; scale=ratio; p={p_printed(p_wald)}")
    mean, se = (after - before).mean(), sps.sem(after - before)
    q = sps.t.isf(0.025, N_1 - 1)
    state(
        "p_from_ci",
        f"estimate={printed(mean, 2)}; ci_low={printed(mean - q * se, 2)}; "
        f"ci_high={printed(mean + q * se, 2)}; scale=difference; df={N_1 - 1}; p={p_printed(paired.pvalue)}",
    )
    state(
        "effect_direction",
        f"ratios={printed(ratio, 3)}; means_1={printed(before.mean(), 2)}; "
        f"means_2={printed(after.mean(), 2)}; better=lower; event=worse_state",
    )
    state(
        "important_difference",
        f"mean_1={printed(before.mean(), 2)}; mean_2={printed(after.mean(), 2)}; "
        "better=lower; mid=2; mid_percent=30",
    )

    r = sps.pearsonr(before, after)
    state(
        "p_from_statistic",
        f"statistic=r; value={printed(r.statistic, 2)}; df_1={N_1 - 2}; p={p_printed(r.pvalue)}",
    )
    anova = sps.f_oneway(before, other, after)
    state(
        "p_from_statistic",
        f"statistic=f; value={printed(anova.statistic, 2)}; df_1=2; "
        f"df_2={2 * N_1 + N_2 - 3}; p={p_printed(anova.pvalue)}",
    )
    chi, p_chi, _, _ = sps.chi2_contingency(np.maximum(table, 1), correction=False)
    state(
        "p_from_statistic", f"statistic=chi2; value={printed(chi, 2)}; df_1=1; p={p_printed(p_chi)}"
    )
    state(
        "p_from_statistic",
        f"statistic=t; value={printed(paired.statistic, 2)}; df_1={N_1 - 1}; "
        f"p={p_printed(paired.pvalue)}",
    )

    women = int(rng.integers(1, N_1))
    shares = [printed(100 * c / N_1, 2) for c in (women, N_1 - women)]
    state(
        "percentages",
        f"counts={women}|{N_1 - women}; percents={'|'.join(shares)}; n={N_1}; exclusive=yes",
    )
    state("total", f"parts={women}|{N_1 - women}; total={N_1}")
    state("agreement", f"values={N_1}|{N_1}|{N_1}; places=Abstract|Methods|Table 1")
    state(
        "agreement",
        f"values={printed(before.mean(), 1)}|{printed(before.mean(), 3)}; places=Abstract|Results",
    )
    means = "|".join(printed(v.mean(), 2) for v in (before, after, other))
    state("rounding_consistency", f"means={means}; ns={N_1}|{N_1}|{N_2}; steps=1|1|1")
    age = rng.normal(55, 9, N_1)
    match = age[:N_2] + rng.normal(0, 1, N_2)
    state(
        "baseline_matching",
        f"{moments('1', age[:N_2], 1)}; {moments('2', match, 1)}; says_matched=yes",
    )

    state("list_length", f"stated={len(TARGETS)}; members={'|'.join(TARGETS)}", name="panel")
    levels = {g: rng.normal(0, 2, len(TARGETS)) for g in "XYZ"}
    for first, second in ("XY", "YZ", "XZ"):
        for target, a, b in zip(TARGETS, levels[first], levels[second], strict=True):
            sign = ">" if a > b else "<"
            other_way = f"{second}{'<' if a > b else '>'}{first}"
            state(
                "direction_agreement",
                f"target={target}; direction_1={first}{sign}{second}; direction_2={other_way}",
                name=f"hit_{first}{second}_{target}",
            )
    n_up = int((levels["X"] > levels["Y"]).sum())
    state("direction_count", f"stated={n_up}; direction=X>Y", "hit_XY_*")
    state("list_length", f"stated={len(TARGETS)}; members={'|'.join(TARGETS)}", "hit_XY_*")
    for target in TARGETS:
        state("transitivity", f"target={target}; between=X|Z; fold=1.5; n_1=33; n_2=27", "hit_*")
        state("panel_target", f"target={target}", "panel")
    state(
        "false_hits",
        "targets=8; contrasts=3; alpha=0.05; hits=8|8|8; correction=benjamini_hochberg",
    )
    state("false_hits", "targets=8; contrasts=2; alpha=0.05; correction=none")
    state("fold_rule", "upper=1.5; lower=-1.5")
    state("fold_rule", "upper=1.5; lower=0.67; reference_upper=1.5; reference_lower=0.667")
    state("method_fit", "method=paired_t; purpose=two_means; data=patient")
    state("method_fit", "method=brown_forsythe; purpose=variance_homogeneity; data=independent")
    state("not_reported", "quantity=Pearson's r; claimed_in=Discussion; reported=1")
    state("recorded", "centre=one")
    return rows


@pytest.mark.parametrize("seed", range(25))
def test_no_contradiction_is_raised(judged, seed):
    rows = paper(seed)
    assert {r["check_id"] for r in rows} == set(CHECKS)
    found = judged(rows)
    assert {k: r["explanation"] for k, r in found.items() if r["verdict"] == "inconsistent"} == {}


def test_a_planted_mistake_of_the_same_paper_is_found(judged):
    rows = paper(1)
    for row in rows:
        if row["check_id"] == "total":
            row["figures"] = row["figures"].replace(f"total={N_1}", f"total={N_1 + 1}")
    found = judged(rows)
    assert [r["check_id"] for r in found.values() if r["verdict"] == "inconsistent"] == ["total"]
