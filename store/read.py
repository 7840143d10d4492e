"""Read the published file: plainly for our own rooms, in a sandbox for anybody's SQL."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from contracts import CytomartError, failure
from store.engine import OFFLINE, SESSION
from store.home import Home

_EXPLAIN = re.compile(r"\s*explain\b\s*(?:analyze\b|\([^()]*\))?", re.IGNORECASE)


def open_published(home: Home) -> DuckDBPyConnection:
    """Return a read-only connection to the published file.

    Raises
    ------
    CytomartError
        Nothing was published yet, or the file is damaged.
    """
    return _open(home, {})


class Sandbox:
    """Answers one question at a time and can do nothing else.

    The engine is locked down: read-only, no files, no network, no extensions, no settings. One
    gap remains in the engine (the log beside the open file counts as its own, so `copy … to`
    could write there and readers would take it for the file's); therefore only a single SELECT,
    as DuckDB's own parser sees it, or an EXPLAIN of one, is let through.
    """

    def __init__(self, con: DuckDBPyConnection, spill: Path) -> None:
        self._con = con
        # Also when the caller forgets to close, at the end of the process at the latest.
        self._cleaner = weakref.finalize(self, _dispose, con, spill)

    def execute(self, sql: str, parameters: object = None) -> DuckDBPyConnection:
        """Run one query and return its result.

        Raises
        ------
        CytomartError
            It is not a single query.
        duckdb.Error
            The query fails, or tries what the sandbox forbids.
        """
        if not self._is_query(sql):
            raise failure(
                "this is not a single query",
                allowed="one SELECT (or FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN)",
                remedy="give PIVOT a fixed IN list; files of every table stand in published/, and "
                "the published warehouse is never changed",
            )
        return self._con.execute(sql, parameters)

    def close(self) -> None:
        """Close the connection and remove what it spilled."""
        self._cleaner()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _is_query(self, sql: str) -> bool:
        if self._is_select(sql):
            return True
        explained = _EXPLAIN.match(sql)
        return explained is not None and self._is_select(sql[explained.end() :])

    def _is_select(self, sql: str) -> bool:
        statements = self._con.extract_statements(sql)
        return [s.type for s in statements] == [duckdb.StatementType.SELECT]


def sandboxed(home: Home, memory_limit: str = "2GB") -> Sandbox:
    """Return a sandbox over the published file for SQL that somebody else wrote.

    Parameters
    ----------
    memory_limit : str
        As DuckDB writes it, such as `2GB`; beyond it a query spills into a private folder.

    Raises
    ------
    CytomartError
        Nothing was published yet, the file is damaged, or the limit is none.
    """
    place = home.spill_dir if os.access(home.spill_dir, os.W_OK) else None
    spill = Path(tempfile.mkdtemp(prefix=f"sql-{os.getpid()}-", dir=place))
    try:
        con = _open(
            home,
            {
                "memory_limit": memory_limit,
                "temp_directory": str(spill),
                "allow_community_extensions": False,
                "allow_persistent_secrets": False,
                "python_enable_replacements": False,
            },
        )
    except BaseException:
        shutil.rmtree(spill, ignore_errors=True)
        raise
    # The order matters: a locked configuration cannot be locked down further.
    con.execute("set enable_external_access = false")
    con.execute("set lock_configuration = true")
    return Sandbox(con, spill)


def _open(home: Home, extra: dict[str, Any]) -> DuckDBPyConnection:
    path = home.published_path
    if not path.exists():
        raise failure(
            "nothing is published yet",
            where=str(path),
            remedy="load a study: cytomart run STUDY-FOLDER",
        )
    try:
        con = duckdb.connect(str(path), read_only=True, config={**OFFLINE, **extra})
        con.execute(SESSION)
    except duckdb.Error as error:
        raise _unreadable(path, error) from error
    return con


def _unreadable(path: Path, error: duckdb.Error) -> CytomartError:
    return failure(
        f"the published warehouse cannot be opened: {str(error).splitlines()[0]}",
        where=str(path),
        remedy="run `cytomart verify`; publishing again makes the file anew",
        exit_code=4,
    )


def _dispose(con: DuckDBPyConnection, spill: Path) -> None:
    con.close()
    shutil.rmtree(spill, ignore_errors=True)
