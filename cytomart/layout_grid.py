"""A layout on the terminal: a grid for each Block, controls coloured."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from reports.layout_picture import Dot

_STYLES = {"positive_control": "bold yellow", "negative_control": "bold cyan", "blank": "dim"}
_WIDEST = 10


def block_grid(dots: Sequence[Dot], title: str) -> Table:
    """Return one Block as a table: rows and columns as printed.

    Neighbouring columns that hold the same targets in every row are drawn as one.
    """
    cells = {(d.spot_row, d.spot_column): d for d in dots}
    rows = sorted({row for row, _ in cells})
    groups = _groups(cells, rows)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("", justify="right", style="dim", no_wrap=True, min_width=2)
    for group in groups:
        head = str(group[0]) if len(group) == 1 else f"{group[0]}-{group[-1]}"
        table.add_column(head, no_wrap=True, min_width=4)
    for row in rows:
        table.add_row(str(row), *(_cell(cells.get((row, group[0]))) for group in groups))
    return table


def _groups(cells: dict[tuple[int, int], Dot], rows: list[int]) -> list[list[int]]:
    def labels(column: int) -> list[str | None]:
        return [d.label if (d := cells.get((row, column))) else None for row in rows]

    groups: list[list[int]] = []
    for column in sorted({column for _, column in cells}):
        if groups and groups[-1][-1] == column - 1 and labels(groups[-1][0]) == labels(column):
            groups[-1].append(column)
        else:
            groups.append([column])
    return groups


def _cell(dot: Dot | None) -> Text:
    if dot is None:
        return Text("")
    label = dot.label if len(dot.label) <= _WIDEST else f"{dot.label[: _WIDEST - 1]}…"
    return Text(label or "·", style=_STYLES.get(dot.kind, "" if dot.label else "dim"))
