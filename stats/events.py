"""Who has the event that a plan names, in two groups of persons or at two visits of the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from contracts import failure
from contracts.plans import CutOff, cut_off
from stats.methods.arrays import Flags, Floats
from stats.methods.odds_ratio import Fourfold
from stats.outcomes import SEVERAL_SITES, meets, need_subset, of_person, score_pairs
from stats.plan import Analysis
from stats.tables import as_text, rows

_OPERATORS = {">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less}
_NOBODY = Fourfold(0, 0, 0, 0)


@dataclass(frozen=True)
class Counted:
    """Persons of one analysis.

    Parameters
    ----------
    table : with the event and without, by arm; for pairs at the visit and at baseline
    n_persons, n_missing : everyone who could have entered, and who of them has no answer
    n_gained, n_lost : pairs with the event at the visit only, at baseline only; None without pairs
    refused : why nothing can be computed; '' where it can
    """

    table: Fourfold
    n_persons: int
    n_missing: int
    n_gained: int | None = None
    n_lost: int | None = None
    refused: str = ""


def is_event(scores: Floats, cut: CutOff) -> Flags:
    """Return which scores are beyond a cut-off; a missing score is not.

    Scores have one decimal: they are compared as whole tenths, as 5.6 and its neighbours are no
    sums of binary fractions.
    """
    tenths = np.rint(np.where(np.isnan(scores), 0.0, scores) * 10)
    beyond = _OPERATORS[cut.operator](tenths, float(cut.score * 10))
    return np.asarray(beyond & ~np.isnan(scores), dtype=np.bool_)


def count_pairs(analysis: Analysis, outcomes: pa.Table, patients: pa.Table) -> Counted:
    """Return who has the event at the visit and who at baseline, of patients with both scores.

    Parameters and errors are those of `stats.outcomes.score_pairs`.
    """
    scores = score_pairs(analysis, outcomes, patients)
    both = scores.pairs[~np.isnan(scores.pairs).any(axis=1)]
    after, before = is_event(both, _cut(analysis)).T
    n, n_after, n_before = len(both), int(after.sum()), int(before.sum())
    return Counted(
        table=Fourfold(n_after, n - n_after, n_before, n - n_before),
        n_persons=scores.n_patients,
        n_missing=scores.n_patients - n,
        n_gained=int((after & ~before).sum()),
        n_lost=int((before & ~after).sum()),
        refused=scores.refused,
    )


def count_groups(analysis: Analysis, outcomes: pa.Table, patients: pa.Table) -> Counted:
    """Return who has the event in two groups of persons, of those with an answer.

    Parameters
    ----------
    outcomes, patients : columns of `marts.fct_outcomes`, and of `marts.dim_patients` with the
        classes of persons; one study

    Raises
    ------
    CytomartError
        The plan names a column that neither scores nor patients have.
    """
    is_score = cut_off(analysis.event) is not None
    need_subset(analysis, {*outcomes.column_names, *patients.column_names})
    for name in ("grouping",) if is_score else ("grouping", "outcome"):
        _need_class(analysis, name, patients)
    arms = (analysis.numerator_group, analysis.denominator_group)
    people = {
        p["patient_id"]: p
        for p in rows(patients)
        if as_text(p[analysis.grouping]) in arms and meets(analysis, p)
    }
    answers = _by_score(analysis, outcomes, people) if is_score else _by_class(analysis, people)
    if answers is None:
        return Counted(_NOBODY, len(people), len(people), refused=SEVERAL_SITES)
    counts = [
        sum(answers[p] is has for p in people if as_text(people[p][analysis.grouping]) == arm)
        for arm in arms
        for has in (True, False)
    ]
    return Counted(Fourfold(*counts), len(people), len(people) - sum(counts))


def _cut(analysis: Analysis) -> CutOff:
    found = cut_off(analysis.event)
    if found is None:
        raise failure(
            f"event is '{analysis.event}'",
            where=analysis.where,
            allowed=">=, >, <= or < and a score",
        )
    return found


def _need_class(analysis: Analysis, name: str, patients: pa.Table) -> None:
    column = getattr(analysis, name)
    if column not in patients.column_names:
        raise failure(
            f"{name} names the column '{column}', which the patients do not have",
            where=analysis.where,
            allowed=", ".join(sorted(patients.column_names)),
            remedy="name one of them",
        )


def _by_score(
    analysis: Analysis, outcomes: pa.Table, people: Mapping[str, Any]
) -> dict[str, bool | None] | None:
    """Return each person's answer by the score at the visit; None where one has several sites."""
    found: dict[str, list[dict[str, Any]]] = {p: [] for p in people}
    for row in rows(outcomes):
        is_asked = (row["instrument_id"], row["visit"]) == (analysis.outcome, analysis.visit)
        if is_asked and row["patient_id"] in people and meets(analysis, row):
            found[row["patient_id"]].append(row)
    chosen = {p: of_person(rs) for p, rs in found.items()}
    if any(len(rs) > 1 for rs in chosen.values()):
        return None
    scores = {p: rs[0]["score"] if rs else None for p, rs in chosen.items()}
    cut = _cut(analysis)
    return {
        p: None if s is None else bool(is_event(np.array([float(s)]), cut)[0])
        for p, s in scores.items()
    }


def _by_class(analysis: Analysis, people: Mapping[str, Any]) -> dict[str, bool | None]:
    """Return each person's answer by class; several classes, or none, are no answer."""
    levels = {p: as_text(cells[analysis.outcome]) for p, cells in people.items()}
    return {
        p: None if not level or "|" in level else level == analysis.event
        for p, level in levels.items()
    }
