"""Reading Arrow tables by column name."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts import failure


def rows(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows as dictionaries."""
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def as_text(value: Any) -> str:
    """Return a cell as text the way a plan would write it: '' for null, true/false, ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def of_study(table: pa.Table, study_id: str) -> pa.Table:
    """Return the rows of one study."""
    return table.filter(pc.equal(table.column("study_id"), study_id))


def need_columns(table: pa.Table, names: Sequence[str], relation: str) -> None:
    """Raise CytomartError unless the table has all named columns."""
    lacking = [n for n in names if n not in table.column_names]
    if lacking:
        raise failure(
            f"{relation} lacks the columns {lacking}",
            allowed=", ".join(names),
            remedy="hand over the relation as the warehouse builds it",
            exit_code=4,
        )


def with_classes(samples: pa.Table, classes: pa.Table) -> pa.Table:
    """Return samples with a column for each further grouping: a clinical attribute, a centre.

    Parameters
    ----------
    samples : columns of `marts.dim_samples`
    classes : columns of `intermediate.int_samples_classified`
        A sample with several values of one grouping has them joined by `|`, and so belongs to
        none of their groups.
    """
    found: dict[str, dict[tuple[str, str], list[str]]] = {}
    for row in rows(classes):
        if row["grouping"] not in samples.column_names and row["class_value"] is not None:
            cells = found.setdefault(row["grouping"], {})
            cells.setdefault((row["study_id"], row["sample_id"]), []).append(row["class_value"])
    keys = list(zip(samples["study_id"].to_pylist(), samples["sample_id"].to_pylist(), strict=True))
    for grouping, cells in sorted(found.items()):
        column = ["|".join(sorted(cells[k])) if k in cells else None for k in keys]
        samples = samples.append_column(grouping, pa.array(column, pa.string()))
    return samples
