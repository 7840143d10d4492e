"""The primary test of every contrast under each signal variant that results are compared over."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from contracts import conform
from contracts.stats import VARIANT_TESTS
from stats.design import Levels, Sheet
from stats.hits import is_hit
from stats.methods.arrays import Floats
from stats.multiplicity import benjamini_hochberg
from stats.plan import Analysis
from stats.recipes.arms import mean_change, primary_arms, primary_method


def variant_table(analysis: Analysis, sheet: Sheet, levels: Levels) -> pa.Table:
    """Return one contrast under one variant as rows of `stats.stat_variant_tests`.

    Parameters
    ----------
    analysis : a contrast in correct mode; method, hit rule and samples are those of the plan
    levels : log2 levels of one variant
    """
    arms = primary_arms(analysis, sheet, levels)
    result, change = primary_method(analysis)(arms), mean_change(arms)
    n = len(levels.analyte_ids)
    every = {
        "study_id": analysis.study_id,
        "analysis_id": analysis.analysis_id,
        "contrast_id": analysis.contrast_id,
        "variant_id": levels.variant_id,
        "method": analysis.primary_method,
        "is_primary_variant": levels.is_primary_variant,
        "plan_hash": analysis.plan_hash,
    }
    columns = {
        **{name: pa.repeat(value, n) for name, value in every.items()},
        "analyte_id": pa.array(levels.analyte_ids, pa.string()),
        "change_log2fc": _nullable(change),
        "p_value": _nullable(result.p_value),
        "p_adjusted": _nullable(benjamini_hochberg(result.p_value)),
        "n_numerator": result.n_numerator,
        "n_denominator": result.n_denominator,
        "is_hit": is_hit(analysis, result.p_value, change),
        "reason": pa.array(result.reason, pa.string()),
    }
    return conform(pa.table(columns), VARIANT_TESTS)


def _nullable(values: Floats) -> pa.Array:
    return pa.array(values, mask=np.isnan(values), type=pa.float64())
