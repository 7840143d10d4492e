"""Each contradiction of the founding paper goes away when what causes it is put right, and only it.

A check that called everything inconsistent would pass the tests that look for contradictions.
"""

from __future__ import annotations

import re

import pytest

#: Per topic: which claims are changed (a pattern of claim_id), what is replaced by what, and which
#: claims then hold.
CORRECTIONS = {
    "direction A vs B": ("finding_a_vs_b_.*", "direction_2=B>A", "direction_2=A>B", ["up_a_vs_b"]),
    "direction A vs C": ("finding_a_vs_c_.*", "direction_1=A>C; direction_2=A<C",
                         "direction_1=A>C; direction_2=A>C", ["up_a_vs_c"]),
    "GRO transitivity": ("finding_b_vs_c_gro", "direction_1=B>C", "direction_1=B<C", ["gro_transitivity"]),
    "LEPTIN transitivity": ("finding_a_vs_c_leptin", "direction_1=A<C", "direction_1=A>C",
                            ["leptin_transitivity"]),
    "Fig 3B legend": ("figure3b", "|BDNF|", "|BDNF|OPG|", ["figure3b"]),
    "QOL OR p-value": ("qol_or_.*", "p=<0.001", "p=0.021", ["qol_or_p", "qol_or_table"]),
    "unpaired test": ("unpaired_test", "student_t", "paired_t", ["unpaired_test"]),
    "VAS p": ("vas_t", "p=<0.001", "p=0.0012", ["vas_t"]),
    "GRIM age": ("age_mean", "48.06", "48.07", ["age_mean"]),
    "GRIM VAS": ("vas_before_whole", "5.56", "5.57", ["vas_before_whole"]),
    "GRIM VAS n": ("vas_before_whole", "n=30", "n=27", ["vas_before_whole"]),
    "GRIMMER VAS": ("vas_before_sd_whole", "mean=5.56; sd=1.34", "mean=5.57; sd=1.33",
                    ["vas_before_sd_whole"]),
    "GRIMMER VAS n": ("vas_before_sd_whole", "n=30", "n=27", ["vas_before_sd_whole"]),
    "fold-change rule": ("fold_rule", "reference_lower=0.65", "reference_lower=0.667", ["fold_rule"]),
    "ANOVA": ("anova_homogeneity", "anova_oneway", "levene", ["anova_homogeneity"]),
    "ANOVA of patients": ("anova_groups", "anova_oneway", "mixed_model", ["anova_groups"]),
    "multiplicity": ("multiplicity", "correction=none", "correction=benjamini_hochberg", ["multiplicity"]),
    "correlation": ("pearson", "reported=0", "reported=1", ["pearson"]),
    "MIP": ("mip", "target=MIP", "target=MIP-1 beta", ["mip"]),
    "Table 1 denominators": ("table1_sites", "n=30", "n=67", ["table1_sites"]),
    "one-cut-off check": ("qol_or_cut_off", "mean_1=47.87", "mean_1=32.87", ["qol_or_cut_off"]),
    "equal variances": ("vas_variances|qol_variances", "assumes=equal", "assumes=nothing",
                        ["vas_variances", "qol_variances"]),
    "rounding": ("rounding", "48.06", "48.07", ["rounding"]),
    "clinical size": ("vas_improvement", "mean_2=3.90", "mean_2=3.50", ["vas_improvement"]),
}  # fmt: skip


@pytest.mark.parametrize("topic", CORRECTIONS)
def test_a_contradiction_goes_when_its_cause_is_put_right(founding, founding_rows, judged, topic):
    pattern, old, new, claims = CORRECTIONS[topic]
    changed = [{**r, "figures": r["figures"].replace(old, new)} if re.fullmatch(pattern, r["claim_id"]) else r
               for r in founding_rows]  # fmt: skip
    after = judged(changed)
    assert {founding[c]["verdict"] for c in claims} == {"inconsistent"}
    holds = {c: (after[c]["verdict"], after[c]["explanation"]) for c in claims}
    ok = {"reproduced", "consistent"} | ({"not_testable"} if "transitivity" in topic else set())
    assert {v for v, _ in holds.values()} <= ok, holds
    others = {k for k, r in after.items() if r["verdict"] != founding[k]["verdict"]} - set(claims)
    assert all(re.fullmatch(pattern, k) or _rests_on(k, pattern) for k in others), others


def _rests_on(claim: str, pattern: str) -> bool:
    """Whether a claim counts or compares the findings that were changed."""
    return pattern.startswith("finding_") and claim.startswith(
        ("up_", "down_", "gro_trans", "leptin_trans")
    )
