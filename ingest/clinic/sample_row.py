"""One row of the sample sheet: whose serum it is, and on which Block of which slide it lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from ingest.clinic.cells import decimal, iso_date, out_of_range
from ingest.clinic.clinical import Coder, People, Row, level_fault, order_fault, person_fault
from ingest.clinic.mangled import KnownIds
from ingest.clinic.measures import measure_cells
from ingest.declared.study import Measure, Study
from ingest.faults import Fault
from ingest.files.mapped import MappedTable
from ingest.files.tables import SheetRow

#: Further column of studies whose files hold values: what the file calls the sample.
FILE_LABEL = "file_label"
EMPTY = "empty"
#: Group of a serum that is measured again to compare batches and lots; it enters no test.
BRIDGE = "bridge"
BRIDGE_ID = "bridge_id"
#: Columns whose cells enter as they stand.
TEXTS = ("sample_id", "patient_id", "visit", "group_code", "slide_id")
_OF_A_SERUM = (
    "sample_id", "patient_id", "visit", "bridge_id", "collected_on", "total_protein_mg_ml",
)  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What the rows are judged by.

    `scan_day` tells the day of a slide's scan, if known; `loaded` are the sample ids that the
    warehouse has.
    """

    study: Study
    people: People
    coder: Coder
    today: date
    baselines: dict[str, date]
    scan_day: Callable[[str], date | None]
    loaded: KnownIds = field(default_factory=KnownIds)


@dataclass(frozen=True)
class Slide:
    """What the sheet says of a whole slide."""

    batch_id: str
    lot: str


@dataclass(frozen=True)
class SampleSheet:
    """A sheet with what holds for all its rows.

    Parameters
    ----------
    slides : dict of str to Slide
    commas : bool
        Whether its numbers have decimal commas.
    baselines : dict of str to date
        Each person's first day at the baseline visit, by the stored id.
    number_commas : dict of str to bool
        The same of the numbers that study.toml declares, by their ids.
    """

    table: MappedTable
    context: Context
    slides: Mapping[str, Slide]
    commas: bool
    baselines: Mapping[str, date]
    number_commas: Mapping[str, bool] = field(default_factory=dict)

    @property
    def numbers(self) -> tuple[Measure, ...]:
        """Numbers that study.toml declares of samples."""
        return self.context.study.measures_of("samples")


def misassigned(sheet: SampleSheet, source: SheetRow, block: int | Fault | None) -> list[Fault]:
    """Return what is wrong with a row so that the whole sheet cannot be loaded."""
    table, study = sheet.table, sheet.context.study
    group = table.text(source, "group_code")
    is_empty = group == EMPTY and not study.has_values
    judge = _filled if is_empty else _misbridged if group == BRIDGE else misplaced
    wrong = judge(table, source, sheet.context)
    return [*wrong, *([block] if isinstance(block, Fault) else [])]


def read_row(sheet: SampleSheet, source: SheetRow, block: int | None) -> tuple[Row, list[Fault]]:
    """Return a row's sample, and what sets it aside."""
    table, context = sheet.table, sheet.context
    day = iso_date(table, source, "collected_on", context.today)
    protein, outside = protein_of(sheet, source)
    found: list[object] = [day, protein]
    if isinstance(protein, Decimal):
        # What is not positive is no concentration, whoever says so.
        found.append(replace(outside, value=float(protein)) if outside and protein > 0 else outside)
    numbers, wrong = measure_cells(table, source, sheet.numbers, sheet.number_commas)
    found += wrong
    has_person = table.text(source, "group_code") not in (EMPTY, BRIDGE)
    if has_person:
        found.append(person_fault(table, source, context.people, context.coder))
    if has_person and isinstance(day, date):
        found.append(early_fault(sheet, source, day))
    row = row_of(sheet, source, tuple(table.text(source, c) for c in TEXTS), block,
                 day if isinstance(day, date) else None,
                 float(protein) if isinstance(protein, Decimal) else None, numbers)  # fmt: skip
    return row, [f for f in found if isinstance(f, Fault)]


def row_of(
    sheet: SampleSheet,
    source: SheetRow,
    texts: tuple[str, ...],
    block: int | None,
    day: date | None,
    protein: float | None,
    numbers: Mapping[str, object],
) -> Row:
    """Return the sample of a row: of its `TEXTS` and its typed cells."""
    real, person, visit, group, slide_id = texts
    coder = sheet.context.coder
    slide, is_empty = sheet.slides[slide_id], group == EMPTY
    has_person = group not in (EMPTY, BRIDGE)
    place = f"{slide_id}/B{block}" if block is not None else slide_id
    sample_id = place if is_empty else coder("sample", real)
    has_values = sheet.context.study.has_values
    values: dict[str, object] = {
        "sample_id": sample_id,
        "patient_id": coder("patient", person) if has_person else None,
        "visit": visit if has_person else None,
        "group_code": group,
        "bridge_id": coder("sample", sheet.table.text(source, BRIDGE_ID))
        if group == BRIDGE
        else None,
        "slide_id": slide_id,
        "block": block,
        "batch_id": slide.batch_id,
        "lot": slide.lot,
        "collected_on": day,
        "total_protein_mg_ml": protein,
        "file_label": file_label(sheet.table, source) if has_values else None,
        **numbers,
    }
    return Row((sample_id,), values, source, real or place)


def protein_of(sheet: SampleSheet, source: SheetRow) -> tuple[Decimal | Fault | None, Fault | None]:
    """Return a row's total protein, and what is wrong with its size."""
    column = "total_protein_mg_ml"
    value = decimal(sheet.table, source, column, commas=sheet.commas)
    if not isinstance(value, Decimal):
        return value, None
    measure = sheet.context.study.instruments[column]
    return value, out_of_range(sheet.table, source, column, value, measure, "protein")


def early_fault(sheet: SampleSheet, source: SheetRow, day: date) -> Fault | None:
    """Return a fault where a later visit's day lies before the person's baseline."""
    table, context = sheet.table, sheet.context
    if table.text(source, "visit") == context.study.baseline_visit:
        return None
    baseline = sheet.baselines.get(context.coder("patient", table.text(source, "patient_id")))
    return order_fault(table, source, "collected_on", day, baseline)


def file_label(table: MappedTable, row: SheetRow) -> str:
    """Return what value files call the sample of a row: its `file_label`, else its id."""
    return table.text(row, FILE_LABEL) or table.text(row, "sample_id")


def block_of(table: MappedTable, row: SheetRow, study: Study) -> int | Fault | None:
    """Return the Block of a row, None where a sample is no Block, or a fault."""
    text = table.text(row, "block")
    if study.array_unit != "block":
        if not text:
            return None
        unit = "the whole slide" if study.array_unit == "slide" else "a well"
        given = f"Block `{text}` is given, but one sample is {unit} here"
        allowed = 'an empty cell, or [panel] array_unit = "block"'
        return table.fault("block", row, "block", given, allowed=allowed,
                           record="a Block is given for a whole slide",
                           remedy="empty the cell")  # fmt: skip
    if text.isascii() and text.isdecimal() and int(text) > 0:
        return int(text)
    given = f"`{text}` is no Block" if text else "`block` is blank"
    return table.fault("block", row, "block", given, record="block is no whole number from 1",
                       allowed="a whole number from 1", remedy="fill the cell")  # fmt: skip


def _filled(table: MappedTable, row: SheetRow, context: Context) -> list[Fault]:
    """Return faults for an unused Block that names a sample nevertheless."""
    return [
        table.fault("empty_block", row, column, f"an unused Block names `{text}`",
                    record=f"an unused Block has a {column}", allowed="an empty cell",
                    remedy="empty the cell, or give the sample's group_code")
        for column in (*_OF_A_SERUM, *(m.measure_id for m in context.study.measures_of("samples")))
        if (text := table.text(row, column))
    ]  # fmt: skip


def _misbridged(table: MappedTable, row: SheetRow, context: Context) -> list[Fault]:
    """Return faults for a bridge sample that names no serum, or a person and visit beside it."""
    found = [
        table.fault("bridge_person", row, column, f"a bridge sample names `{text}`",
                    record=f"a bridge sample has a {column}", allowed="an empty cell",
                    remedy="empty the cell: bridge_id says whose serum it is")
        for column in ("patient_id", "visit")
        if (text := table.text(row, column))
    ]  # fmt: skip
    serum = table.text(row, BRIDGE_ID)
    if not serum or serum == table.text(row, "sample_id"):
        given = "`bridge_id` is the row's own sample_id" if serum else "`bridge_id` is blank"
        allowed = "the sample_id of the serum's first measurement, or the name of a pool"
        found.append(
            table.fault("bridge_serum", row, BRIDGE_ID, given, allowed=allowed,
                        record="a bridge sample names no other serum", remedy="fill the cell")
        )  # fmt: skip
    return found


def _bridge_elsewhere(table: MappedTable, row: SheetRow) -> Fault | None:
    """Return a fault where a sample of a group names a bridge serum."""
    serum = table.text(row, BRIDGE_ID)
    if not serum:
        return None
    return table.fault("bridge_group", row, BRIDGE_ID,
                       f"`bridge_id` is `{serum}`, the group `{table.text(row, 'group_code')}`",
                       record="bridge_id is filled outside the group bridge",
                       allowed="bridge_id in rows of group_code `bridge` only",
                       remedy="empty the cell (the first measurement of a serum needs none), or "
                       "write `bridge` where the row is a repeated measurement")  # fmt: skip


def misplaced(table: MappedTable, row: SheetRow, context: Context) -> list[Fault]:
    """Return faults for a sample whose visit, group or person does not fit the study."""
    study = context.study
    codes = [*(g.code for g in study.groups), BRIDGE, *([] if study.has_values else [EMPTY])]
    found = [
        _bridge_elsewhere(table, row),
        level_fault(table, row, "visit", study.visit_codes, required=True),
        level_fault(table, row, "group_code", codes, required=True),
    ]
    person = person_fault(table, row, context.people, context.coder)
    if person and person.rule_id != "patient_aside":
        found.append(person)
    group = study.group(table.text(row, "group_code"))
    visit = table.text(row, "visit")
    if group and visit in study.visit_codes and visit != group.visit:
        found.append(
            table.fault("group_visit", row, "group_code",
                        f"group `{group.code}` is drawn at `{group.visit}`, the row says `{visit}`",
                        record="the group does not fit the visit",
                        allowed=f"visit {group.visit}", remedy="correct group or visit")
        )  # fmt: skip
    cohort = context.people.cohorts.get(context.coder("patient", table.text(row, "patient_id")))
    if group and cohort and cohort != group.cohort:
        found.append(
            table.fault("group_cohort", row, "group_code",
                        f"group `{group.code}` is of cohort `{group.cohort}`, the person of "
                        f"`{cohort}`", record="the group does not fit the person's cohort",
                        allowed=f"a person of {group.cohort}", remedy="correct group or person")
        )  # fmt: skip
    return [f for f in found if f]
