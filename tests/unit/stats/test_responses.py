"""Rates of pain response: who is in which denominator, and when there is no rate."""

from __future__ import annotations

import pyarrow as pa
import pytest
from scipy import stats as sps

from stats.responses import NO_DOSES, NOBODY, SITES_SHARED, response_rates


def row(patient, *, evaluable=True, dose=True, responder=False, by_pain=False, site="",
        index=True, cohort="patient"):  # fmt: skip
    return {
        "study_id": "s", "patient_id": patient, "visit": "later", "instrument_id": "pain",
        "site_id": site, "cohort": cohort, "is_index_site": index, "is_evaluable": evaluable,
        "is_dose_known": dose, "is_responder": responder, "is_pain_only_responder": by_pain,
    }  # fmt: skip


def rates(*given):
    found = response_rates(pa.Table.from_pylist(list(given))).to_pylist()
    return {(r["counted_over"], r["definition"], r["denominator"]): r for r in found}


STUDY = (
    row("a", responder=True, by_pain=True),
    row("b", by_pain=True),
    row("c", dose=False, by_pain=True),
    row("d", evaluable=False),
    row("e"),
    row("control", responder=True, cohort="control"),
)


@pytest.mark.parametrize(
    ("definition", "denominator", "share"),
    [
        ("consensus", "intention_to_treat", (1, 5)),
        ("consensus", "evaluable", (1, 3)),
        ("literal", "evaluable", (1, 3)),
        ("pain_only", "intention_to_treat", (3, 5)),
        ("pain_only", "evaluable", (3, 4)),
    ],
)
def test_who_is_in_which_denominator(definition, denominator, share):
    found = rates(*STUDY)["persons", definition, denominator]
    assert (found["n_responders"], found["n"]) == share
    assert found["responder_frac"] == pytest.approx(share[0] / share[1])
    exact = sps.binomtest(*share).proportion_ci(0.95, "exact")
    assert (found["ci_low_frac"], found["ci_high_frac"]) == pytest.approx((exact.low, exact.high))
    assert found["reason"] == ""


def test_without_any_dose_the_consensus_has_no_rate_rather_than_none_responding():
    found = rates(row("a", dose=False, by_pain=True), row("b", dose=False))
    for denominator in ("intention_to_treat", "evaluable"):
        assert found["persons", "consensus", denominator]["responder_frac"] is None
        assert found["persons", "consensus", denominator]["reason"] == NO_DOSES
        assert found["persons", "pain_only", denominator]["responder_frac"] == 0.5
    nobody = rates(row("a", evaluable=False))["persons", "pain_only", "intention_to_treat"]
    assert (nobody["responder_frac"], nobody["reason"]) == (None, NOBODY)


def test_sites_are_counted_beside_their_persons_and_have_no_interval():
    found = rates(row("a", site="spine", responder=True, by_pain=True),
                  row("a", site="limb", index=False), row("b", evaluable=False))  # fmt: skip
    assert found["persons", "consensus", "intention_to_treat"]["n"] == 2
    of_sites = found["sites", "consensus", "intention_to_treat"]
    assert (of_sites["n_responders"], of_sites["n"], of_sites["responder_frac"]) == (1, 2, 0.5)
    assert (of_sites["ci_low_frac"], of_sites["reason"]) == (None, SITES_SHARED)
    assert ("sites", "consensus", "evaluable") not in rates(*STUDY)


def test_no_scores_make_an_empty_table():
    assert response_rates(pa.Table.from_pylist(list(STUDY)).slice(0, 0)).num_rows == 0
