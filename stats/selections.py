"""Which targets and samples are clustered: all, and those that the plan's contrasts found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stats.design import Levels, Rows, Sheet, arm_rows
from stats.hits import is_hit, rule_text
from stats.methods.arrays import Floats
from stats.plan import Analysis
from stats.recipes.arms import mean_change, read_arms

ALL, HITS = "all", "hits"
CAUTION = (
    "These targets were selected because they differ between groups. That a clustering of them "
    "separates the groups is so by construction and no evidence; see all targets beside it."
)


@dataclass(frozen=True)
class Selection:
    """Targets and samples of one clustering.

    Parameters
    ----------
    name : `all`, `hits` or `hits:<analysis_id>`
    analysis_id : the contrast whose hits these are, '' for none or several
    rule : how the targets were selected
    caution : what the selection does to the picture, '' for nothing
    rows : of the sheet, (n_samples,)
    columns : of the levels, (n_targets,)
    """

    name: str
    analysis_id: str
    rule: str
    caution: str
    rows: Rows
    columns: Rows


def selections(
    analyses: Sequence[Analysis], sheet: Sheet, levels: Levels, tests: pa.Table
) -> list[Selection]:
    """Return the selections of one study.

    Parameters
    ----------
    analyses : of this study; its contrasts select
    levels : of the primary variant
    tests : rows of `stats.stat_test_results` of this study; hits come from the primary method
    """
    contrasts = [a for a in analyses if a.kind == "contrast"]
    found = {a.analysis_id: _hits(a, sheet, levels, tests) for a in contrasts}
    correct = [found[a.analysis_id] for a in contrasts if a.mode == "correct"]
    everyone = _grouped(sheet)
    every = np.arange(len(levels.analyte_ids), dtype=np.intp)
    union = np.unique(np.concatenate([np.empty(0, dtype=np.intp), *correct]))
    return [
        Selection(ALL, "", "all targets", "", everyone, every),
        Selection(HITS, "", "hits of any contrast in correct mode", CAUTION, everyone, union),
        *(
            Selection(
                f"{HITS}:{a.analysis_id}",
                a.analysis_id,
                f"hits of {a.contrast_id} by {a.primary_method}: {rule_text(a)}",
                CAUTION,
                np.sort(np.concatenate(arm_rows(a, sheet))),
                found[a.analysis_id],
            )
            for a in contrasts
        ),
    ]


def _grouped(sheet: Sheet) -> Rows:
    """Return the samples of persons in a group: no bridge serums."""
    columns = zip(sheet.columns["patient_id"], sheet.columns["group_code"], strict=True)
    return np.array([i for i, (p, g) in enumerate(columns) if p and g], dtype=np.intp)


def _hits(analysis: Analysis, sheet: Sheet, levels: Levels, tests: pa.Table) -> Rows:
    wanted = {
        "analysis_id": analysis.analysis_id,
        "contrast_id": analysis.contrast_id,
        "variant_id": levels.variant_id,
        "is_primary": True,
    }
    for name, value in wanted.items():
        tests = tests.filter(pc.equal(tests.column(name), value))
    analytes = tests.column("analyte_id").to_pylist()
    place = {a: j for j, a in enumerate(levels.analyte_ids)}
    change = mean_change(read_arms(analysis, sheet, levels))[[place[a] for a in analytes]]
    marks = is_hit(analysis, _numbers(tests, "p_value"), change)
    hits = {a for a, hit in zip(analytes, marks, strict=True) if hit}
    return np.array([j for j, a in enumerate(levels.analyte_ids) if a in hits], dtype=np.intp)


def _numbers(tests: pa.Table, name: str) -> Floats:
    values: Floats = tests.column(name).to_numpy(zero_copy_only=False).astype(np.float64)
    return values
