"""The founding paper's claims: each listed contradiction is found, with the numbers given there."""

from __future__ import annotations

import csv
import re

import pytest

#: Rows of inconsistencies.csv: claims that find each, words of the explanation, and numbers
#: (name: value, tolerance).
FOUND = {
    1: (["up_a_vs_b"], ["contradicts 18 of 18"], {"n_contradicting": (18, 0), "n_listed": (18, 0)}),
    2: (["up_a_vs_c"], ["contradicts 15 of 17", "unclear on 2", "19 of all 19"],
        {"n_contradicting": (15, 0), "n_unclear": (2, 0), "n_opposite_elsewhere": (19, 0)}),
    3: (["gro_transitivity"], ["at least 2.25", "p ≥ 0.05 at 30 v 10"], {"least_ratio": (2.25, 0)}),
    4: (["leptin_transitivity"], ["B/A at least 2.25", "p ≥ 0.05"], {"least_ratio": (2.25, 0)}),
    5: (["figure3b"], ["21 stated, 20 listed", "OPG missing"], {"n_listed": (20, 0), "n_missing": (1, 0)}),
    7: (["qol_or_table", "qol_or_p"], [], {"se": (0.5535, 5e-4), "z": (-2.313, 5e-4)}),
    9: (["vas_t"], ["58 df", "not as stated (p < 0.001)"],
        {"t": (-3.405, 5e-4), "df": (58, 0), "p": (0.0012, 5e-5), "paired_t_at_r_0.3": (-3.96, 5e-3),
         "paired_t_at_r_0.5": (-4.53, 5e-3), "paired_t_at_r_0.7": (-5.44, 5e-3)}),
    10: (["age_mean"], ["1442/30 = 48.0667", "truncated, not rounded"], {"nearest_sum": (1442, 0)}),
    11: (["vas_before_whole"], ["166.8", "167/30 = 5.5667", "truncated", "steps of 0.1"],
         {"nearest_sum": (167, 0), "mean_times_n": (166.8, 1e-9)}),
    12: (["fold_rule"], ["0.667", "0.65 to 0.667"], {"lower_ratio": (2 / 3, 1e-12)}),
    15: (["anova_homogeneity"], ["Levene", "Bartlett", "several means"], {}),
    16: (["multiplicity"], ["240 tests", "12 false hits", "fold change, lowers"],
         {"n_tests": (240, 0), "expected_false_hits": (12, 1e-9)}),
    17: (["pearson"], ["no value is printed"], {"n_lacking": (1, 0)}),
    19: (["mip"], ["MIP-1 beta", "MIP-1 delta", "MIP-3 alpha", "MIF"], {"n_that_begin_so": (3, 0)}),
    22: (["table1_sites"], ["= 67"], {"n_fitting": (67, 0), "sum_of_counts": (67, 0)}),
    26: (["vas_before_sd_whole"],
         ["must be odd", "981 gives SD 1.3309", "983 gives SD 1.3566", "steps of 0.5 (the mean truncated)",
          "steps of 0.1", "27 persons (150/27)", "rounded or truncated"],
         {"squares_below": (981, 0), "squares_above": (983, 0), "sum": (167, 0)}),
    27: (["qol_or_cut_off"], ["8/22 v 17/13", "no single cut-off"], {"events_1": (8, 0), "events_2": (17, 0)}),
    28: (["vas_variances", "qol_variances"], ["they differ"], {}),
    29: (["rounding"], ["1442/30 = 48.0667, truncated", "1436/30 = 47.8667, rounded", "mixed"], {}),
    30: (["vas_improvement"], ["1.66 points", "29.9 %", "below 2 points and 30 %"],
         {"improvement": (1.66, 1e-12), "improvement_percent": (29.856, 1e-3)}),
}  # fmt: skip
RECORDED = (13, 14, 18, 20, 21, 23, 24, 25)


@pytest.fixture
def listed(shared):
    with (shared / "study" / "inconsistencies.csv").open(encoding="utf-8") as stream:
        return {int(r["id"]): r for r in csv.DictReader(stream)}


@pytest.mark.parametrize("number", FOUND)
def test_a_contradiction_is_found_with_its_numbers(founding, number):
    claims, words, numbers = FOUND[number]
    for claim in claims:
        row = founding[claim]
        assert row["verdict"] == "inconsistent", row["explanation"]
        assert [w for w in words if w not in row["explanation"]] == []
        for name, (value, tolerance) in numbers.items():
            assert row["numbers"][name] == pytest.approx(value, abs=tolerance or 1e-12), name


def test_the_qol_table_is_the_only_one_and_its_p_values_are_those_listed(founding):
    row = founding["qol_or_table"]
    n = row["numbers"]
    assert (n["n_tables"], n["events_1"], n["others_1"], n["events_2"], n["others_2"], n["added"]) == (
        1, 8, 22, 17, 13, 0)  # fmt: skip
    assert [round(n[k], 4) for k in ("p_wald", "p_chi_square", "p_fisher")] == [
        0.0207,
        0.0184,
        0.0352,
    ]
    assert "no pair table does" in row["explanation"]


def test_the_vas_odds_ratio_is_consistent(founding):
    row = founding["vas_or_table"]
    n = row["numbers"]
    assert row["verdict"] == "consistent"
    assert (n["n_tables"], n["events_1"], n["others_1"], n["events_2"], n["others_2"], n["added"]) == (
        1, 0, 30, 24, 6, 0.5)  # fmt: skip
    assert round(n["ci_low"], 4) == 0.0002
    assert (round(n["z"], 2), round(n["p_wald"], 4)) == (-3.64, 0.0003)
    assert {r["verdict"] for r in founding.values() if r["topic"] == "VAS OR CI"} == {"consistent"}


def test_the_direction_of_the_odds_ratios_is_not_testable(founding):
    row = founding["or_direction"]
    assert (row["verdict"], row["is_able_to_fail"]) == ("not_testable", False)
    assert "only if the event is the worse state" in row["explanation"]


def test_both_variance_ratios_are_those_listed(founding):
    vas, qol = founding["vas_variances"]["numbers"], founding["qol_variances"]["numbers"]
    # The list rounds 0.0045 up.
    assert (round(vas["f"], 2), round(vas["p"], 4)) == (2.97, 0.0045)
    assert (round(qol["f"], 2), round(qol["p"], 3)) == (2.59, 0.013)


@pytest.mark.shared
def test_every_listed_place_has_its_verdict_and_severity(founding, listed):
    assert set(listed) == {*FOUND, *RECORDED, 6, 8}
    for number, row in listed.items():
        of_topic = [r for r in founding.values() if r["topic"] == row["topic"]]
        found = {r["verdict"] for r in of_topic}
        wanted = {6: "not_testable", 8: "consistent", **dict.fromkeys(RECORDED, "recorded")}
        assert found == {wanted.get(number, "inconsistent")}, (number, row["topic"])
        assert {r["severity"] for r in of_topic} == {row["severity"]}, number
    assert {r["topic"] for r in founding.values()} == {"", *(r["topic"] for r in listed.values())}


@pytest.mark.shared
def test_all_listed_findings_are_claims_with_both_directions(founding_rows, shared):
    with (shared / "study" / "reported_findings.csv").open(encoding="utf-8") as stream:
        findings = list(csv.DictReader(stream))
    rows = [r for r in founding_rows if r["claim_id"].startswith("finding_")]
    assert len(rows) == len(findings) == 48
    for row, finding in zip(rows, findings, strict=True):
        figures = dict(p.split("=", 1) for p in row["figures"].split("; "))
        assert figures["target"] == finding["printed"]
        assert figures.get("array_name", "") == finding["array_name"]
        assert figures["direction_1"] == finding["direction_results"]
        second = finding["direction_clustering_text"]
        if second in ("A<C", "B>A", "not evident", ""):
            assert figures.get("direction_2", "") == second


@pytest.mark.shared
def test_a_finding_contradicts_itself_exactly_where_the_list_says_so(founding, shared):
    with (shared / "study" / "reported_findings.csv").open(encoding="utf-8") as stream:
        findings = list(csv.DictReader(stream))
    rows = [r for k, r in founding.items() if k.startswith("finding_")]
    verdicts = {
        "yes": "inconsistent",
        "no": "reproduced",
        "unclear": "not_testable",
        "n/a": "not_testable",
    }
    assert [r["verdict"] for r in rows] == [verdicts[f["contradiction"]] for f in findings]


@pytest.mark.shared
def test_every_number_of_text_and_tables_stands_in_a_claim(founding_rows, shared):
    text = (shared / "study" / "founding_paper.txt").read_text(encoding="utf-8")
    body = text[text.index("Introduction: Breast") :]
    number = re.compile(r"(?<![A-Za-z\d.-])\d[\d,]*\.?\d*(?![A-Za-z\d])")
    stated = {n.replace(",", "").rstrip(".") for n in number.findall(body)}
    claims = " ".join(f"{r['statement']} {r['figures']} {r['note']}" for r in founding_rows)
    assert stated - set(re.findall(r"\d+\.?\d*", claims.replace(",", ""))) == set()
    assert len(stated) > 60
