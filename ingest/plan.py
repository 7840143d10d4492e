"""plan.csv: the analyses, fixed before the data. Every bad cell of it is reported at once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence

from contracts.raw import PLAN
from ingest.clinic.cells import decimal
from ingest.clinic.clinical import Parsed, Row, level_fault
from ingest.clinic.ids import duplicate_faults
from ingest.declared.study import Study
from ingest.faults import Fault, RefusedError, fault
from ingest.files.mapped import MappedTable, map_table
from ingest.files.tables import Sheet, SheetRow

REQUIRED = ("analysis_id", "kind", "contrast_id", "family", "primary_method")
OPTIONAL = ("numerator_group", "denominator_group", "grouping", "subset", "visit", "pairing",
            "covariates", "outcome", "mode", "status", "alpha", "min_abs_fold_change")  # fmt: skip
KINDS = ("contrast", "omnibus", "correlation", "outcome")
#: Columns of samples and patients that groups can be formed from, attributes aside.
GROUPINGS = ("group_code", "visit", "slide_id", "batch_id", "lot", "cohort", "centre_id", "sex",
             "age_class")  # fmt: skip
_DEFAULTS = {"grouping": "group_code", "pairing": "independent", "mode": "correct",
             "status": "exploratory", "alpha": 0.05, "min_abs_fold_change": 1.0}  # fmt: skip
_NULLABLE = ("numerator_group", "denominator_group", "visit", "outcome")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def read_plan(sheet: Sheet, study: Study) -> Parsed:
    """Return the plan's rows, typed and keyed by their analysis.

    Raises
    ------
    RefusedError
        With every bad cell of the plan.
    """
    table = map_table(sheet, "plan", study.columns.get("plan", {}), required=REQUIRED,
                      optional=OPTIONAL)  # fmt: skip
    faults = [
        fault("unknown_column", f"unknown column `{title}`", where=sheet.where(None, title),
              allowed=", ".join([*REQUIRED, *OPTIONAL]), remedy="correct its title or remove it",
              record="unknown column")
        for title in table.unmapped
    ]  # fmt: skip
    faults += duplicate_faults(table, ["analysis_id"], "duplicate_id")
    rows = []
    for source in table.rows:
        values, found = _row(table, source, study)
        faults += found
        analysis_id = str(values["analysis_id"])
        rows.append(Row((analysis_id,), values, source, analysis_id))
    if faults:
        raise RefusedError(faults, n_rows_in=len(table.rows))
    return Parsed(table, tuple(rows))


def stored_plan(parsed: Parsed) -> list[dict[str, object]]:
    """Return the plan's rows as the warehouse keeps them: with their line and the plan's hash."""
    rows = [{**row.values, "source_line": row.source.line} for row in parsed.rows]
    digest = plan_hash(rows)
    return [{**row, "plan_hash": digest} for row in rows]


def plan_hash(rows: Sequence[dict[str, object]]) -> str:
    """Return SHA-256 over the rows in the order of their analyses, cells in the contract's order.

    Where the rows stand in which file does not matter.
    """
    left_out = ("study_id", "file_sha256", "source_line", "plan_hash")
    columns = [c for c in PLAN.column_names if c not in left_out]
    lines = [
        json.dumps([row.get(c) for c in columns], ensure_ascii=False, separators=(",", ":"))
        for row in sorted(rows, key=lambda r: str(r["analysis_id"]))
    ]
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def _row(table: MappedTable, row: SheetRow, study: Study) -> tuple[dict[str, object], list[Fault]]:
    texts = {c: table.text(row, c) for c in (*REQUIRED, *OPTIONAL)}
    kind = texts["kind"]
    is_contrast, has_outcome = kind == "contrast", kind in ("correlation", "outcome")
    attributes = [a.attribute_id for a in study.attributes]
    found = [
        *(_name_fault(table, row, c) for c in REQUIRED if c != "kind"),
        level_fault(table, row, "kind", KINDS, required=True),
        *_group_faults(table, row, study, required=is_contrast),
        level_fault(table, row, "grouping", [*GROUPINGS, *attributes], required=False),
        level_fault(table, row, "visit", study.visit_codes, required=has_outcome),
        level_fault(table, row, "outcome", study.scales, required=has_outcome),
        level_fault(table, row, "pairing", ("independent", "patient"), required=False),
        level_fault(table, row, "mode", ("correct", "paper"), required=False),
        level_fault(table, row, "status", ("confirmatory", "exploratory"), required=False),
        _subset_fault(table, row, [*GROUPINGS, *attributes]),
        _same_group_fault(table, row, texts),
        _unpaired_fault(table, row, texts, study),
    ]
    values: dict[str, object] = dict(texts)
    for column in ("grouping", "pairing", "mode", "status"):
        values[column] = texts[column] or _DEFAULTS[column]
    for column in _NULLABLE:
        values[column] = texts[column] or None
    for column, low, high in (("alpha", 0.0, 1.0), ("min_abs_fold_change", 1.0, 1e6)):
        number = _number(table, row, column, low, high)
        found.append(number if isinstance(number, Fault) else None)
        values[column] = number
    return values, [f for f in found if f]


def _group_faults(
    table: MappedTable, row: SheetRow, study: Study, *, required: bool
) -> list[Fault | None]:
    """Return faults for groups that the row's grouping does not have."""
    declared: dict[str, Sequence[str]] = {
        "group_code": [g.code for g in study.groups],
        "cohort": study.cohorts,
        "visit": study.visit_codes,
        "centre_id": study.centres,
        **{a.attribute_id: a.values for a in study.attributes},
    }
    allowed = declared.get(table.text(row, "grouping") or "group_code")
    sides = ("numerator_group", "denominator_group")
    if not allowed:
        return [_name_fault(table, row, c) for c in sides if required or table.text(row, c)]
    return [level_fault(table, row, c, allowed, required=required) for c in sides]


def _name_fault(table: MappedTable, row: SheetRow, column: str) -> Fault | None:
    text = table.text(row, column)
    if _NAME.fullmatch(text):
        return None
    given = f"`{text}` is no name" if text else f"`{column}` is blank"
    return table.fault("undeclared_value", row, column, given, record=f"{column} is no name",
                       allowed="letters, digits, _ . -", remedy="correct the cell")  # fmt: skip


def _number(
    table: MappedTable, row: SheetRow, column: str, low: float, high: float
) -> float | Fault:
    value = decimal(table, row, column, remedy="correct the cell")
    if value is None:
        return float(str(_DEFAULTS[column]))
    if isinstance(value, Fault):
        return value
    is_inside = low < float(value) < high or (column != "alpha" and float(value) == low)
    if is_inside:
        return float(value)
    return table.fault("undeclared_value", row, column, f"{value} is out of range",
                       record=f"{column} is out of range",
                       allowed="above 0 and below 1" if column == "alpha" else "1 or more",
                       remedy="correct the cell")  # fmt: skip


def _subset_fault(table: MappedTable, row: SheetRow, columns: Sequence[str]) -> Fault | None:
    text = table.text(row, "subset")
    column, sign, value = text.partition("=")
    if not text or (sign and column.strip() in columns and value.strip()):
        return None
    return table.fault("undeclared_value", row, "subset", f"`{text}` is no restriction",
                       record="subset is no column=value",
                       allowed=f"column=value with a column of: {', '.join(columns)}",
                       remedy="correct the cell")  # fmt: skip


def _same_group_fault(table: MappedTable, row: SheetRow, texts: dict[str, str]) -> Fault | None:
    one = texts["numerator_group"]
    if not one or one != texts["denominator_group"]:
        return None
    return table.fault("undeclared_value", row, "denominator_group",
                       f"`{one}` is compared with itself", record="a group against itself",
                       allowed="two different groups", remedy="correct one of them")  # fmt: skip


def _unpaired_fault(
    table: MappedTable, row: SheetRow, texts: dict[str, str], study: Study
) -> Fault | None:
    """Return a fault where a contrast is paired by patient over two cohorts: nobody is in both."""
    pair = [study.group(texts[c]) for c in ("numerator_group", "denominator_group")]
    cohorts = {g.cohort for g in pair if g}
    if texts["kind"] != "contrast" or texts["pairing"] != "patient" or len(cohorts) < 2:
        return None
    return table.fault("pairing", row, "pairing",
                       f"groups of the cohorts {sorted(cohorts)} share no patients",
                       record="paired groups share no patients",
                       allowed="independent", remedy="correct the pairing")  # fmt: skip
