"""The demo beside the founding paper: its claims judged, its hits beside the study's."""

from __future__ import annotations

import duckdb
import pytest

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def con(demo):
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def test_every_claim_of_the_shipped_set_has_a_verdict_with_its_arithmetic(con):
    found = con.execute(
        "select count(*), count(*) filter (where explanation = '') from reporting.rpt_claims "
        "where publication_id = 'founding_paper' and is_study_synthetic").fetchone()  # fmt: skip
    shipped = con.execute("select count(*) from vocabulary.publication_claims").fetchone()
    assert found == (shipped[0], 0)


def test_numbers_of_a_claim_can_be_asked_for_one_by_one(con):
    p = con.execute(
        "select quantity_value from stats.fct_claim_numbers where claim_id = 'qol_or_p' "
        "and quantity = 'p'").fetchone()  # fmt: skip
    assert p[0] == pytest.approx(0.0207, abs=5e-5)


def test_printed_numbers_are_those_that_the_synthetic_study_was_made_after(con):
    found = con.execute(
        "select quantity, printed_text, agreement from reporting.rpt_claim_figures "
        "where quantity not like 'hits:%'").fetchall()  # fmt: skip
    assert len(found) > 40
    other = {(quantity, agreement) for quantity, _, agreement in found if agreement != "same"}
    assert other == {("mean:age_years@patient", "same_truncated")}


def test_published_hits_are_all_there_and_the_contradicted_ones_are_marked(con):
    found = dict(con.execute(
        "select contrast_id, count(*) from reporting.rpt_publication_comparison "
        "where is_published group by all").fetchall())  # fmt: skip
    assert found == {"A_vs_C": 21, "B_vs_A": 24, "B_vs_C": 3}
    contradicted = dict(con.execute(
        "select contrast_id, count(*) from reporting.rpt_publication_comparison "
        "where is_contradicted group by all").fetchall())  # fmt: skip
    assert contradicted == {"A_vs_C": 15, "B_vs_A": 18}


def test_a_status_is_what_results_and_publication_say(con):
    """By hand, from the published direction and the table of differences."""
    rows = con.execute(
        "select c.contrast_id, c.target_name, c.status, c.published_direction, d.is_hit, "
        "d.estimate_log2fc from reporting.rpt_publication_comparison as c "
        "left join reporting.rpt_differential as d "
        "on c.contrast_id = d.contrast_id and c.target_name = d.analyte_name").fetchall()  # fmt: skip
    assert len(rows) == 241  # 80 targets × 3 contrasts, and MIP, which is no target
    for _, name, status, published, is_hit, log2fc in rows:
        if is_hit is None:
            expected = "not_measured"
        elif published == "":
            expected = "only_ours" if is_hit else "neither"
        elif not is_hit:
            expected = "only_theirs"
        else:
            expected = "agree" if (log2fc > 0) == (published == "higher") else "opposite"
        assert status == expected, name
    assert {r[1] for r in rows if r[2] == "not_measured"} == {"MIP"}


def test_the_one_opposite_target_is_the_one_whose_published_directions_exclude_each_other(con):
    """A > B and B > C would put GRO 2.25-fold higher in A than in C, where it is not listed.

    The simulated study settles that by B > A.
    """
    opposite = con.execute(
        "select contrast_id, target_name from reporting.rpt_publication_comparison "
        "where status = 'opposite'").fetchall()  # fmt: skip
    assert opposite == [("B_vs_A", "GRO a/b/g")]
    (verdict,) = con.execute(
        "select verdict from reporting.rpt_claims where claim_id = 'gro_transitivity'").fetchone()  # fmt: skip
    assert verdict == "inconsistent"
