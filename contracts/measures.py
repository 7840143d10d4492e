"""Numbers that a study records of persons and samples: bmi, dose, days since treatment."""

from __future__ import annotations

from contracts.provenance import FILE_SHA256, SOURCE_LINE, STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import INT, REAL, TEXT

_MEASURE = Column("measure_id", TEXT, "Number declared in study.toml.", nullable=False)

STUDY_MEASURES = Relation(
    "raw", "study_measures", "study × number of persons or samples", ("study_id", "measure_id"),
    (
        STUDY_ID,
        Column("measure_id", TEXT, "Code of the number: a column of patients or samples.",
               nullable=False),
        Column("measure_label", TEXT, "The number in words.", nullable=False),
        Column("measure_order", INT, "Place in study.toml, from 1.", nullable=False),
        Column("measured_of", TEXT, "patients, or samples where it differs between visits.",
               nullable=False),
        Column("measure_unit", TEXT, "Its unit.", nullable=False),
        Column("lowest", REAL, "Least value that a cell may hold.", nullable=False),
        Column("highest", REAL, "Largest value that a cell may hold.", nullable=False),
    ),
)  # fmt: skip

PATIENT_MEASURES = Relation(
    "raw", "patient_measures", "patient × number", ("study_id", "patient_id", "measure_id"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("patient_id", TEXT, "Study code or pseudonym of the person.", nullable=False),
        _MEASURE,
        Column("measure_value", REAL, "Its value; null where the cell is blank.",
               "as raw.study_measures says"),
    ),
    published=False,
)  # fmt: skip

SAMPLE_MEASURES = Relation(
    "raw", "sample_measures", "sample × number", ("study_id", "sample_id", "measure_id"),
    (
        STUDY_ID,
        FILE_SHA256,
        SOURCE_LINE,
        Column("sample_id", TEXT, "Study code or pseudonym of the serum sample.",
               nullable=False),
        _MEASURE,
        Column("measure_value", REAL, "Its value; null where the cell is blank.",
               "as raw.study_measures says"),
    ),
    published=False,
)  # fmt: skip
