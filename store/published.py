"""Which relations and columns leave the vault, and what is refused on the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from contracts import QUALITY, RAW, STANDING, CytomartError, Problem
from store.sql_text import identifier, literal, qualified

#: Schemas that the models make and that are published whole.
MODEL_SCHEMAS = ("marts", "stats", "reporting", "vocabulary")
#: Schemas that are exported as files with each generation.
EXPORT_SCHEMAS = ("marts", "stats", "reporting")

#: Identifying columns that may stand nowhere outside the vault. An age may, once it is capped.
_NEVER = {c.name for r in STANDING for c in r.columns if c.identifying} - {"age_years"}
_OLDEST_AGE = 90
_SHORTEST_ID = 4  # shorter ids ("12", "A") also occur as groups, sites and grades


@dataclass(frozen=True)
class Outgoing:
    """A relation on its way out: its columns (identifying ones already left out) and comments."""

    schema: str
    name: str
    columns: tuple[tuple[str, str, str], ...]  # name, data type, comment
    comment: str
    is_view: bool

    @property
    def full_name(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    def select_list(self) -> str:
        """Return the columns, quoted."""
        return ", ".join(identifier(name) for name, _, _ in self.columns)


def outgoing(con: DuckDBPyConnection, catalog: str) -> list[Outgoing]:
    """Return every relation to publish from an attached build file, in order of names."""
    allowed = {
        (r.schema, r.name): {c.name for c in r.columns if not c.identifying}
        for r in (*RAW, *QUALITY)
        if r.published
    }
    found = []
    all_columns = _columns(con, catalog)
    for schema, name, comment, is_view in _relations(con, catalog):
        columns = all_columns[schema, name]
        if schema in MODEL_SCHEMAS:
            kept = columns
        elif (schema, name) in allowed:
            kept = [c for c in columns if c[0] in allowed[schema, name]]
        else:
            continue
        found.append(Outgoing(schema, name, tuple(kept), comment, is_view))
    return found


def refuse_identity(
    con: DuckDBPyConnection, relations: Iterable[Outgoing], source: str, target: str
) -> None:
    """Stop a publish that would let an identity out of the vault.

    Parameters
    ----------
    relations : iterable of Outgoing
        What was copied.
    source, target : str
        Catalogs of the build file and of the copy that is to be published.

    Raises
    ------
    CytomartError
        The copy has an identifying column, a date, an age above 90, or a cell that equals a
        real id. The message names relation and column, never the value.
    """
    problems = []
    has_ids = _any(con, f"from {qualified(source, 'identity', 'pseudonyms')}")
    for relation in relations:
        for column, data_type, _ in relation.columns:
            why = _why_not(con, target, relation, column, data_type)
            if not why and has_ids and data_type == "VARCHAR":
                why = _real_id(con, source, target, relation, column)
            if why:
                problems.append(
                    Problem(
                        f"{relation.full_name}.{column} {why}",
                        allowed="study codes or pseudonyms, study days, ages up to 90",
                        remedy="mend the model that makes it; nothing was published",
                    )
                )
    if problems:
        raise CytomartError(problems, exit_code=4)


def _why_not(
    con: DuckDBPyConnection, target: str, relation: Outgoing, column: str, kind: str
) -> str:
    """Return why a column may not leave, or an empty string."""
    table = qualified(target, relation.schema, relation.name)
    cell = identifier(column)
    if column in _NEVER:
        return "is an identifying column"
    if kind == "DATE" and relation.schema != "vocabulary":
        return "holds dates"
    if column == "age_years" and _any(con, f"from {table} where {cell} > {_OLDEST_AGE}"):
        return f"holds an age above {_OLDEST_AGE}"
    return ""


def _real_id(
    con: DuckDBPyConnection, source: str, target: str, relation: Outgoing, column: str
) -> str:
    """Return that a column holds a real id, or an empty string."""
    if relation.schema == "vocabulary":
        return ""
    # A sample's real id may rightly stand in an array's id: an empty Block has no other name.
    kinds = "'patient', 'sample'" if column == "sample_id" else "'patient'"
    ids = (
        f"select real_id from {qualified(source, 'identity', 'pseudonyms')} where id_kind in "
        f"({kinds}) and real_id <> pseudonym and length(real_id) >= {_SHORTEST_ID}"
    )
    table = qualified(target, relation.schema, relation.name)
    if _any(con, f"from {table} where {identifier(column)} in ({ids})"):
        return "holds the real id of a person or sample"
    return ""


def _any(con: DuckDBPyConnection, clause: str) -> bool:
    return bool(con.execute(f"select 1 {clause} limit 1").fetchall())


def _relations(con: DuckDBPyConnection, catalog: str) -> list[tuple[str, str, str, bool]]:
    ours = f"database_name = {literal(catalog)} and not internal"
    return con.execute(
        "select schema_name, table_name, coalesce(comment, ''), false from duckdb_tables() "
        f"where {ours} and not contains(table_name, '__dbt_') "
        "union all "
        "select schema_name, view_name, coalesce(comment, ''), true from duckdb_views() "
        f"where {ours} and not contains(view_name, '__dbt_') "
        "order by 1, 2"
    ).fetchall()


def _columns(
    con: DuckDBPyConnection, catalog: str
) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    rows = con.execute(
        "select schema_name, table_name, column_name, data_type, coalesce(comment, '') "
        f"from duckdb_columns() where database_name = {literal(catalog)} and not internal "
        "order by schema_name, table_name, column_index"
    ).fetchall()
    columns: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for schema, table, *column in rows:
        columns.setdefault((schema, table), []).append(tuple(column))
    return columns


def comment_statements(relation: Outgoing, catalog: str) -> list[str]:
    """Return the statements that carry a relation's comments over."""
    table = qualified(catalog, relation.schema, relation.name)
    out = [f"comment on table {table} is {literal(relation.comment)}"] if relation.comment else []
    return out + [
        f"comment on column {table}.{identifier(name)} is {literal(comment)}"
        for name, _, comment in relation.columns
        if comment
    ]
