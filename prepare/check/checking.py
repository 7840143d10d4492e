"""Check a study folder: every problem at once, and what a load would do. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from contracts import CytomartError, Problem, from_rows
from contracts.raw import PLAN
from ingest.declared.study import Study
from ingest.declared.study_toml import as_far_as_it_reads
from ingest.delivery import Delivery, open_folder
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.files.tables import Sheet, read_sheet
from ingest.load import check_study
from ingest.load_report import WAITING, FileReport, LoadReport
from ingest.plan import read_plan, stored_plan
from ingest.study_files import of_platform
from prepare.check.absence import absences
from prepare.check.against import standing_of
from prepare.check.places import Place, place_of
from stats.plan import check_contrasts
from stats.plan import read_plan as typed_plan
from store.home import Home

#: Says of a changed cell that a person has to decide; never stored.
_ASSUMED = "cytomart check: as if accepted"
_DECIDE = "if the new value is right: --accept-corrections --reason 'why'"
#: Faults that another fault causes; they go with it.
_CONSEQUENCES = frozenset({"waits", "patient_aside", "dose_aside"})
_ROLES = ("study", "plan", "catalog", "claims", "layout", "patients", "samples", "assessments",
          "analgesics", "slide", "values")  # fmt: skip

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Found:
    """One problem.

    Parameters
    ----------
    kind : str
        refuses (a file would not be loaded), sets aside (a row would not be), waits (something
        is not there yet), decide (a person has to say yes).
    """

    kind: str
    role: str
    place: Place
    problem: Problem


@dataclass(frozen=True)
class Forecast:
    """What a load would do with one file, in rows (spots, for a scan)."""

    role: str
    file_name: str
    status: str
    n_rows: int
    n_add: int
    n_change: int
    n_leave: int
    n_set_aside: int
    n_refuse: int


@dataclass(frozen=True)
class Check:
    """The result of a check.

    Parameters
    ----------
    report : LoadReport or None
        What a load would do, changed cells taken as accepted; None where study.toml stops it.
    """

    folder: Path
    problems: tuple[Found, ...]
    forecast: tuple[Forecast, ...]
    report: LoadReport | None
    has_home: bool

    @property
    def exit_code(self) -> int:
        """0 clean, 1 problems; where nothing can be judged at all, an error says so."""
        return 1 if self.problems else 0


def check(
    home: Home,
    folder: Path,
    *,
    on_progress: Progress | None = None,
    today: date | None = None,
) -> Check:
    """Judge a study folder against what stands in the home; where no home is, against nothing.

    Raises
    ------
    CytomartError
        No folder, no study.toml, or one that is no TOML; another writer is at work.
    """
    delivery = open_folder(folder)
    try:
        study, faults = as_far_as_it_reads(SourceFile.from_path(delivery.study_toml))
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=2) from refusal
    delivery = of_platform(delivery, study.platform_id)
    stops = [Found("refuses", "study", place_of(f.problem.where, "study.toml"), f.problem)
             for f in faults]  # fmt: skip
    con = standing_of(home, study.study_id)
    try:
        report = None
        if not stops:
            try:
                report = check_study(home, con, folder, accept_corrections=_ASSUMED, today=today,
                                     on_progress=on_progress)  # fmt: skip
            except CytomartError as error:
                stops = [Found("refuses", "study", place_of(p.where, "study.toml"), p)
                         for p in error.problems]  # fmt: skip
        loose = _loose(home, con, folder, study, report, today, on_progress)
        absent = [Found("waits", role, Place(folder.name), problem)
                  for role, problem in absences(con, delivery, study)]  # fmt: skip
    finally:
        con.close()
    sheet = _sample_sheet(delivery)
    problems = [
        *stops,
        *_of_reports([r for r in (report, loose) if r is not None], sheet, study),
        *_of_plan(delivery, study),
        *absent,
    ]
    forecast = _forecast(report) if report else ()
    ordered = sorted(_distinct(problems), key=_order)
    return Check(folder, tuple(ordered), forecast, report, home.build_path.exists())


def _loose(
    home: Home,
    con: DuckDBPyConnection,
    folder: Path,
    study: Study,
    report: LoadReport | None,
    today: date | None,
    on_progress: Progress | None,
) -> LoadReport | None:
    """Return a second judgement in which nothing waits, where something did in the first."""
    if report is not None and not any(f.status == WAITING or f.problems for f in report.files):
        return None
    try:
        return check_study(home, con, folder, accept_corrections=_ASSUMED, study=study,
                           is_loose=True, today=today, on_progress=on_progress)  # fmt: skip
    except CytomartError:
        return None  # the first judgement has said why


def _of_reports(reports: list[LoadReport], sheet: Sheet | None, study: Study) -> Iterator[Found]:
    """Yield what two judgements found; each problem may come twice."""
    passed_over = set(_CONSEQUENCES)
    if any(f.role == "patients" and "missing_column" in f.rules for r in reports for f in r.files):
        # Nobody's id could be read, so nobody can be unknown.
        passed_over.add("unknown_patient")
    for report in reports:
        for file in report.files:
            yield from _of_file(file, sheet, study, passed_over)
        for row in report.quarantined:
            if row.rule_id not in passed_over:
                place = place_of(row.problem.where, row.file_name)
                yield Found("sets aside", row.role, place, row.problem)
        yield from _of_waiting(report, sheet, study)
        yield from _of_changes(report)


def _of_file(
    file: FileReport, sheet: Sheet | None, study: Study, passed_over: set[str]
) -> Iterator[Found]:
    for problem, rule in zip(file.problems, file.rules, strict=True):
        if rule in passed_over:
            continue
        place = place_of(problem.where, file.file_name)
        if not place.cell and file.slide_id and rule in ("no_sample_row", "missing_block"):
            place = _slide_place(sheet, study, file.slide_id) or place
        yield Found("refuses", file.role, place, problem)


def _of_waiting(report: LoadReport, sheet: Sheet | None, study: Study) -> Iterator[Found]:
    files = {f.slide_id for f in report.files if f.role == "slide"}
    for slide in report.waiting:
        if slide.slide_id not in files:
            place = _slide_place(sheet, study, slide.slide_id)
            yield Found("waits", "samples", place or place_of(slide.problem.where, "samples"),
                        slide.problem)  # fmt: skip


def _of_changes(report: LoadReport) -> Iterator[Found]:
    for change in report.changes:
        given = f"`{change.key}`: {change.column} was `{change.before}`, is `{change.after}`"
        problem = Problem(given, change.where, "new rows and unchanged ones", _DECIDE)
        place = place_of(change.where, change.where.partition(",")[0])
        yield Found("decide", change.role, place, problem)


def _of_plan(delivery: Delivery, study: Study) -> Iterator[Found]:
    """Yield what the statistics would refuse in a plan that reads well."""
    if "plan" not in delivery.tables:
        return
    path = delivery.tables["plan"]
    try:
        sheet = read_sheet(SourceFile.from_path(path), "plan")
        rows = stored_plan(read_plan(sheet, study))
        table = from_rows([{**r, "study_id": study.study_id or "study", "file_sha256": ""}
                           for r in rows], PLAN)  # fmt: skip
        check_contrasts(typed_plan(table))
    except RefusedError:
        return  # already among the problems of its file
    except CytomartError as error:
        for problem in error.problems:
            place = place_of(problem.where, path.name)
            yield Found("refuses", "plan", replace(place, file_name=path.name), problem)


def _sample_sheet(delivery: Delivery) -> Sheet | None:
    if "samples" not in delivery.tables:
        return None
    try:
        return read_sheet(SourceFile.from_path(delivery.tables["samples"]), "samples")
    except RefusedError:
        return None


def _slide_place(sheet: Sheet | None, study: Study, slide_id: str) -> Place | None:
    """Return the cell of a slide's last row in the sample sheet, where its rows are mended."""
    title = study.columns.get("samples", {}).get("slide_id", "slide_id")
    if sheet is None or title not in sheet.titles:
        return None
    rows = [r for r in sheet.rows if sheet.cell(r, title).strip() == slide_id]
    return place_of(sheet.where(rows[-1], title), sheet.file_name) if rows else None


def _forecast(report: LoadReport) -> tuple[Forecast, ...]:
    changed: dict[str, set[str]] = {}
    for change in report.changes:
        changed.setdefault(change.role, set()).add(change.key)
    return tuple(
        Forecast(
            role=f.role,
            file_name=f.file_name,
            status=f.status,
            n_rows=f.n_rows_in,
            n_add=max(f.n_rows_loaded - len(changed.get(f.role, ())), 0),
            n_change=min(f.n_rows_loaded, len(changed.get(f.role, ()))),
            n_leave=f.n_rows_unchanged,
            n_set_aside=f.n_rows_quarantined,
            n_refuse=f.n_rows_refused,
        )
        for f in report.files
    )


def _order(found: Found) -> tuple[int, str, int, str]:
    """Return a key: files in the order of a load, in them row after row."""
    row = "".join(c for c in found.place.cell if c.isdigit())
    return (
        _ROLES.index(found.role) if found.role in _ROLES else len(_ROLES),
        found.place.file_name,
        int(row or 0),
        found.place.cell,
    )


def _distinct(problems: Iterable[Found]) -> Iterator[Found]:
    """Yield each problem once, whichever judgement met it."""
    seen: set[tuple[str, str]] = set()
    for one in problems:
        key = (one.problem.given, one.problem.where)
        if key not in seen:
            seen.add(key)
            yield one
