"""The plan as typed rows; every row that cannot be carried out is named, all at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from contracts import CytomartError, Problem
from contracts.plans import MODES, TWO_ARMS, covariate_names, restrictions, row_faults
from stats.tables import as_text, rows

_TEXTS = (
    "study_id", "analysis_id", "kind", "contrast_id", "numerator_group", "denominator_group",
    "grouping", "visit", "pairing", "outcome", "event", "family", "primary_method", "mode",
    "status", "plan_hash",
)  # fmt: skip


@dataclass(frozen=True)
class Analysis:
    """One analysis of the plan; texts are '' where the plan leaves them empty.

    Parameters
    ----------
    subset : restrictions column = value that every sample must meet, () for none
    covariates : names of columns of the samples, () for none
    status : confirmatory or exploratory
    event : a cut-off on the outcome's score, or the value of its class
    alpha : probability
    min_abs_fold_change : ratio ≥ 1; 1 for no demand
    where : line and name of the row, for messages
    """

    study_id: str
    analysis_id: str
    kind: str
    contrast_id: str
    numerator_group: str
    denominator_group: str
    grouping: str
    subset: tuple[tuple[str, str], ...]
    visit: str
    pairing: str
    covariates: tuple[str, ...]
    outcome: str
    family: str
    primary_method: str
    mode: str
    status: str
    alpha: float
    min_abs_fold_change: float
    plan_hash: str
    where: str
    event: str = ""


def read_plan(plan: pa.Table) -> tuple[Analysis, ...]:
    """Return the analyses of a plan table (columns of `raw.plan`), sorted by study and name.

    Raises
    ------
    CytomartError
        One problem per fault of a row.
    """
    found = rows(plan)
    problems = _repeated(found)
    analyses = []
    for row in found:
        faults = row_faults(row)
        problems += [Problem(f.given, _where(row, f.column), f.allowed, f.remedy) for f in faults]
        if not faults:
            analyses.append(_analysis(row))
    if problems:
        raise CytomartError(problems)
    return tuple(sorted(analyses, key=lambda a: (a.study_id, a.analysis_id)))


def check_contrasts(analyses: Iterable[Analysis]) -> None:
    """Raise CytomartError where a contrast is planned twice in one mode, or means two things.

    The table of differences has one row per contrast and target.
    """
    of_contrast: dict[tuple[str, str], list[Analysis]] = defaultdict(list)
    for analysis in analyses:
        if analysis.kind in TWO_ARMS:
            of_contrast[analysis.study_id, analysis.contrast_id].append(analysis)
    problems = [
        problem
        for (_, contrast), same in of_contrast.items()
        for problem in (*_twice(contrast, same), *_ambiguous(contrast, same))
    ]
    if problems:
        raise CytomartError(problems)


def _twice(contrast: str, planned: list[Analysis]) -> Iterator[Problem]:
    for mode in MODES:
        same = [a for a in planned if a.kind == "contrast" and a.mode == mode]
        if len(same) > 1:
            yield Problem(
                f"contrast {contrast} is planned {len(same)} times in {mode} mode",
                "; ".join(a.where for a in same),
                "one analysis per contrast_id and mode",
                "give the second one a contrast_id of its own",
            )


def _ambiguous(contrast: str, planned: list[Analysis]) -> Iterator[Problem]:
    arms = {
        (a.numerator_group, a.denominator_group, a.grouping, a.subset, a.visit) for a in planned
    }
    if len(arms) > 1:
        yield Problem(
            f"contrast {contrast} compares different samples in its {len(planned)} analyses",
            "; ".join(a.where for a in planned),
            "the same groups, grouping, subset and visit under one contrast_id",
            "give the other comparison a contrast_id of its own",
        )


def _analysis(row: Mapping[str, Any]) -> Analysis:
    return Analysis(
        **{name: as_text(row[name]) for name in _TEXTS},
        subset=tuple(sorted(restrictions(as_text(row["subset"])) or ())),
        covariates=covariate_names(as_text(row["covariates"])),
        alpha=float(row["alpha"]),
        min_abs_fold_change=float(row["min_abs_fold_change"]),
        where=_where(row),
    )


def _where(row: Mapping[str, Any], column: str = "") -> str:
    line = f", line {row['source_line']}" if row.get("source_line") else ""
    named = f", column {column}" if column else ""
    return f"plan{line}, analysis {as_text(row['analysis_id'])}{named}"


def _repeated(found: list[dict[str, Any]]) -> list[Problem]:
    seen = Counter((as_text(r["study_id"]), as_text(r["analysis_id"])) for r in found)
    return [
        Problem(
            f"analysis {analysis} stands {n} times in the plan of study {study}",
            "plan",
            "one row per analysis_id",
            "give each analysis its own name",
        )
        for (study, analysis), n in seen.items()
        if n > 1
    ]
