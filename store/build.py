"""The private build file: opened in one way everywhere, with every standing relation in it."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from contracts import STANDING, CytomartError, Relation, conform, failure
from contracts.relation import sql_type
from store.durable import PRIVATE_FILE
from store.engine import OFFLINE, SESSION
from store.home import Home
from store.lock import Holder, WriterBusy, read_holder
from store.sql_text import literal

#: Of a file that is made anew: text columns, most of the warehouse, are written in two thirds of
#: the time. Nothing older than the pinned DuckDB opens the private file.
_STORAGE_VERSION = "v1.5.0"


def connection_config(home: Home) -> dict[str, Any]:
    """Return the settings of every connection to the build file.

    DuckDB refuses a second connection of one process to the same file with other settings, so
    dbt's connection takes them from here too.
    """
    return {
        **OFFLINE,
        "temp_directory": str(home.spill_dir),
        "storage_compatibility_version": _STORAGE_VERSION,
    }


def open_build(home: Home) -> DuckDBPyConnection:
    """Return a read-write connection to the build file, with all standing relations present.

    The caller holds the writer lock (`store.lock.writer_lock`) and closes the connection.

    Raises
    ------
    WriterBusy
        Another process has the file open.
    CytomartError
        The file is damaged, or its relations are those of another version of the software.
    """
    home.ensure()
    mask = os.umask(0o077)
    try:
        con = duckdb.connect(str(home.build_path), config=connection_config(home))
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise WriterBusy(_other_holder(home, error), str(home.build_path)) from error
        raise _damaged(home, error) from error
    except duckdb.Error as error:
        raise _damaged(home, error) from error
    finally:
        os.umask(mask)
    home.build_path.chmod(PRIVATE_FILE)
    try:
        con.execute(SESSION)
        prepare(con)
    except BaseException:
        con.close()
        raise
    return con


def _other_holder(home: Home, error: duckdb.IOException) -> Holder | None:
    """Name who has the file open: not us, though the lock file may say so.

    A build whose command was killed lives on for a moment without the lock.
    """
    holder = read_holder(home)
    if holder is not None and holder.pid != os.getpid():
        return holder
    found = re.search(r"\(PID (\d+)\)", str(error))
    if found is None:
        return None
    return Holder(socket.gethostname(), int(found[1]), "another command", "before this one")


def prepare(con: DuckDBPyConnection) -> None:
    """Create every standing relation that is absent; do nothing where all is in place.

    Raises
    ------
    CytomartError
        A relation exists with other columns than its contract.
    """
    with one_thread(con), transaction(con):
        present = _present_columns(con)
        comments = _present_comments(con)
        wanted: list[str] = []
        for relation in STANDING:
            if relation.view_sql:
                if (relation.schema, relation.name) in present:
                    raise _of_another_version(relation, "is a table, not a view")
                if not comments.issuperset(relation.comment_sql()):
                    wanted += relation.create_sql()
                continue
            found = present.get((relation.schema, relation.name))
            if found is None:
                wanted += relation.create_sql()
                continue
            _demand_contract(relation, found)
            wanted += [s for s in relation.comment_sql() if s not in comments]
        con.execute("; ".join(wanted))


def append(con: DuckDBPyConnection, relation: Relation, table: pa.Table) -> int:
    """Add rows to a standing relation; return how many.

    Raises
    ------
    CytomartError
        The rows do not fit the relation's contract.
    """
    rows = conform(table, relation)
    con.register("_cytomart_rows", rows)
    try:
        con.execute(f"insert into {relation.full_name} by name select * from _cytomart_rows")
    finally:
        con.unregister("_cytomart_rows")
    return int(rows.num_rows)


def replace(
    con: DuckDBPyConnection, relation: Relation, table: pa.Table, where: Mapping[str, Any]
) -> int:
    """Put rows in the place of those that `where` names, in one transaction; return how many.

    Parameters
    ----------
    where : mapping
        Column to value; a list or tuple means any of its values. It may not be empty.

    Raises
    ------
    CytomartError
        The rows do not fit the contract, or `where` names nothing or an unknown column.
    """
    unknown = [c for c in where if c not in relation.column_names]
    if unknown or not where:
        raise failure(
            f"replace in {relation.full_name} restricted by {unknown or 'nothing'}",
            allowed=", ".join(relation.column_names),
            exit_code=4,
        )
    conditions, values = [], []
    for column, value in where.items():
        if isinstance(value, list | tuple):
            # A join takes thousands of values; thousands of comparisons it does not.
            kind = sql_type(relation.arrow_schema().field(column).type)
            conditions.append(
                f"exists (select 1 from (select unnest(?::{kind}[]) as wanted) as named "
                f"where named.wanted is not distinct from {relation.name}.{column})"
            )
            values.append(list(value))
        else:
            conditions.append(f"{column} is not distinct from ?")
            values.append(value)
    rows = conform(table, relation)
    with transaction(con):
        con.execute(f"delete from {relation.full_name} where {' and '.join(conditions)}", values)
        return append(con, relation, rows)


@contextmanager
def one_thread(con: DuckDBPyConnection) -> Iterator[None]:
    """Let the engine work in one thread.

    For large appends two cost twice the time of one, for small statements half as much again.
    """
    before = con.execute("select current_setting('threads')").fetchone()
    con.execute("set threads = 1")
    try:
        yield
    finally:
        con.execute(f"set threads = {before[0] if before else 1}")


@contextmanager
def transaction(con: DuckDBPyConnection) -> Iterator[None]:
    """Run a block in one transaction, joining the one that is already open."""
    if _in_transaction(con):
        yield
        return
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


def _in_transaction(con: DuckDBPyConnection) -> bool:
    # Outside a transaction every statement gets a number of its own. (A failing `begin` would
    # answer too, but it aborts the transaction that it finds.)
    first, second = (con.execute("select txid_current()").fetchone() for _ in range(2))
    return bool(first == second)


def _present_columns(con: DuckDBPyConnection) -> dict[tuple[str, str], list[tuple[str, str]]]:
    rows = con.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and not internal "
        "and table_name in (select table_name from duckdb_tables() "
        "where database_name = current_database()) "
        "order by schema_name, table_name, column_index"
    ).fetchall()
    present: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, column, data_type in rows:
        present.setdefault((schema, table), []).append((column, data_type))
    return present


def _present_comments(con: DuckDBPyConnection) -> set[str]:
    """Return the comments that stand, as the statements that would write them."""
    found = con.execute(
        "select 'table', schema_name || '.' || table_name, comment from duckdb_tables() "
        "where database_name = current_database() and comment is not null "
        "union all select 'view', schema_name || '.' || view_name, comment from duckdb_views() "
        "where database_name = current_database() and comment is not null"
    ).fetchall()
    columns = con.execute(
        "select schema_name || '.' || table_name || '.' || column_name, comment "
        "from duckdb_columns() where database_name = current_database() and comment is not null"
    ).fetchall()
    return {f"comment on {kind} {name} is {literal(text)}" for kind, name, text in found} | {
        f"comment on column {name} is {literal(text)}" for name, text in columns
    }


_ENGINE_NAMES = {"timestamptz": "timestamp with time zone"}


def _demand_contract(relation: Relation, found: list[tuple[str, str]]) -> None:
    wanted = [(c.name, sql_type(c.arrow_type)) for c in relation.columns]
    wanted = [(name, _ENGINE_NAMES.get(kind, kind).upper()) for name, kind in wanted]
    if found == wanted:
        return
    differing = sorted({name for name, _ in set(found) ^ set(wanted)}) or ["the columns' order"]
    raise _of_another_version(relation, f"differs in {differing}")


def _of_another_version(relation: Relation, how: str) -> CytomartError:
    return failure(
        f"the home was made by another version: {relation.full_name} {how}",
        allowed=", ".join(relation.column_names),
        remedy="load the study folder into a new home (--home), or use the version that made it",
    )


def _damaged(home: Home, error: Exception) -> CytomartError:
    return failure(
        f"the build file cannot be opened: {error}",
        where=str(home.build_path),
        remedy="run `cytomart verify`; the database can be rebuilt from archive and ledger",
        exit_code=4,
    )
