"""Tests of claims from printed figures, against R: t, F, 2 × 2 tables, statistics, intervals."""

from __future__ import annotations

import numpy as np
import pytest

from contracts.claim_checks import CHECKS
from contracts.claim_figures import read_printed
from contracts.claim_rows import read_figures
from stats.claims.claim import Claim
from stats.claims.registry import FUNCTIONS
from stats.claims.two_by_two import Table, p_values, tables_that_print

RELATIVE = 1e-10
Z = 1.959963984540054


def recomputed(check: str, **figures) -> dict[str, float]:
    text = "; ".join(f"{k}={v}" for k, v in figures.items())
    claim = Claim({"claim_id": "c", "note": ""}, read_figures(text, CHECKS[check]))
    return dict(FUNCTIONS[check](claim).recomputed)


def printed(row: dict[str, str], *names: str) -> dict[str, str]:
    return {n: f"{float(row[n]):.10g}" for n in names}


def close(ours: float, theirs: str) -> None:
    np.testing.assert_allclose(ours, float(theirs), rtol=RELATIVE)


@pytest.mark.parametrize("test", ["student", "welch"])
def test_t_from_means_and_sds_equals_r(read, test):
    for row in read("claims_summaries_expected.csv"):
        given = printed(row, "mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2")
        ours = recomputed("t_from_summary", **given, test=test, data="patient", p=0.05)
        close(ours["t"], row[f"{test}_t"])
        close(ours["p"], row[f"{test}_p"])
        if test == "welch":
            close(ours["df"], row["welch_df"])


def test_paired_t_at_a_correlation_equals_r(read):
    n_seen = 0
    for row in read("claims_summaries_expected.csv"):
        given = printed(row, "mean_1", "sd_1", "n_1", "mean_2", "sd_2")
        ours = recomputed(
            "t_from_summary", **given, n_2=given["n_1"], test="student", data="patient", p=0.05
        )
        for r in (3, 5, 7):
            close(ours[f"paired_t_at_r_0.{r}"], row[f"paired_t_{r}0"])
            n_seen += 1
    assert n_seen == 129


def test_f_of_two_sds_equals_r(read):
    for row in read("claims_summaries_expected.csv"):
        ours = recomputed(
            "variance_ratio", **printed(row, "sd_1", "n_1", "sd_2", "n_2"), assumes="equal"
        )
        close(ours["f"], row["f"])
        close(ours["p"], row["f_p"])


def test_p_of_a_table_equals_r(read):
    for row in read("claims_tables_expected.csv"):
        a, n1, c, n2 = (int(row[k]) for k in ("a", "n_1", "c", "n_2"))
        table = Table(a, n1, c, n2, float(row["added"]))
        log, se, _ = table.wald
        close(np.exp(log), row["or"])
        close(np.exp(log - Z * se), row["ci_low"])
        close(np.exp(log + Z * se), row["ci_high"])
        ours = p_values(table)
        for name in ("wald", "chi_square", "chi_square_yates", "fisher"):
            close(ours[name], row[name])
        pairs = p_values(Table(a, 90, c, 90, 0.0, is_paired=True))
        for name in ("mcnemar", "mcnemar_corrected", "binomial"):
            close(pairs[name], row[name])


def test_the_tables_that_print_the_founding_odds_ratios_are_those_r_finds(read):
    theirs = read("claims_search_expected.csv")
    for texts in (("0.278", "0.094", "0.823"), ("0.004", "0.000", "0.081")):
        found = tables_that_print(*(read_printed(t) for t in texts), 30, 30, Z, 0.95)
        ours = {(t.events_1, t.events_2, t.added) for t in found}
        twins = {(30 - c, 30 - a, added) for a, c, added in ours}
        wanted = {(int(r["events_1"]), int(r["events_2"]), float(r["added"]))
                  for r in theirs if float(r["or"]) == float(texts[0])}  # fmt: skip
        assert ours | twins == wanted
        assert len(ours) == 1


def test_p_of_a_statistic_equals_r(read):
    for row in read("claims_statistics_expected.csv"):
        df = {k: int(row[k]) for k in ("df_1", "df_2") if int(row[k])}
        ours = recomputed(
            "p_from_statistic", statistic=row["statistic"], **printed(row, "value"), **df, p=0.5
        )
        close(ours["p"], row["p"])


def test_p_of_an_interval_equals_r(read):
    for row in read("claims_intervals_expected.csv"):
        df = {"df": int(row["df"])} if int(row["df"]) else {}
        ours = recomputed(
            "p_from_ci",
            **printed(row, "estimate", "ci_low", "ci_high", "level"),
            scale=row["scale"],
            **df,
        )
        close(ours["se"], row["se"])
        close(ours["p"], row["p"])
