"""What a relation is: named columns with a type, a unit, a meaning, and a grain."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import pyarrow as pa

_SQL_TYPES = {
    pa.string(): "varchar",
    pa.int64(): "bigint",
    pa.int32(): "integer",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamptz",
}


def sql_type(arrow_type: pa.DataType) -> str:
    """Return the SQL name of an Arrow type used in the contracts."""
    if pa.types.is_list(arrow_type):
        return f"{sql_type(arrow_type.value_type)}[]"
    if pa.types.is_decimal(arrow_type):
        return f"decimal({arrow_type.precision},{arrow_type.scale})"
    return _SQL_TYPES[arrow_type]


@dataclass(frozen=True)
class Column:
    """A column: Arrow type, unit, meaning, whether it may be null, whether it identifies."""

    name: str
    arrow_type: pa.DataType
    doc: str
    unit: str = ""
    nullable: bool = True
    identifying: bool = False


@dataclass(frozen=True)
class Relation:
    """A table that Python writes, or a view that makes such tables readable.

    Parameters
    ----------
    schema, name : str
        Where it stands in the warehouse.
    grain : str
        What one row is, in words.
    key : tuple of str
        Columns that identify a row.
    columns : tuple of Column
    published : bool
        Whether it leaves the vault. Identifying columns never do.
    view_sql : str
        Definition of a view; empty for a table.
    """

    schema: str
    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    published: bool = True
    view_sql: str = ""

    @property
    def full_name(self) -> str:
        """`schema.name`."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> list[str]:
        """Names in declared order."""
        return [c.name for c in self.columns]

    def arrow_schema(self) -> pa.Schema:
        """Return the Arrow schema; nullability and docs included."""
        return pa.schema(
            [
                pa.field(c.name, c.arrow_type, c.nullable, {"doc": c.doc, "unit": c.unit})
                for c in self.columns
            ]
        )

    def as_table(self) -> Relation:
        """Return a table with the columns of a view."""
        return replace(self, view_sql="")

    def create_sql(self) -> list[str]:
        """Return statements that create the empty table, or the view, with its comments."""
        if self.view_sql:
            return [
                f"create schema if not exists {self.schema}",
                f"create or replace view {self.full_name} as {self.view_sql}",
                *self.comment_sql(),
            ]
        columns = ", ".join(
            f"{c.name} {sql_type(c.arrow_type)}{'' if c.nullable else ' not null'}"
            for c in self.columns
        )
        return [
            f"create schema if not exists {self.schema}",
            f"create table if not exists {self.full_name} ({columns})",
            *self.comment_sql(),
        ]

    def comment_sql(self) -> list[str]:
        """Return the statements that write grain and column meanings as comments."""
        out = [f"comment on {self.kind} {self.full_name} is {_literal(self._comment)}"]
        for c in self.columns:
            doc = f"{c.doc} Unit: {c.unit}." if c.unit else c.doc
            out.append(f"comment on column {self.full_name}.{c.name} is {_literal(doc)}")
        return out

    @property
    def kind(self) -> str:
        """`table` or `view`."""
        return "view" if self.view_sql else "table"

    @property
    def _comment(self) -> str:
        """Grain; of a view a mark of its definition too, which tells whether it is today's."""
        if not self.view_sql:
            return f"Grain: {self.grain}"
        mark = hashlib.sha256(self.view_sql.encode()).hexdigest()[:12]
        return f"Grain: {self.grain}. Definition {mark}."


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
