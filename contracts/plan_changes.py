"""How a plan changed after it was first loaded: what pre-registration rests on."""

from __future__ import annotations

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import FLAG, INSTANT, INT, TEXT

PLAN_CHANGES = Relation(
    "quality", "plan_changes", "change of one analysis of a plan that had been loaded before",
    ("study_id", "load_id", "analysis_id"),
    (
        STUDY_ID,
        Column("load_id", TEXT, "Load that brought the change.", nullable=False),
        Column("analysis_id", TEXT, "Analysis that was changed.", nullable=False),
        Column("change", TEXT, "added, changed or removed.", nullable=False),
        Column("changed_columns", TEXT, "Columns of the plan that changed, comma-separated; empty "
               "for an analysis that was added or removed.", nullable=False),
        Column("change_text", TEXT, "Each cell as old → new; of an added or removed analysis every "
               "filled cell.", nullable=False),
        Column("plan_hash_before", TEXT, "SHA-256 of the plan that was in force.",
               nullable=False),
        Column("plan_hash_after", TEXT, "SHA-256 of the plan that took its place.",
               nullable=False),
        Column("is_after_data", FLAG, "True where scans, values or scores had been loaded before "
               "the change.", nullable=False),
        Column("published_generation", INT, "Latest generation that had been published before the "
               "change, with results by the earlier plan; null for none."),
        Column("reason", TEXT, "Why, in the words given with --reason; empty where none was "
               "needed.", nullable=False),
        Column("changed_by", TEXT, "Operating-system user who loaded it.", nullable=False),
        Column("changed_at", INSTANT, "When.", "UTC", nullable=False),
    ),
)  # fmt: skip
