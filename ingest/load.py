"""Load a study folder: everything that is whole goes in, in one transaction; the rest is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from contracts import failure
from ingest import accounts, as_if_mended, at_rest, collector, settling, standing, writing
from ingest.between_tables import all_places
from ingest.clinical_step import load_tables, rows_wait
from ingest.config_step import Config, is_learnt_panel, load_config
from ingest.decisions import read_decisions
from ingest.declared.study import Study
from ingest.declared.study_toml import read_study
from ingest.delivery import Delivery, from_inbox, open_folder, slide_name_faults
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.inbox import Inbox
from ingest.late_scans import name_batches
from ingest.layout_step import load_layouts
from ingest.load_report import LOADED, REMOVED, LoadReport
from ingest.loading import Loading, Outcome, Progress, clock, new_load_id, operator
from ingest.panel import spellings
from ingest.platforms import value_platform
from ingest.redcap.step import open_redcap
from ingest.removal_step import remove_missing
from ingest.rows_aside import rows_aside
from ingest.spots.slide_step import SlideContext
from ingest.spots.slides import load_slides
from ingest.standing import Place
from ingest.study_files import of_platform
from ingest.table_step import TableResult
from ingest.values.value_panel import standing_panel
from ingest.values.value_sheet import claims_by_plate
from ingest.values.value_step import ValueContext, load_plates
from store import ledger
from store.build import one_thread
from store.fault_points import fault_point
from store.home import Home

__all__ = ["LoadReport", "check_study", "load_study", "look_at_tables"]


@collector.paused()
def load_study(
    home: Home,
    con: DuckDBPyConnection,
    folder: Path,
    *,
    accept_corrections: str | None = None,
    supersede_reason: str | None = None,
    remove_reason: str | None = None,
    inbox: Inbox | None = None,
    on_progress: Progress | None = None,
    today: date | None = None,
) -> LoadReport:
    """Load what is new in a study folder.

    The caller holds the writer lock. Originals are archived before they are parsed; whatever is
    whole is written in one transaction; the ledger line follows the commit.

    Parameters
    ----------
    accept_corrections : str or None
        Reason with which changed cells of clinical tables are let through.
    supersede_reason : str or None
        Reason with which slides scanned anew replace the scans that are loaded.
    remove_reason : str or None
        Reason with which rows that the tables no longer have are taken away.
    inbox : Inbox or None
        Drop folder that the data come through; `folder` then holds the configuration.
    on_progress : callable or None
        Called with the number of slides done and the number of slides.
    today : datetime.date or None
        Day after which dates lie in the future; by default the machine's.

    Raises
    ------
    CytomartError
        No study folder, a study.toml that cannot be used, or a file that changed meanwhile.
        Everything else is refused file by file and stands in the report.
    """
    delivery, source, study = _open(folder)
    if inbox is not None:
        known = accounts.known_originals(home, study.study_id)
        delivery = of_platform(from_inbox(delivery, inbox, known), study.platform_id)
        folder = inbox.folder
    fault_point("load_locked")
    accounts.acknowledge(home, con, study.study_id)
    reasons = (accept_corrections, supersede_reason, remove_reason)
    loading = _loading(home, con, folder, study, reasons, today)
    loading = replace(loading, is_drop=inbox is not None)
    done = _run(loading, delivery, source, on_progress)
    if done.report.rows_added or done.report.changed_batches or _has_news(done.outcomes):
        details = accounts.details(loading, done.outcomes, done.report, done.plan_hash,
                                   done.plan_in_force, done.plan_changes)  # fmt: skip
        ledger.append(home, accounts.LOAD_EVENT, study.study_id, details)
    fault_point("load_ledger_written")
    return done.report


@collector.paused()
def check_study(
    home: Home,
    con: DuckDBPyConnection,
    folder: Path,
    *,
    accept_corrections: str | None = None,
    study: Study | None = None,
    is_loose: bool = False,
    on_progress: Progress | None = None,
    today: date | None = None,
) -> LoadReport:
    """Return what a load of the folder would do, changing nothing in the warehouse.

    Parameters
    ----------
    study : Study or None
        Judge by this study, where study.toml itself has problems.
    is_loose : bool
        Judge each file as if the files it depends on were whole, so that nothing waits.
    """
    delivery, source, study = _open(folder) if study is None else _beside(folder, study)
    loading = _loading(home, con, folder, study, (accept_corrections, None, None), today)
    loading = replace(loading, is_check=True, as_if_mended=is_loose)
    return _run(loading, delivery, source, on_progress).report


@collector.paused()
def look_at_tables(
    home: Home,
    con: DuckDBPyConnection,
    folder: Path,
    look: Callable[[DuckDBPyConnection], None],
    *,
    today: date | None = None,
) -> LoadReport:
    """Show `look` the raw relations as they would stand once a folder's tables were loaded.

    Scans and values are left out, and changed cells count as accepted. Nothing is changed.
    """
    delivery, source, study = _open(folder)
    loading = _loading(home, con, folder, study, ("to look at", None, None), today)
    loading = replace(loading, is_check=True)
    return _run(loading, replace(delivery, slides=()), source, None, look).report


@dataclass(frozen=True)
class _Done:
    report: LoadReport
    outcomes: tuple[Outcome, ...]
    plan_hash: str | None
    plan_in_force: tuple[str | None, str | None]
    plan_changes: Mapping[str, object]


def _open(folder: Path) -> tuple[Delivery, SourceFile, Study]:
    delivery = open_folder(folder)
    try:
        source = SourceFile.from_path(delivery.study_toml)
        study = read_study(source)
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=2) from refusal
    return of_platform(delivery, study.platform_id), source, study


def _beside(folder: Path, study: Study) -> tuple[Delivery, SourceFile, Study]:
    delivery = of_platform(open_folder(folder), study.platform_id)
    return delivery, SourceFile.from_path(delivery.study_toml), study


def _loading(
    home: Home,
    con: DuckDBPyConnection,
    folder: Path,
    study: Study,
    reasons: tuple[str | None, str | None, str | None],
    today: date | None,
) -> Loading:
    for given in reasons:
        if given is not None and not given.strip():
            raise failure("the reason is empty", allowed="a reason in words",
                          remedy="--reason 'why'")  # fmt: skip
    now = clock()
    day = today or now.date()
    return Loading(home, con, folder, study, new_load_id(now), now, operator(), day,
                   *reasons[:2], False, {}, reasons[2],
                   read_decisions(con, study.study_id))  # fmt: skip


def _run(
    loading: Loading,
    delivery: Delivery,
    source: SourceFile,
    on_progress: Progress | None,
    look: Callable[[DuckDBPyConnection], None] | None = None,
) -> _Done:
    with one_thread(loading.con), _transaction(loading):
        counts = accounts.row_counts(loading)
        contents = standing.batch_contents(loading.con, loading.study.study_id)
        plan_before = standing.plan_hash(loading.con, loading.study.study_id)
        delivery, mapping = open_redcap(loading, delivery)
        stamps = at_rest.stamps(delivery, loading.study)
        config, tables, slides, places = _load_all(loading, delivery, source, on_progress)
        fault_point("load_rows_written")
        outcomes = (*config.outcomes, *mapping, *(t.outcome for t in tables.values()), *slides)
        accounts.balance(loading, outcomes)
        panel = config.panel
        if panel is not None and is_learnt_panel(loading, delivery):
            panel = standing_panel(loading)
        spellings.put_spellings(loading, panel, outcomes)
        settling.settle_quarantine(loading, outcomes)
        refused = settling.settle_refusals(loading, outcomes)
        settling.add_file_loads(loading, outcomes, refused)
        settling.add_files(loading, outcomes)
        writing.add_pseudonyms(loading)
        report = accounts.report(loading, outcomes, tables, config.changes, places, counts,
                                 contents)  # fmt: skip
        plan_after = standing.plan_hash(loading.con, loading.study.study_id)
        if look is not None:
            look(loading.con)
        at_rest.refuse_unstable(stamps)
        fault_point("load_before_commit")
    return _Done(report, outcomes, config.plan_hash, (plan_before, plan_after),
                 config.plan_changes)  # fmt: skip


@contextmanager
def _transaction(loading: Loading) -> Iterator[None]:
    loading.con.begin()
    try:
        yield
    except BaseException:
        loading.con.rollback()
        raise
    if loading.is_check:
        loading.con.rollback()
        return
    loading.con.commit()
    fault_point("load_committed")


def _load_all(
    loading: Loading, delivery: Delivery, source: SourceFile, on_progress: Progress | None
) -> tuple[Config, dict[str, TableResult], list[Outcome], dict[str, Place]]:
    con, study_id = loading.con, loading.study.study_id
    present = standing.files(con, study_id)
    config = load_config(loading, delivery, source, present)
    tables = load_tables(loading, delivery, present)
    removed = remove_missing(loading, delivery, tables, present)
    present = [f for f in present if f.sha256 not in {o.sha256 for o in removed}]
    name_batches(loading, delivery)
    loaded, sheet_result = standing.places(con, study_id), tables.get("samples")
    aside = rows_aside(loading, sheet_result)
    places = (
        as_if_mended.named_places(loaded, sheet_result) if loading.as_if_mended
        else all_places(loaded, aside)
    )  # fmt: skip
    sheet_waits = rows_wait(loading, tables)
    layouts = load_layouts(loading, delivery, config.panel, places, present, sheet_waits)
    config = replace(config, outcomes=(*config.outcomes, *layouts.outcomes),
                     changes=(*config.changes, *layouts.changes))  # fmt: skip
    sheet = delivery.tables.get("samples")
    context = SlideContext(
        config.panel, layouts.by_lot, layouts.refused, places,
        sheet.name if sheet else "the sample sheet",
        sheet_waits,
        {f.slide_id: f for f in present if f.role == "slide" and f.slide_id},
        {f.sha256: f.slide_id for f in present if f.role == "slide" and f.slide_id},
    )  # fmt: skip
    claims = claims_by_plate(loading, aside)
    slides = [*removed, *_slides(loading, delivery, context, claims, on_progress)]
    return config, tables, slides, places


def _slides(
    loading: Loading,
    delivery: Delivery,
    context: SlideContext,
    claims: Mapping[str, Mapping[str, str]],
    on_progress: Progress | None,
) -> list[Outcome]:
    platform = value_platform(loading.study.platform_id)
    if platform is None:
        return load_slides(loading, delivery, context, on_progress)
    is_learnt = is_learnt_panel(loading, delivery)
    plates = ValueContext(context, platform, claims, is_learnt)
    doubled = slide_name_faults(delivery)
    return load_plates(loading, delivery.slides, plates, doubled, on_progress)


def _has_news(outcomes: tuple[Outcome, ...]) -> bool:
    return any(o.status in (LOADED, REMOVED) for o in outcomes)
