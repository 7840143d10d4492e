"""The analyses of a synthetic study, fixed before its data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields

from simulate.clinic import QOL_ID, VAS_ID
from simulate.design import Design
from simulate.effects import TRUE_FOLD
from simulate.tables import csv_text


@dataclass(frozen=True)
class Analysis:
    """One row of plan.csv."""

    analysis_id: str
    kind: str
    contrast_id: str = "all"
    numerator_group: str = ""
    denominator_group: str = ""
    grouping: str = "group_code"
    subset: str = ""
    visit: str = ""
    pairing: str = "independent"
    covariates: str = ""
    outcome: str = ""
    event: str = ""
    family: str = ""
    primary_method: str = ""
    mode: str = "correct"
    status: str = "exploratory"
    alpha: float = 0.05
    min_abs_fold_change: float = 1.0


def plan_csv(design: Design) -> str:
    """Return plan.csv."""
    header = [field.name for field in fields(Analysis)]
    rows = [(*astuple(a)[:-2], f"{a.alpha:g}", f"{a.min_abs_fold_change:g}") for a in plan(design)]
    return csv_text(header, rows)


def plan(design: Design) -> list[Analysis]:
    """Return the analyses, in correct mode and the paper's, of levels, scores and both."""
    return [
        *_contrasts(design),
        *_equivalences(design),
        *_paper_contrasts(design),
        *_omnibus(design),
        *_outcomes(design),
        *_odds_ratios(design),
        *_correlations(design),
        *_changes(design),
        *_predictions(design),
    ]


def _contrasts(design: Design) -> Iterator[Analysis]:
    for numerator, denominator in design.contrasts:
        paired = _is_paired(numerator, denominator)
        yield Analysis(
            f"{numerator}_vs_{denominator}".lower(),
            "contrast",
            f"{numerator}_vs_{denominator}",
            numerator,
            denominator,
            pairing="patient" if paired else "independent",
            # Of the adjusted moderated t beside Welch's: the healthy are younger.
            covariates="" if paired else "age_years",
            family="groups",
            primary_method="moderated_t" if paired else "welch_t",
            status="confirmatory",
        )


def _equivalences(design: Design) -> Iterator[Analysis]:
    """Yield the question whether the levels of treated patients are those of healthy people."""
    if design.controls and design.visits > 1:
        yield Analysis(
            "b_like_c", "equivalence", "B_vs_C", "B", "C",
            family="equivalence", primary_method="tost", min_abs_fold_change=TRUE_FOLD,
        )  # fmt: skip


def _paper_contrasts(design: Design) -> Iterator[Analysis]:
    for numerator, denominator in design.contrasts:
        yield Analysis(
            f"paper_{numerator}_vs_{denominator}".lower(),
            "contrast",
            f"{numerator}_vs_{denominator}",
            numerator,
            denominator,
            family="paper",
            primary_method="student_t",
            mode="paper",
            min_abs_fold_change=TRUE_FOLD,
        )


def _omnibus(design: Design) -> Iterator[Analysis]:
    if len(design.groups) > 2:
        name = "groups_" + "".join(design.groups).lower()
        yield Analysis(
            name, "omnibus", pairing="patient", family="omnibus", primary_method="mixed_model"
        )  # fmt: skip
        yield Analysis(
            f"paper_{name}", "omnibus", family="paper", primary_method="anova_oneway", mode="paper"
        )  # fmt: skip


def _outcomes(design: Design) -> Iterator[Analysis]:
    for visit in design.visit_codes[1:]:
        suffix = "" if visit == "follow_up" else visit.removeprefix("follow_up")
        for short, instrument in _instruments():
            yield Analysis(
                f"{short}_change{suffix}",
                "outcome",
                visit=visit,
                pairing="patient",
                outcome=instrument,
                family="outcomes",
                primary_method="paired_t",
                status="confirmatory",
            )


def _odds_ratios(design: Design) -> Iterator[Analysis]:
    """Yield the odds of a bad state after treatment against before, as the paper gives them.

    The paper names no cut-off, and takes the two visits of the same patients as independent. Pain
    of 4 or more is where moderate pain begins (Serlin et al. 1995, Pain 61:277-284); on the
    unnamed scale of quality of life the mean before treatment, 27 points, parts bad from better.
    """
    for visit in design.visit_codes[1:]:
        suffix = "" if visit == "follow_up" else visit.removeprefix("follow_up")
        for short, instrument, event in (("pain", VAS_ID, ">=4"), ("qol", QOL_ID, "<=27")):
            yield Analysis(
                f"odds_{short}{suffix}",
                "odds_ratio",
                grouping="",
                visit=visit,
                pairing="patient",
                outcome=instrument,
                event=event,
                family="odds",
                primary_method="mcnemar_odds_ratio",
                status="confirmatory",
            )
        yield Analysis(
            f"odds_pain_age{suffix}",
            "odds_ratio",
            numerator_group="60_and_over",
            denominator_group="under_60",
            grouping="age_class",
            subset="cohort=patient",
            visit=visit,
            outcome=VAS_ID,
            event=">=4",
            family="odds",
            primary_method="exact_odds_ratio",
        )


def _correlations(design: Design) -> Iterator[Analysis]:
    for short, instrument in _instruments():
        for visit in design.visit_codes:
            yield Analysis(
                f"corr_{short}_{visit}",
                "correlation",
                subset="cohort=patient",
                visit=visit,
                outcome=instrument,
                family="correlations",
                primary_method="pearson",
            )


def _changes(design: Design) -> Iterator[Analysis]:
    for short, instrument in _instruments():
        for visit in design.visit_codes[1:]:
            yield Analysis(
                f"change_{short}_{visit}",
                "change_correlation",
                subset="cohort=patient",
                visit=visit,
                pairing="patient",
                outcome=instrument,
                family="changes",
                primary_method="change_on_change",
            )


def _predictions(design: Design) -> Iterator[Analysis]:
    for visit in design.visit_codes[1:]:
        yield Analysis(
            f"predict_pain_{visit}",
            "prediction",
            subset="cohort=patient",
            visit=design.visit_codes[0],
            outcome=f"pain_responder@{visit}",
            event="responder",
            family="predictions",
            primary_method="ridge_logistic",
        )


def _instruments() -> tuple[tuple[str, str], ...]:
    return (("pain", VAS_ID), ("qol", QOL_ID))


def _is_paired(numerator: str, denominator: str) -> bool:
    return "C" not in (numerator, denominator)
