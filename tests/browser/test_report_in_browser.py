"""The report in a real browser: marks are counted, the console and the network stay silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from reports.charts.array_quality import MEASURES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, fixtures: ModuleType) -> Path:
    path: Path = fixtures.make_warehouse(tmp_path_factory.mktemp("plain") / "warehouse.duckdb")
    return path


@pytest.fixture(scope="module")
def seen(warehouse: Path, visit: Callable[..., Any], fixtures: ModuleType) -> Any:
    return visit(fixtures.make_report(warehouse, warehouse.with_name("report.html")))


def _hits(path: Path) -> list[int]:
    with duckdb.connect(str(path), read_only=True) as con:
        found = dict(con.execute(
            "select contrast_id, count(*) filter (where is_hit) from reporting.rpt_volcano group by 1"
        ).fetchall())  # fmt: skip
    return [found[c] for c in ("A_vs_C", "B_vs_A", "B_vs_C")]


def test_each_volcano_draws_eighty_points_and_as_many_names_as_sql_has_hits(
    seen: Any, warehouse: Path
) -> None:
    volcanoes = [f"volcano-{i}" for i in (1, 2, 3)]
    assert [seen.count(v, "volcano_points") for v in volcanoes] == [80, 80, 80]
    assert [seen.count(v, "volcano_labels") for v in volcanoes] == _hits(warehouse)


def test_all_figures_are_drawn(seen: Any) -> None:
    assert 'data-drawn="18"' in seen.dom
    assert [seen.count(f"p-values-{i}", "p_value_bars") for i in (1, 2, 3)] == [20, 20, 20]
    assert [seen.count(f"spreads-{i}", "spread_points") for i in (1, 2, 3)] == [80, 80, 80]
    assert seen.count("prediction-curves-1", "roc_points") == 19
    assert seen.count("prediction-curves-1", "benefit_points") > 10
    assert [seen.count(f"forest-{i}", "forest_points") for i in (1, 2)] == [12, 12]
    assert seen.count("scores-1", "score_points") == 59
    assert seen.count("scores-1", "change_points") == 29
    # Three definitions: 5, 6 and 5 kinds that somebody had.
    assert seen.count("pain-response", "response_bars") == 16
    assert seen.count("array-quality", "array_points") == len(MEASURES) * 70


def test_heat_maps_draw_every_cell_and_bracket(seen: Any) -> None:
    # Of each selection a diagonal of ten levels is missing.
    assert seen.count("heat-maps", "heat_cells_all") == 80 * 70 - 10
    assert seen.count("heat-maps", "heat_cells_hits") == 12 * 70 - 10
    assert seen.count("heat-maps", "heat_names_all") == 80
    assert seen.count("components", "component_points_all") == 70


def test_the_console_is_silent(seen: Any) -> None:
    assert seen.console == []


def test_nothing_is_asked_of_a_network(seen: Any) -> None:
    assert seen.requests == []


def test_the_log_would_show_a_request_and_the_console_an_error(
    tmp_path: Path, visit: Callable[..., Any]
) -> None:
    page = tmp_path / "loud.html"
    page.write_text(
        '<img src="http://example.invalid/x.png"><script>console.error("loud")</script>',
        encoding="utf-8",
    )
    loud = visit(page)
    assert any("example.invalid" in url for url in loud.requests)
    assert any("loud" in line for line in loud.console)


def test_hostile_names_run_nothing(
    tmp_path: Path, visit: Callable[..., Any], fixtures: ModuleType
) -> None:
    warehouse = fixtures.make_warehouse(tmp_path / "w.duckdb", is_hostile=True)
    seen = visit(fixtures.make_report(warehouse, tmp_path / "r.html"))
    assert seen.console == []
    assert seen.requests == []
    assert [seen.count(f"volcano-{i}", "volcano_labels") for i in (1, 2, 3)] == _hits(warehouse)
    drawn = "".join(seen.texts["volcano-1"])
    assert "<img src=x" in drawn


def test_the_first_screen_fits_without_scrolling(
    tmp_path: Path, warehouse: Path, visit: Callable[..., Any], fixtures: ModuleType
) -> None:
    page = fixtures.make_report(warehouse, tmp_path / "r.html")
    ruler = "document.title = document.getElementById('glance').getBoundingClientRect().bottom"
    html = page.read_text(encoding="utf-8").replace("</html>", f"<script>{ruler}</script></html>")
    start = html.index('<meta http-equiv="Content-Security-Policy"')
    page.write_text(html[:start] + html[html.index(">", start) + 1 :], encoding="utf-8")
    dom = visit(page).dom
    bottom = float(dom[dom.index("<title>") + 7 : dom.index("</title>")])
    assert 300 < bottom <= 900
