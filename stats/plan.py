"""The plan as typed rows; every row that cannot be carried out is named, all at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from contracts import CytomartError, Problem
from stats.tables import as_text, rows

#: Methods that may decide, per kind, mode and pairing ('' = any pairing).
PRIMARY_METHODS: Mapping[tuple[str, str, str], tuple[str, ...]] = {
    ("contrast", "correct", "independent"): ("welch_t", "student_t"),
    ("contrast", "correct", "patient"): ("paired_t",),
    ("contrast", "paper", ""): ("student_t",),
    ("omnibus", "correct", ""): ("anova_oneway",),
    ("omnibus", "paper", ""): ("anova_oneway",),
    ("outcome", "correct", ""): ("paired_t",),
    ("correlation", "correct", ""): ("pearson",),
}
KINDS = ("contrast", "omnibus", "outcome", "correlation")
MODES = ("correct", "paper")
PAIRINGS = ("independent", "patient")


@dataclass(frozen=True)
class Analysis:
    """One analysis of the plan; texts are '' where the plan leaves them empty.

    Parameters
    ----------
    subset_column, subset_value : the restriction column=value, '' for none
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
    subset_column: str
    subset_value: str
    visit: str
    pairing: str
    outcome: str
    family: str
    primary_method: str
    mode: str
    alpha: float
    min_abs_fold_change: float
    plan_hash: str
    where: str


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
        faults = _faults(row)
        problems.extend(Problem(f, _where(row), a, r) for f, a, r in faults)
        if not faults:
            analyses.append(_analysis(row))
    if problems:
        raise CytomartError(problems)
    return tuple(sorted(analyses, key=lambda a: (a.study_id, a.analysis_id)))


def check_contrasts(analyses: Iterable[Analysis]) -> None:
    """Raise CytomartError where a contrast is planned twice in one mode.

    The table of differences has one row per contrast and target.
    """
    seen: dict[tuple[str, str, str], list[Analysis]] = defaultdict(list)
    for analysis in analyses:
        if analysis.kind == "contrast":
            seen[analysis.study_id, analysis.contrast_id, analysis.mode].append(analysis)
    problems = [
        Problem(
            f"contrast {contrast} is planned {len(same)} times in {mode} mode",
            "; ".join(a.where for a in same),
            "one analysis per contrast_id and mode",
            "give the second one a contrast_id of its own",
        )
        for (_, contrast, mode), same in seen.items()
        if len(same) > 1
    ]
    if problems:
        raise CytomartError(problems)


def offered_methods(kind: str, mode: str, pairing: str) -> tuple[str, ...]:
    """Return the methods that may be primary for such an analysis, () for none."""
    return PRIMARY_METHODS.get((kind, mode, pairing), PRIMARY_METHODS.get((kind, mode, ""), ()))


def _analysis(row: Mapping[str, Any]) -> Analysis:
    column, _, value = as_text(row["subset"]).partition("=")
    texts = {
        name: as_text(row[name])
        for name in (
            "study_id", "analysis_id", "kind", "contrast_id", "numerator_group",
            "denominator_group", "grouping", "visit", "pairing", "outcome", "family",
            "primary_method", "mode", "plan_hash",
        )
    }  # fmt: skip
    return Analysis(
        **texts,
        subset_column=column.strip(),
        subset_value=value.strip(),
        alpha=float(row["alpha"]),
        min_abs_fold_change=float(row["min_abs_fold_change"]),
        where=_where(row),
    )


def _where(row: Mapping[str, Any]) -> str:
    line = f", line {row['source_line']}" if row.get("source_line") else ""
    return f"plan{line}, analysis {as_text(row['analysis_id'])}"


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


def _faults(row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return (given, allowed, remedy) of each fault of a row."""
    text = {name: as_text(value) for name, value in row.items()}
    faults = [
        (f"{name} is '{text[name]}'", ", ".join(allowed), "write one of them")
        for name, allowed in (("kind", KINDS), ("mode", MODES), ("pairing", PAIRINGS))
        if text[name] not in allowed
    ]
    if not faults:
        faults += _method_faults(text)
    return faults + _needed(text) + _number_faults(row)


def _method_faults(text: Mapping[str, str]) -> list[tuple[str, str, str]]:
    offered = offered_methods(text["kind"], text["mode"], text["pairing"])
    described = f"kind {text['kind']}, mode {text['mode']}, pairing {text['pairing']}"
    if not offered:
        return [(f"there is no method for {described}", "mode correct", "write mode correct")]
    if text["primary_method"] not in offered:
        given = f"primary_method is '{text['primary_method']}' for {described}"
        return [(given, ", ".join(offered), "write one of them")]
    return []


def _needed(text: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return faults of what a kind of analysis needs, and of what nothing uses."""
    needs = {
        "contrast": ("contrast_id", "grouping", "numerator_group", "denominator_group"),
        "omnibus": ("contrast_id", "grouping"),
        "outcome": ("visit", "outcome"),
        "correlation": ("contrast_id", "visit", "outcome"),
    }.get(text["kind"], ())
    faults = [
        (f"{name} is empty", f"a value, as kind {text['kind']} needs it", f"fill in {name}")
        for name in needs
        if not text[name]
    ]
    arms = (text["numerator_group"], text["denominator_group"])
    if text["kind"] == "contrast" and arms[0] and arms[0] == arms[1]:
        faults.append((f"both arms are '{arms[0]}'", "two different groups", "name the other one"))
    column, _, value = text["subset"].partition("=")
    if text["subset"] and not (column.strip() and value.strip()):
        faults.append((f"subset is '{text['subset']}'", "column=value", "write it so, or nothing"))
    if text["covariates"]:
        given = f"covariates are '{text['covariates']}'"
        faults.append((given, "none: no method here adjusts for covariates", "leave it empty"))
    return faults


def _number_faults(row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    faults = []
    if not (row["alpha"] is not None and 0 < row["alpha"] < 1):
        faults.append((f"alpha is {row['alpha']}", "between 0 and 1", "write 0.05, say"))
    least = row["min_abs_fold_change"]
    if not (least is not None and 1 <= least < float("inf")):
        faults.append((f"min_abs_fold_change is {least}", "1 or more", "write 1 for no demand"))
    return faults
