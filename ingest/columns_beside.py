"""Columns of a table that study.toml declares: they stand beside their rows, one row a cell."""

from __future__ import annotations

from dataclasses import dataclass

from contracts import Relation
from contracts.measures import PATIENT_MEASURES, SAMPLE_MEASURES
from contracts.raw import PATIENT_ATTRIBUTES
from ingest.declared.study import Study


@dataclass(frozen=True)
class ColumnsBeside:
    """Where declared columns of a table are kept.

    Parameters
    ----------
    columns : tuple of str
        Titles that the study declares.
    name_column, value_column : str
        Columns of the relation that hold a title and its cell.
    """

    relation: Relation
    columns: tuple[str, ...]
    name_column: str
    value_column: str

    @property
    def key_column(self) -> str:
        """Column that names the row."""
        return self.relation.key[1]


def columns_beside(study: Study, role: str) -> tuple[ColumnsBeside, ...]:
    """Return where the declared columns of a role's table are kept."""
    numbers = tuple(m.measure_id for m in study.measures_of(role))
    if role == "patients":
        attributes = tuple(a.attribute_id for a in study.attributes)
        return (
            ColumnsBeside(PATIENT_ATTRIBUTES, attributes, "attribute_id", "attribute_text"),
            ColumnsBeside(PATIENT_MEASURES, numbers, "measure_id", "measure_value"),
        )
    if role == "samples":
        return (ColumnsBeside(SAMPLE_MEASURES, numbers, "measure_id", "measure_value"),)
    return ()
