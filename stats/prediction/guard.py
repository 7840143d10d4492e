"""Is the study large enough for a model, and how far is its model to be trusted?"""

from __future__ import annotations

from dataclasses import dataclass

from stats.methods.prediction_size import needed_size
from stats.prediction.people import People

#: Persons that the smaller class needs. Below ten events not even one predictor that was fixed
#: beforehand is estimated stably (Peduzzi et al. 1996, Journal of Clinical Epidemiology
#: 49:1373–1379, doi:10.1016/S0895-4356(96)00236-3), and five folds within five folds leave one
#: of them to be held out at a time.
LEAST_EFFECTIVE = 10

REFUSED, EXPLORATORY, ADEQUATE = "refused", "exploratory", "adequate_size"


@dataclass(frozen=True)
class Guard:
    """What a study of this size allows.

    Parameters
    ----------
    label : refused (no model), exploratory (a model, too few persons for its candidates), or
        adequate_size
    n_needed : persons that so many candidates need (`prediction_size`), None without both classes
    reason : why, in words
    """

    label: str
    n_needed: int | None
    reason: str


def judge_size(people: People, n_candidates: int, event: str) -> Guard:
    """Return what so many persons allow for so many candidate targets.

    Parameters
    ----------
    event : the outcome's value that counts, for the words
    """
    n, n_events = len(people.rows), people.n_events
    counts = f"{n_events} of {n} persons with '{event}'"
    if not n_candidates:
        return Guard(REFUSED, None, f"{counts}; no target is known that half of them have")
    if people.n_effective < 1:
        return Guard(REFUSED, None, f"{counts}: only one class, nothing to predict")
    needed = needed_size(n_candidates, n_events / n).n_persons
    if people.n_effective < LEAST_EFFECTIVE:
        return Guard(
            REFUSED, needed,
            f"{counts}: {people.n_effective} in the smaller class, at least {LEAST_EFFECTIVE} are "
            "needed for nested cross-validation",
        )  # fmt: skip
    if n < needed:
        per_candidate = people.n_effective / n_candidates
        return Guard(
            EXPLORATORY, needed,
            f"{counts}: {per_candidate:.2g} persons of the smaller class for each of "
            f"{n_candidates} candidate targets; a model of so many needs {needed} persons",
        )  # fmt: skip
    return Guard(ADEQUATE, needed, "")
