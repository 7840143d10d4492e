"""The small study as a REDCap project would export it: dictionary, long, wide and repeating data.

Built after REDCap's documented export format: raw codes, ISO dates, `redcap_event_name`,
`redcap_repeat_instrument` and `redcap_repeat_instance`, checkboxes as `field___code`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

DICTIONARY_TITLES = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note",
    "Text Validation Type OR Show Slider Number", "Text Validation Min", "Text Validation Max",
    "Identifier?", "Branching Logic (Show field only if...)", "Required Field?", "Custom Alignment",
    "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?", "Field Annotation",
)  # fmt: skip
STATUS = "1, Positive | 2, Negative | -9, Unknown"
SITES = "1, Skull | 2, Chest bones | 3, Spine | 4, Pelvis | 5, Limb bones"
SITE_CODES = {"skull": "1", "chest": "2", "spine": "3", "pelvis": "4", "limb": "5"}
T_STAGES = {"T1": "1", "T2": "2", "T3-4": "3"}
EVENTS = {"baseline": "before_arm_1", "follow_up": "after_arm_1"}
FIELDS = (
    ("record_id", "enrolment", "text", "Study ID", "", "", "", "", ""),
    ("initials_pt", "enrolment", "text", "Initials", "", "", "", "", "y"),
    ("birth", "enrolment", "text", "Date of birth", "", "date_dmy", "", "", "y"),
    ("arm", "enrolment", "radio", "Group", "1, Patient | 2, Control", "", "", "", ""),
    ("sex", "enrolment", "radio", "Sex", "1, Female | 2, Male", "", "", "", ""),
    ("age", "enrolment", "calc", "Age (years)", "rounddown(...)", "", "", "", ""),
    ("er", "tumour", "radio", "ER status", STATUS, "", "", "", ""),
    ("pr", "tumour", "radio", "PR status", STATUS, "", "", "", ""),
    ("her2", "tumour", "radio", "HER-2 status", STATUS, "", "", "", ""),
    ("t_stage", "tumour", "dropdown", "T stage", "1, T1 | 2, T2 | 3, T3 and T4", "", "", "", ""),
    ("bone_sites", "tumour", "checkbox", "Site of bone metastasis", SITES, "", "", "", ""),
    ("smoker", "tumour", "yesno", "Ever smoked?", "", "", "", "", ""),
    ("notes", "tumour", "notes", "Comments", "", "", "", "", ""),
    ("visit_date", "scores", "text", "Date of visit", "", "date_dmy", "", "", ""),
    ("vas_pain", "scores", "text", "VAS pain", "", "number", "0", "10", ""),
    ("omed", "scores", "text", "Oral morphine equivalent (mg)", "", "number", "0", "", ""),
    ("qol", "scores", "slider", "Quality of life", "worst | | best", "number", "0", "100", ""),
)  # fmt: skip
_LATIN = ("Anna Berg", "Ida Lund", "Eva Holm", "Mia Dahl", "Liv Strand", "Åsa Ek", "Ulla Ros",
          "Siv Hav", "Elin Sol")  # fmt: skip

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Project:
    """A REDCap project: the fields of its dictionary, and the rows of an export."""

    fields: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...]
    rows: Rows

    def change(self, edit: Callable[[Rows], None]) -> Project:
        """Return the project with edited rows."""
        rows = [dict(r) for r in self.rows]
        edit(rows)
        return replace(self, rows=rows)

    def with_field(self, name: str, at: int, text: str) -> Project:
        """Return the project with another cell in its dictionary."""
        return replace(self, fields=tuple(
            (*f[:at], text, *f[at + 1:]) if f[0] == name else f for f in self.fields
        ))  # fmt: skip

    def renamed(self, old: str, new: str) -> Project:
        """Return the project with another name for a field."""
        fields = tuple((new, *f[1:]) if f[0] == old else f for f in self.fields)
        rows = [{(new if k == old else k): v for k, v in r.items()} for r in self.rows]
        return Project(fields, tuple(new if t == old else t for t in self.titles), rows)

    def write_export(self, path: Path) -> Path:
        """Write the data export."""
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, self.titles, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        return path

    def write_dictionary(self, path: Path) -> Path:
        """Write the data dictionary with its 18 columns."""
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(DICTIONARY_TITLES)
            for name, form, kind, label, choices, valid, low, high, flag in self.fields:
                writer.writerow([name, form, "", kind, label, choices, "", valid, low, high, flag,
                                 *[""] * 7])  # fmt: skip
        return path


def long_project(patients: Rows, scores: Rows) -> Project:
    """Return a longitudinal project: an event a visit, patients' fields at the first."""
    rows: Rows = []
    for number, person in enumerate(patients):
        own = _by_visit(scores, person["patient_id"])
        for visit, event in EVENTS.items():
            if visit == "baseline" or visit in own:
                row = {"record_id": person["patient_id"], "redcap_event_name": event}
                row |= _enrolment(person, number) if visit == "baseline" else {}
                rows.append(row | own.get(visit, {}))
    titles = ("record_id", "redcap_event_name", *_titles(FIELDS)[1:])
    return Project(FIELDS, titles, rows)


def wide_project(patients: Rows, scores: Rows) -> Project:
    """Return a classic project: a row a record, columns `_v1` and `_v2` for the visits."""
    visits = {"baseline": "v1", "follow_up": "v2"}
    fields = tuple(f for f in FIELDS if f[1] != "scores") + tuple(
        (f"{f[0]}_{mark}", f"scores_{mark}", *f[2:])
        for mark in visits.values() for f in FIELDS if f[1] == "scores"
    )  # fmt: skip
    rows = []
    for number, person in enumerate(patients):
        own = _by_visit(scores, person["patient_id"])
        row = {"record_id": person["patient_id"], **_enrolment(person, number)}
        for visit, mark in visits.items():
            row |= {f"{k}_{mark}": v for k, v in own.get(visit, {}).items()}
        rows.append(row)
    return Project(fields, _titles(fields), rows)


def repeating_project(patients: Rows, scores: Rows) -> Project:
    """Return a classic project whose scores form is a repeating instrument."""
    rows: Rows = []
    for number, person in enumerate(patients):
        rows.append({"record_id": person["patient_id"], **_enrolment(person, number)})
        for instance, cells in enumerate(_by_visit(scores, person["patient_id"]).values(), 1):
            rows.append({"record_id": person["patient_id"], "redcap_repeat_instrument": "scores",
                         "redcap_repeat_instance": str(instance), **cells})  # fmt: skip
    titles = ("record_id", "redcap_repeat_instrument", "redcap_repeat_instance",
              *_titles(FIELDS)[1:])  # fmt: skip
    return Project(FIELDS, titles, rows)


def _titles(fields: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    found: list[str] = []
    for name, form, kind, *_ in fields:
        found += [f"{name}___{c}" for c in SITE_CODES.values()] if kind == "checkbox" else [name]
        if f"{form}_complete" not in found:
            found.append(f"{form}_complete")
    return tuple(t for t in found if not t.endswith("_complete")) + tuple(
        t for t in found if t.endswith("_complete")
    )


def _enrolment(person: dict[str, str], number: int) -> dict[str, str]:
    status = {"positive": "1", "negative": "2", "": ""}
    sites = {SITE_CODES[s] for s in person["bone_sites"].split("|") if s}
    return {
        "initials_pt": _LATIN[number], "birth": f"{1950 + 3 * number}-04-01",
        "arm": "1" if person["cohort"] == "patient" else "2",
        "sex": "1" if person["sex"] == "female" else "2", "age": person["age_years"],
        **{f: status[person[f]] for f in ("er", "pr", "her2")},
        "t_stage": T_STAGES.get(person["t_stage"], ""), "smoker": "0", "notes": "seen at home",
        **{f"bone_sites___{c}": str(int(c in sites)) for c in SITE_CODES.values()},
        "enrolment_complete": "2", "tumour_complete": "2",
    }  # fmt: skip


def _by_visit(scores: Rows, person: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in scores:
        if row["patient_id"] != person:
            continue
        cells = found.setdefault(row["visit"], {"visit_date": row["assessed_on"]})
        if row["instrument_id"] == "vas_pain_0_10":
            cells |= {"vas_pain": row["score"], "omed": row["omed_mg"]}
        else:
            cells["qol"] = row["score"]
    return found
