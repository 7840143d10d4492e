"""The patient table: one row a person, with the clinical columns that study.toml declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ingest.clinic.cells import UNTIL_THEN, decimal, out_of_range
from ingest.clinic.clinical import Coder, Parsed, Row, level_fault
from ingest.clinic.ids import duplicate_faults, id_faults
from ingest.clinic.mangled import KnownIds, mangled_faults, new_id_faults
from ingest.clinic.measures import decimal_commas, measure_cells
from ingest.declared.study import Study
from ingest.declared.study_columns import SEXES
from ingest.faults import Fault
from ingest.files.mapped import MappedTable, map_table
from ingest.files.tables import Sheet, SheetRow

COLUMNS = ("patient_id", "cohort", "centre_id", "sex", "age_years")
_SEX_WORDS: Mapping[str, str] = {
    "": "unknown", "f": "female", "m": "male", "w": "female", "女": "female", "男": "male",
    **{s: s for s in SEXES},
}  # fmt: skip


def map_patients(sheet: Sheet, study: Study) -> MappedTable:
    """Return the sheet under our names; every declared attribute is a column."""
    required = required_columns(study)
    optional = [c for c in COLUMNS if c not in required]
    mapping = study.columns.get("patients", {})
    return map_table(sheet, "patients", mapping, required=required, optional=optional)


def required_columns(study: Study) -> list[str]:
    """Return the columns that a patient table must have.

    A study that declares no centre needs no centre_id, one with a single cohort no cohort, and
    one that never recorded ages no age_years: its persons then have none.
    """
    optional = ["age_years", *([] if study.centres else ["centre_id"]),
                *([] if len(study.cohorts) > 1 else ["cohort"])]  # fmt: skip
    fixed = [c for c in COLUMNS if c not in optional]
    return [*fixed, *declared_columns(study)]


def declared_columns(study: Study) -> list[str]:
    """Return the clinical columns of persons that study.toml declares."""
    numbers = [m.measure_id for m in study.measures_of("patients")]
    return [*(a.attribute_id for a in study.attributes), *numbers]


def parse_patients(
    table: MappedTable, study: Study, coder: Coder, loaded: KnownIds | None = None
) -> Parsed:
    """Return the persons; doubled ids refuse the file, impossible cells set their row aside.

    `loaded` are the ids that the warehouse has: a new one that a spreadsheet may have made of one
    of them refuses the file too.
    """
    faults = id_faults(table, "patient_id", rows=table.rows)
    faults += duplicate_faults(table, ["patient_id"], "duplicate_id")
    faults += mangled_faults(table, "patient_id", table.rows)
    faults += new_id_faults(table, "patient_id", table.rows, loaded or KnownIds())
    rows: list[Row] = []
    aside: list[Fault] = []
    aside_rows: list[Row] = []
    keys_aside: set[tuple[str, ...]] = set()
    sound = _sound_values(table, study)
    ids = table.texts("patient_id")
    for source, real, known in zip(table.rows, ids, sound, strict=True):
        key = (coder("patient", real),) if real else ("",)
        values, found = (known, []) if known is not None else _values(table, source, study)
        if found:
            aside += found
            keys_aside.add(key)
            aside_rows.append(Row(key, {"patient_id": key[0], **values}, source, real))
            continue
        rows.append(Row(key, {"patient_id": key[0], **values}, source, real))
    return Parsed(table, tuple(rows), tuple(faults), tuple(aside), frozenset(keys_aside),
                  aside_rows=tuple(aside_rows))  # fmt: skip


def _sound_values(table: MappedTable, study: Study) -> Iterator[dict[str, object] | None]:
    """Yield the values of every row, None where a cell is at fault: each text is judged once."""
    columns = [*COLUMNS[1:], *declared_columns(study)]
    known: list[dict[str, object]] = []
    for column in columns:
        judged = {t: _values(table, row, study) for t, row in table.examples(column).items()}
        known.append({
            text: values[column] for text, (values, faults) in judged.items()
            if all(f.column != column for f in faults)
        })  # fmt: skip
    for texts in zip(*(table.texts(c) for c in columns), strict=True):
        try:
            cells = [own[text] for own, text in zip(known, texts, strict=True)]
        except KeyError:
            yield None
        else:
            yield dict(zip(columns, cells, strict=True))


def _values(
    table: MappedTable, row: SheetRow, study: Study
) -> tuple[dict[str, object], list[Fault]]:
    faults = [
        level_fault(table, row, "cohort", study.cohorts, required="cohort" in table.titles),
        level_fault(table, row, "centre_id", study.centres, required=True)
        if study.centres
        else None,
        *(_attribute_fault(table, row, a.attribute_id, a.values, a.is_multiple)
          for a in study.attributes),
    ]  # fmt: skip
    sex = _SEX_WORDS.get(table.text(row, "sex").lower())
    if sex is None:
        faults.append(
            table.fault("undeclared_value", row, "sex", f"`{table.text(row, 'sex')[:40]}` is no "
                        "sex that is known here", record="sex holds an unknown word",
                        allowed=", ".join(SEXES), remedy="correct the cell")
        )  # fmt: skip
    age = _age(table, row, study)
    numbers = study.measures_of("patients")
    measured, wrong = measure_cells(table, row, numbers, decimal_commas(table, numbers))
    values: dict[str, object] = {
        "cohort": table.text(row, "cohort") or study.cohorts[0],
        "centre_id": table.text(row, "centre_id"),
        "sex": sex,
        "age_years": age if isinstance(age, int) else None,
        **{a.attribute_id: _joined(table, row, a.attribute_id, a.is_multiple)
           for a in study.attributes},
        **measured,
    }  # fmt: skip
    found = [f for f in (*faults, age, *wrong) if isinstance(f, Fault)]
    return values, found


def _age(table: MappedTable, row: SheetRow, study: Study) -> int | Fault | None:
    value = decimal(table, row, "age_years")
    if not isinstance(value, Decimal):
        return value
    if value != value.to_integral_value():
        return table.fault("age_step", row, "age_years", f"{value} is no whole number",
                           record="age_years is no whole number", allowed="whole years",
                           remedy=UNTIL_THEN)  # fmt: skip
    return out_of_range(
        table, row, "age_years", value, study.instruments["age_years"], "age"
    ) or int(value)


def _attribute_fault(
    table: MappedTable, row: SheetRow, column: str, allowed: tuple[str, ...], is_multiple: bool
) -> Fault | None:
    if not is_multiple:
        return level_fault(table, row, column, allowed, required=False)
    unknown = [p for p in _parts(table.text(row, column)) if p not in allowed]
    if not unknown:
        return None
    return table.fault("undeclared_value", row, column, f"{unknown} are not declared",
                       record=f"{column} holds a value that study.toml does not declare",
                       allowed=f"{', '.join(allowed)}, with | between several",
                       remedy="correct the cell, or declare the value in study.toml")  # fmt: skip


def _joined(table: MappedTable, row: SheetRow, column: str, is_multiple: bool) -> str | None:
    text = table.text(row, column)
    return ("|".join(_parts(text)) if is_multiple else text) or None


def _parts(text: str) -> list[str]:
    return [p.strip() for p in text.split("|") if p.strip()]
