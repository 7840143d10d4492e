"""What the plan says of an analysis reaches the reader: whom, in which status, adjusted or not."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from reports.selection import chosen

Told = Callable[..., str]
USUAL = {"subset": "", "visit": None, "grouping": "group_code"}


@pytest.fixture
def told(tmp_path: Path, fixtures: SimpleNamespace) -> Told:
    """Return the words of a report after statements on its warehouse."""

    def page(*statements: str) -> str:
        path = fixtures.warehouse(tmp_path / "warehouse.duckdb")
        with duckdb.connect(str(path)) as con:
            for statement in statements:
                con.execute(statement)
        html = fixtures.report(path, tmp_path / "report.html").read_text(encoding="utf-8")
        return " ".join(unescape(html).split())

    return page


def _plan(analysis: str, **cells: str) -> str:
    sets = ", ".join(f"{name} = '{value}'" for name, value in cells.items())
    return f"update raw.plan set {sets} where analysis_id = '{analysis}'"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, ""),
        ({"subset": "er=positive & sex=female"}, "only er = positive and sex = female"),
        ({"visit": "follow_up"}, "at One week after"),
        ({"visit": "unlisted"}, "at unlisted"),
        ({"grouping": "er"}, "grouped by er"),
        (
            {"subset": "sex=female", "visit": "follow_up", "grouping": "er"},
            "only sex = female, at One week after, grouped by er",
        ),
    ],
)
def test_whom_an_analysis_is_about(cells: dict[str, str], expected: str) -> None:
    assert chosen({**USUAL, **cells}, {"follow_up": "One week after"}) == expected


def test_a_comparison_of_some_has_another_heading_than_that_of_all(told: Told) -> None:
    heading = "After radiotherapy against before radiotherapy"
    page = told(_plan("correct_B_vs_A", subset="er=positive", status="exploratory"))
    assert f"<h3>{heading} (only er = positive)</h3>" in page
    assert f"<h3>{heading}</h3>" not in page
    assert f"{heading} (only er = positive) (exploratory): paired t-test" in page
    assert "an exploratory one raises a question that new data must decide" in page


def test_each_comparison_bears_its_status(page: str) -> None:
    screen = page[page.index('id="glance"') : page.index("</header>")]
    assert screen.count("; confirmatory</small>") == 3
    assert page.count("The plan calls this comparison confirmatory.") == 3
    assert page.count("The plan calls this comparison exploratory.") == 1  # the equivalence
    assert "the plan puts the question to these data to decide it" in unescape(page)


def test_covariates_of_the_deciding_test_decide_and_those_beside_welch_do_not(
    page: str, told: Told
) -> None:
    assert "Covariates:" not in page
    adjusted = told(
        _plan("correct_A_vs_C", covariates="age_years"),
        _plan("correct_B_vs_C", covariates="age_years,sex", primary_method="treat"),
        "update reporting.rpt_hit_counts set method = 'treat' "
        "where contrast_id = 'B_vs_C' and mode = 'correct'",
    )
    before, after = "Before radiotherapy", "After radiotherapy"
    assert (
        f"in “{before} against healthy controls” the plan’s test takes none and decides; the "
        "moderated t-test with and without age_years stands beside it"
    ) in adjusted
    assert (
        f"in “{after} against healthy controls” the result adjusted for age_years and sex decides"
    ) in adjusted
    rule = "larger than the rule's fold change"
    assert f"{rule}, adjusted for age_years and sex, 30 and 10" in adjusted
    assert f"{before} against healthy controls (confirmatory): Welch's t-test" in adjusted
    assert "equal variances), 30 and 10 different people" in adjusted


def test_covariates_of_a_correlation_are_not_those_of_a_comparison(told: Told) -> None:
    page = told(
        "insert into raw.plan select * replace ('corr' as analysis_id, 'correlation' as kind, "
        "'all' as contrast_id, 'pearson' as primary_method, 'bmi' as covariates) "
        "from raw.plan where analysis_id = 'correct_A_vs_C'"
    )
    assert "bmi" not in page


def test_each_equivalence_analysis_has_its_margin_its_people_and_its_own_table(told: Told) -> None:
    page = told(
        "insert into raw.plan select * replace ('equal_er' as analysis_id, "
        "'er=positive' as subset, 0.1 as alpha) from raw.plan where analysis_id = 'equal_b_c'",
        "insert into reporting.rpt_equivalence select * replace ('equal_er' as analysis_id, "
        "2.0 as margin_fold) from reporting.rpt_equivalence where verdict <> 'not_computed'",
    )
    assert "<h3>After and healthy: closer than 1.5-fold?</h3>" in page
    assert "<h3>After and healthy: closer than 2-fold? (only er = positive)</h3>" in page
    assert "Of 5 targets, 2 were shown to differ by less than 1.5-fold" in page
    assert "to say either. For 1 it could not be computed. That no difference" in page
    assert "Of 4 targets, 2 were shown to differ by less than 2-fold" in page
    assert "to say either. That no difference" in page
    assert "After and healthy (only er = positive), within 2-fold. The verdict asks for a BH p " \
        "below 0.1. The 90 % interval lies within the margin exactly where" in page  # fmt: skip


def test_checks_of_several_omnibus_analyses_are_told_apart(told: Told) -> None:
    copied = [
        statement
        for name, subset in (("groups_all", ""), ("groups_er", "er=positive"))
        for statement in (
            f"insert into raw.plan select * replace ('{name}' as analysis_id, 'omnibus' as kind, "
            f"'all' as contrast_id, '{subset}' as subset) "
            "from raw.plan where analysis_id = 'correct_A_vs_C'",
            f"insert into reporting.rpt_assumptions select * replace ('{name}' as analysis_id, "
            "'all' as contrast_id) from reporting.rpt_assumptions where contrast_id = 'A_vs_C'",
        )
    ]
    page = told(*copied)
    assert '<th scope="row">All groups, analysis groups_all</th>' in page
    assert '<th scope="row">All groups, analysis groups_er (only er = positive)</th>' in page
    assert '<th scope="row">Before radiotherapy against healthy controls</th>' in page
