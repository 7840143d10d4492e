"""Does the plan fit the samples? Every analysis that does not is named, all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from contracts import CytomartError, Problem
from contracts.pain import is_response_column
from contracts.plans import OF_PERSONS, PERSON_CLASSES, PERSON_NUMBERS, TWO_ARMS
from stats.design import (
    Rows,
    Sheet,
    arm_rows,
    baseline_rows,
    chosen_rows,
    group_rows,
    shares_patients,
)
from stats.plan import Analysis

CORRELATIONS = ("correlation", "change_correlation")
#: Columns by which several samples of a patient may be told apart, the likeliest first.
_TELLING = ("visit", "batch_id", "lot", "slide_id")


def check_designs(analyses: Iterable[Analysis], sheet: Sheet) -> None:
    """Raise CytomartError naming every analysis that the samples do not allow."""
    problems = [p for a in analyses for p in design_problems(a, sheet)]
    if problems:
        raise CytomartError(problems)


def design_problems(analysis: Analysis, sheet: Sheet) -> list[Problem]:
    """Return why the samples do not allow an analysis; scores have no samples to judge."""
    if analysis.kind in OF_PERSONS:
        return []
    if unknown := _unknown_columns(analysis, sheet):
        return unknown
    groups = compared_rows(analysis, sheet)
    return (
        _repeated_patients(analysis, groups, sheet)
        or _shared(analysis, groups, sheet)
        or _cancelling(analysis)
        or _after_baseline(analysis, sheet)
    )


def compared_rows(analysis: Analysis, sheet: Sheet) -> dict[str, Rows]:
    """Return the samples that an analysis uses, by arm, group or visit."""
    if analysis.kind in ("correlation", "prediction"):
        return {analysis.visit: chosen_rows(analysis, sheet)}
    if analysis.kind == "change_correlation":
        return {
            "baseline": baseline_rows(analysis, sheet),
            analysis.visit: chosen_rows(analysis, sheet),
        }
    if analysis.kind in TWO_ARMS:
        names = (analysis.numerator_group, analysis.denominator_group)
        return dict(zip(names, arm_rows(analysis, sheet), strict=True))
    return group_rows(analysis, sheet)


def _unknown_columns(analysis: Analysis, sheet: Sheet) -> list[Problem]:
    named = [("subset", column) for column, _ in analysis.subset]
    named += [("covariates", column) for column in analysis.covariates]
    if analysis.kind == "prediction":
        named.append(("outcome", analysis.outcome))
    elif analysis.kind not in CORRELATIONS:
        named.append(("grouping", analysis.grouping))
    return [
        Problem(
            f"{what} names the column '{name}', which samples do not have",
            analysis.where,
            ", ".join(sheet.columns),
            "name one of them",
        )
        for what, name in named
        if name not in sheet.columns
    ]


def _repeated_patients(
    analysis: Analysis, groups: Mapping[str, Rows], sheet: Sheet
) -> list[Problem]:
    return [
        Problem(
            f"{sum(n > 1 for n in counts.values())} patients have several samples in '{code}'",
            analysis.where,
            "one sample per patient in each group",
            _remedy(analysis, rows, sheet),
        )
        for code, rows in groups.items()
        if (counts := Counter(sheet.patients(rows))) and max(counts.values()) > 1
    ]


def _remedy(analysis: Analysis, rows: Rows, sheet: Sheet) -> str:
    """Return the restriction that would leave one sample per patient, where there is one."""
    fixed = {column for column, _ in analysis.subset}
    for column in (c for c in _TELLING if c in sheet.columns and c not in fixed):
        by_value: dict[str, list[int]] = {}
        for i in rows.tolist():
            by_value.setdefault(sheet.columns[column][i], []).append(i)
        enough = [v for v in sorted(by_value) if v and _is_single(by_value[v], sheet)]
        if enough:
            what = "write visit" if column == "visit" else "restrict the analysis by subset"
            cells = enough if column == "visit" else [f"{column}={v}" for v in enough]
            return f"{what} {' or '.join(cells[:4])}"
    return "no visit or subset tells these samples apart: exclude all but one of each patient"


def _is_single(rows: list[int], sheet: Sheet) -> bool:
    patients = sheet.patients(rows)
    return len(patients) == len(set(patients))


def _shared(analysis: Analysis, groups: Mapping[str, Rows], sheet: Sheet) -> list[Problem]:
    if analysis.mode == "paper" or analysis.pairing == "patient" or analysis.kind in CORRELATIONS:
        return []
    if not shares_patients(groups.values(), sheet):
        return []
    remedy = {
        "contrast": "write pairing patient, or mode paper",
        "omnibus": "write pairing patient and primary_method mixed_model, or mode paper",
    }.get(analysis.kind, "compare groups of different patients")
    return [
        Problem(
            f"the groups {', '.join(groups)} share patients but are to be tested as independent",
            analysis.where,
            "groups of different patients; mode paper alone may ignore this, and says so",
            remedy,
        )
    ]


def _cancelling(analysis: Analysis) -> list[Problem]:
    """Return covariates that every person has once, and so cancel in any pair.

    Another column that has been the same in every pair so far is no mistake of the plan: the
    rows that it would adjust say so (`covariates.cancelled_in_pairs`).
    """
    if analysis.kind != "contrast" or analysis.pairing != "patient":
        return []
    return [
        Problem(
            f"covariate {name} is the same in both samples of a person: it cancels in the pairs",
            analysis.where,
            "columns that differ within patients, such as slide_id or collected_day",
            f"take {name} out of covariates",
        )
        for name in analysis.covariates
        if name in (*PERSON_CLASSES, *PERSON_NUMBERS) or is_response_column(name)
    ]


def _after_baseline(analysis: Analysis, sheet: Sheet) -> list[Problem]:
    """Return the fault of a prediction from levels that were measured after the baseline."""
    if analysis.kind != "prediction":
        return []
    rows = chosen_rows(analysis, sheet)
    late = [i for i in rows.tolist() if sheet.columns["is_baseline"][i] != "true"]
    if not late:
        return []
    return [
        Problem(
            f"{len(late)} samples of visit {analysis.visit} were taken after the baseline: what "
            "treatment did to a level would predict its success",
            analysis.where,
            "the baseline visit",
            "write the study's baseline visit",
        )
    ]
