"""Read every value of a database file: damage inside it shows only that way.

Run as a program (`python -m store.scan FILE`) it prints one JSON object per relation, so that
damage bad enough to end the reading process does not end the caller.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from store.engine import OFFLINE
from store.sql_text import identifier, literal, qualified

# Not from contracts: the reading process shall start quickly, without Arrow.
_TREE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Scanned:
    """Rows of a relation and the order-free sum of their hashes; `fault` where it failed."""

    relation: str
    n_rows: int
    checksum: str
    fault: str = ""


def checksum(
    con: DuckDBPyConnection, catalog: str, schema: str, name: str, columns: list[str]
) -> tuple[int, str]:
    """Return row count and order-free checksum over all values of some columns."""
    cells = ", ".join(identifier(c) for c in columns)
    # fetchall, not fetchone: DuckDB 2.0 calls a result unfinished until it has been read out.
    rows = con.execute(
        f"select count(*), coalesce(sum(hash({cells})), 0)::varchar "
        f"from {qualified(catalog, schema, name)}"
    ).fetchall()
    return int(rows[0][0]), str(rows[0][1])


def scan(path: Path) -> list[Scanned]:
    """Return what every relation of a database file holds; the file is opened read-only."""
    con = duckdb.connect(str(path), read_only=True, config=OFFLINE)
    try:
        catalog = con.execute("select current_database()").fetchall()[0][0]
        rows = con.execute(
            "select schema_name, table_name, list(column_name order by column_index) "
            f"from duckdb_columns() where database_name = {literal(catalog)} and not internal "
            "group by all order by 1, 2"
        ).fetchall()
        return [_scanned(con, catalog, schema, name, columns) for schema, name, columns in rows]
    finally:
        con.close()


def scan_apart(path: Path) -> list[Scanned]:
    """Return `scan(path)` made by another process.

    Opening and closing a file drops the locks that this process holds on it, and damage can end
    the reader; in a process of its own neither matters.
    """
    done = subprocess.run(
        [sys.executable, "-m", "store.scan", str(path)],
        cwd=_TREE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = [Scanned(**json.loads(line)) for line in done.stdout.splitlines()]
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["the reader died"])[-1]
        found.append(Scanned("", 0, "", reason))
    return found


def _scanned(
    con: DuckDBPyConnection, catalog: str, schema: str, name: str, columns: list[str]
) -> Scanned:
    relation = f"{schema}.{name}"
    try:
        return Scanned(relation, *checksum(con, catalog, schema, name, columns))
    except duckdb.Error as error:
        return Scanned(relation, 0, "", str(error).splitlines()[0])


def _main(path: str) -> None:
    for result in scan(Path(path)):
        sys.stdout.write(json.dumps(asdict(result)) + "\n")


if __name__ == "__main__":
    _main(sys.argv[1])
