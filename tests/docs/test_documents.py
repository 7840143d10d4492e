"""Documentation is tested: generated pages are fresh, links lead somewhere, queries run."""

from __future__ import annotations

import re
import shutil

import duckdb
import pytest

from contracts.paths import REPO_ROOT
from cytomart import docs

PAGES = sorted(p for p in REPO_ROOT.rglob("*.md")
               if not {".venv", "data", "target", "node_modules"} & set(p.relative_to(REPO_ROOT).parts))  # fmt: skip


@pytest.mark.parametrize(
    ("page", "fresh"),
    [("cli.md", docs.cli_reference), ("data-dictionary.md", docs.data_dictionary)],
)
def test_generated_pages_are_fresh(page, fresh):
    standing = (REPO_ROOT / "docs" / page).read_text(encoding="utf-8")
    assert standing == fresh(), f"docs/{page} is stale: run make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPO_ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_verb_is_in_the_changelog_and_the_reference():
    verbs = [
        p.stem for p in (REPO_ROOT / "cytomart" / "verbs").glob("*.py") if p.stem != "__init__"
    ]
    changes = (REPO_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    reference = (REPO_ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for verb in verbs:
        assert re.search(rf"\b{verb}\b", changes), verb
        assert f"## cytomart {verb}" in reference


@pytest.mark.parametrize("room", ["ingest", "prepare", "store"])
def test_a_room_names_each_of_its_files(room):
    text = (REPO_ROOT / room / "README.md").read_text(encoding="utf-8")
    files = {p.stem for p in (REPO_ROOT / room).rglob("*.py") if p.stem != "__init__"}
    assert {f for f in files if not re.search(rf"`{f}(\.py)?`", text)} == set()


def test_decisions_are_numbered_once():
    pages = sorted((REPO_ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [int(p.name[:4]) for p in pages]
    assert numbers == list(range(1, len(pages) + 1))
    assert [int(p.read_text(encoding="utf-8").removeprefix("# ").split(".")[0]) for p in pages] \
        == numbers  # fmt: skip


def test_the_readme_names_targets_that_make_has():
    makefile = (REPO_ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (REPO_ROOT / "README.md").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z-]+)", readme)):
        assert re.search(rf"^{target}:", makefile, re.M), target


def _queries() -> list[tuple[str, str]]:
    text = (REPO_ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
    return re.findall(r"^## ([^\n]+)\n(?:[^`#\n][^\n]*\n)?```sql\n(.+?)```", text, re.M | re.S)


def test_the_cookbook_has_its_queries():
    assert len(_queries()) >= 10


@pytest.mark.xdist_group("demo")
@pytest.mark.parametrize(("title", "query"), _queries(), ids=[t for t, _ in _queries()])
def test_cookbook_queries_run(demo, title, query):
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as con:
        rows = con.execute(query).fetchall()
    assert rows or "failed" in title


@pytest.mark.xdist_group("demo")
def test_one_query_goes_from_a_p_value_to_everything_behind_it(demo):
    (query,) = [q for title, q in _queries() if title.startswith("From a p-value")]
    with duckdb.connect(str(demo.home / "warehouse.duckdb"), read_only=True) as con:
        rows = con.sql(query).to_arrow_table().to_pylist()
        (n_pairs,) = con.execute(
            "select n_pairs from stats.fct_test_results where contrast_id = 'B_vs_A' "
            "and mode = 'correct' and is_primary and analyte_id = 'IL_3'"
        ).fetchone()
        known = {sha for (sha,) in con.execute("select file_sha256 from raw.files").fetchall()}
    assert len({(r["p_value"], r["plan_hash"], r["library_versions"]) for r in rows}) == 1
    assert len({r["sample_id"] for r in rows}) == 2 * n_pairs
    assert len({(r["sample_id"], r["spot_row"], r["spot_column"]) for r in rows}) == len(rows)
    assert len(rows) == 2 * 2 * n_pairs  # every target is printed twice
    assert {r["file_sha256"] for r in rows} <= known
    assert "scipy " in rows[0]["library_versions"]


@pytest.mark.xdist_group("demo")
def test_that_query_lists_nothing_of_a_person_whose_pair_is_not_complete(demo, tmp_path):
    (query,) = [q for title, q in _queries() if title.startswith("From a p-value")]
    copy = tmp_path / "warehouse.duckdb"
    shutil.copyfile(demo.home / "warehouse.duckdb", copy)
    with duckdb.connect(str(copy)) as con:
        before = {r["sample_id"] for r in con.sql(query).to_arrow_table().to_pylist()}
        lost = min(before)
        con.execute(
            "update marts.fct_measurements set level_log2 = null "
            "where analyte_id = 'IL_3' and sample_id = $lost", {"lost": lost}
        )  # fmt: skip
        of_person = {s for (s,) in con.execute(
            "select sample_id from marts.dim_samples where patient_id = "
            "(select patient_id from marts.dim_samples where sample_id = $lost)", {"lost": lost}
        ).fetchall()}  # fmt: skip
        after = {r["sample_id"] for r in con.sql(query).to_arrow_table().to_pylist()}
    assert len(of_person) == 2
    assert after == before - of_person


@pytest.mark.xdist_group("demo")
def test_the_readme_query_runs(demo, cytomart):
    readme = (REPO_ROOT / "README.md").read_text(encoding="utf-8")
    query = re.search(r'cytomart sql "(.+?)"', readme).group(1)
    done = cytomart(demo.home, "sql", query)
    assert done.code == 0, done.err
    assert "B_vs_A" in done.out
