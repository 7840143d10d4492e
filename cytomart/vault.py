"""The private build file, opened to look at: what only the vault knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from contracts import failure
from store.build import connection_config
from store.home import Home
from store.lock import WriterBusy, read_holder


@contextmanager
def reading(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a read-only connection to the build file.

    Raises
    ------
    WriterBusy
        A command writes to it at this moment.
    CytomartError
        Nothing was loaded yet, or the vault may not be read.
    """
    try:
        is_there = home.build_path.exists()
    except PermissionError:
        is_there = True
    if not is_there:
        raise failure(
            "nothing is loaded yet", where=str(home.root),
            remedy="load a study: cytomart run STUDY-FOLDER",
        )  # fmt: skip
    try:
        con = duckdb.connect(str(home.build_path), read_only=True, config=connection_config(home))
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise WriterBusy(read_holder(home), str(home.build_path)) from error
        raise failure(
            "the vault cannot be read", where=str(home.vault),
            allowed="whoever loads the data may look into the vault",
            remedy="ask the owner of the vault",
        ) from error  # fmt: skip
    try:
        con.execute("set TimeZone = 'UTC'")
        yield con
    finally:
        con.close()
