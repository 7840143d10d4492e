"""The made warehouse and its reports; the makers stand in made/."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.unit.reports.made.names import HOSTILE, STUDY
from tests.unit.reports.made.warehouse import make_empty_warehouse, make_report, make_warehouse


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_warehouse(tmp_path_factory.mktemp("published") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "warehouse.duckdb"
    return make_warehouse(path, is_hostile=True)


@pytest.fixture(scope="session")
def page(published: Path) -> str:
    return make_report(published, published.with_name("report.html")).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def hostile_page(hostile: Path) -> str:
    return make_report(hostile, hostile.with_name("report.html")).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def hostile_names() -> tuple[str, ...]:
    return HOSTILE


@pytest.fixture(scope="session")
def fixtures() -> SimpleNamespace:
    """The makers, for tests that need another warehouse."""
    return SimpleNamespace(
        STUDY=STUDY, warehouse=make_warehouse, empty=make_empty_warehouse, report=make_report
    )
