"""Positions in words: single spots with their targets, whole Blocks, rows and runs together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby

from ingest.panel.gal import Position

#: Fewer spots than this are named one by one.
_FEW = 4


def place(position: Position, name: str = "") -> str:
    """Return a position in words, with what is or should be there."""
    text = f"Block {position[0]} Row {position[1]} Column {position[2]}"
    return f"{text} `{name}`" if name else text


def places(positions: Collection[Position], printed: Mapping[Position, str]) -> list[str]:
    """Return positions in words, whole Blocks and rows of the layout together.

    Parameters
    ----------
    positions : collection of (block, row, column)
        What to name.
    printed : dict
        Every position of the layout and the name of what is printed there.
    """
    wanted = set(positions)
    blocks = _whole(wanted, printed, 1)
    texts = [f"{_span('Block', run)} ({_n(wanted, [(b,) for b in run])})" for run in _runs(blocks)]
    rest = {p for p in wanted if p[0] not in blocks}
    for block in sorted({p[0] for p in rest}):
        texts += _in_block(block, {p for p in rest if p[0] == block}, printed)
    return texts


def _in_block(
    block: int, positions: set[Position], printed: Mapping[Position, str]
) -> Iterable[str]:
    own = {p: name for p, name in printed.items() if p[0] == block}
    rows = {row for row in {p[1] for p in positions} if _is_whole(positions, own, (block, row))}
    for run in _runs(rows):
        inside = [p for p in positions if p[1] in run]
        yield f"Block {block} {_span('Row', run)} ({len(inside)} spots)"
    rest = [p for p in positions if p[1] not in rows]
    for row in sorted({p[1] for p in rest}):
        for run in _runs({p[2] for p in rest if p[1] == row}):
            if len(run) >= _FEW:
                yield f"Block {block} Row {row} {_span('Column', run)} ({len(run)} spots)"
            else:
                yield from (place((block, row, c), own.get((block, row, c), "")) for c in run)


def _whole(positions: set[Position], printed: Mapping[Position, str], depth: int) -> set[int]:
    return {p[0] for p in positions if _is_whole(positions, printed, p[:depth])}


def _is_whole(
    positions: set[Position], printed: Mapping[Position, str], head: tuple[int, ...]
) -> bool:
    """Return whether every position that begins so is meant, and they are not just a few."""
    n_printed = sum(p[: len(head)] == head for p in printed)
    n_meant = sum(p[: len(head)] == head for p in positions)
    return n_meant == n_printed and n_meant >= _FEW


def _n(positions: set[Position], heads: list[tuple[int, ...]]) -> str:
    return f"{sum(p[:1] in heads for p in positions)} spots"


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Return runs of consecutive numbers."""
    ordered = sorted(numbers)
    groups = groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0])
    return [[number for _, number in group] for _, group in groups]


def _span(noun: str, run: list[int]) -> str:
    return f"{noun} {run[0]}" if len(run) == 1 else f"{noun}s {run[0]} to {run[-1]}"
