"""Means and standard deviations are the same to the last bit in whatever order rows come."""

from __future__ import annotations

import re
from types import SimpleNamespace

import duckdb
import jinja2
import numpy as np
import pyarrow as pa
import pytest

from contracts.paths import REPO_ROOT

WAREHOUSE = REPO_ROOT / "warehouse"


def closest_pair(x):
    low = np.sort(x)
    at = np.argmin(np.diff(low))
    return (low[at] + low[at + 1]) / 2


AGGREGATES = {
    "ordered_mean": np.mean,
    "ordered_sd": lambda x: np.std(x, ddof=1),
    "closest_pair_mean": closest_pair,
}

#: Where a plain mean stays: over the one or two wells or samples of a person (two numbers have
#: one sum).
FEW = {
    "fct_patient_fold_changes",
    "fct_fold_changes",
}


def rendered(macro: str, *arguments: str) -> str:
    """Return the SQL that a dialect macro writes for DuckDB."""
    text = (WAREHOUSE / "macros" / "dialect" / f"{macro}.sql").read_text(encoding="utf-8")
    adapter = SimpleNamespace(dispatch=lambda name, _: getattr(module, f"duckdb__{name}"))
    module = jinja2.Environment().from_string(text, globals={"adapter": adapter}).module
    return str(getattr(module, macro)(*arguments))


@pytest.mark.parametrize("macro", AGGREGATES)
def test_the_order_of_rows_changes_no_bit(macro):
    rng = np.random.default_rng(7)
    groups = np.repeat(np.arange(40), 500)
    levels = rng.normal(10, 1, groups.size)
    found = set()
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        for _ in range(6):
            order = rng.permutation(groups.size)
            columns = {"g": groups[order], "x": levels[order]}
            shuffled = con.from_arrow(pa.table(columns))  # noqa: F841, read by name below
            sql = f"select g, {rendered(macro, 'x', 'x > 9')} as y from shuffled group by g"
            values = dict(con.execute(sql).fetchall())
            found.add(tuple(values[g].hex() for g in range(40)))
    assert len(found) == 1
    first = levels[(groups == 0) & (levels > 9)]
    assert float.fromhex(found.pop()[0]) == pytest.approx(AGGREGATES[macro](first), rel=1e-13)


@pytest.mark.parametrize("macro", AGGREGATES)
def test_nothing_kept_is_null(macro):
    sql = f"select {rendered(macro, 'x', 'x > 9')} from (values (1.0::double), (null)) v(x)"
    assert duckdb.sql(sql).fetchone() == (None,)


def test_models_average_many_rows_through_these_macros_only():
    plain = re.compile(r"\b(f?avg|mean|stddev(_samp|_pop)?|var(iance|_samp|_pop))\(")
    found = {
        path.stem
        for folder in ("models", "macros/measures")
        for path in (WAREHOUSE / folder).rglob("*.sql")
        if plain.search(path.read_text(encoding="utf-8"))
    }
    assert found == FEW
