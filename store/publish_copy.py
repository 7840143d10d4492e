"""Copy what may leave the vault from the build file into a new file, and prove the copy."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from contracts import CytomartError, failure
from contracts.quality import GENERATION
from store.engine import OFFLINE, SESSION
from store.fault_points import fault_point
from store.home import Home
from store.published import Outgoing, comment_statements, outgoing, refuse_identity
from store.scan import checksum, scan
from store.sql_text import literal, qualified

#: Oldest file format that DuckDB writes: every DuckDB since 1.0 (and 0.10) reads it.
STORAGE_VERSION = "v1.0.0"

# dbt's views name the build file's catalog, so it keeps its name here.
_SOURCE, _TARGET = "build", "published"


def copy_published(
    home: Home, target: Path, generation: pa.Table
) -> tuple[list[Outgoing], dict[str, int]]:
    """Write the published file's content to `target`; return what, and rows per relation.

    Raises
    ------
    CytomartError
        An identity would leave the vault, the build file is open in this process or damaged, or
        the copy differs from what was copied.
    """
    con = duckdb.connect(config={**OFFLINE, "temp_directory": str(home.spill_dir)})
    try:
        con.execute(SESSION)
        _attach(con, home, target)
        relations = outgoing(con, _SOURCE)
        con.begin()
        expected = _copy_all(con, relations, generation)
        con.commit()
        refuse_identity(con, relations, _SOURCE, _TARGET)
        con.execute(f"checkpoint {_TARGET}")
        con.execute(f"use memory; detach {_TARGET}; detach {_SOURCE}")
    except duckdb.Error as error:
        raise _not_copied(str(error).splitlines()[0]) from error
    finally:
        con.close()
    if target.with_name(target.name + ".wal").exists():
        raise _not_copied("the copy was not written out completely")
    fault_point("publish_copied")
    found = {s.relation: (s.n_rows, s.checksum) for s in scan(target)}
    if found != expected:
        differing = sorted(n for n in found.keys() | expected if found.get(n) != expected.get(n))
        raise _not_copied(f"the copy differs from the build file in {differing}")
    fault_point("publish_scanned")
    return relations, {name: rows for name, (rows, _) in expected.items()}


def _attach(con: DuckDBPyConnection, home: Home, target: Path) -> None:
    try:
        con.execute(f"attach {literal(str(home.build_path))} as {_SOURCE} (read_only)")
    except duckdb.Error as error:
        if "file handle conflict" not in str(error):
            raise
        raise failure(
            "the build file is still open in this process",
            where=str(home.build_path),
            remedy="close its connection before publishing",
            exit_code=4,
        ) from error
    con.execute(
        f"attach {literal(str(target))} as {_TARGET} (storage_version {literal(STORAGE_VERSION)})"
    )
    con.execute(f"use {_SOURCE}")


def _copy_all(
    con: DuckDBPyConnection, relations: list[Outgoing], generation: pa.Table
) -> dict[str, tuple[int, str]]:
    expected = {}
    for number, relation in enumerate(relations):
        expected[relation.full_name] = _copy(con, relation)
        if number == 0:
            fault_point("publish_copy_started")
        if number == len(relations) // 2:
            fault_point("publish_copy_halfway")
    con.register("_generation", generation)
    table = qualified(_TARGET, GENERATION.schema, GENERATION.name)
    con.execute(f"create schema if not exists {qualified(_TARGET, GENERATION.schema)}")
    con.execute(f"create table {table} as select * from _generation")
    con.execute(
        "; ".join(s.replace(GENERATION.full_name, table, 1) for s in GENERATION.comment_sql())
    )
    expected[GENERATION.full_name] = checksum(
        con, _TARGET, GENERATION.schema, GENERATION.name, GENERATION.column_names
    )
    return expected


def _copy(con: DuckDBPyConnection, relation: Outgoing) -> tuple[int, str]:
    """Copy one relation; return rows and checksum that the finished file must show."""
    con.execute(f"create schema if not exists {qualified(_TARGET, relation.schema)}")
    con.execute(
        f"create table {qualified(_TARGET, relation.schema, relation.name)} as "
        f"select {relation.select_list()} "
        f"from {qualified(_SOURCE, relation.schema, relation.name)}"
    )
    if statements := comment_statements(relation, _TARGET):
        con.execute("; ".join(statements))
    # A view is computed afresh at each look, and sums of doubles depend on threads: only for a
    # table is the source itself the yardstick.
    catalog = _TARGET if relation.is_view else _SOURCE
    columns = [name for name, _, _ in relation.columns]
    return checksum(con, catalog, relation.schema, relation.name, columns)


def open_copy(target: Path) -> DuckDBPyConnection:
    """Open a finished copy to export from it."""
    con = duckdb.connect(str(target), read_only=True, config=OFFLINE)
    con.execute(SESSION)
    return con


def _not_copied(why: str) -> CytomartError:
    return failure(
        f"nothing was published: {why}",
        remedy="the published warehouse stays as it was; run `cytomart verify`, then again",
        exit_code=4,
    )
