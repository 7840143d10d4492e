"""A table is a snapshot of its keys: compare it with what the warehouse has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ingest.clinic.clinical import Parsed, Row
from ingest.clinic.samples import UNSCANNED

Key = tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """A row that the warehouse has: its cells and the file it came from."""

    values: Mapping[str, object]
    file_sha256: str


@dataclass(frozen=True)
class Cell:
    """A cell that differs: the column, the value in the warehouse, the value in the file."""

    column: str
    before: object
    after: object


@dataclass(frozen=True)
class Correction:
    """A row of the file that differs from the warehouse.

    `key` is the row's key in the warehouse: another one where a Block's sample was renamed.
    """

    row: Row
    key: Key
    cells: tuple[Cell, ...]
    old_sha256: str


@dataclass(frozen=True)
class Removal:
    """A row of the warehouse that the file takes away: every filled cell, with nothing after."""

    key: Key
    cells: tuple[Cell, ...]
    old_sha256: str


@dataclass(frozen=True)
class Delta:
    """What a table's new version brings.

    Parameters
    ----------
    new, unchanged : tuple of Row
    completed : tuple of Row
        Rows that only gain what had no place before: a clinical column declared since, or the
        scan day of a slide in a batch named after it.
    corrected : tuple of Correction
    missing : tuple of Key
        Keys that the warehouse has and the file does not; nothing happens to them.
    displaced : tuple of Key
        Standing samples, missing from the good rows, whose Block or label the file now gives to
        another sample.
    removed : tuple of Removal
        Rows that go with their key, where a table is complete by nature: the plan.
    """

    new: tuple[Row, ...]
    unchanged: tuple[Row, ...]
    completed: tuple[Row, ...]
    corrected: tuple[Correction, ...]
    missing: tuple[Key, ...]
    displaced: tuple[Key, ...] = ()
    removed: tuple[Removal, ...] = ()


def compare(standing: Mapping[Key, Standing], parsed: Parsed) -> Delta:
    """Return how the good rows of a table differ from the rows that stand."""
    new: list[Row] = []
    unchanged: list[Row] = []
    completed: list[Row] = []
    corrected: list[Correction] = []
    seen = {r.key for r in parsed.rows} | parsed.keys_aside
    replaced = _renamed(standing, parsed, seen) if parsed.table.role == "samples" else {}
    for row in parsed.rows:
        old = standing.get(row.key)
        if old is None and (key := replaced.get(row.key)):
            before = standing[key]
            corrected.append(
                Correction(row, key, _differences(before.values, row), before.file_sha256)
            )
        elif old is None:
            new.append(row)
        elif cells := _differences(old.values, row):
            corrected.append(Correction(row, row.key, cells, old.file_sha256))
        elif old.values.keys() == row.values.keys() and not _is_scanned_since(old.values, row):
            unchanged.append(row)
        else:
            completed.append(row)
    taken = set(replaced.values())
    missing = tuple(k for k in standing if k not in seen and k not in taken)
    loose = standing.keys() - {r.key for r in parsed.rows} - taken
    displaced = _displaced(standing, parsed, loose)
    return Delta(tuple(new), tuple(unchanged), tuple(completed), tuple(corrected), missing,
                 displaced)  # fmt: skip


def with_removals(delta: Delta, standing: Mapping[Key, Standing]) -> Delta:
    """Return the difference of a table whose missing rows are taken away, not left to stand."""
    removed = tuple(
        Removal(
            key,
            tuple(Cell(c, v, None) for c, v in standing[key].values.items() if v not in (None, "")),
            standing[key].file_sha256,
        )
        for key in delta.missing
    )
    return replace(delta, missing=(), removed=removed)


def _displaced(
    standing: Mapping[Key, Standing], parsed: Parsed, loose: set[Key]
) -> tuple[Key, ...]:
    if not loose or parsed.table.role != "samples":
        return ()
    places = {_place(r.values) for r in parsed.rows}
    return tuple(sorted(k for k in loose if _place(standing[k].values) in places))


def _place(values: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(values.get(c) for c in ("slide_id", "block", "file_label"))


def _differences(before: Mapping[str, object], row: Row) -> tuple[Cell, ...]:
    return tuple(
        Cell(column, before[column], after)
        for column, after in row.values.items()
        if column in before
        and before[column] != after
        and not (column == "batch_id" and _is_scanned_since(before, row))
    )


def _is_scanned_since(before: Mapping[str, object], row: Row) -> bool:
    """Return whether a row waited in a batch without a scan day and now has one."""
    old, new = str(before.get("batch_id", "")), str(row.values.get("batch_id", ""))
    return old != new and old == f"{row.values.get('lot')}/{UNSCANNED}"


def _renamed(standing: Mapping[Key, Standing], parsed: Parsed, seen: set[Key]) -> dict[Key, Key]:
    """Return new sample ids whose Block another id holds that the file no longer has."""
    holders = {_place(old.values): key for key, old in standing.items() if key not in seen}
    if not holders:
        return {}
    return {
        row.key: holders[place]
        for row in parsed.rows
        if row.key not in standing and (place := _place(row.values)) in holders
    }
