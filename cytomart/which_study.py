"""Which study a verb is about: the one that is named, or the only one there is."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from contracts import failure


def of(con: DuckDBPyConnection, asked: str) -> str:
    """Return the id of the study that is meant.

    Raises
    ------
    CytomartError
        There is no such study, or several are loaded and none is named.
    """
    known = [r[0] for r in con.execute("select study_id from raw.studies order by 1").fetchall()]
    if asked in known:
        return asked
    if not asked and len(known) == 1:
        return str(known[0])
    given = f"there is no study {asked!r}" if asked else f"{len(known)} studies are loaded"
    raise failure(given, allowed=", ".join(known), remedy="name one with --study")
