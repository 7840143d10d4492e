"""claims.csv beside the study's tables: loaded whole, refused whole, never in the way of the rest."""

from __future__ import annotations

import pytest

HEAD = "publication_id,claim_id,claim_order,source_place,statement,check_id,figures\n"
GOOD = HEAD + "smith,age,1,Results,mean age 48.06 of 30,grim,mean=48.06; n=30; step=1\n"


@pytest.fixture
def claims(site):
    def write(text: str) -> None:
        (site.folder / "claims.csv").write_text(text, encoding="utf-8")

    return write


def outcome(report):
    return next(o for o in report.files if o.role == "claims")


def stated(site):
    return site.rows("select publication_id, claim_id, figures, source_line from raw.claims")


def test_claims_are_loaded_with_the_study_and_again_nothing_is_new(site, claims):
    claims(GOOD)
    first = outcome(site.load())
    assert (first.status, first.n_rows_in, first.n_rows_loaded) == ("loaded", 1, 1)
    assert stated(site) == [("smith", "age", "mean=48.06; n=30; step=1", 2)]
    assert site.count("raw.files", "role = 'claims'") == 1
    again = outcome(site.load())
    assert (again.status, again.n_rows_unchanged) == ("unchanged", 1)


def test_a_corrected_file_stands_in_place_of_the_earlier_one(site, claims):
    claims(GOOD)
    site.load()
    claims(GOOD.replace("48.06", "48.07").replace("age,1", "mean_age,1"))
    assert outcome(site.load()).status == "loaded"
    assert stated(site) == [("smith", "mean_age", "mean=48.07; n=30; step=1", 2)]


def test_a_faulty_file_is_refused_whole_and_everything_else_loads(site, claims):
    claims(GOOD)
    site.load()
    claims(GOOD + "smith,sd,2,Results,x,grim,mean=5.x; n=30; step=1\n")
    (site.folder / "arrays").rename(site.folder / "aside")
    report = site.load()
    refused = outcome(report)
    assert (refused.status, refused.n_rows_refused) == ("refused", 2)
    (found,) = refused.problems
    assert "claims.csv, line 3, column figures (cell G3)" in found.where
    assert found.given == "figure mean is `5.x`"
    assert stated(site) == [("smith", "age", "mean=48.06; n=30; step=1", 2)]
    others = [o for o in report.files if o.role in ("patients", "samples", "assessments")]
    assert {o.status for o in others} == {"unchanged"}


def test_a_study_without_claims_has_none(site):
    report = site.load()
    assert not [o for o in report.files if o.role == "claims"]
    assert site.count("raw.claims") == 0
    assert site.count("raw.study_publications") == 0
