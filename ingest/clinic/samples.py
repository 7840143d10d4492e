"""The sample sheet: which serum lies on which Block of which slide."""

from __future__ import annotations

from collections import defaultdict

from ingest.clinic.cells import has_decimal_commas
from ingest.clinic.clinical import Parsed, Row
from ingest.clinic.ids import duplicate_faults, id_faults
from ingest.clinic.mangled import error_cells, is_excel_error, mangled_faults, new_id_faults
from ingest.clinic.measures import decimal_commas
from ingest.clinic.sample_row import (
    EMPTY,
    FILE_LABEL,
    Context,
    SampleSheet,
    Slide,
    block_of,
    file_label,
    misassigned,
    read_row,
)
from ingest.clinic.sample_rows import first_days, sound_rows
from ingest.declared.study import Study
from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.mapped import MappedTable, map_table
from ingest.files.tables import Sheet, SheetRow

REQUIRED = ("sample_id", "patient_id", "visit", "group_code", "slide_id")
OPTIONAL = ("bridge_id", "block", "batch", "lot", "collected_on", "total_protein_mg_ml")
#: Batch of a slide whose sheet names none, until its scan tells the day.
UNSCANNED = "unscanned"


def map_samples(sheet: Sheet, study: Study) -> MappedTable:
    """Return the sheet under our names.

    Raises
    ------
    RefusedError
        Columns are missing; a batch needs `batch` or `lot`.
    """
    mapping = study.columns.get("samples", {})
    required = [*REQUIRED, *(["block"] if study.array_unit == "block" else [])]
    required += [m.measure_id for m in study.measures_of("samples")]
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
    slides, slide_faults = _slides(table, context)
    faults = [*_id_faults(table, context), *_place_faults(table, context.study), *slide_faults]
    commas = has_decimal_commas(table, "total_protein_mg_ml")
    baselines = {**context.baselines, **first_days(table, context)}
    numbers = context.study.measures_of("samples")
    sheet = SampleSheet(table, context, slides, commas, baselines,
                        decimal_commas(table, numbers))  # fmt: skip
    rows: list[Row] = []
    aside: list[Fault] = []
    aside_rows: list[Row] = []
    for source, sound in zip(table.rows, sound_rows(sheet), strict=True):
        if sound is not None:
            rows.append(sound)
            continue
        block = block_of(table, source, context.study)
        wrong = misassigned(sheet, source, block)
        faults += wrong
        if wrong or isinstance(block, Fault):
            continue
        row, found = read_row(sheet, source, block)
        aside += found
        (aside_rows if found else rows).append(row)
    return Parsed(table, tuple(rows), tuple(faults), tuple(aside),
                  frozenset(r.key for r in aside_rows), aside_rows=tuple(aside_rows))  # fmt: skip


def _id_faults(table: MappedTable, context: Context) -> list[Fault]:
    groups = table.texts("group_code")
    serums = [r for r, group in zip(table.rows, groups, strict=True) if group != EMPTY]
    faults = id_faults(table, "sample_id", rows=serums)
    faults += duplicate_faults(table, ["sample_id"], "duplicate_id")
    faults += mangled_faults(table, "sample_id", serums)
    faults += new_id_faults(table, "sample_id", serums, context.loaded)
    faults += id_faults(table, "slide_id", rows=table.rows)
    faults += mangled_faults(table, "slide_id", table.rows)
    if any(is_excel_error(text) for c in ("batch", "lot") for text in set(table.texts(c))):
        faults += [f for r in table.rows for f in error_cells(table, r, ("batch", "lot"))]
    return faults


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
    found: dict[str, tuple[SheetRow, list[str], list[str]]] = {}
    cells = (table.texts(c) for c in ("slide_id", "batch", "lot"))
    for row, slide_id, batch, lot in zip(table.rows, *cells, strict=True):
        own = found.get(slide_id)
        if own is None:
            own = found[slide_id] = (row, [], [])
        if batch and batch not in own[1]:
            own[1].append(batch)
        if lot and lot not in own[2]:
            own[2].append(lot)
    slides, faults = {}, []
    for slide_id, (row, batches, lots) in found.items():
        if len(batches) == len(lots) == 1:
            slides[slide_id] = Slide(batches[0], lots[0])
            continue
        for column, values in (("batch", batches), ("lot", lots)):
            if len(values) > 1:
                faults.append(
                    table.fault("several_batches", row, column,
                                f"slide `{slide_id}` has several: {listed(values)}",
                                record=f"a slide has several values of {column}",
                                allowed=f"one {column} a slide", remedy="correct the rows")
                )  # fmt: skip
        if not batches and not lots:
            faults.append(
                table.fault("missing_batch", row, "lot",
                            f"slide `{slide_id}` has neither batch nor lot",
                            record="a slide has neither batch nor lot",
                            allowed="a batch, or a lot (the batch is then lot and scan date)",
                            remedy="fill one of them")
            )  # fmt: skip
        lot = lots[0] if lots else ""
        day = None if batches else context.scan_day(slide_id)
        natural = f"{lot}/{day.isoformat() if day else UNSCANNED}"
        slides[slide_id] = Slide(batches[0] if batches else natural, lot)
    return slides, faults
