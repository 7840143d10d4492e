"""The columns of the workbooks: width, kind of cell, and what stands over them as a comment."""

from __future__ import annotations

from dataclasses import dataclass

TEXT, DATE, NUMBER, WHOLE, CHOICE = "text", "date", "number", "whole", "choice"


@dataclass(frozen=True)
class ColumnSpec:
    """A column of a workbook.

    Parameters
    ----------
    kind : str
        text (ids: a spreadsheet may not turn them into numbers or days), date, number, whole or
        choice (a drop-down of the words for this column).
    limits : tuple of float or None
        Least and greatest number.
    """

    name: str
    width: int
    kind: str
    comment: str
    example: str
    is_required: bool = False
    limits: tuple[float, float] | None = None


_PATIENT = ColumnSpec("patient_id", 14, TEXT, "The person's code, as in the table patients. Never "
                      "a name or a record number.", "P01", True)  # fmt: skip
_VISIT = ColumnSpec("visit", 13, CHOICE, "Visit at which it was taken: a code of study.toml.",
                    "baseline", True)  # fmt: skip

SAMPLES = (
    ColumnSpec("sample_id", 18, TEXT, "Your code of the serum, every one once. Empty for an unused "
               "Block.", "P01-baseline", True),
    _PATIENT,
    _VISIT,
    ColumnSpec("group_code", 13, CHOICE, "Group of the sample: a code of study.toml. An unused "
               "Block has `empty` here and nothing else; a serum measured again to compare "
               "batches or lots has `bridge`.", "before", True),
    ColumnSpec("slide_id", 34, TEXT, "Name of the scan in arrays/ without .gpr. Filled in; leave "
               "it as it is.", "slide-01", True),
    ColumnSpec("block", 8, WHOLE, "Block of the slide that carries the sample. Filled in; leave it "
               "as it is.", "1", True, (1, 9999)),
    ColumnSpec("batch", 14, TEXT, "Slides processed together, one name a slide. May stay empty: "
               "the batch is then lot and scan date.", "run-1"),
    ColumnSpec("lot", 14, TEXT, "Production lot of the slide, from its box; one a slide.",
               "LOT-123", True),
    ColumnSpec("collected_on", 14, DATE, "Day of the blood draw, YYYY-MM-DD. May stay empty.",
               "2021-05-31"),
    ColumnSpec("total_protein_mg_ml", 20, NUMBER, "Total protein of the serum, mg/mL. May stay "
               "empty.", "72.5", False, (1, 200)),
    ColumnSpec("bridge_id", 18, TEXT, "Only where group_code is `bridge`: the sample_id of the "
               "serum's first measurement, or the name of a pool. Person and visit stay empty "
               "there.", ""),
)  # fmt: skip

PATIENTS = (
    ColumnSpec("patient_id", 16, TEXT, "The person's code, every one once. Never a name or a "
               "record number.", "P01", True),
    ColumnSpec("cohort", 14, CHOICE, "Cohort: one of those that the groups of study.toml name.",
               "patient", True),
    ColumnSpec("centre_id", 14, CHOICE, "Centre: a code of study.toml.", "centre-1", True),
    ColumnSpec("sex", 12, CHOICE, "female, male, other or unknown.", "female"),
    ColumnSpec("age_years", 12, WHOLE, "Age at enrolment in whole years. May stay empty.", "58",
               False, (1, 120)),
)  # fmt: skip

ASSESSMENTS = (
    _PATIENT,
    _VISIT,
    ColumnSpec("assessed_on", 14, DATE, "Day of the assessment, YYYY-MM-DD.", "2021-05-31"),
    ColumnSpec("instrument_id", 26, CHOICE, "Scale: a shipped one, or one of study.toml.",
               "vas_pain_0_10", True),
    ColumnSpec("site_id", 12, TEXT, "Treated site that the score is for. Empty where it is for the "
               "person.", ""),
    ColumnSpec("score", 10, NUMBER, "Score in the scale's own points.", "4.5"),
    ColumnSpec("omed_mg", 12, NUMBER, "Daily oral morphine equivalent dose, mg, where it is "
               "worked out: it wins over the table analgesics. May stay empty.", "30", False,
               (0, 9999.99)),
)  # fmt: skip

ANALGESICS = (
    _PATIENT,
    _VISIT,
    ColumnSpec("drug", 18, CHOICE, "Name of the drug; those with a known factor are offered. "
               "`none` for a person who takes nothing, with route `none` and dose 0.", "morphine",
               True),
    ColumnSpec("route", 14, CHOICE, "How it is taken.", "oral", True),
    ColumnSpec("dose", 10, NUMBER, "What is taken in a day, in mg; of a patch what it gives in an "
               "hour, in mcg.", "60", True, (0, 9999.99)),
    ColumnSpec("dose_unit", 12, CHOICE, "mg/day, or mcg/hour of a patch. Empty: mg/day.",
               "mg/day"),
)  # fmt: skip

TABLES = {"samples": SAMPLES, "patients": PATIENTS, "assessments": ASSESSMENTS,
          "analgesics": ANALGESICS}  # fmt: skip
