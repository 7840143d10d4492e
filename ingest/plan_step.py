"""A plan over the data: free before they are loaded, a snapshot with corrections afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.raw import PLAN
from ingest import standing, writing
from ingest.clinic.clinical import Parsed
from ingest.faults import RefusedError
from ingest.load_report import CellChange
from ingest.loading import Loading
from ingest.plan import stored_plan
from ingest.snapshot import Delta, compare, with_removals
from ingest.standing import LoadedFile
from ingest.table_step import cell_changes, uncorrected

#: Files with results in them: once one is loaded, the plan can no longer change unseen.
_DATA = ("slide", "assessments")


class PlanRefusedError(RefusedError):
    """A changed plan that nobody gave a reason for; carries its changed cells."""

    def __init__(self, parsed: Parsed, changes: tuple[CellChange, ...]) -> None:
        self.changes = changes
        super().__init__([uncorrected(parsed.table, changes)], parsed.n_rows_in)


@dataclass(frozen=True)
class PutPlan:
    """What putting a plan in force did.

    Parameters
    ----------
    is_changed : bool
        Whether raw.plan is another than before.
    plan_hash : str or None
        Hash of the plan now in force.
    """

    is_changed: bool
    plan_hash: str | None
    changes: tuple[CellChange, ...] = ()
    notes: tuple[str, ...] = ()


def put_plan(
    loading: Loading, parsed: Parsed, sha256: str, present: Sequence[LoadedFile]
) -> PutPlan:
    """Put a plan in force whole; over loaded data its changed cells need a reason.

    Raises
    ------
    PlanRefusedError
        Analyses changed or went after data were loaded, and corrections are not accepted.
    """
    study_id = loading.study.study_id
    before = standing.plan_hash(loading.con, study_id)
    rows = stored_plan(parsed)
    now = str(rows[0]["plan_hash"]) if rows else None
    changes: tuple[CellChange, ...] = ()
    notes: tuple[str, ...] = ()
    if any(f.role in _DATA for f in present):
        delta = _delta(loading, parsed)
        changes = cell_changes(parsed, delta)
        if changes and loading.accept_corrections is None:
            raise PlanRefusedError(parsed, changes)
        for correction in delta.corrected:
            writing.add_history(loading, "plan", correction, sha256)
        for removal in delta.removed:
            writing.add_history(loading, "plan", removal, sha256)
        notes = _notes(delta, before, now)
    own = {"study_id": study_id, "file_sha256": sha256}
    is_changed = writing.replace_if_changed(loading, PLAN, [{**r, **own} for r in rows])
    return PutPlan(is_changed, now, changes, notes)


def _delta(loading: Loading, parsed: Parsed) -> Delta:
    old = standing.plan(loading.con, loading.study.study_id)
    return with_removals(compare(old, parsed), old)


def _notes(delta: Delta, before: str | None, now: str | None) -> tuple[str, ...]:
    """Return what a reader of the p-values should know about this plan."""
    hashes = f"old plan hash {_short(before)}, new {_short(now)}"
    changed = [*(c.key for c in delta.corrected), *(r.key for r in delta.removed)]
    notes = []
    if changed:
        notes.append(f"the plan changed after data were loaded: analyses {_names(changed)}; "
                     f"{hashes}")  # fmt: skip
    if delta.new:
        added = [r.key for r in delta.new]
        notes.append(f"added to the plan after data were loaded: analyses {_names(added)}; "
                     f"{hashes}")  # fmt: skip
    return tuple(notes)


def _names(keys: Iterable[tuple[str, ...]]) -> str:
    return ", ".join(sorted(key[0] for key in keys))


def _short(digest: str | None) -> str:
    return digest[:12] if digest else "none"
