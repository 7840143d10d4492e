from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from contracts import CytomartError
from store.hashing import value_hash

ROWS = [
    (1, "a", 0.1 + 0.2, None, "f1"),
    (2, "", 1e-300, "2020-01-01 00:00:00", "f1"),
    (3, None, float("nan"), "2020-01-01 00:00:00.000001", "f1"),
]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    yield connection
    connection.close()


def hashed(
    con: duckdb.DuckDBPyConnection, rows: list[tuple[object, ...]], columns: str = "k, t, d, w, p"
) -> str:
    con.execute(
        "create or replace table main.x (k int, t varchar, d double, w timestamptz, "
        "file_sha256 varchar)"
    )
    con.executemany("insert into main.x values (?, ?, ?, ?, ?)", rows)
    return value_hash(con, "main.x", ["k"])


def test_order_and_provenance_do_not_matter(con: duckdb.DuckDBPyConnection) -> None:
    base = hashed(con, ROWS)
    assert hashed(con, ROWS[::-1]) == base
    assert hashed(con, [(*r[:4], "f2") for r in ROWS]) == base
    con.execute("create or replace table main.x as select file_sha256, w, d, t, k from main.x")
    assert value_hash(con, "main.x", ["k"]) == base
    assert value_hash(con, "main.x", ["k"], exclude=()) != base


def test_noise_beyond_twelve_digits_does_not_matter(con: duckdb.DuckDBPyConnection) -> None:
    base = hashed(con, ROWS)
    assert hashed(con, [(1, "a", 0.3, None, "f1"), *ROWS[1:]]) == base
    assert hashed(con, [(1, "a", 0.3000000000021, None, "f1"), *ROWS[1:]]) != base


@pytest.mark.parametrize(
    "changed",
    [
        [*ROWS[:2], (3, "", float("nan"), "2020-01-01 00:00:00.000001", "f1")],
        [*ROWS[:2], (3, None, None, "2020-01-01 00:00:00.000001", "f1")],
        [*ROWS[:2], (3, None, float("nan"), "2020-01-01 00:00:00.000002", "f1")],
        [*ROWS[:2], (4, None, float("nan"), "2020-01-01 00:00:00.000001", "f1")],
        ROWS[:2],
        [*ROWS, ROWS[0]],
    ],
)
def test_every_value_matters(
    con: duckdb.DuckDBPyConnection, changed: list[tuple[object, ...]]
) -> None:
    assert hashed(con, changed) != hashed(con, ROWS)


def test_cells_do_not_run_into_each_other(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table a (x varchar, y varchar)")
    con.execute("insert into a values ('1', '23')")
    first = value_hash(con, "main.a", ["x"])
    con.execute("update a set x = '12', y = '3'")
    assert value_hash(con, "main.a", ["x"]) != first


def test_minus_zero_is_zero(con: duckdb.DuckDBPyConnection) -> None:
    assert hashed(con, [(1, "a", -0.0, None, "")]) == hashed(con, [(1, "a", 0.0, None, "")])


def test_names_matter(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table b as select 1 as x")
    con.execute("create table c as select 1 as y")
    assert value_hash(con, "main.b", ["x"]) != value_hash(con, "main.c", ["y"])


def test_unknown_relations_and_keys_are_named(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(CytomartError, match=r"no main\.nothing"):
        value_hash(con, "main.nothing", ["k"])
    con.execute("create table d as select 1 as x")
    with pytest.raises(CytomartError, match="'k'"):
        value_hash(con, "main.d", ["k"])
