"""Python models that are kept batch by batch: what stands is taken over, the rest is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection, DuckDBPyRelation

_BATCH = "study_id, batch_id, batch_state"
_HAS_STATES = """
    select count(*) from duckdb_columns()
    where database_name = current_database() and schema_name = ? and table_name = ?
        and column_name = 'batch_state'
"""


def by_batch(
    dbt: Any,
    session: DuckDBPyConnection,
    listed: DuckDBPyRelation,
    compute: Callable[[pa.Table], pa.Table],
) -> pa.Table:
    """Return what a model holds of batches whose state stands, and computed rows of all others.

    A fit takes thousands of times what copying its rows takes. (dbt-duckdb cannot add the rows of
    a Python model to a table: it looks for them in another connection than it put them into.)

    Parameters
    ----------
    dbt, session : what dbt hands to a Python model
    listed : relation with study_id, batch_id and batch_state
        What the model computes from; SQL models have `is_outdated_batch` for the same.
    compute : function of a table to a table
        Gets the rows of the other batches; returns rows with the same three columns.
    """
    this = dbt.this
    found = session.execute(_HAS_STATES, [this.schema, this.identifier]).fetchone()
    if not found or not found[0]:
        return compute(listed.to_arrow_table())
    outdated = listed.query(
        "listed", f"from listed anti join (select {_BATCH} from {this}) using ({_BATCH})"
    )
    computed = compute(outdated.to_arrow_table())
    standing = listed.query(
        "listed", f"from {this} semi join (select {_BATCH} from listed) using ({_BATCH})"
    ).to_arrow_table()
    if not standing.num_rows:
        return computed
    return pa.concat_tables(
        [standing.select(computed.column_names).cast(computed.schema), computed]
    )
