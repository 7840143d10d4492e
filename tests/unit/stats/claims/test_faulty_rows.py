"""Bad cells of claims: each is named with its row, what is allowed and what to do, all at once."""

from __future__ import annotations

import pytest

from contracts import CytomartError
from stats.claims import judge

GRIM = "mean=5.19; n=28; step=1"


@pytest.fixture
def problems(claim_table):
    def of(*rows: dict) -> list[str]:
        named = [{"claim_id": f"c{i}", "check_id": "grim", "figures": GRIM, **row}
                 for i, row in enumerate(rows, start=1)]  # fmt: skip
        with pytest.raises(CytomartError) as raised:
            judge(claim_table(named))
        return [str(p) for p in raised.value.problems]

    return of


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"check_id": "grimm"}, ["there is no check `grimm`", "Allowed: agreement, ", "docs/claims.md"]),
        ({"figures": "mean=5.19; n=28"}, ["figure step is missing", "add step="]),
        ({"figures": f"{GRIM}; sd=1"}, ["reads no figure `sd`", "Allowed: mean, n, step"]),
        ({"figures": f"{GRIM}; n=28"}, ["figure `n` stands 2 times", "each name once"]),
        ({"figures": f"{GRIM}; 28"}, ["`28` is no figure", "name=value"]),
        ({"figures": "mean=5,19; n=28; step=1"}, ["figure mean is `5,19`", "a number as printed"]),
        ({"figures": "mean=<5.19; n=28; step=1"}, ["figure mean is `<5.19`"]),
        ({"figures": "mean=5.19; n=2.5; step=1"}, ["figure n is `2.5`", "a whole number from 1"]),
        ({"figures": "mean=5.19; n=0; step=1"}, ["figure n is `0`", "from 1"]),
        ({"figures": "mean=5.19; n=28; step=0"}, ["figure step is `0`", "above 0"]),
        ({"figures": "mean=5.19|5.2; n=28; step=1"}, ["figure mean is `5.19|5.2`"]),
        ({"figures": f"{GRIM}; rounding=up"}, ["rounding is `up`", "rounded, truncated"]),
        ({"related_claim_ids": "c1"}, ["reads its own figures only", "Allowed: nothing"]),
        ({"severity": "grave"}, ["severity is `grave`", "none, minor, moderate, major"]),
        ({"statement": ""}, ["statement is empty", "fill in statement"]),
        ({"check_id": "mip", "figures": ""}, ["there is no check `mip`"]),
        ({"check_id": "percentages", "figures": "counts=1|2; percents=10.0; n=10"},
         ["not equally long: counts 2, percents 1"]),
        ({"check_id": "variance_ratio", "figures": "sd_1=1; n_1=9; sd_2=2; n_2=9"},
         ["nothing to compare with", "assumes, f, p"]),
        ({"check_id": "panel_target", "figures": "target=IL-6"},
         ["compares several claims, and none is named"]),
        ({"check_id": "panel_target", "figures": "target=IL-6", "related_claim_ids": "hits_*"},
         ["no other claim `hits_*`"]),
        ({"check_id": "panel_target", "figures": "target=IL-6", "related_claim_ids": "c1"},
         ["no other claim `c1`"]),
        ({"check_id": "p_from_statistic", "figures": "statistic=t; value=2; df_1=9; p=1.2"},
         ["figure p is `1.2`", "a probability"]),
        ({"check_id": "agreement", "figures": "values=1||2; places=a|b|c"}, ["figure values is `1||2`"]),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_what_to_do(problems, row, words):
    (problem,) = problems(row)
    assert [w for w in words if w not in problem] == []
    assert problem.startswith("claims, line 2, claim c1, column ")
    assert " Do: " in problem


def test_all_faults_are_told_at_once(problems):
    told = problems({"figures": "mean=x; n=y"}, {"check_id": "none"}, {}, {"severity": "bad"})
    assert [t.partition(",")[2].partition(", column")[0] for t in told] == [
        " line 2, claim c1", " line 2, claim c1", " line 2, claim c1", " line 3, claim c2",
        " line 5, claim c4"]  # fmt: skip


def test_a_claim_stands_once_in_its_set_and_may_stand_in_another(problems, claim_table):
    row = {"claim_id": "same", "check_id": "grim", "figures": GRIM}
    assert len(problems(row, row)) == 2
    assert judge(claim_table([row, {**row, "publication_id": "q"}])).num_rows == 2


def test_claims_of_another_set_are_not_related(problems):
    panel = {"claim_id": "panel", "check_id": "list_length", "figures": "stated=1; members=IL-6",
             "publication_id": "q"}  # fmt: skip
    row = {"check_id": "panel_target", "figures": "target=IL-6", "related_claim_ids": "panel"}
    (problem,) = problems(row, panel)
    assert "no other claim `panel`" in problem


def test_no_claims_give_no_verdicts(claim_table):
    assert judge(claim_table([])).num_rows == 0


def test_numbers_with_other_signs_of_minus_and_relation_are_read(verdict):
    row = verdict(
        "p_from_ci", "estimate=−1.5; ci_low=–2.31; ci_high=-0.69; scale=difference; p=≤ 0.001"
    )
    assert row["verdict"] == "reproduced", row["explanation"]
