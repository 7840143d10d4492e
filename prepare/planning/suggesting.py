"""Propose a plan from what study.toml declares and whose samples and scores there are.

A proposal is a beginning: what is asked is for people to decide, before the data.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from itertools import combinations

import numpy as np

from contracts import from_rows
from contracts.pain import RESPONSES, response_columns
from contracts.raw import PLAN
from ingest.declared.study import Group, Study
from prepare.planning.comments import comment_of
from prepare.planning.people import People
from stats.checks import design_problems
from stats.design import Rows, Sheet
from stats.forecast import forecast
from stats.outcomes import scores_by_patient
from stats.plan import Analysis, read_plan
from stats.prediction.guard import REFUSED, judge_size
from stats.prediction.people import read_people
from stats.smallest import Spread

#: Ratio within which levels after treatment count as those of the healthy: see docs/methods.md.
MARGIN_FOLD = 1.5


@dataclass(frozen=True)
class Suggested:
    """One row of plan.csv."""

    analysis_id: str
    kind: str
    contrast_id: str = "all"
    numerator_group: str = ""
    denominator_group: str = ""
    grouping: str = ""
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
    alpha: str = "0.05"
    min_abs_fold_change: str = "1"
    comment: str = ""


@dataclass(frozen=True)
class Suggestion:
    """The rows of a proposed plan, and what was left out, with the reason."""

    rows: tuple[Suggested, ...]
    left_out: tuple[str, ...]


def suggest_plan(study: Study, people: People) -> Suggestion:
    """Return a plan for a study: comparisons of groups, scores, and levels with scores.

    Each pair of groups is compared once (paired where the same people are in both), several
    groups at once by one test, groups after treatment with other people's for equivalence, each
    scale at each follow-up with baseline, how often pain is moderate or worse, and levels with
    scores and their changes. Baseline levels predict pain response at each follow-up, where there
    are persons enough for a model.
    """
    drafts = [
        *_contrasts(study, people.sheet),
        *_omnibus(study, people.sheet),
        *_equivalences(study, people.sheet),
        *_scores(study, people),
        *_predictions(study, people),
    ]
    rows, left_out = [], []
    for draft, analysis in zip(drafts, _typed(study, drafts), strict=True):
        if reason := _hindered(analysis, people):
            left_out.append(f"{draft.analysis_id}: {reason}")
        else:
            rows.append(draft)
    return Suggestion(tuple(_commented(study, people, rows)), tuple(left_out))


def plan_text(suggestion: Suggestion) -> str:
    """Return plan.csv."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([f.name for f in fields(Suggested)])
    writer.writerows(astuple(row) for row in suggestion.rows)
    return out.getvalue()


def _contrasts(study: Study, sheet: Sheet) -> Iterator[Suggested]:
    for one, other in _pairs(study):
        paired = _shares(one, other, sheet)
        yield Suggested(
            f"{one.code}_vs_{other.code}",
            "contrast",
            f"{one.code}_vs_{other.code}",
            one.code,
            other.code,
            "group_code",
            pairing="patient" if paired else "independent",
            covariates="" if paired else _covariates((one, other), sheet),
            family="groups",
            primary_method="moderated_t" if paired else "welch_t",
            status="confirmatory" if _is_main(study, one, other) else "exploratory",
        )


def _omnibus(study: Study, sheet: Sheet) -> Iterator[Suggested]:
    if len(study.groups) < 3:
        return
    shared = any(_shares(a, b, sheet) for a, b in combinations(study.groups, 2))
    yield Suggested(
        "all_groups",
        "omnibus",
        grouping="group_code",
        pairing="patient" if shared else "independent",
        covariates=_covariates(study.groups, sheet) if shared else "",
        family="omnibus",
        primary_method="mixed_model" if shared else "welch_anova",
    )


def _equivalences(study: Study, sheet: Sheet) -> Iterator[Suggested]:
    for one, other in _pairs(study):
        is_after = one.visit in study.follow_ups
        if one.cohort == other.cohort or not is_after or _shares(one, other, sheet):
            continue
        yield Suggested(
            f"equivalence_{one.code}_vs_{other.code}",
            "equivalence",
            f"{one.code}_vs_{other.code}",
            one.code,
            other.code,
            "group_code",
            family="equivalence",
            primary_method="tost",
            min_abs_fold_change=f"{MARGIN_FOLD:g}",
        )


def _scores(study: Study, people: People) -> Iterator[Suggested]:
    """Yield scores against baseline, and levels with scores, of the scales that were used."""
    scored = _scored(people)
    used = [i for i in study.scales if any(i == instrument for instrument, _ in scored)]
    subset = _cohort_subset(study, people)
    for instrument in used:
        for visit in (v for v in study.visit_codes if (instrument, v) in scored):
            own = {"visit": visit, "outcome": instrument, "subset": subset}
            if visit in study.follow_ups:
                yield Suggested(
                    f"{instrument}_{visit}", "outcome", visit=visit, outcome=instrument,
                    pairing="patient", family="scores", primary_method="paired_t",
                    status="confirmatory",
                )  # fmt: skip
                if event := _bad_pain(study, instrument):
                    yield Suggested(
                        f"odds_{instrument}_{visit}", "odds_ratio", visit=visit,
                        outcome=instrument, event=event, pairing="patient", family="odds",
                        primary_method="mcnemar_odds_ratio",
                    )  # fmt: skip
                yield Suggested(
                    f"change_{instrument}_{visit}", "change_correlation", **own,
                    pairing="patient", family="changes", primary_method="change_on_change",
                )  # fmt: skip
            yield Suggested(
                f"corr_{instrument}_{visit}", "correlation", **own, family="correlations",
                primary_method="pearson",
            )  # fmt: skip


def _predictions(study: Study, people: People) -> Iterator[Suggested]:
    """Yield the prediction of pain response at each follow-up; by pain alone without doses."""
    for visit in study.follow_ups:
        by_dose, by_pain = response_columns([visit])
        known = [c for c in (by_dose, by_pain) if any(people.sheet.columns.get(c, ()))]
        if known:
            yield Suggested(
                f"predict_pain_{visit}", "prediction", visit=study.baseline_visit,
                subset=_cohort_subset(study, people), outcome=known[0], event=RESPONSES[0],
                family="predictions", primary_method="ridge_logistic",
            )  # fmt: skip


def _hindered(analysis: Analysis, people: People) -> str:
    """Return why the samples do not allow an analysis, '' where they do."""
    if problems := design_problems(analysis, people.sheet):
        return problems[0].given
    if analysis.kind == "prediction":
        guard = judge_size(read_people(analysis, people.sheet), people.n_targets, analysis.event)
        return guard.reason if guard.label == REFUSED else ""
    return ""


def _bad_pain(study: Study, instrument: str) -> str:
    """Return where moderate pain begins on a scale of pain from 0; '' for other scales.

    4 of 10: Serlin et al. 1995, Pain 61:277-284, doi:10.1016/0304-3959(94)00178-H.
    """
    scale = study.instruments[instrument]
    is_pain = scale.pain_kind and scale.better == "lower" and scale.low == 0
    return f">={0.4 * scale.high:g}" if is_pain else ""


def _pairs(study: Study) -> Iterator[tuple[Group, Group]]:
    """Yield each pair of groups: the later visit over the earlier, else the first over the next."""
    for low, high in combinations(study.groups, 2):
        yield (high, low) if high.cohort == low.cohort else (low, high)


def _is_main(study: Study, one: Group, other: Group) -> bool:
    """Whether a comparison is with another cohort or with baseline, not among follow-ups."""
    return one.cohort != other.cohort or study.baseline_visit in (one.visit, other.visit)


def _shares(one: Group, other: Group, sheet: Sheet) -> bool:
    """Whether people are in both groups; by study.toml where there are no samples yet."""
    patients = [set(sheet.patients(_rows(g, sheet).tolist())) for g in (one, other)]
    if all(patients):
        return bool(patients[0] & patients[1])
    return one.cohort == other.cohort and one.visit != other.visit


def _rows(group: Group, sheet: Sheet) -> Rows:
    return np.flatnonzero(np.array(sheet.columns["group_code"]) == group.code)


def _covariates(groups: tuple[Group, ...], sheet: Sheet) -> str:
    """Return what is known of everyone and differs among them, alike in all groups."""
    arms = [_rows(g, sheet) for g in groups]
    rows = np.concatenate(arms)
    found = []
    ages = sheet.numbers.get("age_years")
    if ages is not None and len(set(ages[rows].tolist())) > 1 and not np.isnan(ages[rows]).any():
        found.append("age_years")
    centres = sheet.columns.get("centre_id", ())
    by_arm = [{centres[i] for i in arm} for arm in arms] if centres else []
    if by_arm and len(by_arm[0]) > 1 and all(c == by_arm[0] and "" not in c for c in by_arm):
        found.append("centre_id")
    return ",".join(found)


def _scored(people: People) -> set[tuple[str, str]]:
    """Return scales and visits with a score of at least two patients."""
    found = scores_by_patient(people.outcomes)
    return {
        key for key, scores in found.items()
        if sum(not np.isnan(s) for s in scores.by_patient.values()) > 1 or scores.n_several_sites
    }  # fmt: skip


def _cohort_subset(study: Study, people: People) -> str:
    """Return the restriction to the cohort that has scores, where there are several cohorts."""
    scored = sorted(set(people.outcomes["cohort"].to_pylist()))
    return f"cohort={scored[0]}" if len(scored) == 1 and len(study.cohorts) > 1 else ""


def _typed(study: Study, drafts: list[Suggested]) -> list[Analysis]:
    """Return the rows as the statistics read them, in the same order."""
    own = {"study_id": study.study_id, "file_sha256": "", "source_line": 2, "plan_hash": ""}
    rows = [
        {**own, **{f.name: getattr(d, f.name) for f in fields(d) if f.name != "comment"},
         "grouping": d.grouping or "group_code", "alpha": float(d.alpha),
         "min_abs_fold_change": float(d.min_abs_fold_change)}
        for d in drafts
    ]  # fmt: skip
    by_id = {a.analysis_id: a for a in read_plan(from_rows(rows, PLAN))}
    return [by_id[d.analysis_id] for d in drafts]


def _commented(study: Study, people: People, rows: list[Suggested]) -> Iterator[Suggested]:
    scores = scores_by_patient(people.outcomes)
    for row, analysis in zip(rows, _typed(study, rows), strict=True):
        told = forecast(
            analysis, people.sheet, scores, people.outcomes, people.patients,
            n_targets=people.n_targets, spread=Spread(),
        )  # fmt: skip
        yield replace(row, comment=comment_of(study, told))
