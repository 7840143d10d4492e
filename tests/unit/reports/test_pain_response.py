"""The section on pain response: what it says, what it never says, and when it is not there."""

from __future__ import annotations

import re
from dataclasses import replace

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
import vl_convert

from reports import clinic, vega
from reports.charts.responses import KINDS, responses
from reports.read import read_published
from tests.unit.reports.made.names import STUDY
from tests.unit.reports.made.warehouse import make_report, make_warehouse


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return make_warehouse(tmp_path_factory.mktemp("pain") / "warehouse.duckdb")


@pytest.fixture
def published(path):
    with duckdb.connect(str(path), read_only=True) as con:
        return read_published(con, STUDY)


def changed(published, **cells):
    frame = published.pain_responses.to_pandas().assign(**cells)
    return replace(published, pain_responses=pa.Table.from_pandas(frame, preserve_index=False))


def test_the_sentence_names_both_denominators_and_the_time(published):
    told = clinic.pain_response(published, stamp="")
    assert told.sentences == (
        "One week after radiotherapy (earlier than the 1, 2 and 3 months at which the consensus "
        "judges a response): 12 of 30 people responded: 40 %, 95 % CI 25 to 55 %; 1 without a "
        "score then counted as no response. Of the 29 who can be judged it is 41 %.",
    )
    assert told.sites is None
    by_definition = {row[1]: row for row in told.table.rows}
    assert by_definition["Pain and analgesics"][2:10] == ("30", "3", "9", "15", "2", "0", "0", "1")
    # What the publication has no row for stands apart, as in the figure, and adds up with it.
    letter = by_definition["The same, to the letter"]
    assert letter[5:8] == ("15", "1", "1")
    for row in told.table.rows:
        assert sum(int(n) for n in row[3:10]) == int(row[2])


def test_without_such_a_change_there_is_no_column_for_it(published):
    rows = clinic.pain_response(changed(published, n_gap=0), stamp="").table.rows
    assert {len(r) for r in rows} == {13}


def test_without_any_dose_there_is_no_rate_but_a_reason(published):
    told = clinic.pain_response(
        changed(published, responder_frac=None, ci_low_frac=None, ci_high_frac=None,
                evaluable_responder_frac=None, evaluable_ci_low_frac=None,
                evaluable_ci_high_frac=None, timing="consensus",
                reason="the doses of analgesics are not known of anybody"), stamp=""
    )  # fmt: skip
    assert told.sentences == (
        "One week after radiotherapy: no rate, for the doses of analgesics are not known of "
        "anybody.",
    )
    assert told.table.rows[0][10:] == ("–", "–", "–", "–")


def test_the_sentence_names_everybody_who_could_not_be_judged(published):
    told = clinic.pain_response(
        changed(published, n_no_follow_up=2, n_low_baseline=3, n_dose_unknown=9, n_reirradiated=1,
                n_evaluable=15), stamp=""
    )  # fmt: skip
    assert (
        "; 2 without a score then, 3 with pain below 2 points of 10 at baseline, 1 whose "
        "site was irradiated before and 9 whose dose of analgesics is not known counted as no "
        "response. Of the 15 who can be judged"
    ) in told.sentences[0]


def test_who_was_never_asked_about_pain_has_no_section(published):
    empty = replace(published, pain_responses=published.pain_responses.slice(0, 0))
    assert clinic.pain_response(empty, stamp="") is None


def test_the_page_says_after_and_names_regression_to_the_mean(path):
    page = make_report(path, path.with_name("report.html")).read_text(encoding="utf-8")
    section = re.search(r'<section id="pain-responses">.*?</section>', page, re.S)[0]
    said = re.sub(r"<[^>]+>", " ", section)
    assert "regression to the mean" in said
    assert re.search(r"changed\s+after\s+treatment", said)
    assert "caused" not in said.lower()
    assert "because of" not in said.lower()


def test_cohorts_stand_beside_each_other(published):
    (compared,) = clinic.cohort_comparisons(published)
    assert compared.rows == (
        ("Age, years", "48.1 ± 11.9", "40.5 ± 11.1", "+0.66"),
        ("Sex: Female", "30 of 30", "10 of 10", "0.00"),
    )
    nobody = replace(published, compared=published.compared.slice(0, 0))
    assert clinic.cohort_comparisons(nobody) == []


def test_the_drawing_shares_out_every_bar():
    tally = pd.DataFrame([
        {"visit": v, "definition": d, "kind": k, "n": n}
        for v in ("one", "two") for d in ("a", "b")
        for k, n in (("complete", 2), ("partial", 0), ("progression", 1))
    ])  # fmt: skip
    chart = responses(tally, visits=["one", "two"], definitions=["a", "b"])
    svg = vl_convert.vegalite_to_svg(vega.specification(chart))
    assert svg.count(KINDS["complete"][1]) >= 4
    assert KINDS["partial"][0] not in svg
