"""A first mapping of a REDCap export: what names, labels, choices and ranges speak for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.clinic.privacy import is_identifying_title
from ingest.redcap.dictionary import Dictionary, Field
from ingest.redcap.export import DATA_ACCESS_GROUP, Export, is_filled
from ingest.redcap.mapping import OPEN, Cell, RedcapMapping
from ingest.redcap.propose_scores import Aim, propose_entries
from ingest.redcap.propose_visits import propose_visits
from ingest.redcap.words import words_of

__all__ = ["Aim", "Proposal", "propose"]

_SEXES = {"female": "female", "male": "male", "other": "other", "unknown": "unknown",
          "f": "female", "m": "male", "女": "female", "男": "male", "woman": "female",
          "man": "male", "weiblich": "female", "mannlich": "male", "divers": "other"}  # fmt: skip
_SEX_WORDS = {"sex", "gender", "geschlecht", "性别"}
_AGE_WORDS = {"age", "alter", "年龄"}
_CENTRE_WORDS = {"centre", "center", "site", "hospital", "institution", "clinic"}
#: Labels of choices that say that there is no answer.
_NO_ANSWER = {
    "unknown", "missing", "refused", "declined", "not done", "not applicable", "not available",
    "no information", "not asked", "prefer not to answer", "n a",
}  # fmt: skip
#: What REDCap suggests for its missing data codes.
_SUGGESTED_CODES = ("NI", "INV", "UNK", "NASK", "ASKU", "NAV", "MSK", "NA", "NAVU", "NP", "QS",
                    "QI", "TRC", "UNC", "DER", "PINF", "NINF", "OTH")  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """A mapping to be looked through.

    Parameters
    ----------
    why : dict of str to str
        Line of the mapping (`patients.sex`, `visits.baseline_arm_1`) → why it is proposed.
    spare : tuple of Field
        Fields that nothing maps, and that do not identify people.
    """

    mapping: RedcapMapping
    why: Mapping[str, str] = field(default_factory=dict)
    spare: tuple[Field, ...] = ()


def propose(
    export: Export,
    dictionary: Dictionary,
    aim: Aim,
    *,
    missing_codes: Sequence[str] = (),
    export_name: str = "",
    dictionary_name: str = "",
) -> Proposal:
    """Return a mapping of an export, with a reason for every line; open ones hold `?`."""
    why: dict[str, str] = {}
    identifiers = _identifiers(export, dictionary)
    usable = [f for f in dictionary.fields.values()
              if f.name not in identifiers and is_filled(f, export)]  # fmt: skip
    codes = _missing_codes(export, usable, missing_codes, why)
    patients = _patients(export, dictionary, usable, aim, codes, why)
    taken = {c.source for c in patients.values()}
    entries = propose_entries(export, [f for f in usable if f.name not in taken], aim, why)
    visits = propose_visits(export, aim, entries, codes, why)
    mapping = RedcapMapping(
        export=export_name or export.sheet.file_name,
        dictionary=dictionary_name,
        dictionary_sha256=dictionary.sha256,
        record_id=dictionary.record_id,
        missing_codes=codes,
        visits=visits,
        identifiers=identifiers,
        left_out_events=(),
        patients=patients,
        assessments=entries,
        seen={f.name: f.signature for f in dictionary.fields.values()},
    )
    used = {f for role in mapping.roles for f in mapping.fields(role)}
    spare = tuple(f for f in usable if f.name not in used)
    return Proposal(mapping, why, spare)


def _identifiers(export: Export, dictionary: Dictionary) -> tuple[str, ...]:
    """Return fields that are flagged as identifiers, or whose names or labels say so."""
    found = [
        f.name
        for f in dictionary.fields.values()
        if f.name != dictionary.record_id
        and (f.is_identifier or is_identifying_title(f.name) or is_identifying_title(f.label))
    ]
    others = [t for t in export.sheet.titles
              if t not in dictionary.fields and is_identifying_title(t)]  # fmt: skip
    return tuple(dict.fromkeys([*found, *others]))


def _missing_codes(
    export: Export, fields: Iterable[Field], given: Sequence[str], why: dict[str, str]
) -> tuple[str, ...]:
    """Return codes that stand for no value: given ones, the choices' own, suggested ones seen."""
    found = dict.fromkeys(given, "given with --missing-code")
    for f in fields:
        for code, label in f.choices:
            is_negative = code.startswith("-") and code[1:].isdecimal()
            if is_negative and " ".join(words_of(label)) in _NO_ANSWER:
                found.setdefault(code, f"`{label}` in `{f.name}`")
        if f.is_number or f.is_date:
            for cell in set(export.cells(f.name)) if export.has(f.name) else ():
                if cell in _SUGGESTED_CODES or cell in ("-999", "-99", "-9999", "999.9"):
                    found.setdefault(cell, f"stands in `{f.name}`, which holds numbers or days")
    why["source.missing_codes"] = "; ".join(f"{c}: {w}" for c, w in found.items())
    return tuple(found)


def _patients(
    export: Export,
    dictionary: Dictionary,
    fields: Sequence[Field],
    aim: Aim,
    missing: Sequence[str],
    why: dict[str, str],
) -> dict[str, Cell]:
    cells = {"patient_id": Cell(source=dictionary.record_id)}
    why["patients.patient_id"] = "the record id"
    cells["cohort"] = _cohort(fields, aim, missing, why)
    cells["centre_id"] = _centre(export, fields, aim, missing, why)
    cells["sex"] = _sex(fields, missing, why)
    cells["age_years"] = _age(export, fields, why)
    for attribute in aim.attributes:
        names = {attribute.attribute_id, attribute.label}
        wanted = {fold(t): v for v, label in attribute.levels for t in (v, label)}
        best = _best(fields, [set(words_of(n)) for n in names])
        key = f"patients.{attribute.attribute_id}"
        if best is None:
            cells[attribute.attribute_id] = Cell(value=OPEN)
            why[key] = f"no field is called like {attribute.attribute_id} or {attribute.label}"
            continue
        levels = _levels(best, wanted, missing)
        cells[attribute.attribute_id] = Cell(best.name, "", levels, best.kind == "checkbox")
        why[key] = f"{best.kind} `{best.label}`"
    for measure in aim.measures:
        best = _best(fields, [set(words_of(n)) for n in (measure.measure_id, measure.label)])
        cells[measure.measure_id] = Cell(source=best.name) if best else Cell(value=OPEN)
        why[f"patients.{measure.measure_id}"] = (
            f"{best.kind} `{best.label}`"
            if best
            else f"no field is called like {measure.measure_id} or {measure.label}"
        )
    return cells


def _best(fields: Sequence[Field], names: Sequence[set[str]]) -> Field | None:
    """Return the field whose name or label has all the words of a name, the closest first."""

    def score(f: Field) -> float:
        found = 0.0
        for own in (set(words_of(f.name)), set(words_of(f.label))):
            for wanted in names:
                if wanted and wanted <= own:
                    found = max(found, len(wanted) / len(own))
        return found

    ranked = sorted(fields, key=score, reverse=True)
    return ranked[0] if ranked and score(ranked[0]) > 0 else None


def _levels(field_: Field, wanted: Mapping[str, str], missing: Sequence[str]) -> dict[str, str]:
    """Return code → our value for each choice; `?` where no value is called so."""
    levels = {}
    for code, label in field_.choices:
        if code in missing:
            continue
        exact = wanted.get(fold(label)) or wanted.get(fold(code))
        own = fold(label)
        near = {v for t, v in wanted.items() if own.startswith(t) or t.startswith(own)}
        levels[code] = exact or (near.pop() if len(near) == 1 else OPEN)
    return levels


def _cohort(fields: Sequence[Field], aim: Aim, missing: Sequence[str], why: dict[str, str]) -> Cell:
    wanted = {fold(c): c for c in aim.cohorts}
    for f in fields:
        levels = _levels(f, wanted, missing)
        if f.choices and f.kind != "checkbox" and levels and OPEN not in levels.values():
            why["patients.cohort"] = f"{f.kind} `{f.label}`"
            return Cell(f.name, "", levels)
    if len(aim.cohorts) == 1:
        why["patients.cohort"] = "the study has one cohort"
        return Cell(value=aim.cohorts[0])
    why["patients.cohort"] = f"no field holds it; allowed: {', '.join(aim.cohorts) or 'any'}"
    return Cell(value=OPEN)


def _centre(
    export: Export, fields: Sequence[Field], aim: Aim, missing: Sequence[str], why: dict[str, str]
) -> Cell:
    key = "patients.centre_id"
    wanted = {fold(c): c for c in aim.centres}
    groups = dict.fromkeys(export.cells(DATA_ACCESS_GROUP)) if export.has(DATA_ACCESS_GROUP) else {}
    if groups:
        why[key] = "the data access group"
        return Cell(DATA_ACCESS_GROUP, "", {g: wanted.get(fold(g), OPEN) for g in groups}
                    if aim.centres else {})  # fmt: skip
    for f in fields:
        if f.choices and _CENTRE_WORDS & {*words_of(f.name), *words_of(f.label)}:
            levels = _levels(f, wanted, missing) if wanted else {}
            if not wanted or set(levels.values()) != {OPEN}:
                why[key] = f"{f.kind} `{f.label}`"
                return Cell(f.name, "", levels)
    if len(aim.centres) == 1:
        why[key] = "the study has one centre"
        return Cell(value=aim.centres[0])
    why[key] = f"no field holds it; allowed: {', '.join(aim.centres) or 'any'}"
    return Cell(value=OPEN)


def _sex(fields: Sequence[Field], missing: Sequence[str], why: dict[str, str]) -> Cell:
    for f in fields:
        if f.choices and _SEX_WORDS & {*words_of(f.name), *words_of(f.label)}:
            why["patients.sex"] = f"{f.kind} `{f.label}`"
            return Cell(f.name, "", _levels(f, _SEXES, missing))
    why["patients.sex"] = 'no field holds it; { value = "unknown" } is allowed'
    return Cell(value=OPEN)


def _age(export: Export, fields: Sequence[Field], why: dict[str, str]) -> Cell:
    for f in fields:
        if f.is_number and _AGE_WORDS & {*words_of(f.name), *words_of(f.label)}:
            has_decimals = any("." in c for c in export.cells(f.name))
            why["patients.age_years"] = f"{f.kind} `{f.label}`"
            return Cell(f.name, "", {}, False, "whole" if has_decimals else "")
    why["patients.age_years"] = "no field holds it"
    return Cell(value=OPEN)


def fold(text: str) -> str:
    """Return a text's words joined, for comparing."""
    return "".join(words_of(text))
