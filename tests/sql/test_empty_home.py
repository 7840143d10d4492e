"""A bare `dbt build` before anything was loaded: safe, complete, empty."""

from __future__ import annotations

import pytest
from pyarrow.types import is_list

from contracts import SIGNAL, STATS
from contracts.relation import sql_type

pytestmark = pytest.mark.xdist_group("dbt")


def test_build_passes_with_every_unit_test(empty_home):
    assert empty_home.returncode == 0, empty_home.log
    assert "ERROR=0 SKIP=0" in empty_home.log
    n_unit_tests = len(empty_home.manifest["unit_tests"])
    assert f"{n_unit_tests} unit tests" in empty_home.log


def test_every_model_stands_and_is_empty(empty_home):
    models = [n for n in empty_home.manifest["nodes"].values() if n["resource_type"] == "model"]
    assert len(models) > 60
    for model in models:
        relation = f"{model['schema']}.{model['name']}"
        assert empty_home.con.execute(f"select count(*) from {relation}").fetchone() == (0,)


def test_every_column_is_described_and_nothing_else(empty_home):
    for model in empty_home.manifest["nodes"].values():
        if model["resource_type"] == "model":
            found = empty_home.con.execute(
                "select column_name from duckdb_columns() where schema_name = ? "
                "and table_name = ? order by column_index",
                [model["schema"], model["name"]],
            ).fetchall()
            described = list(model["columns"])
            assert sorted(described) == sorted(name for (name,) in found), model["name"]


def test_vocabularies_are_loaded(empty_home):
    count = "select count(*) from vocabulary."
    assert empty_home.con.execute(count + "signal_variants").fetchone()[0] >= 2
    assert empty_home.con.execute(
        count + "panel_targets where target_kind = 'analyte'").fetchone() == (80,)  # fmt: skip


def columns_of(empty_home, schema: str, name: str) -> dict[str, str]:
    return dict(empty_home.con.execute(
        "select column_name, lower(data_type) from duckdb_columns() "
        "where schema_name = ? and table_name = ?", [schema, name]
    ).fetchall())  # fmt: skip


@pytest.mark.parametrize("relation", [*STATS, *SIGNAL], ids=lambda r: r.name)
def test_what_python_returns_has_its_contracts_columns(empty_home, relation):
    found = columns_of(empty_home, relation.schema, relation.name)
    assert found == {c.name: sql_type(c.arrow_type) for c in relation.columns}


@pytest.mark.parametrize("relation", STATS, ids=lambda r: r.name)
def test_public_statistics_have_the_same_columns(empty_home, relation):
    public = columns_of(empty_home, relation.schema, relation.name.replace("stat_", "fct_"))
    # Lists are unfolded: stats.fct_test_details has their items as rows.
    assert set(public) == {c.name for c in relation.columns if not is_list(c.arrow_type)}
