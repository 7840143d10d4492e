"""Does the plan fit the samples? Every analysis that does not is named, all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from contracts import CytomartError, Problem
from stats.design import Rows, Sheet, arm_rows, chosen_rows, group_rows, shares_patients
from stats.plan import Analysis


def check_designs(analyses: Iterable[Analysis], sheet: Sheet) -> None:
    """Raise CytomartError naming every analysis that the samples do not allow."""
    problems = [p for a in analyses if a.kind != "outcome" for p in _design_problems(a, sheet)]
    if problems:
        raise CytomartError(problems)


def _design_problems(analysis: Analysis, sheet: Sheet) -> list[Problem]:
    columns = {"subset": analysis.subset_column}
    if analysis.kind != "correlation":
        columns["grouping"] = analysis.grouping
    unknown = [
        Problem(
            f"{what} names the column '{name}', which samples do not have",
            analysis.where,
            ", ".join(sheet.columns),
            "name one of them",
        )
        for what, name in columns.items()
        if name and name not in sheet.columns
    ]
    if unknown:
        return unknown
    if analysis.kind == "correlation":
        groups = {analysis.visit: chosen_rows(analysis, sheet)}
    elif analysis.kind == "contrast":
        arms = arm_rows(analysis, sheet)
        groups = dict(
            zip((analysis.numerator_group, analysis.denominator_group), arms, strict=True)
        )
    else:
        groups = group_rows(analysis, sheet)
    return _repeated_patients(analysis, groups, sheet) or _shared(analysis, groups, sheet)


def _repeated_patients(
    analysis: Analysis, groups: Mapping[str, Rows], sheet: Sheet
) -> list[Problem]:
    return [
        Problem(
            f"{sum(n > 1 for n in counts.values())} patients have several samples in '{code}'",
            analysis.where,
            "one sample per patient in each group",
            "restrict the analysis by visit or subset",
        )
        for code, rows in groups.items()
        if (counts := Counter(sheet.patients(rows))) and max(counts.values()) > 1
    ]


def _shared(analysis: Analysis, groups: Mapping[str, Rows], sheet: Sheet) -> list[Problem]:
    paired = analysis.kind == "contrast" and analysis.pairing == "patient"
    if analysis.mode == "paper" or analysis.kind == "correlation" or paired:
        return []
    if not shares_patients(groups.values(), sheet):
        return []
    remedy = (
        "write pairing patient" if analysis.kind == "contrast" else "take one sample per patient"
    )
    return [
        Problem(
            f"the groups {', '.join(groups)} share patients but are to be tested as independent",
            analysis.where,
            "groups of different patients; mode paper alone may ignore this, and says so",
            f"{remedy}, or mode paper",
        )
    ]
