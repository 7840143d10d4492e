"""Identity relations: they never leave the vault."""

from __future__ import annotations

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import INSTANT, TEXT

PSEUDONYMS = Relation(
    "identity", "pseudonyms", "study × kind of id × real id", ("study_id", "id_kind", "real_id"),
    (
        STUDY_ID,
        Column("id_kind", TEXT, "patient or sample.", nullable=False),
        Column("real_id", TEXT, "Id as it stands in the files.", nullable=False,
               identifying=True),
        Column("pseudonym", TEXT, "Id used everywhere else.", nullable=False),
    ),
    published=False,
)  # fmt: skip

CELL_HISTORY = Relation(
    "identity", "cell_history", "correction of one cell of a clinical table",
    ("study_id", "relation_name", "row_key", "column_name", "load_id"),
    (
        STUDY_ID,
        Column("relation_name", TEXT, "Raw relation that was corrected.", nullable=False),
        Column("row_key", TEXT, "Key of the row as JSON.", nullable=False),
        Column("column_name", TEXT, "Column that was corrected.", nullable=False),
        Column("old_text", TEXT, "Value before, as text.", identifying=True),
        Column("new_text", TEXT, "Value after, as text.", identifying=True),
        Column("old_file_sha256", TEXT, "File that held the value before.", nullable=False),
        Column("new_file_sha256", TEXT, "File that brought the correction.", nullable=False),
        Column("corrected_by", TEXT, "Operating-system user who loaded it.", nullable=False),
        Column("reason", TEXT, "Why, in the words given with --reason.", nullable=False),
        Column("load_id", TEXT, "Load that brought the correction.", nullable=False),
        Column("corrected_at", INSTANT, "When.", "UTC", nullable=False),
    ),
    published=False,
)  # fmt: skip

IDENTITY = (PSEUDONYMS, CELL_HISTORY)
