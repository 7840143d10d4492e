"""Columns of samples and persons that a study has, as a plan may name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.pain import RESPONSES, response_columns
from contracts.plans import (
    AGE_CLASSES,
    OF_PERSONS,
    PERSON_NUMBERS,
    SAMPLE_NUMBERS,
)
from ingest.declared.study import Study

SEXES = ("female", "male", "other", "unknown")


@dataclass(frozen=True)
class StudyColumns:
    """What a plan can group, restrict and adjust by.

    Parameters
    ----------
    classes : dict of str to sequence of str
        Column that forms classes to its values; () where any value may come.
    multiple : frozenset of str
        Columns of which one person can have several values.
    covariates : tuple of str
        Columns that a model can adjust for: one value a sample.
    of_persons : frozenset of str
        Columns that are the same in all samples of a person.
    """

    classes: dict[str, Sequence[str]]
    multiple: frozenset[str]
    covariates: tuple[str, ...]
    of_persons: frozenset[str]

    @property
    def groupings(self) -> tuple[str, ...]:
        """Columns that can form groups: nobody is in two of them."""
        return tuple(c for c in self.classes if c not in self.multiple)

    @property
    def person_classes(self) -> tuple[str, ...]:
        """Columns that put each person in one class."""
        return tuple(c for c in self.groupings if c in self.of_persons)

    def restricting(self, kind: str) -> dict[str, Sequence[str]]:
        """Return the columns that a kind of analysis can be restricted by, with their values."""
        if kind not in OF_PERSONS:
            return self.classes
        # Scores have no samples: theirs are the columns of persons, and the treated site.
        persons = {c: values for c, values in self.classes.items() if c in self.of_persons}
        return {"site_id": (), **persons}


def columns_of(study: Study) -> StudyColumns:
    """Return the columns of a study."""
    persons: dict[str, Sequence[str]] = {
        "cohort": study.cohorts,
        "centre_id": study.centres,
        "sex": SEXES,
        "age_class": AGE_CLASSES,
        **{a.attribute_id: a.values for a in study.attributes},
        **dict.fromkeys(response_columns(study.follow_ups), RESPONSES),
    }
    samples: dict[str, Sequence[str]] = {
        "group_code": [g.code for g in study.groups],
        "visit": study.visit_codes,
        "slide_id": (),
        "batch_id": (),
        "lot": (),
    }
    multiple = frozenset(a.attribute_id for a in study.attributes if a.is_multiple)
    of_persons, of_samples = (
        [m.measure_id for m in study.measures_of(role)] for role in ("patients", "samples")
    )
    usable = [c for c in (*samples, *persons) if c not in multiple]
    return StudyColumns(
        classes={**samples, **persons},
        multiple=multiple,
        covariates=(*PERSON_NUMBERS, *of_persons, *SAMPLE_NUMBERS, *of_samples, *usable),
        of_persons=frozenset((*PERSON_NUMBERS, *of_persons, *persons)),
    )
