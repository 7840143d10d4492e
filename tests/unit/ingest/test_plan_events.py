"""Odds ratios and predictions in a plan: what the outcome is, and what counts as its event."""

from __future__ import annotations

import pytest

from contracts.plans import CutOff, cut_off
from ingest.faults import RefusedError
from ingest.files.tables import read_sheet
from ingest.plan import read_plan, stored_plan

HEAD = (
    "analysis_id,kind,contrast_id,numerator_group,denominator_group,grouping,visit,pairing,outcome,"
    "event,family,primary_method\n"
)
PAIRS = "pain,odds_ratio,all,,,,follow_up,patient,vas_pain_0_10,>=4,odds,mcnemar_odds_ratio\n"
ARMS = (
    "er_pain,odds_ratio,er,positive,negative,er,baseline,,vas_pain_0_10,>4,odds,firth_odds_ratio\n"
)
CLASS = "er_sex,odds_ratio,er,positive,negative,er,,,sex,female,odds,exact_odds_ratio\n"
PREDICTED = "who,prediction,all,,,,baseline,,er,positive,prediction,ridge_logistic\n"
GOOD = PAIRS + ARMS + CLASS + PREDICTED


def plan(source, study, text):
    return stored_plan(read_plan(read_sheet(source(HEAD + text, "plan.csv"), "plan"), study))


def test_a_plan_can_ask_for_odds_and_predictions(source, study):
    rows = plan(source, study, GOOD)
    assert [r["event"] for r in rows] == [">=4", ">4", "female", "positive"]
    assert [r["visit"] for r in rows] == ["follow_up", "baseline", None, "baseline"]


def test_the_event_is_part_of_the_plan(source, study):
    hashes = {plan(source, study, PAIRS.replace(">=4", e))[0]["plan_hash"] for e in (">=4", ">=5")}
    assert len(hashes) == 2


@pytest.mark.parametrize(
    ("given", "meant"),
    [(">=4", (">=", 4)), ("<= 3.5", ("<=", 3.5)), (" >4", (">", 4)), ("<-1", ("<", -1))],
)
def test_a_cut_off_is_an_operator_and_a_score(given, meant):
    found = cut_off(given)
    assert isinstance(found, CutOff)
    assert (found.operator, float(found.score)) == meant


@pytest.mark.parametrize("text", ["", "4", "=>4", ">=", ">= four", "responder", ">=4,5"])
def test_anything_else_is_no_cut_off(text):
    assert cut_off(text) is None


@pytest.mark.parametrize(
    ("row", "change", "words"),
    [
        (PAIRS, (">=4", ""), "`event` is blank. Allowed: a cut-off such as >=4"),
        (
            PAIRS,
            ("follow_up", "baseline"),
            "`baseline` is not after the baseline. Allowed: follow_up",
        ),
        (PAIRS, ("all,,,,", "all,B,A,,"), "numerator_group is 'B' for a visit against baseline"),
        (PAIRS, ("mcnemar_odds_ratio", "exact_odds_ratio"), "Allowed: mcnemar_odds_ratio"),
        (
            ARMS,
            ("positive,negative,er", "positive,,er"),
            "denominator_group is empty. Allowed: a value",
        ),
        (ARMS, ("positive,negative,er", "positive,positive,er"), "is compared with itself"),
        (ARMS, ("negative,er", "negative,visit"), "`visit` is not declared. Allowed: cohort"),
        (ARMS, ("negative,er", "negative,"), "`grouping` is blank"),
        (ARMS, ("baseline", ""), "visit is empty. Allowed: the visit at which the score counts"),
        (CLASS, ("sex,female", "sex,blue"), "`blue` is not declared. Allowed: female"),
        (CLASS, ("sex,female", "er,positive"), "er forms the groups and is the outcome"),
        (CLASS, ("sex,female", "sites,spine"), "`sites` is not declared"),
        (
            PREDICTED,
            ("baseline", "follow_up"),
            "`follow_up` is not the baseline. Allowed: baseline",
        ),
        (PREDICTED, ("er,positive", "vas_pain_0_10,>=4"), "`vas_pain_0_10` is not declared"),
        (PREDICTED, ("positive", "perhaps"), "`perhaps` is not declared"),
        (PREDICTED, ("positive", ">=4"), "`>=4` is not declared. Allowed: positive"),
        (PREDICTED, ("all,,,,", "all,B,A,,"), "which kind prediction does not use"),
    ],
)
def test_a_bad_cell_is_named(source, study, row, change, words):
    assert change[0] in row
    with pytest.raises(RefusedError) as caught:
        plan(source, study, row.replace(*change, 1))
    assert words in str(caught.value)


def test_an_event_of_a_contrast_is_refused(source, study):
    row = "b,contrast,b,B,A,,,patient,,>=4,groups,paired_t\n"
    with pytest.raises(RefusedError, match="event is '>=4', which kind contrast does not use"):
        plan(source, study, row)
