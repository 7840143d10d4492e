"""plan.csv: the analyses, fixed before the data. Every bad cell of it is reported at once."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence

from contracts.plans import (
    KINDS,
    MODES,
    NEEDED,
    PAIRINGS,
    STATUSES,
    TWO_ARMS,
    PlanFault,
    covariate_names,
    cut_off,
    method_faults,
    needs_follow_up,
    number_faults,
    restrictions,
    rule_faults,
    subset_text,
)
from contracts.raw import PLAN
from ingest.clinic.cells import decimal
from ingest.clinic.clinical import Parsed, Row, level_fault
from ingest.clinic.ids import duplicate_faults
from ingest.declared.study import Study
from ingest.declared.study_columns import StudyColumns, columns_of
from ingest.faults import Fault, RefusedError, fault
from ingest.files.mapped import MappedTable, map_table
from ingest.files.tables import Sheet, SheetRow

REQUIRED = ("analysis_id", "kind", "contrast_id", "family", "primary_method")
OPTIONAL = ("numerator_group", "denominator_group", "grouping", "subset", "visit", "pairing",
            "covariates", "outcome", "event", "mode", "status", "alpha",
            "min_abs_fold_change")  # fmt: skip
#: For whoever reads the file: it fixes nothing, so it is neither stored nor part of the hash.
COMMENT = "comment"
_DEFAULTS = {"grouping": "group_code", "pairing": "independent", "mode": "correct",
             "status": "exploratory", "alpha": 0.05, "min_abs_fold_change": 1.0}  # fmt: skip
_NULLABLE = ("numerator_group", "denominator_group", "visit", "outcome", "event")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def read_plan(sheet: Sheet, study: Study) -> Parsed:
    """Return the plan's rows, typed and keyed by their analysis.

    Raises
    ------
    RefusedError
        With every bad cell of the plan.
    """
    parsed = judge_plan(sheet, study)
    if parsed.faults:
        raise RefusedError(parsed.faults, n_rows_in=parsed.n_rows_in)
    return parsed


def judge_plan(sheet: Sheet, study: Study) -> Parsed:
    """Return the plan's good rows, and the fault of every bad cell.

    Raises
    ------
    RefusedError
        Columns are missing.
    """
    table = map_table(sheet, "plan", study.columns.get("plan", {}), required=REQUIRED,
                      optional=(*OPTIONAL, COMMENT))  # fmt: skip
    faults = [
        fault("unknown_column", f"unknown column `{title}`", where=sheet.where(None, title),
              allowed=", ".join([*REQUIRED, *OPTIONAL, COMMENT]),
              remedy="correct its title or remove it", record="unknown column")
        for title in table.unmapped
    ]  # fmt: skip
    faults += duplicate_faults(table, ["analysis_id"], "duplicate_id")
    rows = []
    for source in table.rows:
        values, found = _row(table, source, study)
        faults += found
        analysis_id = str(values["analysis_id"])
        if not found:
            rows.append(Row((analysis_id,), values, source, analysis_id))
    return Parsed(table, tuple(rows), tuple(faults))


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
    columns = columns_of(study)
    values = _values(texts)
    numbers = {c: _number(table, row, c) for c in ("alpha", "min_abs_fold_change")}
    found = [f for f in numbers.values() if isinstance(f, Fault)]
    values.update({c: n for c, n in numbers.items() if not isinstance(n, Fault)})
    words = [
        level_fault(table, row, "kind", KINDS, required=True),
        level_fault(table, row, "mode", MODES, required=False),
        level_fault(table, row, "pairing", PAIRINGS, required=False),
        level_fault(table, row, "status", STATUSES, required=False),
    ]
    found += [f for f in words if f]
    found += [f for f in _declared_faults(table, row, study, columns) if f]
    if not any(words):
        cells = {c: str(v or "") for c, v in values.items()}
        own = [*method_faults(cells), *rule_faults(cells), *_covariate_faults(cells, columns)]
        own += [] if any(isinstance(n, Fault) for n in numbers.values()) else number_faults(values)
        found += [_of_cell(table, row, f) for f in own]
    return values, found


def _values(texts: dict[str, str]) -> dict[str, object]:
    """Return the cells as the warehouse keeps them, defaults filled in; numbers still as text."""
    values: dict[str, object] = dict(texts)
    for column in ("grouping", "pairing", "mode", "status"):
        values[column] = texts[column] or _DEFAULTS[column]
    for column in _NULLABLE:
        values[column] = texts[column] or None
    values["subset"] = subset_text(restrictions(texts["subset"]) or ())
    values["covariates"] = ",".join(covariate_names(texts["covariates"]))
    return values


def _declared_faults(
    table: MappedTable, row: SheetRow, study: Study, columns: StudyColumns
) -> Iterator[Fault | None]:
    """Yield faults of names: those that the study does not declare, and those that are none."""
    kind = table.text(row, "kind")
    needed = NEEDED.get(kind, ())
    yield from (_name_fault(table, row, c) for c in ("analysis_id", "contrast_id", "family"))
    yield from _group_faults(table, row, columns, required=kind in TWO_ARMS)
    pairing = table.text(row, "pairing")
    # Arms of scores are classes of persons; `group_code`, what an empty cell means, is of samples.
    are_persons = kind == "odds_ratio" and pairing != "patient"
    groupings = columns.person_classes if are_persons else columns.groupings
    yield level_fault(table, row, "grouping", groupings, required=are_persons)
    yield _visit_fault(table, row, study, required="visit" in needed)
    outcomes = _outcomes(study, columns, kind, table.text(row, "event"))
    yield level_fault(table, row, "outcome", outcomes, required="outcome" in needed)
    yield _event_fault(table, row, columns, required="event" in needed)
    yield from _subset_faults(table, row, columns)
    yield _unpaired_fault(table, row, study)


def _visit_fault(
    table: MappedTable, row: SheetRow, study: Study, *, required: bool
) -> Fault | None:
    visit, kind, pairing = (table.text(row, c) for c in ("visit", "kind", "pairing"))
    allowed = _visits(study, kind, pairing)
    if visit not in study.visit_codes or visit in allowed:
        return level_fault(table, row, "visit", allowed, required=required)
    place = "the baseline" if kind == "prediction" else "after the baseline"
    return table.fault("undeclared_value", row, "visit", f"`{visit}` is not {place}",
                       record=f"visit is not {place}",
                       allowed=", ".join(allowed) or "none: study.toml lists no visit after it",
                       remedy="name one of these visits")  # fmt: skip


def _visits(study: Study, kind: str, pairing: str) -> Sequence[str]:
    """Return the visits that an analysis can be of.

    Changes are measured from the baseline; and what is known at the baseline alone predicts.
    """
    if kind == "prediction":
        return [study.baseline_visit]
    if not needs_follow_up(kind, pairing):
        return study.visit_codes
    return study.follow_ups


def _outcomes(study: Study, columns: StudyColumns, kind: str, event: str) -> Sequence[str]:
    """Return what can be the outcome: a scale, or a column that puts each person in one class."""
    if kind == "prediction" or (kind == "odds_ratio" and event and cut_off(event) is None):
        return columns.person_classes
    return study.scales


def _event_fault(
    table: MappedTable, row: SheetRow, columns: StudyColumns, *, required: bool
) -> Fault | None:
    """Return a fault where the event is missing, or no value of the class that is the outcome."""
    event, outcome = table.text(row, "event"), table.text(row, "outcome")
    values = columns.classes.get(outcome, ())
    if not event and required:
        allowed = "a cut-off such as >=4, or a value of the outcome's class"
        return table.fault("undeclared_value", row, "event", "`event` is blank",
                           record="event is blank", allowed=allowed,
                           remedy="fill in the cell")  # fmt: skip
    # A value of a class may look like a cut-off (a grade `>=3`); a prediction knows classes alone.
    if event and values and (table.text(row, "kind") == "prediction" or cut_off(event) is None):
        return level_fault(table, row, "event", values, required=False)
    return None


def _group_faults(
    table: MappedTable, row: SheetRow, columns: StudyColumns, *, required: bool
) -> list[Fault | None]:
    """Return faults for groups that the row's grouping does not have."""
    allowed = columns.classes.get(table.text(row, "grouping") or "group_code")
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


def _number(table: MappedTable, row: SheetRow, column: str) -> float | Fault:
    value = decimal(table, row, column, remedy="correct the cell")
    if isinstance(value, Fault):
        return value
    return float(str(_DEFAULTS[column])) if value is None else float(value)


def _subset_faults(table: MappedTable, row: SheetRow, columns: StudyColumns) -> Iterator[Fault]:
    text = table.text(row, "subset")
    pairs = restrictions(text)
    if pairs is None:
        yield table.fault("undeclared_value", row, "subset", f"`{text}` is no restriction",
                          record="subset is no column=value",
                          allowed="column=value, with & between several",
                          remedy="correct the cell")  # fmt: skip
    offered = columns.restricting(table.text(row, "kind"))
    for column, value in pairs or ():
        known = offered.get(column)
        if known is None:
            given, allowed = f"`{column}` is no column to restrict by", list(offered)
        elif known and value not in known:
            given, allowed = f"`{column}` has no value `{value}`", list(known)
        else:
            continue
        yield table.fault("undeclared_value", row, "subset", given,
                          record="subset names what the study does not declare",
                          allowed=", ".join(allowed), remedy="correct the cell")  # fmt: skip


def _covariate_faults(cells: dict[str, str], columns: StudyColumns) -> Iterator[PlanFault]:
    """Yield faults of covariates: unknown ones, and those that say nothing in such an analysis."""
    is_paired = cells["kind"] == "contrast" and cells["pairing"] == "patient"
    for name in covariate_names(cells["covariates"]):
        if name in columns.multiple:
            given = f"a person can have several values of `{name}`"
        elif name not in columns.covariates:
            given = f"`{name}` is no column that can be adjusted for"
        elif is_paired and name in columns.of_persons:
            given = f"`{name}` is the same in both samples of a person: it cancels in the pairs"
        else:
            continue
        usable = [c for c in columns.covariates if not (is_paired and c in columns.of_persons)]
        yield PlanFault("covariates", given, ", ".join(usable), f"take {name} out")


def _of_cell(table: MappedTable, row: SheetRow, found: PlanFault) -> Fault:
    return table.fault("undeclared_value", row, found.column, found.given,
                       record=f"{found.column} does not fit the analysis",
                       allowed=found.allowed, remedy=found.remedy)  # fmt: skip


def _unpaired_fault(table: MappedTable, row: SheetRow, study: Study) -> Fault | None:
    """Return a fault where a contrast is paired by patient over two cohorts: nobody is in both."""
    texts = {c: table.text(row, c) for c in ("kind", "pairing", "grouping")}
    sides = (table.text(row, c) for c in ("numerator_group", "denominator_group"))
    cohorts = {g.cohort for g in map(study.group, sides) if g}
    is_paired = texts["kind"] == "contrast" and texts["pairing"] == "patient"
    if not is_paired or texts["grouping"] not in ("", "group_code") or len(cohorts) < 2:
        return None
    return table.fault("pairing", row, "pairing",
                       f"groups of the cohorts {sorted(cohorts)} share no patients",
                       record="paired groups share no patients",
                       allowed="independent", remedy="correct the pairing")  # fmt: skip
