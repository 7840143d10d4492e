"""The page as a whole: what it says, what it must not hold, what it must not load."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from contracts import CytomartError, from_rows
from contracts.plan_changes import PLAN_CHANGES
from reports import build_report, vega
from reports.provenance import Provenance


class Page(HTMLParser):
    """Elements as a browser with scripts meets them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text: list[str] = []
        self._stack: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        if tag in {"script", "style"}:
            self._stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._stack and self._stack[-1] == tag:
            self._stack.pop()

    def handle_data(self, data: str) -> None:
        if self._stack and self._stack[-1] == "script":
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)
        elif not self._stack:
            self.text.append(data)

    @property
    def specs(self) -> dict[str, dict[str, Any]]:
        return {
            str(a["id"]): json.loads(text)
            for a, text in self.scripts
            if a.get("type") == "application/json"
        }

    @property
    def programs(self) -> list[str]:
        return [text for a, text in self.scripts if a.get("type") != "application/json"]


def rows_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return max(spec["datasets"].values(), key=len)


def hits_in_sql(path: Path) -> list[int]:
    with duckdb.connect(str(path), read_only=True) as con:
        found = dict(con.execute(
            "select contrast_id, count(*) filter (where is_hit) from reporting.rpt_volcano group by 1"
        ).fetchall())  # fmt: skip
    return [found[c] for c in ("A_vs_C", "B_vs_A", "B_vs_C")]


def test_each_volcano_holds_eighty_points_and_names_the_hits_of_sql(
    page: str, published: Path
) -> None:
    specs = [s for name, s in Page(page).specs.items() if name.startswith("volcano")]
    assert [len(rows_of(s)) for s in specs] == [80, 80, 80]
    named = [sum(r["is_hit"] for r in rows_of(s)) for s in specs]
    assert named == hits_in_sql(published)
    for spec in specs:
        for row in rows_of(spec):
            assert (row["label_x"] is not None) == row["is_hit"]


def test_the_first_screen_sets_hits_beside_chance(page: str, published: Path) -> None:
    screen = page[page.index('id="glance"') : page.index("</header>")]
    for n in hits_in_sql(published):
        assert f'<b class="big">{n}</b> of 80' in screen
    assert screen.count("at most 4.0") == 3
    assert "What must not be concluded" in screen
    assert "30 patients, all women, aged 48.1 ± 11.9 years (25 to 70)" in screen
    assert "Batch SYN-04 (8 samples) is held" in screen


def test_the_plan_says_what_was_not_fixed_before_the_data(
    page: str, tmp_path: Path, fixtures: SimpleNamespace
) -> None:
    assert "nothing of it was changed" in page
    change = {"study_id": fixtures.STUDY, "load_id": "L", "plan_hash_before": "a",
              "plan_hash_after": "b", "changed_columns": "", "change_text": "alpha: 0.05 → 0.01",
              "published_generation": 3, "changed_by": "USERSECRET",
              "changed_at": datetime(2024, 2, 1, tzinfo=UTC)}  # fmt: skip
    early = [{**change, "analysis_id": "a", "change": "changed", "is_after_data": False,
              "reason": ""}]  # fmt: skip
    late = [{**change, "analysis_id": name, "change": how, "is_after_data": True,
             "reason": "reviewer 2"}
            for name, how in (("b", "changed"), ("c", "added"), ("d", "added"))]  # fmt: skip

    def told(rows: list[dict[str, object]]) -> str:
        path = fixtures.warehouse(tmp_path / f"{len(rows)}.duckdb")
        with duckdb.connect(str(path)) as con:
            con.register("changes", from_rows(rows, PLAN_CHANGES))
            con.execute("insert into quality.plan_changes by name select * from changes")
        return fixtures.report(path, path.with_suffix(".html")).read_text(encoding="utf-8")

    assert "changed before any scan, value or score was loaded, and not afterwards" in told(early)
    words = told([*early, *late])
    assert "After data had been loaded 2 analyses were added and 1 analysis was changed" in words
    assert "reviewer 2" in words
    assert "USERSECRET" not in words


def test_lots_are_shown_with_what_can_be_compared_where_there_are_several(
    page: str, tmp_path: Path, fixtures: SimpleNamespace
) -> None:
    assert "lot_effect_not_estimable" in page
    assert "cannot be compared, arms on different lots" in page
    assert "lot_effect_not_estimable" not in _with_one_lot(tmp_path, fixtures)


def _with_one_lot(tmp_path: Path, fixtures: SimpleNamespace) -> str:
    path = fixtures.warehouse(tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(path)) as con:
        con.execute("delete from marts.dim_lots where not is_reference")
    return fixtures.report(path, tmp_path / "report.html").read_text(encoding="utf-8")


def test_no_word_of_cause(page: str) -> None:
    text = " ".join(Page(page).text).lower()
    for phrase in (
        "caused by",
        "due to radiotherapy",
        "effect of radiotherapy",
        "effect of treatment",
    ):
        assert phrase not in text
    assert "regression to the mean" in text
    assert "nobody was left untreated" in text


def test_a_synthetic_study_says_so_everywhere(page: str) -> None:
    parsed = Page(page)
    assert re.search(r'<div class="banner" role="note"><strong>SYNTHETIC DATA', page)
    assert re.search(r"<title>SYNTHETIC", page)
    assert len(parsed.specs) == 18
    assert all("SYNTHETIC" in s["title"]["text"] for s in parsed.specs.values())
    assert all("SYNTHETIC" in s["description"] for s in parsed.specs.values())


def test_a_real_study_is_not_called_synthetic(tmp_path: Path, fixtures: SimpleNamespace) -> None:
    warehouse = fixtures.warehouse(tmp_path / "w.duckdb", is_synthetic=False)
    page = fixtures.report(warehouse, tmp_path / "r.html").read_text(encoding="utf-8")
    assert 'class="banner"' not in page
    assert not any("SYNTHETIC" in s.get("description", "") for s in Page(page).specs.values())


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    for tag, attrs in Page(page).elements:
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        for name in ("src", "href", "xlink:href", "action", "data", "srcset"):
            assert (attrs.get(name) or "#").startswith("#"), (tag, name)
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_only_the_two_programs_of_the_page_may_run(page: str) -> None:
    parsed = Page(page)
    assert len(parsed.programs) == 2
    policy = next(a["content"] or "" for t, a in parsed.elements
                  if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")  # fmt: skip
    for program in parsed.programs:
        digest = base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe-eval" not in policy
    assert policy.startswith("default-src 'none'")


def test_hostile_names_stay_text(hostile_page: str, hostile_names: tuple[str, ...]) -> None:
    parsed, seen = Page(hostile_page), Page(hostile_page)
    assert len(parsed.programs) == 2
    assert not [t for t, _ in parsed.elements if t == "img"]
    for tag, attrs in parsed.elements:
        assert not [a for a in attrs if a.startswith("on")], tag
        assert "javascript:" not in (attrs.get("href") or "")
    text = "".join(seen.text)
    assert len(hostile_names) >= 10
    for name in hostile_names:
        assert name in text
    raw = hostile_page.lower()
    assert raw.count("<script") == len(parsed.scripts)
    assert "{{" not in " ".join(seen.text).replace("{{ 7 * 7 }}", "")


def test_hostile_names_reach_the_figures_whole(
    hostile_page: str, hostile_names: tuple[str, ...]
) -> None:
    spec = Page(hostile_page).specs["volcano-1-spec"]
    assert {r["analyte_name"] for r in rows_of(spec)} >= set(hostile_names)


def test_no_person_and_no_file_name_is_in_the_page(page: str, hostile_page: str) -> None:
    for html in (page, hostile_page):
        assert "SECRET" not in html
        assert "never shown" not in html


def test_selected_hits_stand_beside_all_targets_with_their_caution(page: str) -> None:
    section = page[page.index('<section id="clustering">') :]
    text = " ".join("".join(Page(section[: section.index("</section>")]).text).split())
    assert "it tests nothing. On the right: selected because they differ" in text
    assert "All targets: 2 samples left out" in text
    spec = Page(page).specs["heat-maps-spec"]
    assert len(spec["hconcat"]) == 2
    assert "68 of 68 brackets of samples" in spec["description"]
    assert len(Page(page).specs["components-spec"]["hconcat"]) == 2


def test_the_same_generation_gives_the_same_bytes(
    page: str, published: Path, tmp_path: Path, fixtures: SimpleNamespace
) -> None:
    again = fixtures.report(published, tmp_path / "again.html").read_text(encoding="utf-8")
    assert again == page


def test_a_report_of_held_batches_only_still_says_so(
    tmp_path: Path, fixtures: SimpleNamespace
) -> None:
    warehouse = fixtures.empty(tmp_path / "w.duckdb")
    page = fixtures.report(warehouse, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Batch SYN-01 (24 samples) is held" in page
    assert "The plan holds no comparison" in page
    assert Page(page).specs == {}


def test_an_unknown_study_is_named_with_the_known(published: Path, tmp_path: Path) -> None:
    provenance = Provenance(1, "0" * 64, datetime(2024, 1, 1, tzinfo=UTC))
    with (
        duckdb.connect(str(published), read_only=True) as con,
        pytest.raises(CytomartError, match=r"fixture-study") as error,
    ):
        build_report(con, "other", out=tmp_path / "r.html", provenance=provenance)
    assert error.value.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_missing_relation_is_an_internal_error(tmp_path: Path, fixtures: SimpleNamespace) -> None:
    warehouse = fixtures.warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as con:
        con.execute("drop table reporting.rpt_volcano")
    with pytest.raises(CytomartError, match="volcano") as error:
        fixtures.report(warehouse, tmp_path / "r.html")
    assert error.value.exit_code == 4


def test_another_plan_than_expected_is_refused(published: Path, tmp_path: Path) -> None:
    provenance = Provenance(1, "0" * 64, datetime(2024, 1, 1, tzinfo=UTC), plan_hash="99" * 32)
    with (
        duckdb.connect(str(published), read_only=True) as con,
        pytest.raises(CytomartError, match="plan"),
    ):
        build_report(con, "fixture-study", out=tmp_path / "r.html", provenance=provenance)


def test_a_damaged_cached_program_is_made_again(tmp_path: Path) -> None:
    whole = vega.bundle(tmp_path)
    cached = next(tmp_path.glob("vega-*.js"))
    cached.write_text(
        cached.read_text(encoding="utf-8").replace("vegaEmbed", "evil"), encoding="utf-8"
    )
    assert vega.bundle(tmp_path) == whole
    assert vega.bundle(tmp_path) == whole
    assert "evil" not in cached.read_text(encoding="utf-8")


def test_readers_without_scripts_get_drawings(page: str) -> None:
    drawings = re.findall(r"<noscript><div class=\"chart\"><svg", page)
    assert len(drawings) == 18


def test_every_table_and_figure_has_words_for_the_ear(page: str) -> None:
    parsed = Page(page)
    tables = [t for t, _ in parsed.elements if t == "table"]
    captions = [t for t, _ in parsed.elements if t == "caption"]
    assert len(tables) - len(captions) == 1  # the first screen's, named by its heading
    assert all(len(s["description"]) > 60 for s in parsed.specs.values())
    heads = [t for t, _ in parsed.elements if re.fullmatch(r"h[1-6]", t)]
    assert heads.count("h1") == 1
    assert all(int(b[1]) - int(a[1]) <= 1 for a, b in itertools.pairwise(heads))


def test_another_study_in_the_same_file_changes_nothing(
    page: str, tmp_path: Path, fixtures: SimpleNamespace
) -> None:
    warehouse = fixtures.warehouse(tmp_path / "w.duckdb")
    with duckdb.connect(str(warehouse)) as con:
        relations = con.execute(
            "select table_schema || '.' || table_name from information_schema.columns "
            "where column_name = 'study_id'"
        ).fetchall()
        for (relation,) in relations:
            con.execute(
                f"insert into {relation} select * replace ('another' as study_id) from {relation}"
            )
    again = fixtures.report(warehouse, tmp_path / "r.html").read_text(encoding="utf-8")
    assert again == page


def test_hits_that_not_every_recipe_finds_are_named(page: str, published: Path) -> None:
    text = " ".join(" ".join(Page(page).text).split())
    assert "Does the answer depend on the recipe?" in text
    with duckdb.connect(str(published), read_only=True) as con:
        ((target, n_fragile),) = con.execute(
            "select min(analyte_name), count(*) from reporting.rpt_robustness "
            "where is_primary_hit and robustness = 'some_variants'").fetchall()  # fmt: skip
    assert f"The {n_fragile} that not every recipe finds" in text
    assert target in text
    assert "Analysis “reviewer-2” (none_none; asked in review): where it disagrees" in text
    assert "hit of the report only" in text


def test_equivalence_is_told_verdict_by_verdict_and_is_not_absence_of_a_difference(
    page: str,
) -> None:
    assert "Of 5 targets, 2 were shown to differ by less than 1.5-fold" in page
    assert "for 1 the study is too small to say either" in page
    assert "does not make a target equal" in page


def test_a_target_says_what_would_have_been_found_and_on_what_it_depends(page: str) -> None:
    assert "1.32-fold" in page
    note = "changes when ages are accounted for; depends on the groups having equal variances"
    assert note in page
