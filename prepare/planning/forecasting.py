"""Judge the plan of a study folder: every bad cell, and what each analysis can show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from contracts import CytomartError, Problem, failure, from_rows
from contracts.raw import PLAN
from ingest.declared.study import Study
from ingest.declared.study_toml import read_study
from ingest.delivery import open_folder
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from ingest.load_report import REFUSED, WAITING
from ingest.plan import judge_plan, stored_plan
from prepare.planning.people import People, people_of
from prepare.planning.spread import published_spread
from stats.forecast import Forecast, forecast
from stats.outcomes import scores_by_patient
from stats.plan import Analysis, check_contrasts, read_plan
from stats.smallest import Spread
from store.home import Home

GIVEN, PUBLISHED, UNKNOWN = "given", "published", "unknown"


@dataclass(frozen=True)
class PlanCheck:
    """What is wrong with a plan, and what its good rows can show.

    Parameters
    ----------
    problems : bad cells of the plan, and contrasts that contradict each other
    hindrances : why samples or scores could not be read; the forecasts are then of the rest
    spread : log2 units; `spread_source` says where it comes from
    """

    folder: Path
    problems: tuple[Problem, ...]
    hindrances: tuple[Problem, ...]
    forecasts: tuple[Forecast, ...]
    spread: Spread
    spread_source: str
    n_targets: int

    @property
    def exit_code(self) -> int:
        """0 clean; 1 problems of the plan, of its analyses, or of the tables behind them."""
        is_bad = self.problems or self.hindrances or any(f.problems for f in self.forecasts)
        return 1 if is_bad else 0


def check_plan(
    home: Home, folder: Path, *, spread: Spread | None = None, today: date | None = None
) -> PlanCheck:
    """Return a judgement of a folder's plan; nothing is stored.

    Parameters
    ----------
    spread : taken instead of what is published of the study

    Raises
    ------
    CytomartError
        No study folder, a study.toml or a plan that cannot be read, or another writer is at work.
    """
    study = study_of(folder)
    analyses, problems = _planned(folder, study)
    people = people_of(home, folder, study.study_id, today=today)
    known, source = _spread(home, study, spread)
    scores = scores_by_patient(people.outcomes)
    forecasts = []
    for analysis in analyses:
        try:
            told = forecast(
                analysis, people.sheet, scores, people.outcomes, people.patients,
                n_targets=people.n_targets, spread=known,
            )  # fmt: skip
        except CytomartError as error:
            told = Forecast(analysis, problems=tuple(p.given for p in error.problems))
        forecasts.append(told)
    return PlanCheck(
        folder, problems, hindrances(people), tuple(forecasts), known, source, people.n_targets
    )


def study_of(folder: Path) -> Study:
    """Return the study of a folder.

    Raises
    ------
    CytomartError
        No study folder, or a study.toml with problems.
    """
    try:
        return read_study(SourceFile.from_path(open_folder(folder).study_toml))
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=2) from refusal


def hindrances(people: People) -> tuple[Problem, ...]:
    """Return why tables of people, samples or scores would not be loaded as they are."""
    roles = ("patients", "samples", "assessments", "analgesics", "mapping")
    return tuple(
        problem
        for file in people.report.files
        if file.role in roles and file.status in (REFUSED, WAITING)
        for problem in file.problems
    )


def _planned(folder: Path, study: Study) -> tuple[tuple[Analysis, ...], tuple[Problem, ...]]:
    """Return the good rows of a plan in the file's order, and what is wrong with the others."""
    delivery = open_folder(folder)
    if "plan" in delivery.faults:
        raise CytomartError([delivery.faults["plan"].problem])
    if "plan" not in delivery.tables:
        raise failure(
            "there is no plan yet", where=str(folder), allowed="plan.csv",
            remedy="write one, or let cytomart propose one: cytomart plan suggest",
        )  # fmt: skip
    path = delivery.tables["plan"]
    try:
        parsed = judge_plan(read_sheet(SourceFile.from_path(path), "plan"), study)
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=2) from refusal
    own = {"study_id": study.study_id, "file_sha256": ""}
    rows = [{**row, **own} for row in stored_plan(parsed)]
    problems = [f.problem for f in parsed.faults]
    analyses = read_plan(from_rows(rows, PLAN))
    try:
        check_contrasts(analyses)
    except CytomartError as error:
        problems += [
            replace(p, where=p.where.replace("plan,", f"{path.name},")) for p in error.problems
        ]
    line = {str(r["analysis_id"]): int(str(r["source_line"])) for r in rows}
    return tuple(sorted(analyses, key=lambda a: line[a.analysis_id])), tuple(problems)


def _spread(home: Home, study: Study, given: Spread | None) -> tuple[Spread, str]:
    if given is not None:
        return given, GIVEN
    known = published_spread(home, study.study_id)
    return known, UNKNOWN if known == Spread() else PUBLISHED
