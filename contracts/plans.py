"""What a plan may say: kinds of analysis, the methods that may decide, and what each row needs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

KINDS = (
    "contrast", "omnibus", "equivalence", "correlation", "change_correlation", "outcome",
    "odds_ratio", "prediction",
)  # fmt: skip
MODES = ("correct", "paper")
PAIRINGS = ("independent", "patient")
STATUSES = ("confirmatory", "exploratory")

#: Methods that may decide, per kind, mode and pairing ('' = any pairing).
PRIMARY_METHODS: Mapping[tuple[str, str, str], tuple[str, ...]] = {
    ("contrast", "correct", "independent"): (
        "welch_t", "student_t", "moderated_t", "treat", "mann_whitney",
    ),
    ("contrast", "correct", "patient"): (
        "paired_t", "moderated_t", "treat", "wilcoxon_signed_rank",
    ),
    ("contrast", "paper", ""): ("student_t",),
    ("omnibus", "correct", "independent"): ("anova_oneway", "welch_anova", "kruskal"),
    ("omnibus", "correct", "patient"): ("mixed_model",),
    ("omnibus", "paper", ""): ("anova_oneway",),
    ("equivalence", "correct", "independent"): ("tost",),
    ("correlation", "correct", ""): ("pearson", "spearman"),
    ("change_correlation", "correct", ""): ("change_on_change",),
    ("outcome", "correct", ""): ("paired_t", "wilcoxon_signed_rank"),
    ("odds_ratio", "correct", "independent"): ("exact_odds_ratio", "firth_odds_ratio"),
    ("odds_ratio", "correct", "patient"): ("mcnemar_odds_ratio",),
    ("prediction", "correct", "independent"): ("ridge_logistic",),
}  # fmt: skip
#: Primary methods beside which covariates are used. Of welch_t it is the moderated t that stands
#: beside it that adjusts; Welch's own row never does.
COVARIATE_METHODS: Mapping[str, tuple[str, ...]] = {
    "contrast": ("welch_t", "moderated_t", "treat"),
    "omnibus": ("mixed_model",),
    "correlation": ("pearson",),
}
#: Cells that a kind needs, and those that nothing of it reads.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "contrast": ("contrast_id", "grouping", "numerator_group", "denominator_group"),
    "omnibus": ("contrast_id", "grouping"),
    "equivalence": ("contrast_id", "grouping", "numerator_group", "denominator_group"),
    "correlation": ("contrast_id", "visit", "outcome"),
    "change_correlation": ("contrast_id", "visit", "outcome"),
    "outcome": ("visit", "outcome"),
    "odds_ratio": ("outcome", "event"),
    "prediction": ("visit", "outcome", "event"),
}
UNREAD: Mapping[str, tuple[str, ...]] = {
    "contrast": ("outcome", "event"),
    "omnibus": ("numerator_group", "denominator_group", "outcome", "event"),
    "equivalence": ("outcome", "event"),
    "correlation": ("numerator_group", "denominator_group", "event"),
    "change_correlation": ("numerator_group", "denominator_group", "event"),
    "outcome": ("numerator_group", "denominator_group", "event"),
    "odds_ratio": (),
    "prediction": ("numerator_group", "denominator_group"),
}
#: Contrast id of an analysis of all groups together.
WHOLE = "all"
#: Kinds that compare the levels of two arms, those measured from the baseline visit, and those
#: of scores and classes of persons alone, which have no samples.
TWO_ARMS = ("contrast", "equivalence")
FROM_BASELINE = ("change_correlation", "outcome")
OF_PERSONS = ("outcome", "odds_ratio")
#: Kinds whose results stand target by target in `stats.fct_test_results`.
BY_TARGET = ("contrast", "omnibus", "equivalence", "correlation", "change_correlation")

#: Columns of numbers that every study has, of samples and of persons.
SAMPLE_NUMBERS = ("collected_day", "total_protein_mg_ml")
PERSON_NUMBERS = ("age_years",)
#: Columns of persons that form classes in every study; attributes of study.toml come beside them.
PERSON_CLASSES = ("cohort", "centre_id", "sex", "age_class")
#: Values of the derived class `age_class`, and the age in years from which the second counts:
#: where Table 1 cuts.
AGE_CLASSES = ("under_60", "60_and_over")
AGE_CUT = 60


_CUT_OFF = re.compile(r"(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class CutOff:
    """Where a score becomes an event: `score <operator> this score`, in points of the scale."""

    operator: str
    score: Decimal

    def __str__(self) -> str:
        return f"{self.operator}{self.score}"


@dataclass(frozen=True)
class PlanFault:
    """What is wrong with one cell of a plan: what was given, what is allowed, what to do."""

    column: str
    given: str
    allowed: str
    remedy: str


def offered_methods(kind: str, mode: str, pairing: str) -> tuple[str, ...]:
    """Return the methods that may be primary for such an analysis, () for none."""
    return PRIMARY_METHODS.get((kind, mode, pairing), PRIMARY_METHODS.get((kind, mode, ""), ()))


def restrictions(subset: str) -> tuple[tuple[str, str], ...] | None:
    """Return the pairs of column and value of `column=value & column=value`; None if malformed."""
    if not subset.strip():
        return ()
    pairs = [part.partition("=")[::2] for part in subset.split("&")]
    found = tuple((column.strip(), value.strip()) for column, value in pairs)
    return found if all(column and value for column, value in found) else None


def cut_off(event: str) -> CutOff | None:
    """Return the cut-off that an event such as `>=4` is; None for the value of a class."""
    found = _CUT_OFF.fullmatch(event.strip())
    return CutOff(found[1], Decimal(found[2])) if found else None


def needs_follow_up(kind: str, pairing: str) -> bool:
    """Return whether an analysis compares its visit with the baseline visit."""
    return kind in FROM_BASELINE or (kind == "odds_ratio" and pairing == "patient")


def subset_text(pairs: tuple[tuple[str, str], ...]) -> str:
    """Return restrictions as a plan keeps them: without blanks, sorted."""
    return "&".join(f"{column}={value}" for column, value in sorted(pairs))


def covariate_names(text: str) -> tuple[str, ...]:
    """Return the names of a comma-separated list, in its order."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def row_faults(row: Mapping[str, Any]) -> tuple[PlanFault, ...]:
    """Return everything that is wrong with a row of `raw.plan`, whatever its study declares.

    Parameters
    ----------
    row : typed cells by the columns of `raw.plan`; texts may be None
    """
    text = {name: str(value or "").strip() for name, value in row.items()}
    faults = list(_word_faults(text))
    if not faults:
        faults += [*method_faults(text), *_cell_faults(text), *rule_faults(text)]
    return (*faults, *number_faults(row))


def rule_faults(text: Mapping[str, str]) -> Iterator[PlanFault]:
    """Yield what contradicts itself within a row whose words are known."""
    yield from _unread_faults(text)
    arms = (text["numerator_group"], text["denominator_group"])
    if text["kind"] in TWO_ARMS and arms[0] and arms[0] == arms[1]:
        given = f"`{arms[0]}` is compared with itself"
        yield PlanFault("denominator_group", given, "two different groups", "correct one of them")
    if text["kind"] == "omnibus" and text["contrast_id"] not in ("", WHOLE):
        given = f"contrast_id is '{text['contrast_id']}' for all groups together"
        yield PlanFault("contrast_id", given, WHOLE, f"write {WHOLE}: each pair gets its own")
    yield from _covariate_faults(text)
    if text["kind"] == "odds_ratio":
        yield from _odds_faults(text)


def _odds_faults(text: Mapping[str, str]) -> Iterator[PlanFault]:
    """Yield what an odds ratio of pairs or of arms, of a score or of a class, lacks."""
    arms = ("numerator_group", "denominator_group")
    is_score = cut_off(text["event"]) is not None
    if text["pairing"] == "patient":
        if text["event"] and not is_score:
            given = f"event is '{text['event']}' for scores of the same patients at two visits"
            yield PlanFault("event", given, ">=, >, <= or < and a score", "write >=4, say")
        for name in (n for n in arms if text[n]):
            given = f"{name} is '{text[name]}' for a visit against baseline"
            yield PlanFault(name, given, "nothing", f"leave {name} empty, or correct the pairing")
    else:
        for name in (n for n in arms if not text[n]):
            allowed = "a value, as odds of two independent arms need it"
            yield PlanFault(name, f"{name} is empty", allowed, f"fill in {name}")
        if text["grouping"] == text["outcome"]:
            given = f"{text['outcome']} forms the groups and is the outcome"
            yield PlanFault("outcome", given, "another column", "correct one of them")
        if text["numerator_group"] and text["numerator_group"] == text["denominator_group"]:
            given = f"`{text['numerator_group']}` is compared with itself"
            allowed = "two different groups"
            yield PlanFault("denominator_group", given, allowed, "correct one of them")
    if is_score and not text["visit"]:
        allowed = "the visit at which the score counts"
        yield PlanFault("visit", "visit is empty", allowed, "fill in visit")


def _word_faults(text: Mapping[str, str]) -> Iterator[PlanFault]:
    words = (("kind", KINDS), ("mode", MODES), ("pairing", PAIRINGS), ("status", STATUSES))
    for name, allowed in words:
        if text[name] not in allowed:
            given = f"{name} is '{text[name]}'"
            yield PlanFault(name, given, ", ".join(allowed), "write one of them")


def method_faults(text: Mapping[str, str]) -> Iterator[PlanFault]:
    """Yield the fault of a primary method that cannot decide such an analysis."""
    offered = offered_methods(text["kind"], text["mode"], text["pairing"])
    described = f"kind {text['kind']}, mode {text['mode']}, pairing {text['pairing']}"
    if not offered:
        is_paper = text["mode"] == "paper"
        column, allowed = ("mode", "correct") if is_paper else ("pairing", "independent")
        given = f"there is no method for {described}"
        yield PlanFault(column, given, f"{column} {allowed}", f"write {column} {allowed}")
    elif text["primary_method"] not in offered:
        given = f"primary_method is '{text['primary_method']}' for {described}"
        yield PlanFault("primary_method", given, ", ".join(offered), "write one of them")


def _cell_faults(text: Mapping[str, str]) -> Iterator[PlanFault]:
    kind = text["kind"]
    for name in NEEDED[kind]:
        if not text[name]:
            allowed = f"a value, as kind {kind} needs it"
            yield PlanFault(name, f"{name} is empty", allowed, f"fill in {name}")
    if restrictions(text["subset"]) is None:
        given = f"subset is '{text['subset']}'"
        allowed = "column=value, with & between several"
        yield PlanFault("subset", given, allowed, "write it so, or nothing")


def _unread_faults(text: Mapping[str, str]) -> Iterator[PlanFault]:
    for name in UNREAD[text["kind"]]:
        if text[name]:
            given = f"{name} is '{text[name]}', which kind {text['kind']} does not use"
            yield PlanFault(name, given, "nothing", f"leave {name} empty, or correct the kind")


def _covariate_faults(text: Mapping[str, str]) -> Iterator[PlanFault]:
    names = covariate_names(text["covariates"])
    if not names:
        return
    method, kind = text["primary_method"], text["kind"]
    given = f"covariates are '{text['covariates']}'"
    able = COVARIATE_METHODS.get(kind, ()) if text["mode"] == "correct" else ()
    offered = offered_methods(kind, text["mode"], text["pairing"])
    is_paired_contrast = kind == "contrast" and text["pairing"] == "patient"
    able = tuple(m for m in able if m in offered and not (is_paired_contrast and m == "treat"))
    if method in offered and method not in able:
        instead = f", or a primary_method that adjusts: {', '.join(able)}" if able else ""
        yield PlanFault(
            "covariates", f"{given}, and {method} in mode {text['mode']} does not adjust for any",
            f"none{instead}", "leave covariates empty" + (", or change the method" if able else ""),
        )  # fmt: skip
    for name in sorted({n for n in names if names.count(n) > 1}):
        twice = f"{given}: {name} stands twice"
        yield PlanFault("covariates", twice, "each name once", "write it once")
    fixed = {column for column, _ in restrictions(text["subset"]) or ()}
    fixed |= {"visit"} if text["visit"] else set()
    for name in (n for n in dict.fromkeys(names) if n in fixed):
        yield PlanFault(
            "covariates", f"{given}: all samples of this analysis have the same {name}",
            "columns in which the samples differ", f"take {name} out",
        )  # fmt: skip
    if kind in ("contrast", "omnibus") and text["grouping"] in names:
        yield PlanFault(
            "covariates", f"{given}: {text['grouping']} forms the groups themselves",
            "columns beside the grouping", f"take {text['grouping']} out",
        )  # fmt: skip


def number_faults(row: Mapping[str, Any]) -> Iterator[PlanFault]:
    """Yield faults of the level and of the least fold change."""
    alpha, least = row["alpha"], row["min_abs_fold_change"]
    if not (alpha is not None and 0 < alpha < 1):
        yield PlanFault("alpha", f"alpha is {_shown(alpha)}", "between 0 and 1", "write 0.05, say")
    if not (least is not None and 1 <= least < math.inf):
        yield PlanFault(
            "min_abs_fold_change", f"min_abs_fold_change is {_shown(least)}", "1 or more",
            "write 1 for no demand",
        )  # fmt: skip
    elif least == 1 and (use := _needs_fold(row)):
        yield PlanFault(
            "min_abs_fold_change", f"min_abs_fold_change is {least:g}, and {use}",
            "more than 1", "write 1.5, say",
        )  # fmt: skip


def _shown(number: float | None) -> str:
    return "empty" if number is None else f"{number:g}"


def _needs_fold(row: Mapping[str, Any]) -> str:
    if row["kind"] == "equivalence":
        return "equivalence needs it as its margin"
    return "treat tests against it" if row["primary_method"] == "treat" else ""
