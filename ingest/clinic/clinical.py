"""What patients, samples and assessments have in common: keyed rows, ids, set-aside rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ingest.clinic.ids import fold_id
from ingest.clinic.mangled import AS_TEXT, KnownIds
from ingest.faults import Fault
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow

#: Kind of id (patient, sample) and id in the file → id in the warehouse.
Coder = Callable[[str, str], str]


@dataclass(frozen=True)
class Row:
    """One good row of a table.

    Parameters
    ----------
    key : tuple of str
        Key as the warehouse stores it, pseudonyms where the study needs them.
    values : dict
        Typed cells by column, the key's columns included, as the warehouse stores them.
    source : SheetRow
        Where it stood.
    shown : str
        The key as it stood in the file, for the terminal.
    """

    key: tuple[str, ...]
    values: dict[str, object]
    source: SheetRow
    shown: str


@dataclass(frozen=True)
class Parsed:
    """A table's rows, good and set aside.

    Parameters
    ----------
    faults : tuple of Fault
        Faults of the file: if there is one, nothing of it is loaded.
    set_aside : tuple of Fault
        Faults of rows, each of which goes to quarantine.
    keys_aside : frozenset
        Keys of the rows set aside, as far as they could be read.
    n_repeated : int
        Rows that say once more exactly what another row says.
    notes : tuple of str
        What should be known though nothing is wrong.
    aside_rows : tuple of Row
        The rows set aside, as far as they could be read.
    """

    table: MappedTable
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()
    set_aside: tuple[Fault, ...] = ()
    keys_aside: frozenset[tuple[str, ...]] = frozenset()
    n_repeated: int = 0
    notes: tuple[str, ...] = ()
    aside_rows: tuple[Row, ...] = ()

    @property
    def n_rows_in(self) -> int:
        """Rows in the file."""
        return len(self.table.rows)

    @property
    def lines_aside(self) -> set[int]:
        """Lines of the rows set aside."""
        return {f.line for f in self.set_aside}


@dataclass(frozen=True)
class People:
    """Who is known, when other tables are read.

    Parameters
    ----------
    cohorts : dict of str to str
        Id as stored → cohort.
    aside : frozenset of str
        Ids as stored whose row of the patient table is in quarantine.
    known : KnownIds
        The ids in the files' own spelling, for hints.
    """

    cohorts: dict[str, str]
    aside: frozenset[str] = frozenset()
    known: KnownIds = field(default_factory=KnownIds)


def order_fault(
    table: MappedTable, row: SheetRow, column: str, day: date, baseline: date | None
) -> Fault | None:
    """Return a fault where a later visit's day lies before the person's baseline."""
    if baseline is None or day >= baseline:
        return None
    found = table.fault("date_order", row, column, f"{day} lies before the baseline of {baseline}",
                        record=f"{column} lies before the person's baseline",
                        allowed="a day after the baseline visit",
                        remedy="correct one of the two dates")  # fmt: skip
    return replace(found, value=day)


def person_fault(table: MappedTable, row: SheetRow, people: People, coder: Coder) -> Fault | None:
    """Return a fault where a row's person is not known, or is in quarantine itself."""
    real = table.text(row, "patient_id")
    if not real:
        return table.fault("missing_id", row, "patient_id", "`patient_id` is blank",
                           record="patient_id is blank", allowed="an id",
                           remedy="fill the cell")  # fmt: skip
    stored = coder("patient", real)
    if stored in people.aside:
        return table.fault("patient_aside", row, "patient_id",
                           f"the row of `{real}` in the patient table is in quarantine",
                           record="the person's own row is in quarantine",
                           remedy="correct the row of the patient table")  # fmt: skip
    if stored in people.cohorts:
        return None
    near = people.known.original_of(real)
    remedy = "correct the id, or add the person"
    return table.fault("unknown_patient", row, "patient_id",
                       f"`{real}` is not in the patient table{near.hint if near else ''}",
                       record="the person is not in the patient table",
                       allowed="an id of the patient table",
                       remedy=AS_TEXT if near and near.how else remedy)  # fmt: skip


def level_fault(
    table: MappedTable, row: SheetRow, column: str, allowed: Sequence[str], *, required: bool
) -> Fault | None:
    """Return a fault where a cell holds a value that the study does not declare."""
    text = table.text(row, column)
    if text in allowed or not (text or required):
        return None
    folded = {fold_id(a): a for a in allowed}
    hint = f" (did you mean `{folded[fold_id(text)]}`?)" if fold_id(text) in folded else ""
    given = f"`{text[:40]}` is not declared{hint}" if text else f"`{column}` is blank"
    return table.fault("undeclared_value", row, column, given,
                       record=f"{column} holds a value that study.toml does not declare",
                       allowed=", ".join(allowed),
                       remedy="correct the cell, or declare the value in study.toml")  # fmt: skip
