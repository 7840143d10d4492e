"""What a load did, file by file: for the closing summary and for machines."""

from __future__ import annotations

from dataclasses import dataclass

from contracts import Problem
from store.kept import CURRENT_ONLY

LOADED, UNCHANGED, REFUSED, WAITING = "loaded", "unchanged", "refused", "waiting"
#: A slide that was taken away with all its sample rows.
REMOVED = "removed"


@dataclass(frozen=True)
class FileReport:
    """One file of the delivery.

    Rows balance: n_rows_in = loaded + unchanged + quarantined + refused.

    Parameters
    ----------
    role : str
        study, plan, layout, catalog, mapping, patients, samples, assessments or slide.
    status : str
        loaded, unchanged, refused, waiting for another file, or removed.
    problems : tuple of Problem
        Why it was refused, all at once.
    notes : tuple of str
        What should be known though nothing is wrong.
    rules : tuple of str
        The rule that each problem broke.
    """

    role: str
    file_name: str
    sha256: str
    slide_id: str | None
    batch_id: str | None
    status: str
    n_rows_in: int
    n_rows_loaded: int = 0
    n_rows_unchanged: int = 0
    n_rows_quarantined: int = 0
    n_rows_refused: int = 0
    n_rows_removed: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class SetAside:
    """A row in quarantine; the message is for the terminal and may quote the cell."""

    role: str
    file_name: str
    line: int
    column: str
    rule_id: str
    problem: Problem


@dataclass(frozen=True)
class WaitingSlide:
    """A slide that the sample sheet names and that has no loaded scanner file."""

    slide_id: str
    batch_id: str
    n_samples: int
    problem: Problem


@dataclass(frozen=True)
class CellChange:
    """A cell that differs from the released value. For the terminal only, never stored so."""

    role: str
    key: str
    column: str
    before: str
    after: str
    where: str


@dataclass(frozen=True)
class MissingKey:
    """A row that is in the warehouse and not in the new version of its table; it stays."""

    role: str
    key: str


@dataclass(frozen=True)
class LoadReport:
    """What a load did.

    Parameters
    ----------
    study_id, load_id : str
    files : tuple of FileReport
        Every file of the study folder.
    quarantined : tuple of SetAside
        Rows set aside by this delivery.
    waiting : tuple of WaitingSlide
        Slides without a loaded file; their batches must not be judged complete.
    changes : tuple of CellChange
        Corrections of this delivery, before and after.
    corrections_accepted : bool
        Whether they were let through.
    missing_keys : tuple of MissingKey
    removals : tuple of CellChange
        Cells of rows that were taken away, with nothing after.
    dropped_columns : dict of str to tuple of str
        Role to the titles of columns that are not mapped and were not kept.
    new_batches, changed_batches : tuple of str
        Batches that came, and batches whose content is another than before.
    rows_added : dict of str to int
        Relation to the number of rows it grew by.
    is_check_only : bool
        True where nothing was written: what a load would do.
    """

    study_id: str
    load_id: str
    files: tuple[FileReport, ...]
    quarantined: tuple[SetAside, ...] = ()
    waiting: tuple[WaitingSlide, ...] = ()
    changes: tuple[CellChange, ...] = ()
    corrections_accepted: bool = False
    missing_keys: tuple[MissingKey, ...] = ()
    removals: tuple[CellChange, ...] = ()
    dropped_columns: dict[str, tuple[str, ...]] | None = None
    new_batches: tuple[str, ...] = ()
    changed_batches: tuple[str, ...] = ()
    rows_added: dict[str, int] | None = None
    is_check_only: bool = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why files were refused, all of them."""
        return tuple(p for f in self.files for p in f.problems)

    @property
    def waiting_slides(self) -> tuple[str, ...]:
        """Ids of the slides without a loaded file."""
        return tuple(w.slide_id for w in self.waiting)

    @property
    def is_unchanged(self) -> bool:
        """Return whether the load added and changed nothing: everything was loaded already."""
        return all(f.status == UNCHANGED for f in self.files)

    @property
    def is_nothing_left(self) -> bool:
        """Return whether every file of data was refused or waits."""
        data = [f for f in self.files if f.role not in CURRENT_ONLY]
        return bool(data) and all(f.status in (REFUSED, WAITING) for f in data)

    @property
    def exit_code(self) -> int:
        """0 all loaded, 1 something refused or waiting, 2 nothing is left."""
        if self.is_nothing_left:
            return 2
        return 1 if self.problems or self.waiting else 0

    def count(self, status: str) -> int:
        """Return how many files ended so."""
        return sum(f.status == status for f in self.files)
