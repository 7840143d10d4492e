"""From arrays of results to rows of the contract."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from contracts import conform, from_rows
from contracts.relation import Relation
from contracts.stats import TEST_RESULTS
from stats.design import Levels
from stats.methods.arrays import Floats
from stats.multiplicity import benjamini_hochberg
from stats.plan import Analysis
from stats.recipes import Computed


def result_table(analysis: Analysis, levels: Levels, computed: Computed) -> pa.Table:
    """Return one method's results as rows; the adjustment over the family is still empty."""
    result, n = computed.result, len(levels.analyte_ids)
    every = {
        "study_id": analysis.study_id,
        "analysis_id": analysis.analysis_id,
        "contrast_id": analysis.contrast_id,
        "method": computed.method,
        "stratum": computed.stratum,
        "variant_id": levels.variant_id,
        "mode": analysis.mode,
        "effect_size_kind": result.effect_size_kind,
        "is_primary": computed.method == analysis.primary_method,
        "plan_hash": analysis.plan_hash,
    }
    reals = {
        "estimate": result.estimate,
        "ci_low": result.ci_low,
        "ci_high": result.ci_high,
        "statistic": result.statistic,
        "df": result.df,
        "df_denominator": result.df_denominator,
        "p_value": result.p_value,
        "p_adjusted": benjamini_hochberg(result.p_value),
        "p_adjusted_global": np.full(n, np.nan),
        "effect_size": result.effect_size,
    }
    columns = {
        **{name: pa.repeat(value, n) for name, value in every.items()},
        **{name: _nullable(values) for name, values in reals.items()},
        "analyte_id": pa.array(levels.analyte_ids, pa.string()),
        "n_numerator": result.n_numerator,
        "n_denominator": result.n_denominator,
        "n_pairs": pa.nulls(n, pa.int64()) if result.n_pairs is None else result.n_pairs,
        "n_dropped": result.n_dropped,
        "reason": pa.array([_joined(r, computed.note) for r in result.reason], pa.string()),
    }
    return conform(pa.table(columns), TEST_RESULTS)


def adjust_over_families(blocks: Sequence[pa.Table], analyses: Sequence[Analysis]) -> pa.Table:
    """Return the blocks as one table, adjusted over family × method × mode × variant."""
    table = pa.concat_tables([from_rows([], TEST_RESULTS), *blocks])
    family_of = {a.analysis_id: a.family for a in analyses}
    names = [table.column(n).to_pylist() for n in ("analysis_id", "method", "mode", "variant_id")]
    members: dict[tuple[str, ...], list[int]] = {}
    for i, (analysis_id, *rest) in enumerate(zip(*names, strict=True)):
        members.setdefault((family_of[analysis_id], *rest), []).append(i)
    p = table.column("p_value").to_numpy(zero_copy_only=False).astype(np.float64)
    adjusted = np.full(len(p), np.nan)
    for chosen in members.values():
        adjusted[chosen] = benjamini_hochberg(p[chosen])
    place = table.column_names.index("p_adjusted_global")
    return table.set_column(place, table.schema.field(place), _nullable(adjusted))


def sorted_by_key(table: pa.Table, relation: Relation) -> pa.Table:
    """Return the rows in the order of the relation's key."""
    return table.sort_by([(name, "ascending") for name in relation.key])


def _nullable(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)


def _joined(*parts: str) -> str:
    return "; ".join(p for p in parts if p)
