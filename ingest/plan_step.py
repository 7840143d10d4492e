"""A plan over the data: free before they are loaded, a snapshot with corrections afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.raw import PLAN
from ingest import plan_history, standing, writing
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
    changes : tuple of CellChange
        Cells that changed after data were loaded.
    facts : mapping
        What changed against the plan in force before, for the ledger; empty for nothing.
    """

    is_changed: bool
    plan_hash: str | None
    changes: tuple[CellChange, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


def put_plan(
    loading: Loading, parsed: Parsed, sha256: str, present: Sequence[LoadedFile]
) -> PutPlan:
    """Put a plan in force whole; over loaded data its changed cells need a reason.

    Every change of a plan that was loaded before is kept in quality.plan_changes.

    Raises
    ------
    PlanRefusedError
        Analyses changed or went after data were loaded, and corrections are not accepted.
    """
    before = standing.plan_hash(loading.con, loading.study.study_id)
    rows = stored_plan(parsed)
    now = str(rows[0]["plan_hash"]) if rows else None
    is_after_data = any(f.role in _DATA for f in present)
    delta = _delta(loading, parsed)
    cells = cell_changes(parsed, delta) if is_after_data else ()
    if cells and loading.accept_corrections is None:
        raise PlanRefusedError(parsed, cells)
    changes = plan_history.changes_of(delta) if before is not None else ()
    if is_after_data:
        for correction in delta.corrected:
            writing.add_history(loading, "plan", correction, sha256)
        for removal in delta.removed:
            writing.add_history(loading, "plan", removal, sha256)
    own = {"study_id": loading.study.study_id, "file_sha256": sha256}
    is_changed = writing.replace_if_changed(loading, PLAN, [{**r, **own} for r in rows])
    if not changes:
        return PutPlan(is_changed, now, cells)
    hashes = (str(before), now or "")
    plan_history.record_changes(loading, changes, hashes, is_after_data=is_after_data)
    notes = plan_history.notes(changes, before, now) if is_after_data else ()
    facts = plan_history.ledger_facts(changes, is_after_data=is_after_data)
    return PutPlan(is_changed, now, cells, notes, facts)


def _delta(loading: Loading, parsed: Parsed) -> Delta:
    old = standing.plan(loading.con, loading.study.study_id)
    return with_removals(compare(old, parsed), old)
