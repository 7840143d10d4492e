"""Rows come into a relation's shape, or the error says why not."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from contracts import STANDING, STATS, CytomartError, conform, from_rows
from contracts.scans import SPOTS
from contracts.studies import STUDY_VISITS


def visit(**changes):
    row = {"study_id": "s", "visit": "v", "visit_label": "V", "visit_order": 1, "is_baseline": True}
    return {**row, **changes}


def test_rows_take_the_declared_order_and_types():
    table = from_rows([visit()], STUDY_VISITS)
    assert table.column_names == STUDY_VISITS.column_names
    assert table.schema.equals(STUDY_VISITS.arrow_schema())


def test_an_all_null_column_keeps_its_type():
    table = from_rows([visit(), visit(visit="w")], STUDY_VISITS)
    assert table.schema.field("window_first_day").type == pa.int64()


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (visit(colour="red"), "colour"),
        (visit(visit=None), "null"),
        (visit(visit_order=None), "null"),
    ],
)
def test_what_does_not_fit_is_named(row, word):
    with pytest.raises(CytomartError, match=word):
        from_rows([row], STUDY_VISITS)


def test_a_missing_column_is_named():
    with pytest.raises(CytomartError, match="is_baseline"):
        conform(from_rows([visit()], STUDY_VISITS).drop_columns(["is_baseline"]), STUDY_VISITS)


def test_a_value_of_another_type_is_refused():
    table = from_rows([visit()], STUDY_VISITS).drop_columns(["visit_order"])
    table = table.append_column("visit_order", pa.array(["one"]))
    with pytest.raises(CytomartError, match="visit_order"):
        conform(table, STUDY_VISITS)


def test_every_relation_can_be_created_and_explains_itself():
    con = duckdb.connect()
    for relation in STANDING:
        for statement in relation.create_sql():
            con.execute(statement)
    undescribed = con.execute(
        "select table_name, column_name from duckdb_columns() where comment is null and not internal"
    ).fetchall()
    assert undescribed == []


@pytest.mark.parametrize("relation", [*STANDING, *STATS], ids=lambda r: r.full_name)
def test_a_relation_has_a_key_of_its_own_columns_and_says_more_than_names(relation):
    assert set(relation.key) <= set(relation.column_names)
    assert len(set(relation.column_names)) == len(relation.columns)
    for column in relation.columns:
        assert len(column.doc.split()) >= 1
        assert column.doc.lower().rstrip(".") != column.name.replace("_", " ")
        if column.name.startswith(("is_", "has_")):
            assert not column.nullable
        if column.name.endswith("_frac"):
            assert column.unit == "fraction 0-1"
        if column.name.endswith("_afu"):
            assert column.unit == "afu"


def test_the_key_of_spots_is_natural():
    assert "source_line" not in SPOTS.key
    assert {"block", "spot_row", "spot_column", "channel_nm"} <= set(SPOTS.key)
