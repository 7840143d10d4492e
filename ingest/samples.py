"""The sample sheet: which serum lies on which Block of which slide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from ingest.cells import decimal, has_decimal_commas, iso_date, out_of_range
from ingest.clinical import (
    Coder,
    Parsed,
    People,
    Row,
    level_fault,
    order_fault,
    person_fault,
)
from ingest.faults import Fault, RefusedError, fault, listed
from ingest.ids import duplicate_faults, id_faults
from ingest.mangled import KnownIds, error_cells, mangled_faults, new_id_faults
from ingest.mapped import MappedTable, map_table
from ingest.study import Study
from ingest.tables import Sheet, SheetRow

REQUIRED = ("sample_id", "patient_id", "visit", "group_code", "slide_id")
OPTIONAL = ("block", "batch", "lot", "collected_on", "total_protein_mg_ml")
#: Further column of studies whose files hold values: what the file calls the sample.
FILE_LABEL = "file_label"
EMPTY = "empty"
#: Batch of a slide whose sheet names none, until its scan tells the day.
UNSCANNED = "unscanned"
_OF_A_SERUM = ("sample_id", "patient_id", "visit", "collected_on", "total_protein_mg_ml")


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


def map_samples(sheet: Sheet, study: Study) -> MappedTable:
    """Return the sheet under our names.

    Raises
    ------
    RefusedError
        Columns are missing; a batch needs `batch` or `lot`.
    """
    mapping = study.columns.get("samples", {})
    required = [*REQUIRED, *(["block"] if study.array_unit == "block" else [])]
    optional = (*OPTIONAL, FILE_LABEL) if study.has_values else OPTIONAL
    table = map_table(sheet, "samples", mapping, required=required, optional=optional)
    if not {"batch", "lot"} & set(table.titles):
        raise RefusedError([
            fault("missing_column", "neither `batch` nor `lot` is there", where=sheet.where(None),
                  allowed="`batch`, or `lot` (a batch is then lot and scan date)",
                  remedy="add one of them", record="missing column batch or lot", column="batch")
        ], n_rows_in=len(sheet.rows))  # fmt: skip
    return table


def parse_samples(table: MappedTable, context: Context) -> Parsed:
    """Return the samples, unused Blocks included; a wrong assignment refuses the whole sheet."""
    serums = [r for r in table.rows if table.text(r, "group_code") != EMPTY]
    faults = id_faults(table, "sample_id", rows=serums)
    faults += duplicate_faults(table, ["sample_id"], "duplicate_id")
    faults += mangled_faults(table, "sample_id", serums)
    faults += new_id_faults(table, "sample_id", serums, context.loaded)
    faults += id_faults(table, "slide_id", rows=table.rows)
    faults += mangled_faults(table, "slide_id", table.rows)
    faults += [f for r in table.rows for f in error_cells(table, r, ("batch", "lot"))]
    faults += _place_faults(table, context.study)
    slides, slide_faults = _slides(table, context)
    faults += slide_faults
    commas = has_decimal_commas(table, "total_protein_mg_ml")
    baselines = {**context.baselines, **_baselines(table, context)}
    rows: list[Row] = []
    aside: list[Fault] = []
    aside_rows: list[Row] = []
    keys_aside: set[tuple[str, ...]] = set()
    for source in table.rows:
        block = _block(table, source, context.study)
        is_empty = table.text(source, "group_code") == EMPTY and not context.study.has_values
        wrong = (_filled if is_empty else _misplaced)(table, source, context)
        faults += [*wrong, *([block] if isinstance(block, Fault) else [])]
        if wrong or isinstance(block, Fault):
            continue
        row, found = _row(table, source, context, slides, block, commas, baselines)
        if found:
            aside += found
            keys_aside.add(row.key)
            aside_rows.append(row)
        else:
            rows.append(row)
    return Parsed(table, tuple(rows), tuple(faults), tuple(aside), frozenset(keys_aside),
                  aside_rows=tuple(aside_rows))  # fmt: skip


def _row(
    table: MappedTable,
    source: SheetRow,
    context: Context,
    slides: dict[str, Slide],
    block: int | None,
    commas: bool,
    baselines: dict[str, date],
) -> tuple[Row, list[Fault]]:
    slide_id = table.text(source, "slide_id")
    slide = slides[slide_id]
    is_empty = table.text(source, "group_code") == EMPTY
    real = table.text(source, "sample_id")
    person = table.text(source, "patient_id")
    day = iso_date(table, source, "collected_on", context.today)
    protein = decimal(table, source, "total_protein_mg_ml", commas=commas)
    found: list[object] = [day, protein]
    if isinstance(protein, Decimal):
        measure = context.study.instruments["total_protein_mg_ml"]
        outside = out_of_range(table, source, "total_protein_mg_ml", protein, measure, "protein")
        # What is not positive is no concentration, whoever says so.
        found.append(replace(outside, value=float(protein)) if outside and protein > 0 else outside)
    if not is_empty:
        found.append(person_fault(table, source, context.people, context.coder))
    if isinstance(day, date) and table.text(source, "visit") != context.study.baseline_visit:
        found.append(
            order_fault(
                table, source, "collected_on", day, baselines.get(context.coder("patient", person))
            )
        )
    place = f"{slide_id}/B{block}" if block is not None else slide_id
    sample_id = place if is_empty else context.coder("sample", real)
    values: dict[str, object] = {
        "sample_id": sample_id,
        "patient_id": None if is_empty else context.coder("patient", person),
        "visit": None if is_empty else table.text(source, "visit"),
        "group_code": table.text(source, "group_code"),
        "slide_id": slide_id,
        "block": block,
        "batch_id": slide.batch_id,
        "lot": slide.lot,
        "collected_on": day if isinstance(day, date) else None,
        "total_protein_mg_ml": float(protein) if isinstance(protein, Decimal) else None,
        "file_label": file_label(table, source) if context.study.has_values else None,
    }
    return Row((sample_id,), values, source, real or place), [
        f for f in found if isinstance(f, Fault)
    ]


def file_label(table: MappedTable, row: SheetRow) -> str:
    """Return what value files call the sample of a row: its `file_label`, else its id."""
    return table.text(row, FILE_LABEL) or table.text(row, "sample_id")


def _place_faults(table: MappedTable, study: Study) -> list[Fault]:
    """Return faults for rows that claim the same Block, slide or label of a plate."""
    if study.has_values:
        return _label_faults(table)
    columns = ["slide_id", "block"] if study.array_unit == "block" else ["slide_id"]
    return duplicate_faults(table, columns, "duplicate_place")


def _label_faults(table: MappedTable) -> list[Fault]:
    places: dict[tuple[str, str], list[SheetRow]] = defaultdict(list)
    for row in table.rows:
        places[table.text(row, "slide_id"), file_label(table, row)].append(row)
    return [
        table.fault("duplicate_place", rows[0], FILE_LABEL,
                    f"`{label}` of plate `{plate}` is claimed by lines "
                    f"{listed(r.line for r in rows)}",
                    record=f"{len(rows)} rows claim one label of a plate",
                    allowed="one row a sample; replicate wells share their sample's row",
                    remedy="correct the rows")
        for (plate, label), rows in places.items()
        if len(rows) > 1
    ]  # fmt: skip


def _slides(table: MappedTable, context: Context) -> tuple[dict[str, Slide], list[Fault]]:
    """Return batch and lot of each slide; unused Blocks take theirs from the slide's others."""
    rows: dict[str, list[SheetRow]] = defaultdict(list)
    for row in table.rows:
        rows[table.text(row, "slide_id")].append(row)
    slides, faults = {}, []
    for slide_id, own in rows.items():
        found: dict[str, str] = {}
        for column in ("batch", "lot"):
            values = list(dict.fromkeys(t for r in own if (t := table.text(r, column))))
            found[column] = values[0] if values else ""
            if len(values) > 1:
                faults.append(
                    table.fault("several_batches", own[0], column,
                                f"slide `{slide_id}` has several: {listed(values)}",
                                record=f"a slide has several values of {column}",
                                allowed=f"one {column} a slide", remedy="correct the rows")
                )  # fmt: skip
        if not found["batch"] and not found["lot"]:
            faults.append(
                table.fault("missing_batch", own[0], "lot",
                            f"slide `{slide_id}` has neither batch nor lot",
                            record="a slide has neither batch nor lot",
                            allowed="a batch, or a lot (the batch is then lot and scan date)",
                            remedy="fill one of them")
            )  # fmt: skip
        day = None if found["batch"] else context.scan_day(slide_id)
        natural = f"{found['lot']}/{day.isoformat() if day else UNSCANNED}"
        slides[slide_id] = Slide(found["batch"] or natural, found["lot"])
    return slides, faults


def _block(table: MappedTable, row: SheetRow, study: Study) -> int | Fault | None:
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
        for column in _OF_A_SERUM
        if (text := table.text(row, column))
    ]  # fmt: skip


def _misplaced(table: MappedTable, row: SheetRow, context: Context) -> list[Fault]:
    """Return faults for a sample whose visit, group or person does not fit the study."""
    study = context.study
    codes = [*(g.code for g in study.groups), *([] if study.has_values else [EMPTY])]
    found = [
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


def _baselines(table: MappedTable, context: Context) -> dict[str, date]:
    """Return each person's first day at the baseline visit in the file, by the stored id."""
    found: dict[str, date] = {}
    for row in table.rows:
        day = iso_date(table, row, "collected_on", context.today)
        if table.text(row, "visit") == context.study.baseline_visit and isinstance(day, date):
            person = context.coder("patient", table.text(row, "patient_id"))
            found[person] = min(day, found.get(person, day))
    return found
