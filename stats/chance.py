"""Hits of a contrast beside the number that chance alone would give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stats.design import Levels, Sheet, arm_rows, pair_rows
from stats.hits import is_hit, rule_text
from stats.methods.arrays import Floats
from stats.permute import expected_hits_groups, expected_hits_pairs, generator
from stats.plan import Analysis


def hit_count_row(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    tests: pa.Table,
    *,
    n_permutations: int,
    seed: int,
) -> dict[str, Any]:
    """Return one contrast's counts as a row of `stats.stat_hit_counts`.

    Parameters
    ----------
    tests : rows of `stats.stat_test_results` of this study
    n_permutations, seed : see `stats.run.hit_counts`
    """
    p, log2fc = _primary(analysis, levels, tests)
    hits = is_hit(analysis, p, log2fc)
    n_tested = int(np.sum(~np.isnan(p)))
    permuted = None
    if n_tested:
        permuted = _expected(analysis, sheet, levels, n_permutations=n_permutations, seed=seed)
    return {
        "study_id": analysis.study_id,
        "analysis_id": analysis.analysis_id,
        "contrast_id": analysis.contrast_id,
        "method": analysis.primary_method,
        "variant_id": levels.variant_id,
        "mode": analysis.mode,
        "rule_text": rule_text(analysis),
        "n_tested": n_tested,
        "n_hits": int(hits.sum()),
        "n_hits_up": int((hits & (log2fc > 0)).sum()),
        "n_hits_down": int((hits & (log2fc < 0)).sum()),
        "n_chance_upper": n_tested * analysis.alpha,
        "n_chance_permuted": permuted,
        "n_permutations": n_permutations if n_tested else 0,
        "seed": seed,
        "plan_hash": analysis.plan_hash,
    }


def _primary(analysis: Analysis, levels: Levels, tests: pa.Table) -> tuple[Floats, Floats]:
    """Return p-values and log2 fold changes of the primary method, NaN where not computed."""
    mine = tests.filter(
        pc.and_(
            pc.and_(
                pc.equal(tests.column("analysis_id"), analysis.analysis_id),
                pc.equal(tests.column("variant_id"), levels.variant_id),
            ),
            tests.column("is_primary"),
        )
    )
    p, log2fc = (
        mine.column(n).to_numpy(zero_copy_only=False).astype(np.float64)
        for n in ("p_value", "estimate")
    )
    return p, log2fc


def _expected(
    analysis: Analysis, sheet: Sheet, levels: Levels, *, n_permutations: int, seed: int
) -> float:
    rng = generator(seed, analysis.study_id, analysis.contrast_id)
    if analysis.primary_method == "paired_t":
        a, b = (levels.take(rows) for rows in pair_rows(analysis, sheet))
        return expected_hits_pairs(analysis, a, b, n_permutations=n_permutations, rng=rng)
    arms = arm_rows(analysis, sheet)
    rows = np.concatenate(arms)
    labels = np.arange(len(rows)) < len(arms[0])
    return expected_hits_groups(
        analysis,
        levels.take(rows),
        labels,
        sheet.patients(rows.tolist()),
        n_permutations=n_permutations,
        rng=rng,
    )
