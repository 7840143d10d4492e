"""Names and texts put into SQL safely."""

from __future__ import annotations


def literal(text: str) -> str:
    """Return `text` as a SQL string."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return `name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def qualified(*names: str) -> str:
    """Return `catalog.schema.table` with every part quoted."""
    return ".".join(identifier(n) for n in names)
