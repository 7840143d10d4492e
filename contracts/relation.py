"""What a relation is: named columns with a type, a unit, a meaning, and a grain."""

from __future__ import annotations

from dataclasses import dataclass

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
    """A table that Python writes.

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
    """

    schema: str
    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    published: bool = True

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

    def create_sql(self) -> list[str]:
        """Return statements that create the empty table with its comments, if absent."""
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
        out = [f"comment on table {self.full_name} is {_literal('Grain: ' + self.grain)}"]
        for c in self.columns:
            doc = f"{c.doc} Unit: {c.unit}." if c.unit else c.doc
            out.append(f"comment on column {self.full_name}.{c.name} is {_literal(doc)}")
        return out


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
