"""What changed from one plan to the next: for quality.plan_changes, the ledger and the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from contracts import from_rows
from contracts.plan_changes import PLAN_CHANGES
from ingest import standing
from ingest.loading import Loading
from ingest.snapshot import Cell, Delta
from store.build import append
from store.generation import current

ADDED, CHANGED, REMOVED = "added", "changed", "removed"


@dataclass(frozen=True)
class PlanChange:
    """One analysis that was added, changed or removed, with its cells before and after."""

    analysis_id: str
    change: str
    cells: tuple[Cell, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that changed; () for a whole analysis."""
        return tuple(sorted(c.column for c in self.cells)) if self.change == CHANGED else ()

    @property
    def text(self) -> str:
        """The cells in words."""
        return "; ".join(self._cell(c) for c in sorted(self.cells, key=lambda c: c.column))

    def _cell(self, cell: Cell) -> str:
        if self.change == CHANGED:
            return f"{cell.column}: {_shown(cell.before)} → {_shown(cell.after)}"
        return f"{cell.column}: {_shown(cell.after if self.change == ADDED else cell.before)}"


def changes_of(delta: Delta) -> tuple[PlanChange, ...]:
    """Return what a plan's new version changes, sorted by analysis."""
    added = (
        PlanChange(r.key[0], ADDED, tuple(Cell(c, None, v) for c, v in r.values.items() if v))
        for r in delta.new
    )
    changed = (PlanChange(c.key[0], CHANGED, c.cells) for c in delta.corrected)
    removed = (PlanChange(r.key[0], REMOVED, r.cells) for r in delta.removed)
    return tuple(sorted((*added, *changed, *removed), key=lambda c: c.analysis_id))


def record_changes(
    loading: Loading,
    changes: Sequence[PlanChange],
    hashes: tuple[str, str],
    *,
    is_after_data: bool,
) -> None:
    """Add the changes to quality.plan_changes, inside the load's transaction.

    Parameters
    ----------
    hashes : of the plan before and after
    """
    generation = current(loading.home)
    needs_reason = is_after_data and any(c.change != ADDED for c in changes)
    own = {
        "study_id": loading.study.study_id,
        "load_id": loading.load_id,
        "plan_hash_before": hashes[0],
        "plan_hash_after": hashes[1],
        "is_after_data": is_after_data,
        "published_generation": generation.number if generation else None,
        "reason": (loading.accept_corrections or "") if needs_reason else "",
        "changed_by": loading.user,
        "changed_at": loading.loaded_at,
    }
    rows = [
        {**own, "analysis_id": c.analysis_id, "change": c.change,
         "changed_columns": ",".join(c.columns), "change_text": c.text}
        for c in changes
    ]  # fmt: skip
    append(loading.con, PLAN_CHANGES, from_rows(rows, PLAN_CHANGES))


def ledger_facts(changes: Sequence[PlanChange], *, is_after_data: bool) -> Mapping[str, object]:
    """Return what the ledger keeps of the changes: names of analyses and columns."""
    return {
        "added": _names(changes, ADDED),
        "changed": {c.analysis_id: list(c.columns) for c in changes if c.change == CHANGED},
        "removed": _names(changes, REMOVED),
        "is_after_data": is_after_data,
    }


def recorded_facts(con: DuckDBPyConnection, study_id: str, load_id: str) -> Mapping[str, object]:
    """Return the same facts of a load whose ledger line is missing; empty for no change."""
    found = standing.rows(
        con, "select analysis_id, change, changed_columns, is_after_data from quality.plan_changes "
        "where study_id = ? and load_id = ? order by analysis_id", study_id, load_id
    )  # fmt: skip
    if not found:
        return {}
    changes = [
        PlanChange(r["analysis_id"], r["change"],
                   tuple(Cell(c, None, None) for c in r["changed_columns"].split(",") if c))
        for r in found
    ]  # fmt: skip
    return ledger_facts(changes, is_after_data=bool(found[0]["is_after_data"]))


def notes(changes: Sequence[PlanChange], before: str | None, now: str | None) -> tuple[str, ...]:
    """Return what a reader of the p-values should know about a plan changed after the data."""
    hashes = f"old plan hash {_short(before)}, new {_short(now)}"
    altered = sorted(_names(changes, CHANGED) + _names(changes, REMOVED))
    added = _names(changes, ADDED)
    said = []
    if altered:
        said.append(f"the plan changed after data were loaded: analyses {', '.join(altered)}; "
                    f"{hashes}")  # fmt: skip
    if added:
        said.append(f"added to the plan after data were loaded: analyses {', '.join(added)}; "
                    f"{hashes}")  # fmt: skip
    return tuple(said)


def _names(changes: Iterable[PlanChange], change: str) -> list[str]:
    return [c.analysis_id for c in changes if c.change == change]


def _short(digest: str | None) -> str:
    return digest[:12] if digest else "none"


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) if value not in (None, "") else "(empty)"
