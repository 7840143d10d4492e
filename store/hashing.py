"""One hash for what a relation says, whatever the order of its rows and wherever they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from duckdb import DuckDBPyConnection

from contracts import failure
from store.sql_text import identifier, qualified

#: Columns that say by which way a row came, not what it says.
PROVENANCE = frozenset(
    {
        "file_sha256", "source_line", "load_id", "loaded_at", "gate_run_id", "ran_at",
        "refused_at", "recorded_at", "accepted_at", "published_at", "line_hash", "batch_state",
    }
)  # fmt: skip

#: Significant digits of a double that enter the hash: sums of doubles depend on the order of
#: rows and on threads beyond them.
DIGITS = 12


def value_hash(
    con: DuckDBPyConnection,
    relation: str,
    key: Sequence[str],
    exclude: Collection[str] = PROVENANCE,
) -> str:
    """Return the SHA-256 over a relation's names and values.

    Rows are sorted by key, columns by name; doubles enter with 12 significant digits, so a
    difference beyond them is no difference; null differs from empty text.

    Parameters
    ----------
    relation : str
        `schema.name`.
    key : sequence of str
        Columns that identify a row.
    exclude : collection of str
        Columns left out; by default those that tell provenance.

    Raises
    ------
    CytomartError
        The relation or a key column does not exist.
    """
    schema, _, name = relation.partition(".")
    columns = con.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = ? "
        "and table_name = ? and database_name = current_database() order by column_name",
        [schema, name],
    ).fetchall()
    names = [c for c, _ in columns]
    if not columns or (missing := sorted(set(key) - set(names))):
        raise failure(
            f"no {relation}" if not columns else f"{relation} has no column {missing}",
            allowed=", ".join(names),
            exit_code=4,
        )
    kept = [(c, kind) for c, kind in columns if c not in exclude]
    digest = hashlib.sha256(repr([c for c, _ in kept]).encode())
    row_text = " || ".join(_cell_text(c, kind) for c, kind in kept) or "''"
    order = ", ".join(f"{identifier(c)} nulls first" for c in key if c not in exclude)
    cursor = con.execute(
        f"select md5({row_text}) as row_hash from {qualified(schema, name)} "
        f"order by {order + ', ' if order else ''}row_hash"
    )
    while rows := cursor.fetchmany(50_000):
        digest.update("".join(r[0] for r in rows).encode())
    return digest.hexdigest()


def _cell_text(column: str, data_type: str) -> str:
    """Return SQL that writes a cell so that no two different rows read alike."""
    cell = identifier(column)
    if data_type in ("DOUBLE", "FLOAT"):
        # + 0.0 makes minus zero zero.
        text = f"format('{{:.{DIGITS - 1}e}}', {cell}::double + 0.0)"
    elif data_type.startswith("TIMESTAMP"):
        text = f"epoch_us({cell})::varchar"
    else:
        text = f"{cell}::varchar"
    return f"coalesce(length({text}) || ':' || {text}, 'null;')"
