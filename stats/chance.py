"""Hits of a contrast beside the number that chance alone would give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stats.design import Levels, Sheet, arm_rows
from stats.hits import adjusted_together, is_hit, passes, rule_text
from stats.methods.arrays import Floats
from stats.permute import expected_hits, generator
from stats.plan import Analysis
from stats.recipes.arms import Arms, mean_change, primary_arms


def hit_count_row(
    analysis: Analysis,
    sheet: Sheet,
    levels: Levels,
    tests: pa.Table,
    analyses: Sequence[Analysis],
    *,
    n_permutations: int,
    seed: int,
) -> dict[str, Any]:
    """Return one contrast's counts as a row of `stats.stat_hit_counts`.

    Parameters
    ----------
    tests : rows of `stats.stat_test_results` of this study
    analyses : all of the study, for the contrasts of the same family
    n_permutations, seed : see `stats.run.hit_counts`
    """
    p, arms = _primary(analysis, levels, tests), primary_arms(analysis, sheet, levels)
    log2fc, estimate = mean_change(arms), _primary(analysis, levels, tests, "estimate")
    hits = is_hit(analysis, p, log2fc)
    own, others = p, _family_p(analysis, levels, tests, analyses)
    family_hits = passes(analysis, adjusted_together(analysis, own, others), log2fc)
    n_family = int(np.sum(~np.isnan(np.concatenate([own, others]))))
    n_tested = int(np.sum(~np.isnan(p)))
    permuted = None
    if n_tested:
        permuted = _expected(analysis, sheet, arms, n_permutations=n_permutations, seed=seed)
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
        "n_hits_up": int((hits & (estimate > 0)).sum()),
        "n_hits_down": int((hits & (estimate < 0)).sum()),
        "n_chance_upper": n_tested * analysis.alpha,
        "n_chance_permuted": permuted,
        "family": analysis.family,
        "n_tested_family": n_family,
        "n_hits_family": int(family_hits.sum()),
        "n_chance_upper_family": n_family * analysis.alpha,
        "n_permutations": n_permutations if n_tested else 0,
        "seed": seed,
        "plan_hash": analysis.plan_hash,
    }


def _primary(
    analysis: Analysis, levels: Levels, tests: pa.Table, quantity: str = "p_value"
) -> Floats:
    """Return a quantity of the primary method for each target, NaN where not computed."""
    mine = tests.filter(
        pc.and_(
            pc.and_(
                pc.equal(tests.column("analysis_id"), analysis.analysis_id),
                pc.equal(tests.column("variant_id"), levels.variant_id),
            ),
            tests.column("is_primary"),
        )
    )
    values: Floats = mine.column(quantity).to_numpy(zero_copy_only=False).astype(np.float64)
    return values


def _family_p(
    analysis: Analysis, levels: Levels, tests: pa.Table, analyses: Sequence[Analysis]
) -> Floats:
    """Return the primary p-values of the family's other contrasts of the same mode."""
    others = [
        _primary(a, levels, tests)
        for a in analyses
        if a.kind == "contrast"
        and (a.family, a.mode) == (analysis.family, analysis.mode)
        and a.analysis_id != analysis.analysis_id
    ]
    return np.concatenate([*others, np.empty(0)])


def _expected(
    analysis: Analysis, sheet: Sheet, arms: Arms, *, n_permutations: int, seed: int
) -> float:
    rng = generator(seed, analysis.study_id, analysis.contrast_id)
    patients = sheet.patients(np.concatenate(arm_rows(analysis, sheet)).tolist())
    return expected_hits(analysis, arms, patients, n_permutations=n_permutations, rng=rng)
