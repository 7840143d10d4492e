"""Columns that say where a row of the raw relations came from."""

from __future__ import annotations

from contracts.relation import Column
from contracts.types import INT, TEXT

STUDY_ID = Column("study_id", TEXT, "Study that the row belongs to.", nullable=False)
FILE_SHA256 = Column(
    "file_sha256", TEXT, "SHA-256 of the file's bytes; `cytomart original` gives the file back.",
    nullable=False,
)  # fmt: skip
SOURCE_LINE = Column(
    "source_line", INT, "Line of the file (or row of the sheet) that the row came from, from 1.",
    nullable=False,
)  # fmt: skip
