"""Analgesics: every impossible cell is set aside with its reason, a drug without a factor is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingest.clinic.analgesics import (
    Context,
    map_analgesics,
    parse_analgesics,
    stale_sums,
    without_torn_sums,
)
from ingest.clinic.clinical import People
from ingest.declared.study_toml import read_study
from ingest.faults import RefusedError
from ingest.files.tables import read_sheet

HEAD = "patient_id,visit,drug,route,dose,dose_unit\n"
OWN = """
[[opioids]]
drug = "Ketamine"
route = "oral"
unit = "mg/day"
factor = 0.5
source = "the ward's own table"
"""


def parsed(source, study, text):
    table = map_analgesics(read_sheet(source(HEAD + text, "analgesics.csv"), "analgesics"), study)
    people = People({"P1": "patient", "P2": "patient"})
    return parse_analgesics(table, Context(study, people, lambda _kind, real: real))


def test_doses_of_drugs_are_kept_as_they_are(source, study):
    found = parsed(source, study, "P1,baseline,Oxycodone,Oral,20.5,\n"
                   "P1,baseline,fentanyl,transdermal,25,mcg/hour\nP2,baseline,none,none,0,\n"
                   "P2,follow_up,moonshine,oral,3,mg/day\n")  # fmt: skip
    assert found.set_aside == ()
    assert [tuple(r.values.values()) for r in found.rows] == [
        ("P1", "baseline", "oxycodone", "oral", Decimal("20.5"), "mg/day"),
        ("P1", "baseline", "fentanyl", "transdermal", Decimal(25), "mcg/hour"),
        ("P2", "baseline", "none", "none", Decimal(0), "mg/day"),
        ("P2", "follow_up", "moonshine", "oral", Decimal(3), "mg/day"),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("P9,baseline,morphine,oral,10,", "`P9` is not in the patient table"),
        ("P1,never,morphine,oral,10,", "`never` is not declared"),
        ("P1,baseline,,oral,10,", "`drug` is blank"),
        ("P1,baseline,morphine,,10,", "`route` is blank"),
        ("P1,baseline,morphine,oral,,", "`dose` is blank"),
        ("P1,baseline,morphine,oral,ten,", "`ten` is not a number"),
        ("P1,baseline,morphine,oral,-1,", "-1 is out of range"),
        ("P1,baseline,morphine,oral,0.001,", "between two steps"),
        ("P1,baseline,morphine,oral,10,tablets", "`tablets` is not declared"),
    ],
)
def test_an_impossible_row_is_set_aside(source, study, row, words):
    found = parsed(source, study, row + "\n")
    assert found.rows == ()
    assert [words in f.problem.given for f in found.set_aside] == [True]


def test_two_doses_of_one_drug_contradict_each_other(source, study):
    row = "P1,baseline,morphine,oral,{},\n"
    twice = parsed(source, study, row.format(10) + row.format(20))
    assert (twice.rows, len(twice.set_aside)) == ((), 2)
    again = parsed(source, study, row.format(10) + row.format(10))
    assert (len(again.rows), again.n_repeated) == (1, 1)


def test_no_sum_is_made_of_the_drugs_that_are_left(source, study):
    rows = ("P1,baseline,morphine,oral,60,\nP1,baseline,tramadol,oral,ten,\n"
            "P1,follow_up,morphine,oral,60,\nP2,baseline,morphine,oral,60,\n")  # fmt: skip
    found = without_torn_sums(parsed(source, study, rows))
    assert [r.key[:2] for r in found.rows] == [("P1", "follow_up"), ("P2", "baseline")]
    assert [(f.rule_id, f.line) for f in found.set_aside] == [("number", 3), ("dose_aside", 2)]
    assert "lines 3" in found.set_aside[1].problem.given
    assert {k[:3] for k in found.keys_aside} == {
        ("P1", "baseline", "tramadol"), ("P1", "baseline", "morphine")}  # fmt: skip
    assert [r.source.line for r in found.aside_rows] == [3, 2]


def test_a_sum_that_stands_is_not_left_without_a_drug(source, study):
    rows = ("P1,baseline,morphine,oral,60,\nP1,baseline,tramadol,oral,ten,\n"
            "P1,baseline,oxycodone,oral,5,\nP2,baseline,morphine,oral,ten,\n")  # fmt: skip
    found = without_torn_sums(parsed(source, study, rows))
    assert stale_sums(found, ()) == []
    morphine, other = ("P1", "baseline", "morphine", "oral"), ("P2", "baseline", "none", "none")
    assert [(f.rule_id, f.line) for f in stale_sums(found, {morphine})] == [("dose_missing", 3)]
    assert [f.line for f in stale_sums(found, {morphine, other})] == [3, 5]
    # Its own row is loaded: it keeps its value, and the sum is that of the table before.
    tramadol = ("P1", "baseline", "tramadol", "oral")
    assert stale_sums(found, {morphine, tramadol}) == []


def test_a_study_has_factors_of_its_own(source, toml_text):
    (own,) = read_study(source(toml_text + OWN, "study.toml")).opioids
    assert (own.key, own.factor) == (("ketamine", "oral", "mg/day"), 0.5)
    for change, words in ((("0.5", "-1"), "`factor` is -1.0"), (('"mg/day"', '"drops"'), "'drops'"),
                          (("[[opioids]]", OWN + "[[opioids]]"), "stands twice")):  # fmt: skip
        with pytest.raises(RefusedError, match=words.replace("[", r"\[")):
            read_study(source(toml_text + OWN.replace(*change), "study.toml"))


@pytest.mark.parametrize("factor", ["0", "0.0001", "0.15", "2.4", "1000"])
def test_a_factor_that_the_warehouse_holds_exactly_is_taken(source, toml_text, factor):
    given = toml_text + OWN.replace("0.5", factor)
    (own,) = read_study(source(given, "study.toml")).opioids
    assert own.factor == float(factor)


@pytest.mark.parametrize("factor", ["1000.0001", "1e9", "-0.1", "0.00004", "0.12345"])
def test_a_factor_that_it_cannot_hold_is_refused(source, toml_text, factor):
    with pytest.raises(RefusedError) as caught:
        read_study(source(toml_text + OWN.replace("0.5", factor), "study.toml"))
    (problem,) = str(caught.value).splitlines()
    assert "[[opioids]] number 1 factor: `factor` is " in problem
    assert "Allowed: a number from 0 to 1000 with at most four decimals." in problem
    assert "Do: state it per mg a day or per mcg an hour" in problem
