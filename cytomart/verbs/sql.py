"""cytomart sql: ask the published warehouse a question, in a sandbox."""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

import click
import duckdb
from rich.table import Table

from contracts import failure
from cytomart import access
from cytomart.front import Front, pass_front
from store.read import sandboxed


@click.command("sql")
@click.argument("query")
@click.option(
    "--format", "layout", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True,
)  # fmt: skip
@click.option("--memory", default="2GB", show_default=True, help="Memory limit of the query.")
@pass_front
def command(front: Front, query: str, layout: str, memory: str) -> None:
    """Run one read-only QUERY on the published warehouse."""
    con = sandboxed(front.home, memory_limit=memory)
    try:
        cursor = con.execute(query)
        names = [c[0] for c in cursor.description or []]
        rows = cursor.fetchall()
    except duckdb.Error as error:
        raise failure(
            f"the query failed: {error}",
            allowed="one read-only query on raw, marts, stats, reporting, quality or vocabulary",
            remedy="list the tables with: cytomart sql 'show all tables'",
        ) from error
    finally:
        con.close()
    access.record(front.home, "sql", {"query": query, "n_rows": len(rows)})
    _print(names, rows, "json" if front.as_json else layout)


def _print(names: list[str], rows: list[tuple[Any, ...]], layout: str) -> None:
    if layout == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
    elif layout == "json":
        payload = [dict(zip(names, row, strict=True)) for row in rows]
        click.echo(json.dumps(payload, indent=2, default=str, ensure_ascii=False))
    else:
        _print_table(names, rows)


def _print_table(names: list[str], rows: list[tuple[Any, ...]]) -> None:
    from rich.console import Console
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    width = None if sys.stdout.isatty() else 240
    Console(highlight=False, width=width).print(table)
    click.echo(f"({len(rows)} row{'s' if len(rows) != 1 else ''})", err=True)
