"""What a plan can show, told before any test runs: who enters, and the smallest effect found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from stats.checks import compared_rows, design_problems
from stats.covariates import covariate_matrix, has_covariates
from stats.design import ABSENT, Rows, Sheet, arm_rows, change_rows, pair_rows, shares_patients
from stats.events import count_groups, count_pairs
from stats.methods.arrays import Flags, Floats
from stats.outcomes import score_pairs
from stats.plan import Analysis
from stats.prediction.guard import judge_size
from stats.prediction.people import People, read_people
from stats.recipes.computed import Scores, VisitScores, joined
from stats.recipes.contrast import PAPER_SHARED
from stats.smallest import (
    Detectable,
    Spread,
    smallest_correlations,
    smallest_effects,
    smallest_margins,
)
from stats.tables import rows

#: Said of odds ratios: the counts of the event decide, and they are not looked at before.
NO_SINGLE_SIZE = "no single size: it depends on how often the event is met"
#: Methods whose own row adjusts for the plan's covariates.
_ADJUSTING = ("moderated_t", "treat", "pearson")


@dataclass(frozen=True)
class Group:
    """One arm, group or visit of an analysis."""

    name: str
    n_samples: int
    n_patients: int


@dataclass(frozen=True)
class Forecast:
    """Who enters one analysis and what it can find.

    Parameters
    ----------
    n_pairs : complete pairs, or patients with both; None where there are none to make
    n_dropped : samples (of pairs and scores: patients) that cannot enter
    detectable : at the plan's level, then at the level over all targets, where there is one
    note : why something is not told; '' for nothing
    problems : why the samples do not allow the analysis
    """

    analysis: Analysis
    groups: tuple[Group, ...] = ()
    n_pairs: int | None = None
    n_dropped: int = 0
    detectable: tuple[Detectable, ...] = ()
    note: str = ""
    problems: tuple[str, ...] = ()


def forecast(
    analysis: Analysis,
    sheet: Sheet,
    scores: Scores,
    outcomes: pa.Table,
    patients: pa.Table,
    *,
    n_targets: int,
    spread: Spread,
) -> Forecast:
    """Return what one analysis can show.

    Parameters
    ----------
    scores : of `stats.outcomes.scores_by_patient`
    outcomes, patients : columns of `marts.fct_outcomes` and `marts.dim_patients`, one study
    n_targets : tested at once; the second level is the plan's, divided by it (Bonferroni), which
        the Benjamini–Hochberg rule never undercuts

    Raises
    ------
    CytomartError
        The subset of an analysis of scores names an unknown column.

    Notes
    -----
    Taken at the standard error of the plain linear model; a moderated variance can only add
    degrees of freedom. Rank tests are told as the t tests beside them. Correlations by Fisher's z
    (Fisher 1921, Metron 1:3–32). Equivalence: the smallest margin that two one-sided t tests can
    show where the true difference is zero (Phillips 1990, J Pharmacokinet Biopharm 18:137–144,
    doi:10.1007/BF01063556), by its usual approximation.
    """
    if analysis.kind == "outcome":
        return _of_scores(analysis, outcomes, patients)
    if analysis.kind == "odds_ratio":
        return _of_odds(analysis, outcomes, patients)
    problems = tuple(p.given for p in design_problems(analysis, sheet))
    if problems:
        return Forecast(analysis, problems=problems)
    tell = {
        "correlation": _of_correlation,
        "change_correlation": _of_changes,
        "omnibus": _of_groups,
        "equivalence": _of_equivalence,
    }.get(analysis.kind)
    alphas = _alphas(analysis, n_targets)
    if analysis.kind == "prediction":
        people = read_people(analysis, sheet, rows(patients))
        return _of_prediction(analysis, people, alphas, spread, n_targets)
    if tell is None:
        tell = _of_pairs if _is_paired(analysis) else _of_arms
    return tell(analysis, sheet, scores, alphas, spread)


def _alphas(analysis: Analysis, n_targets: int) -> tuple[float, ...]:
    """Return the thresholds of p to tell: paper mode corrects for nothing."""
    if analysis.mode == "paper" or n_targets < 2:
        return (analysis.alpha,)
    return (analysis.alpha, analysis.alpha / n_targets)


def _is_paired(analysis: Analysis) -> bool:
    return analysis.pairing == "patient" and analysis.mode != "paper"


def _groups(analysis: Analysis, sheet: Sheet) -> tuple[Group, ...]:
    return tuple(
        Group(name, len(rows), len(set(sheet.patients(rows))))
        for name, rows in compared_rows(analysis, sheet).items()
    )


def _of_arms(
    analysis: Analysis, sheet: Sheet, scores: Scores, alphas: tuple[float, ...], spread: Spread
) -> Forecast:
    above, below = arm_rows(analysis, sheet)
    arm = np.r_[np.ones(len(above)), np.zeros(len(below))]
    rows = np.concatenate([above, below])
    covariates, kept = _covariates(analysis, sheet, rows)
    design = np.column_stack([arm, np.ones(len(arm)), covariates])[kept]
    groups, n_dropped = _groups(analysis, sheet), int(np.sum(~kept))
    if len(set(arm[kept])) < 2:
        return Forecast(analysis, groups, None, n_dropped, note="an arm without samples")
    found, note = smallest_effects(analysis, design, alphas, "d", spread.between_log2)
    if not note and shares_patients((above, below), sheet):
        note = PAPER_SHARED
    return Forecast(analysis, groups, None, n_dropped, found, note)


def _of_pairs(
    analysis: Analysis, sheet: Sheet, scores: Scores, alphas: tuple[float, ...], spread: Spread
) -> Forecast:
    above, below = pair_rows(analysis, sheet)
    covariates, has_them = _covariates(analysis, sheet, np.concatenate([above, below]))
    n = len(above)
    change = covariates[:n] - covariates[n:]
    kept = (above != ABSENT) & (below != ABSENT) & has_them[:n] & has_them[n:]
    # What is the same in both samples of every pair has nothing to adjust.
    change = change[kept][:, change[kept].any(axis=0)]
    design = np.column_stack([np.ones(len(change)), change])
    found, note = smallest_effects(analysis, design, alphas, "dz", spread.change_log2)
    n_pairs = int(np.sum(kept))
    return Forecast(analysis, _groups(analysis, sheet), n_pairs, len(above) - n_pairs, found, note)


def _of_equivalence(
    analysis: Analysis, sheet: Sheet, scores: Scores, alphas: tuple[float, ...], spread: Spread
) -> Forecast:
    sizes = [len(rows) for rows in arm_rows(analysis, sheet)]
    found, note = smallest_margins(sizes, alphas, spread.between_log2)
    planned = f"the plan's margin is {np.log2(analysis.min_abs_fold_change):.3f} log2 units"
    return Forecast(analysis, _groups(analysis, sheet), detectable=found, note=note or planned)


def _of_groups(
    analysis: Analysis, sheet: Sheet, scores: Scores, alphas: tuple[float, ...], spread: Spread
) -> Forecast:
    groups = _groups(analysis, sheet)
    note = "" if len(groups) > 1 else "fewer than two groups"
    return Forecast(analysis, groups, note=note or "no single difference stands for several groups")


def _of_correlation(
    analysis: Analysis, sheet: Sheet, scores: Scores, alphas: tuple[float, ...], spread: Spread
) -> Forecast:
    rows = compared_rows(analysis, sheet)[analysis.visit]
    covariates, has_them = _covariates(analysis, sheet, rows)
    kept = has_them & _has_scores(analysis, sheet, scores, rows, (analysis.visit,))
    n = int(np.sum(kept))
    found, note = smallest_correlations(n, covariates.shape[1], alphas)
    return Forecast(analysis, _groups(analysis, sheet), n, len(rows) - n, found, note)


def _of_changes(
    analysis: Analysis, sheet: Sheet, scores: Scores, alphas: tuple[float, ...], spread: Spread
) -> Forecast:
    after, before = change_rows(analysis, sheet)
    both = (after != ABSENT) & (before != ABSENT)
    baseline = {sheet.columns["visit"][i] for i in before if i != ABSENT}
    visits = (analysis.visit, *sorted(baseline))
    kept = both & _has_scores(analysis, sheet, scores, np.maximum(after, before), visits)
    n = int(np.sum(kept))
    found, note = smallest_correlations(n, 2, alphas)
    return Forecast(analysis, _groups(analysis, sheet), n, len(after) - n, found, note)


def _of_prediction(
    analysis: Analysis, people: People, alphas: tuple[float, ...], spread: Spread, n_targets: int
) -> Forecast:
    """Return both classes, what a target alone shows, and what the sample-size guard will say."""
    n, n_events = len(people.rows), people.n_events
    groups = (
        Group(analysis.event, n_events, n_events),
        Group(f"not {analysis.event}", n - n_events, n - n_events),
    )
    n_dropped = people.n_without_outcome + people.n_without_sample
    guard = judge_size(people, n_targets, analysis.event)
    note = f"{guard.label}: {guard.reason}" if guard.reason else guard.label
    if not people.n_effective:
        return Forecast(analysis, groups, None, n_dropped, note=note)
    design = np.column_stack([people.is_event, np.ones(n)])
    found, few = smallest_effects(analysis, design, alphas, "d", spread.between_log2)
    return Forecast(analysis, groups, None, n_dropped, found, joined(note, few))


def _of_scores(analysis: Analysis, outcomes: pa.Table, patients: pa.Table) -> Forecast:
    scores = score_pairs(analysis, outcomes, patients)
    n_pairs = int(np.sum(~np.isnan(scores.pairs).any(axis=1)))
    group = Group(analysis.visit, len(scores.pairs), scores.n_patients)
    design = np.ones((n_pairs, 1))
    found, note = smallest_effects(analysis, design, (analysis.alpha,), "dz", None)
    return Forecast(
        analysis, (group,), n_pairs, scores.n_patients - n_pairs, found, scores.refused or note
    )


def _of_odds(analysis: Analysis, outcomes: pa.Table, patients: pa.Table) -> Forecast:
    is_paired = analysis.pairing == "patient"
    counted = (count_pairs if is_paired else count_groups)(analysis, outcomes, patients)
    arms = (analysis.numerator_group, analysis.denominator_group)
    names = (analysis.visit,) if is_paired else arms
    a, b, c, d = counted.table.cells
    groups = tuple(Group(name, n, n) for name, n in zip(names, (a + b, c + d), strict=False))
    n_pairs = a + b if is_paired else None
    note = counted.refused or NO_SINGLE_SIZE
    return Forecast(analysis, groups, n_pairs, counted.n_missing, note=note)


def _covariates(analysis: Analysis, sheet: Sheet, rows: Rows) -> tuple[Floats, Flags]:
    """Return the covariates that the primary method adjusts for, and which rows have them all."""
    if analysis.primary_method not in _ADJUSTING:
        return np.empty((len(rows), 0)), np.ones(len(rows), dtype=np.bool_)
    matrix, _ = covariate_matrix(analysis, sheet, rows)
    return matrix, has_covariates(analysis, sheet, rows)


def _has_scores(
    analysis: Analysis, sheet: Sheet, scores: Scores, rows: Rows, visits: tuple[str, ...]
) -> Flags:
    """Return which patients of the rows have a score at every visit."""
    found = [scores.get((analysis.outcome, v), VisitScores({})).by_patient for v in visits]
    patients = sheet.patients(rows.tolist())
    return np.array(
        [all(not np.isnan(s.get(p, np.nan)) for s in found) for p in patients], dtype=np.bool_
    )
