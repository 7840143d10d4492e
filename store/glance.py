"""An in-memory copy of what stands, for those who only ask: the home keeps every byte."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
from duckdb import DuckDBPyConnection

from contracts import Relation, failure
from store.build import prepare
from store.engine import IN_MEMORY, SESSION
from store.home import Home
from store.lock import WriterBusy, read_holder
from store.sql_text import literal

_NAME = "standing_file"


def glance(home: Home, relations: Mapping[Relation, str]) -> DuckDBPyConnection:
    """Return an in-memory database with all standing relations, some filled from the build file.

    Where no build file is, all are empty; nothing is created.

    Parameters
    ----------
    relations : dict of Relation to str
        What to copy, each with a condition (`true` for all of it).

    Raises
    ------
    WriterBusy
        Another process is writing.
    CytomartError
        The build file cannot be read, or is of another version of the software.
    """
    con = duckdb.connect(":memory:", config=IN_MEMORY)
    try:
        con.execute(SESSION)
        prepare(con)
        if home.build_path.exists():
            _copy(home, con, relations)
    except BaseException:
        con.close()
        raise
    return con


def _copy(home: Home, con: DuckDBPyConnection, relations: Mapping[Relation, str]) -> None:
    try:
        con.execute(f"attach {literal(str(home.build_path))} as {_NAME} (read_only)")
        for relation, condition in relations.items():
            con.execute(
                f"insert into {relation.full_name} by name "
                f"select * from {_NAME}.{relation.full_name} where {condition}"
            )
        con.execute(f"detach {_NAME}")
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise WriterBusy(read_holder(home), str(home.build_path)) from error
        raise _unreadable(home, error) from error
    except duckdb.Error as error:
        raise _unreadable(home, error) from error


def _unreadable(home: Home, error: duckdb.Error) -> Exception:
    return failure(
        f"the build file cannot be read: {str(error).splitlines()[0]}",
        where=str(home.build_path),
        remedy="cytomart verify says whether it is damaged",
        exit_code=4,
    )
