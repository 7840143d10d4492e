"""The assessment table: one row a person × visit × instrument (× site)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ingest.clinic.cells import UNTIL_THEN, decimal, has_decimal_commas, iso_date, out_of_range
from ingest.clinic.clinical import (
    Coder,
    Parsed,
    People,
    Row,
    level_fault,
    order_fault,
    person_fault,
)
from ingest.clinic.mangled import error_cells
from ingest.declared.study import Study
from ingest.faults import Fault, listed
from ingest.files.mapped import MappedTable, map_table
from ingest.files.tables import Sheet, SheetRow

REQUIRED = ("patient_id", "visit", "assessed_on", "instrument_id", "score")
OPTIONAL = ("site_id", "omed_mg")
KEY = ("patient_id", "visit", "instrument_id", "site_id")


@dataclass(frozen=True)
class Context:
    """What the rows are judged by."""

    study: Study
    people: People
    coder: Coder
    today: date
    baselines: dict[str, date]


def map_assessments(sheet: Sheet, study: Study) -> MappedTable:
    """Return the sheet under our names."""
    mapping = study.columns.get("assessments", {})
    return map_table(sheet, "assessments", mapping, required=REQUIRED, optional=OPTIONAL)


def parse_assessments(table: MappedTable, context: Context) -> Parsed:
    """Return the scores; impossible cells, and rows that contradict each other, are set aside."""
    commas = {c: has_decimal_commas(table, c) for c in ("score", "omed_mg")}
    baselines = {**context.baselines, **_baselines(table, context)}
    millimetres = _millimetre_scales(table, context.study, commas["score"])
    rows: list[Row] = []
    aside: list[Fault] = []
    aside_rows: list[Row] = []
    keys_aside: set[tuple[str, ...]] = set()
    for source in table.rows:
        row, found = _row(table, source, context, baselines, commas)
        scale = table.text(source, "instrument_id")
        if scale in millimetres:
            found = [_millimetre_fault(table, source, scale)]
        if found:
            aside += found
            keys_aside.add(row.key)
            aside_rows.append(row)
        else:
            rows.append(row)
    kept, conflicts, n_repeated = without_conflicts(table, rows, "score")
    aside += conflicts
    torn = {r.key for r in rows} - {r.key for r in kept}
    keys_aside |= torn
    aside_rows += [r for r in rows if r.key in torn]
    notes = tuple(
        f"{table.sheet.file_name}: every score of {scale} lies above its scale's end for most "
        "rows; the column looks like 0-100 mm"
        for scale in sorted(millimetres)
    )
    return Parsed(table, tuple(kept), (), tuple(aside), frozenset(keys_aside), n_repeated, notes,
                  tuple(aside_rows))  # fmt: skip


def _row(
    table: MappedTable,
    source: SheetRow,
    context: Context,
    baselines: dict[str, date],
    commas: dict[str, bool],
) -> tuple[Row, list[Fault]]:
    study = context.study
    visit, scale = table.text(source, "visit"), table.text(source, "instrument_id")
    person = table.text(source, "patient_id")
    day = iso_date(table, source, "assessed_on", context.today)
    score = _measured(table, source, "score", scale, study, commas)
    omed = _measured(table, source, "omed_mg", "omed_mg", study, commas)
    faults = [
        person_fault(table, source, context.people, context.coder),
        level_fault(table, source, "visit", study.visit_codes, required=True),
        level_fault(table, source, "instrument_id", study.scales, required=True),
        day,
        score,
        omed,
        *error_cells(table, source, ["site_id"]),
    ]
    if isinstance(day, date) and visit != study.baseline_visit:
        faults.append(
            order_fault(
                table, source, "assessed_on", day, baselines.get(context.coder("patient", person))
            )
        )
    values: dict[str, object] = {
        "patient_id": context.coder("patient", person) if person else "",
        "visit": visit,
        "assessed_on": day if isinstance(day, date) else None,
        "instrument_id": scale,
        "site_id": table.text(source, "site_id"),
        "score": score if isinstance(score, Decimal) else None,
        "omed_mg": omed if isinstance(omed, Decimal) else None,
    }
    key = tuple(str(values[c]) for c in KEY)
    shown = " · ".join(table.text(source, c) for c in KEY if table.text(source, c))
    return Row(key, values, source, shown), [f for f in faults if isinstance(f, Fault)]


def _measured(
    table: MappedTable,
    row: SheetRow,
    column: str,
    measure: str,
    study: Study,
    commas: dict[str, bool],
) -> Decimal | Fault | None:
    value = decimal(table, row, column, commas=commas[column])
    if not isinstance(value, Decimal) or measure not in study.instruments:
        return value
    rule = "score" if column == "score" else "omed"
    fault = out_of_range(table, row, column, value, study.instruments[measure], rule)
    places = Decimal("0.1") if column == "score" else Decimal("0.01")
    if fault is None and value % places:
        return table.fault(f"{rule}_step", row, column, f"{value} has too many decimals",
                           record=f"{column} has too many decimals",
                           allowed=f"multiples of {places}", remedy=UNTIL_THEN)  # fmt: skip
    if fault is not None and _may_be_let_in(fault.rule_id, value, places):
        return replace(fault, value=value)
    return fault or value


def _may_be_let_in(rule_id: str, value: Decimal, places: Decimal) -> bool:
    """Return whether a person may let a value in as delivered.

    Not outside a score's scale: the batch gate's integrity rule would hold it for ever.
    """
    return rule_id != "score_range" and 0 <= value < 10**6 and not value % places


def _baselines(table: MappedTable, context: Context) -> dict[str, date]:
    """Return each person's first day at the baseline visit in the file, by the stored id."""
    found: dict[str, date] = {}
    for row in table.rows:
        day = iso_date(table, row, "assessed_on", context.today)
        if table.text(row, "visit") == context.study.baseline_visit and isinstance(day, date):
            person = context.coder("patient", table.text(row, "patient_id"))
            found[person] = min(day, found.get(person, day))
    return found


def _millimetre_scales(table: MappedTable, study: Study, commas: bool) -> set[str]:
    """Return the 0–10 scales most of whose scores lie above 10, but none above 100."""
    scores: dict[str, list[Decimal]] = defaultdict(list)
    for row in table.rows:
        value = decimal(table, row, "score", commas=commas)
        if isinstance(value, Decimal):
            scores[table.text(row, "instrument_id")].append(value)
    return {
        scale
        for scale, values in scores.items()
        if (measure := study.instruments.get(scale))
        and measure.high == 10
        and len(values) > 2
        and max(values) <= 100
        and sum(v > 10 for v in values) * 2 > len(values)
    }


def _millimetre_fault(table: MappedTable, row: SheetRow, scale: str) -> Fault:
    return table.fault(
        "score_range",
        row,
        "score",
        f"most scores of {scale} are above 10: the column looks like 0-100 mm",
        record="most scores of a 0-10 scale are above 10: looks like 0-100 mm",
        allowed="0 to 10; nothing is rescaled silently",
        remedy="name an instrument of 0-100 mm (vas_pain_0_100_mm), or deliver points of 0-10",
    )


def without_conflicts(
    table: MappedTable, rows: list[Row], column: str
) -> tuple[list[Row], list[Fault], int]:
    """Return rows whose key speaks with one voice, faults for the others, and repetitions."""
    by_key: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    kept, faults = [], []
    for same in by_key.values():
        if all(r.values == same[0].values for r in same):
            kept.append(same[0])
            continue
        lines = listed(r.source.line for r in same)
        faults += [
            table.fault("conflict", r.source, column,
                        f"`{r.shown}` stands {len(same)} times with different cells: lines {lines}",
                        record=f"rows of one key contradict each other: lines {lines}",
                        allowed="one row a key",
                        remedy="keep the right row; until then all of them are in quarantine and "
                        "a value that is already released stays")
            for r in same
        ]  # fmt: skip
    n_repeated = len(rows) - len(kept) - len(faults)
    return kept, faults, n_repeated
