"""Edges of the checks that no paper of the other tests has."""

from __future__ import annotations

import math

import pytest
from scipy import stats as sps

PANEL = {"claim_id": "panel", "check_id": "list_length",
         "figures": "stated=4; members=MIP-1 beta|MIP-3 alpha|TNF alpha|MIF"}  # fmt: skip


@pytest.mark.parametrize(
    ("check", "figures", "wanted", "words"),
    [
        ("grim", "mean=12.5; n=20; step=1; low=0; high=10", "inconsistent", "beyond the highest score 10"),
        ("grim", "mean=3.48; n=25; step=1", "reproduced", "75 % would fail"),
        ("grim", "mean=3.47; n=25; step=1", "inconsistent", "86/25 = 3.44 and 87/25 = 3.48"),
        ("grim", "mean=3.5; n=10; step=1", "not_testable", "cannot fail"),
        ("grimmer", "mean=2.00; sd=1.00; n=3; step=1", "reproduced", "The sum 6 and the sum of squares 14"),
        ("grimmer", "mean=2.00; sd=1.20; n=3; step=1", "inconsistent", "impossible"),
        ("grimmer", "mean=5.00; sd=5.16; n=16; step=1; low=0; high=10", "reproduced", "sum of squares 800"),
        ("grimmer", "mean=5.00; sd=5.29; n=16; step=1; low=0; high=10", "inconsistent", "impossible"),
        ("grimmer", "mean=2.0; sd=0.82; n=3; step=1", "consistent", "the SD divided by n"),
        ("sd_bounds", "mean=11; sd=1; n=9; low=0; high=10", "inconsistent", "outside 0 to 10"),
        ("sd_bounds", "mean=5; sd=0.5; n=9; low=0; high=10; bounds=seen", "inconsistent", "outside"),
        ("t_from_summary", "mean_1=5; sd_1=1; n_1=9; mean_2=5; sd_2=1; n_2=9; test=student; p=0.98",
         "consistent", "rounding lets print"),
        ("t_from_summary", "mean_1=5.0; sd_1=1.0; n_1=9; mean_2=6.0; sd_2=1.0; n_2=8; test=paired; p=0.01",
         "inconsistent", "equally many"),
        ("t_from_summary", "mean_1=5; sd_1=0; n_1=9; mean_2=6; sd_2=0; n_2=9; test=welch; p=<0.001",
         "reproduced", "as stated"),
        ("variance_ratio", "sd_1=2.0; n_1=30; sd_2=2.0; n_2=30; assumes=equal", "consistent", "not excluded"),
        ("p_from_ci", "estimate=2; ci_low=3; ci_high=4; scale=ratio", "inconsistent", "outside 3 to 4"),
        ("p_from_ci", "estimate=0; ci_low=0; ci_high=4; scale=ratio", "not_testable", "prints as 0"),
        ("p_from_ci", "estimate=2; ci_low=-1; ci_high=4; scale=ratio", "inconsistent", "above 0"),
        ("sd_bounds", "mean=1; sd=1; n=3; low=0; high=10; bounds=seen", "inconsistent", "3.333 to 6.667"),
        ("percentages", "counts=0|0; percents=0|1; n=1000000", "inconsistent", "No other denominator"),
        ("percentages", "counts=1; percents=0; n=1000000", "reproduced", "1/1000000 = 0 %"),
        ("grim", "mean=5; n=1000000; step=1", "not_testable", "cannot fail"),
        ("grimmer", "mean=5; sd=1; n=1000000; step=1", "not_testable", "cannot fail"),
        ("p_from_ci", "estimate=2.0; ci_low=1.0; ci_high=4.0; scale=ratio", "reproduced", "SE 0.3537"),
        ("p_from_ci", "estimate=0.3; ci_low=0.0; ci_high=0.9; scale=ratio", "inconsistent", "prints as 0.1"),
        ("p_from_statistic", "statistic=t; value=2.1; p=0.04", "not_testable", "needs df_1"),
        ("p_from_statistic", "statistic=r; value=1.2; df_1=9; p=0.04", "inconsistent", "beyond"),
        ("table_reconstruction", "or=1.234; ci_low=0.1; ci_high=9.9; n_1=9; n_2=9", "inconsistent", "No table"),
        ("table_reconstruction", "or=1.2; ci_low=0.9; ci_high=1.6; n_1=4000; n_2=9", "not_testable", "too many"),
        ("one_cut_off", "or=1.234; ci_low=0.1; ci_high=9.9; mean_1=1; sd_1=1; n_1=9; mean_2=1; sd_2=1; n_2=9",
         "not_testable", "no counts to explain"),
        ("percentages", "counts=1|1; percents=33|33; n=3; exclusive=no", "reproduced", "1/3 = 33 %"),
        ("percentages", "counts=2|1; percents=66|33; n=3; exclusive=yes", "consistent", "truncated"),
        ("percentages", "counts=2|1; percents=66|34; n=3", "inconsistent", "No other denominator"),
        ("percentages", "counts=0|0; percents=0|0; n=3", "reproduced", "0/3 = 0 %"),
        ("agreement", "values=3.14; places=Abstract", "not_testable", "one place only"),
        ("agreement", "values=3.1|3.16; places=Abstract|Results", "inconsistent", "differs"),
        ("rounding_consistency", "means=3.5|4.1; ns=10|10; steps=1|1", "not_testable", "nothing tells"),
        ("rounding_consistency", "means=3.47; ns=25; steps=1", "inconsistent", "fits no sum"),
        ("false_hits", "targets=10; contrasts=1; alpha=0.05; correction=none", "consistent", "fewer than one"),
        ("fold_rule", "upper=2; lower=-1.5", "inconsistent", "more in one direction"),
        ("fold_rule", "upper=2; lower=-0.5", "inconsistent", "neither a ratio"),
        ("fold_rule", "upper=1.5; lower=0.67", "reproduced", "same in both"),
        ("method_fit", "method=levene; purpose=variance_homogeneity; data=patient", "inconsistent",
         "Pitman–Morgan"),
        ("important_difference", "mean_1=5; mean_2=6; better=lower; mid=2", "inconsistent", "points worse"),
        ("important_difference", "mean_1=4.0; mean_2=2.5; better=lower; mid=2; mid_percent=30", "consistent",
         "reaches 30 %, not 2 points"),
        ("effect_direction", "ratios=0.5; means_1=6; means_2=4; better=lower; event=worse_state", "consistent",
         "worse state"),
        ("effect_direction", "ratios=2.0|0.5; means_1=6|6; means_2=4|4; better=lower|lower; event=worse_state",
         "inconsistent", "not all"),
        ("list_length", "stated=3; members=IL-6|IL6|IL-8", "inconsistent", "il6 twice"),
        ("direction_agreement", "target=IL-6; direction_1=A>B; direction_2=A>C", "not_testable", "different groups"),
        ("direction_agreement", "target=IL-6; direction_1=A > B; direction_2=B<A", "reproduced", "A > B"),
        ("baseline_matching", "mean_1=50; sd_1=10; n_1=30; mean_2=45; sd_2=10; n_2=30; says_matched=yes",
         "inconsistent", "not matched"),
    ],
)  # fmt: skip
def test_a_verdict_with_its_words(verdict, check, figures, wanted, words):
    row = verdict(check, figures)
    assert row["verdict"] == wanted, row["explanation"]
    assert words in row["explanation"], row["explanation"]


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [
        ("mean_1=5; sd_1=1; mean_2=5; sd_2=1", "consistent"),
        ("mean_1=5.0; sd_1=1.0; mean_2=5.0; sd_2=1.0", "inconsistent"),
        ("mean_1=5.5; sd_1=0.8; mean_2=4.5; sd_2=0.8", "consistent"),
        ("mean_1=5; sd_1=0; mean_2=5; sd_2=0", "consistent"),
    ],
)
def test_a_cut_off_is_sought_within_the_rounding_of_means_and_sds(verdict, scores, wanted):
    # 3 and 25 events of 30. Means of 5 may be 5.4 and 4.6, which a cut-off parts so; 5.0 may not.
    table = "or=0.0222; ci_low=0.00481; ci_high=0.1028; n_1=30; n_2=30"
    row = verdict("one_cut_off", f"{table}; {scores}")
    assert "comes from " in row["explanation"]
    assert row["verdict"] == wanted, row["explanation"]
    assert "rounding allowed for" in row["explanation"]


@pytest.mark.parametrize(
    ("figures", "wanted", "words"),
    [
        ("target=TNF-α", "reproduced", "TNF alpha"),
        ("target=MIP", "inconsistent", "MIP-1 beta and MIP-3 alpha, or by a slip MIF"),
        ("target=MIP; array_name=MIP-3 alpha", "not_testable", "begins 2 names"),
        ("target=LARC; array_name=MIP-3 alpha", "reproduced", "is the panel's MIP-3 alpha"),
        ("target=CCL4; array_name=MIP-1 delta", "inconsistent", "has no MIP-1 delta"),
    ],
)
def test_a_target_of_a_panel(verdict, figures, wanted, words):
    row = verdict("panel_target", figures, [PANEL])
    assert (row["verdict"], words in row["explanation"]) == (wanted, True), row["explanation"]


def told(name: str, direction: str) -> dict:
    return {"claim_id": name, "check_id": "direction_agreement",
            "figures": f"target=IL-6; direction_1={direction}"}  # fmt: skip


@pytest.mark.parametrize(
    ("directions", "wanted", "words"),
    [
        (["A>B", "B>C"], "inconsistent", "A/C at least 2.25, yet it is not among"),
        (["A<B", "B<C"], "inconsistent", "C/A at least 2.25"),
        (["A>B", "B>C", "A>C"], "consistent", "A > C is listed"),
        (["A>B", "B>C", "A<C"], "inconsistent", "yet C > A is listed"),
        (["A>B", "C>B"], "not_testable", "say nothing of A and C"),
        (["A>B"], "not_testable", "say nothing"),
    ],
)
def test_two_directions_bind_a_third(verdict, directions, wanted, words):
    figures = "target=IL-6; between=A|C; fold=1.5; n_1=30; n_2=10"
    row = verdict("transitivity", figures, [told(f"t{i}", d) for i, d in enumerate(directions)])
    assert (row["verdict"], words in row["explanation"]) == (wanted, True), row["explanation"]


def test_a_hidden_ratio_has_p_at_the_level_at_the_told_spread(verdict):
    figures = "target=IL-6; between=A|C; fold=1.5; n_1=30; n_2=10"
    row = verdict("transitivity", figures, [told("a", "A>B"), told("b", "B>C")])
    t = math.log2(2.25) / (row["numbers"]["sd_log2_that_hides_it"] * math.sqrt(1 / 30 + 1 / 10))
    assert 2 * sps.t.sf(t, 38) == pytest.approx(0.05, rel=1e-12)


def test_severity_is_told_only_where_a_claim_does_not_hold(judged):
    rows = [{"claim_id": c, "check_id": "total", "figures": f"parts=1|2; total={t}", "severity": "major"}
            for c, t in (("holds", 3), ("fails", 4))]  # fmt: skip
    found = judged(rows)
    assert (found["holds"]["severity"], found["fails"]["severity"]) == ("none", "major")
