"""The report's section about a publication: only where there are claims."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import duckdb


def test_statements_of_a_publication_are_counted_and_the_contradicted_ones_come_first(
    page: str,
) -> None:
    assert "6 statements of the publication" in page
    assert "2 contradicted by its own figures, 1 not testable, 1 reproduced" in page
    assert page.index("statement 3") < page.index("statement 6") < page.index("statement 1")
    assert "Targets of which two places state opposite directions: 1" in page
    assert "not which of them is wrong or why" in page
    assert '<a href="#claims">' in page


def test_hits_of_a_publication_stand_beside_the_studys_by_both_rules(page: str) -> None:
    section = page[page.index('id="claims"') :]
    for said in ("both, opposite directions", "only the publication", "not on the panel"):
        assert said in section
    assert "target neither" not in section
    assert "higher, elsewhere the opposite" in section


def test_printed_numbers_stand_beside_the_studys_own(page: str) -> None:
    assert (
        "Of 4 printed numbers that this study&#39;s own data have too, 1 the same, 1 the same where "
        "cut off, not rounded, 1 different and 1 not among its data." in page
    )
    assert "48.067" in page


def test_a_study_without_claims_has_no_such_section(
    fixtures: SimpleNamespace, tmp_path: Path
) -> None:
    path = fixtures.warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute("delete from reporting.rpt_claims")
        con.execute("delete from reporting.rpt_claim_figures")
        con.execute("delete from reporting.rpt_publication_comparison")
    text = fixtures.report(path, tmp_path / "r.html").read_text(encoding="utf-8")
    assert 'id="claims"' not in text
    assert '"#claims"' not in text
