"""From arrays of results to rows of the contract."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from contracts import conform, from_rows
from contracts.plans import WHOLE
from contracts.relation import Relation
from contracts.stats import TEST_RESULTS
from contracts.types import REALS, TEXTS
from stats.design import Levels
from stats.detectable import detectable_effects
from stats.methods.arrays import Floats
from stats.methods.result import MethodResult
from stats.multiplicity import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    holm,
)
from stats.plan import Analysis
from stats.recipes.arms import least_log2
from stats.recipes.computed import ADJUSTED_FOR, Computed, joined

_RULES = {
    "": benjamini_hochberg,
    "_by": benjamini_yekutieli,
    "_holm": holm,
    "_bonferroni": bonferroni,
}


def result_table(
    analysis: Analysis, levels: Levels, computed: Computed, notes: Sequence[str] | None = None
) -> pa.Table:
    """Return one method's results as rows; the adjustments over the family are still empty.

    Parameters
    ----------
    notes : what must be known of each target's levels, one text a target
    """
    result, n = computed.result, len(levels.analyte_ids)
    every = {
        "study_id": analysis.study_id,
        "analysis_id": analysis.analysis_id,
        "contrast_id": computed.contrast_id or analysis.contrast_id,
        "method": computed.method,
        "stratum": computed.stratum,
        "variant_id": levels.variant_id,
        "mode": analysis.mode,
        "effect_size_kind": result.effect_size_kind,
        "is_primary": computed.is_primary,
        "plan_hash": analysis.plan_hash,
    }
    adjusted = {f"p_adjusted{end}": rule(result.p_value) for end, rule in _RULES.items()}
    plain, realised = detectable_effects(
        computed.method,
        result,
        adjusted["p_adjusted"],
        alpha=analysis.alpha,
        least_log2=least_log2(analysis),
    )
    reals = {
        "estimate": result.estimate,
        "ci_low": result.ci_low,
        "ci_high": result.ci_high,
        "statistic": result.statistic,
        "df": result.df,
        "df_denominator": result.df_denominator,
        "p_value": result.p_value,
        **adjusted,
        **{f"p_adjusted_global{end}": np.full(n, np.nan) for end in _RULES},
        "effect_size": result.effect_size,
        "detectable_effect": plain,
        "detectable_effect_adjusted": realised,
    }
    columns = {
        **{name: pa.repeat(value, n) for name, value in every.items()},
        **{name: _nullable(values) for name, values in reals.items()},
        **_details(result, n),
        "analyte_id": pa.array(levels.analyte_ids, pa.string()),
        "n_numerator": result.n_numerator,
        "n_denominator": result.n_denominator,
        "n_pairs": pa.nulls(n, pa.int64()) if result.n_pairs is None else result.n_pairs,
        "n_dropped": result.n_dropped,
        "verdict": pa.array(result.verdict or [""] * n, pa.string()),
        "reason": pa.array(
            [
                joined(reason, note, computed.note)
                for reason, note in zip(result.reason, notes or [""] * n, strict=True)
            ],
            pa.string(),
        ),
    }
    return conform(pa.table(columns), TEST_RESULTS)


def adjust_over_families(blocks: Sequence[pa.Table], analyses: Sequence[Analysis]) -> pa.Table:
    """Return the blocks as one table, adjusted over family × method × mode × variant.

    What a method gives for all groups at once (contrast `all`) and for single contrasts, and what
    it gives with and without covariates, are adjusted apart.
    """
    table = pa.concat_tables([from_rows([], TEST_RESULTS), *blocks])
    family_of = {a.analysis_id: a.family for a in analyses}
    names = ("analysis_id", "contrast_id", "method", "stratum", "mode", "variant_id")
    members: dict[tuple[object, ...], list[int]] = {}
    cells = zip(*(table.column(n).to_pylist() for n in names), strict=True)
    for i, (analysis_id, contrast_id, method, stratum, mode, variant) in enumerate(cells):
        own = stratum if stratum.startswith(ADJUSTED_FOR) else ""
        key = (family_of[analysis_id], contrast_id == WHOLE, method, own, mode, variant)
        members.setdefault(key, []).append(i)
    p = table.column("p_value").to_numpy(zero_copy_only=False).astype(np.float64)
    for end, rule in _RULES.items():
        adjusted = np.full(len(p), np.nan)
        for chosen in members.values():
            adjusted[chosen] = rule(p[chosen])
        place = table.column_names.index(f"p_adjusted_global{end}")
        table = table.set_column(place, table.schema.field(place), _nullable(adjusted))
    return table


def sorted_by_key(table: pa.Table, relation: Relation) -> pa.Table:
    """Return the rows in the order of the relation's key."""
    return table.sort_by([(name, "ascending") for name in relation.key])


def _details(result: MethodResult, n_targets: int) -> dict[str, pa.Array]:
    """Return the further quantities of each target as two lists; absent ones are left out."""
    named = sorted(result.details)
    listed = [result.details[name] for name in named]
    values = np.array(listed, dtype=np.float64).reshape(len(named), n_targets)
    present = ~np.isnan(values)
    names = [[name for name, there in zip(named, column, strict=True) if there]
             for column in present.T]  # fmt: skip
    cells = [list(values[column, j]) for j, column in enumerate(present.T)]
    return {"detail_names": pa.array(names, TEXTS), "detail_values": pa.array(cells, REALS)}


def _nullable(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)
