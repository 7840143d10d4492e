"""Run models of the warehouse, as dbt would, over tables that bear the names of their references."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import pytest

from contracts.paths import REPO_ROOT

WAREHOUSE = REPO_ROOT / "warehouse"


def _environment() -> tuple[jinja2.Environment, str]:
    """All macros as one text; a dialect macro is looked up in its DuckDB form."""
    macros = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("dialect", "measures")
        for path in sorted((WAREHOUSE / "macros" / folder).glob("*.sql"))
    )
    environment = jinja2.Environment()
    environment.globals["adapter"] = SimpleNamespace(
        dispatch=lambda name, _: getattr(module, f"duckdb__{name}")
    )
    module: Any = environment.from_string(macros).module
    return environment, macros


@pytest.fixture(scope="session")
def run_models():
    """Make a table of each named model, in order: `run_models(con, "int_a", "fct_b")`."""
    environment, macros = _environment()
    paths = {path.stem: path for path in (WAREHOUSE / "models").rglob("*.sql")}

    def run(con: duckdb.DuckDBPyConnection, *names: str) -> None:
        for name in names:
            text = macros + paths[name].read_text(encoding="utf-8")
            sql = environment.from_string(text).render(
                ref=lambda other: other, is_outdated_batch=lambda: "true"
            )
            con.execute(f"create or replace table {name} as {sql}")

    return run


@pytest.fixture(scope="session")
def put_seed():
    """Load a vocabulary as dbt would: `put_seed(con, "outlier_detectors")`."""

    def put(con: duckdb.DuckDBPyConnection, name: str) -> None:
        path = WAREHOUSE / "seeds" / f"{name}.csv"
        con.execute(f"create or replace table {name} as from read_csv('{path}')")

    return put
