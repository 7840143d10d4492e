"""A changed digit in any claim changes its verdict: every digit of every figure of the shipped set.

The verdict of a claim is its word and the numbers that were recomputed for it. A digit is changed
to another one; the claim is judged again beside the same related claims. Then

1. every claim that some figures could fail (`is_able_to_fail`) has another verdict;
2. every claim that held (reproduced, consistent) becomes inconsistent, or is refused, unless the
   changed figures are compatible with each other too. Which figures those are is listed, and that
   the changed ones are compatible is shown by an oracle that shares no code with the check;
3. the claims that nothing could fail are listed.
"""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from itertools import product

import pytest
from scipy import stats as sps

from contracts.claim_checks import CHECKS
from contracts.claim_figures import split_figures
from contracts.claim_rows import claim_faults
from stats.claims.judging import read_claims
from stats.claims.registry import FUNCTIONS

#: Kinds of figures that hold numbers; free figures of recorded claims count too.
_NUMERIC = ("number", "count", "p", "numbers", "counts")
_HOLDS = ("reproduced", "consistent")

#: Claims that nothing could fail, and why.
WITHOUT_POWER = {
    **dict.fromkeys(
        ("blood_weeks", "new_cases_world", "new_cases_us", "share_of_cases", "time_to_event",
         "washout_weeks", "control_ages", "centrifugation", "storage", "incubation", "protein_kit",
         "catalogue_number", "substrate", "pain_panel", "software", "normality", "period",
         "gro_name", "b_vs_c_wording", "spelling", "stage", "recurrence", "risk_factors"),
        "wording: nothing in the paper to compute it from"),
    **dict.fromkeys(("control_age_mean", "vas_before_tenths"), "means lie closer than the print"),
    **dict.fromkeys(
        ("age_sd", "control_age_sd", "vas_before_sd_tenths", "qol_before_sd", "qol_after_sd"),
        "SDs lie closer than the print"),
    "or_direction": "the event is not described, so any ratio below 1 can be read as coherent",
    **dict.fromkeys(("finding_a_vs_c_bdnf", "finding_a_vs_c_pdgf_bb"), "not evident in the heat map"),
    **dict.fromkeys((f"finding_a_vs_b_{t}" for t in ("il_3", "mip_3a", "mcp_4", "fgf7", "scf", "blc")),
                    "the region of the heat map is not named"),
    **dict.fromkeys((f"finding_b_vs_c_{t}" for t in ("mip", "gro", "leptin")), "told in one place"),
}  # fmt: skip

#: Figures of claims that hold, some of whose digits may change without contradiction.
_SD_BOUNDS = {"mean", "sd", "n", "low", "high"}
_T = {"mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2", "p"}
COMPATIBLE = {
    # Bounds of an SD are wide: the explanation says that any SD between them would pass.
    "age_range": _SD_BOUNDS, "control_age_range": _SD_BOUNDS, "vas_before_range": _SD_BOUNDS,
    "vas_after_range": _SD_BOUNDS,
    # 16.66 is 5/30 truncated, as 83.33 may be: consistent, no longer reproduced.
    **{c: {"percents"} for c in ("table1_age", "table1_pr", "table1_her2", "table1_t")},
    # 30 % of all two-decimal means of 30 whole numbers exist.
    **{c: {"mean", "n", "step"} for c in ("vas_after_whole", "qol_before_mean", "qol_after_mean")},
    "vas_after_sd_whole": {"mean", "sd", "n"},
    # t is 10.6: p < 0.001 stays true whatever digit changes, but those of a first digit.
    "qol_t": _T,
    # A bound of p that is still above the computed one; a lower bound that still prints 0.000.
    "vas_or_p": {"estimate", "ci_high", "p"},
    # Other sizes of a group have a table of their own that prints the same.
    "vas_or_table": {"n_1", "n_2", "p"},
}  # fmt: skip


def changed(text: str, position: int, digit: str) -> str:
    return text[:position] + digit + text[position + 1 :]


def mutants(claim):
    """Yield name of the figure, and the row with one digit of it changed."""
    kinds = CHECKS[claim.row["check_id"]].by_name
    figures = list(split_figures(claim.row["figures"]))
    for i, (name, value) in enumerate(figures):
        if name in kinds and kinds[name].kind not in _NUMERIC:
            continue
        for position, old in enumerate(value):
            if not old.isdigit():
                continue
            for shift in range(1, 10):
                new = changed(value, position, str((int(old) + shift) % 10))
                told = [*figures[:i], (name, new), *figures[i + 1 :]]
                yield name, {**claim.row, "figures": "; ".join(f"{n}={v}" for n, v in told)}


def judge_again(claim, row):
    """Return the finding on a changed row beside the same related claims; None where refused."""
    rows = [row, *(dict(r.row) for r in claim.related)]
    if claim_faults(rows):
        return None
    again = next(c for c in read_claims(rows) if c.claim_id == claim.claim_id)
    return FUNCTIONS[row["check_id"]](again)


@pytest.fixture(scope="module")
def claims(founding_rows):
    return read_claims([{**r, "study_id": "s"} for r in founding_rows])


def collect(claims):
    """Return mutants that kept the whole verdict, and those of holding claims that still hold."""
    kept, holding, n = [], [], 0
    for claim in claims:
        before = FUNCTIONS[claim.row["check_id"]](claim)
        for name, row in mutants(claim):
            n += 1
            after = judge_again(claim, row)
            if after is None:
                continue
            if (after.verdict, dict(after.recomputed)) == (before.verdict, dict(before.recomputed)):
                kept.append((claim.claim_id, name))
            if before.verdict in _HOLDS and after.verdict in _HOLDS:
                holding.append((claim.claim_id, name, row["check_id"], row["figures"]))
    return kept, holding, n


def test_every_changed_digit_changes_the_verdict(claims):
    kept, holding, n = collect(claims)
    assert n > 6000
    recorded = {c.claim_id for c in claims if c.row["check_id"] == "recorded"}
    assert {c for c, _ in kept} <= recorded
    listed = {(c, f) for c, fs in COMPATIBLE.items() for f in fs}
    assert {(c, f) for c, f, _, _ in holding} == listed
    assert [h for h in holding if not ORACLES[h[2]](h[3])] == []


def test_claims_without_power_say_so_and_are_listed(founding):
    powerless = {k: r for k, r in founding.items() if not r["is_able_to_fail"]}
    assert set(powerless) == set(WITHOUT_POWER)
    assert {r["verdict"] for r in powerless.values()} == {"not_testable", "recorded"}
    says = (
        "cannot fail",
        "Nothing in the publication",
        "not described",
        "no direction can be read",
    )
    assert [k for k, r in powerless.items() if not any(s in r["explanation"] for s in says)] == []


def test_every_row_has_figures_that_were_changed_or_none_that_are_numbers(claims):
    without = {c.claim_id for c in claims if not any(True for _ in mutants(c))}
    wording = {
        "substrate",
        "pain_panel",
        "normality",
        "gro_name",
        "b_vs_c_wording",
        "spelling",
        "stage",
    }
    designs = {"unpaired_test", "anova_homogeneity", "anova_groups"}
    names = {c for c in without if c.startswith("finding_")} | {"mip", "gro_on_panel"}
    assert without == wording | designs | names
    assert len(names) == 50


def test_a_direction_turned_round_changes_the_verdict(claims):
    turned = 0
    for claim in claims:
        if (
            claim.row["check_id"] != "direction_agreement"
            or "direction_2=" not in claim.row["figures"]
        ):
            continue
        before = FUNCTIONS["direction_agreement"](claim)
        if before.verdict == "not_testable":
            continue
        figures = claim.row["figures"]
        head, _, tail = figures.partition("direction_2=")
        other = tail.translate(str.maketrans("<>", "><"))
        after = judge_again(claim, {**claim.row, "figures": f"{head}direction_2={other}"})
        assert {before.verdict, after.verdict} == {"reproduced", "inconsistent"}
        turned += 1
    assert turned == 37


def test_a_finding_turned_round_changes_the_counts_that_rest_on_it(founding_rows, judged):
    for row in founding_rows:
        if row["claim_id"] == "finding_a_vs_b_hgf":
            row = {**row, "figures": row["figures"].replace("direction_2=B>A", "direction_2=A>B")}
        if row["claim_id"] == "finding_a_vs_c_mdc":
            row = {**row, "figures": row["figures"].replace("direction_1=A>C", "direction_1=A<C")}
        founding_rows = [row if r["claim_id"] == row["claim_id"] else r for r in founding_rows]
    after = judged(founding_rows)
    assert after["up_a_vs_b"]["numbers"]["n_contradicting"] == 17
    assert after["up_a_vs_c"]["numbers"]["n_lacking"] == 1
    assert after["down_a_vs_c"]["verdict"] == "inconsistent"


@pytest.mark.parametrize("claim_id", ["list_a_vs_b", "list_a_vs_c", "figure3a"])
def test_a_changed_name_of_a_list_is_found(founding_rows, judged, claim_id):
    rows = [{**r, "figures": r["figures"].replace("IL-3", "IL-4")} if r["claim_id"] == claim_id else r
            for r in founding_rows]  # fmt: skip
    row = judged(rows)[claim_id]
    assert row["verdict"] == "inconsistent"
    assert "IL-3 missing; IL-4 nowhere else" in row["explanation"]


# --- oracles: plain arithmetic, nothing of the checks ---


def _cells(figures: str) -> dict[str, str]:
    return dict(split_figures(figures))


def _prints(value: Decimal, text: str, ways=(ROUND_HALF_UP, ROUND_HALF_EVEN)) -> bool:
    unit = Decimal(1).scaleb(-len(text.partition(".")[2]))
    return any(value.quantize(unit, way) == Decimal(text) for way in ways)


def _can_be_mean(figures: str) -> bool:
    f = _cells(figures)
    n, step, mean = int(f["n"]), Decimal(f["step"]), Decimal(f["mean"])
    top = int((mean + 1) * n / step) + 2
    return any(_prints(step * k / n, f["mean"]) for k in range(top))


def _can_be_mean_and_sd(figures: str) -> bool:
    f = _cells(figures)
    n, step, sd = int(f["n"]), Decimal(f["step"]), Decimal(f["sd"])
    ways = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
    with localcontext() as context:
        context.prec = 40
        for total in range(int((Decimal(f["mean"]) + 1) * n / step) + 2):
            if not _prints(step * total / n, f["mean"], ways):
                continue
            about = Decimal(total) ** 2 / n
            most = int(about + ((sd + 1) / step) ** 2 * n) + 2
            for squares in range(math.ceil(about), most):
                if (squares - total) % 2 == 0 and any(
                    _prints(step * ((squares - about) / d).sqrt(), f["sd"], ways)
                    for d in (n - 1, n)
                ):
                    return True
    return False


def _between_bounds(figures: str) -> bool:
    """Whether data exist: some at both ends and the rest at one place, for the whole SD range."""
    f = {k: v if k == "bounds" else float(v) for k, v in _cells(figures).items()}
    n, mean, low, high = int(f["n"]), f["mean"], f["low"], f["high"]
    if not low <= mean <= high:
        return False
    share = (mean - low) / (high - low)
    most = math.sqrt(n * share * (1 - share) / (n - 1)) * (high - low)
    least = 0.0
    if f["bounds" if "bounds" in f else "n"] == "seen" and n > 2:
        data = [low, high, *[(n * mean - low - high) / (n - 2)] * (n - 2)]
        least = math.sqrt(sum((x - mean) ** 2 for x in data) / (n - 1))
    slack = 0.02 * (1 + most)
    return least - slack <= f["sd"] <= most + slack


def _p_is_below(figures: str) -> bool:
    f = _cells(figures)
    values = [float(f[k]) for k in ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")]
    return sps.ttest_ind_from_stats(*values).pvalue < float(f["p"].lstrip("<")) * 1.05


def _ratio_and_p(figures: str) -> bool:
    f = {k: float(v.lstrip("<")) if k != "scale" else v for k, v in _cells(figures).items()}
    half = 0.0005
    corners = list(
        product(
            (f["estimate"] - half, f["estimate"] + half), (f["ci_high"] - half, f["ci_high"] + half)
        )
    )
    implied = min(e * e / h for e, h in corners)
    p = min(
        2 * sps.norm.sf(abs(math.log(e) / (math.log(h / e) / 1.959964)))
        for e, h in corners
        if h > e
    )
    return implied <= half + 1e-12 and p < f["p"]


def _some_table(figures: str) -> bool:
    f = _cells(figures)
    n1, n2 = int(f["n_1"]), int(f["n_2"])
    for a, c, half in product(range(n1 + 1), range(n2 + 1), (0, 0.5)):
        cells = [a + half, n1 - a + half, c + half, n2 - c + half]
        if min(cells) == 0:
            continue
        log = math.log(cells[0] * cells[3] / cells[1] / cells[2])
        se = math.sqrt(sum(1 / x for x in cells))
        shown = (log, log - 1.959963984540054 * se, log + 1.959963984540054 * se)
        texts = (f["or"], f["ci_low"], f["ci_high"])
        values = [(Decimal(math.exp(v)), t) for v, t in zip(shown, texts, strict=True)]
        prints = (all(_prints(v, t, way) for v, t in values)
                  for way in ((ROUND_HALF_UP, ROUND_HALF_EVEN), (ROUND_DOWN,)))  # fmt: skip
        if any(prints) and 2 * sps.norm.sf(abs(log / se)) < float(f["p"].lstrip("<")):
            return True
    return False


def _all_truncated(figures: str) -> bool:
    f = _cells(figures)
    pairs = zip(f["counts"].split("|"), f["percents"].split("|"), strict=True)
    return all(_prints(100 * Decimal(c) / Decimal(f["n"]), p, (ROUND_DOWN,)) for c, p in pairs)


ORACLES = {
    "percentages": _all_truncated,
    "grim": _can_be_mean, "grimmer": _can_be_mean_and_sd, "sd_bounds": _between_bounds,
    "t_from_summary": _p_is_below, "p_from_ci": _ratio_and_p, "table_reconstruction": _some_table,
}  # fmt: skip
