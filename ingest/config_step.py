"""What the study folder fixes beside the data: study.toml, plan, catalog, claims."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contracts import CytomartError, failure
from contracts.claims import CLAIMS
from contracts.studies import STUDIES
from ingest import standing, writing
from ingest.claims import read_claims
from ingest.config_tables import panel_tables, study_tables
from ingest.delivery import Delivery, inside
from ingest.faults import RefusedError
from ingest.files.mapped import sheet_bytes
from ingest.files.source_file import SourceFile
from ingest.files.tables import Sheet, read_sheet
from ingest.load_report import LOADED, REFUSED, UNCHANGED, CellChange
from ingest.loading import Loading, Outcome
from ingest.panel.catalog import Panel, is_shipped, load_panel
from ingest.panel.catalog_table import read_catalog
from ingest.plan import read_plan
from ingest.plan_step import PlanRefusedError, PutPlan, put_plan
from ingest.standing import LoadedFile
from ingest.values.value_panel import standing_panel

#: What cannot change once slides or people of a study are loaded.
_FIXED = {
    "platform_id": "[panel] platform",
    "panel_id": "[panel] id",
    "array_unit": "[panel] array_unit",
    "has_study_codes": "[privacy] ids_are_codes",
}


@dataclass(frozen=True)
class Config:
    """The study's configuration, as far as it could be read.

    Parameters
    ----------
    panel : Panel or None
        None where the catalog was refused.
    plan_hash : str or None
        Hash of the delivered plan; None where there is none or it was refused.
    changes : tuple of CellChange
        Cells of plan and layouts that changed after data were loaded.
    plan_changes : mapping
        What the plan changed against the one in force before, for the ledger.
    """

    outcomes: tuple[Outcome, ...]
    panel: Panel | None
    plan_hash: str | None
    changes: tuple[CellChange, ...] = ()
    plan_changes: Mapping[str, object] = field(default_factory=dict)


def load_config(
    loading: Loading, delivery: Delivery, source: SourceFile, present: list[LoadedFile]
) -> Config:
    """Load what the folder fixes; a refused plan leaves the earlier one in force.

    Raises
    ------
    CytomartError
        study.toml now says what cannot change any more, or names a panel that there is not.
    """
    if not loading.as_if_mended:
        _refuse_turnabout(loading, present)
    current = {(f.role, f.sha256) for f in present}
    loading.keep(source.data)
    changed = [writing.replace_if_changed(loading, *t) for t in study_tables(loading.study)]
    notes = tuple(f"{name} is not read: no role claims it" for name in delivery.unread)
    outcome = replace(Outcome("study", "study.toml", LOADED).of(source), notes=notes)
    study = counted(outcome, 1, current, any(changed))
    plan, put = _load_plan(loading, delivery, current, present)
    catalog, panel = _load_catalog(loading, delivery, current)
    claims = _load_claims(loading, delivery, current)
    outcomes = tuple(o for o in (study, plan, catalog, claims) if o)
    return Config(outcomes, panel, put.plan_hash, put.changes, put.facts)


def is_learnt_panel(loading: Loading, delivery: Delivery) -> bool:
    """Return whether the first file of values tells the panel, as no list of it is there."""
    is_listed = "catalog" in delivery.tables or "catalog" in delivery.faults
    return loading.study.has_values and not is_listed and not is_shipped(loading.study.panel_id)


def _load_plan(
    loading: Loading,
    delivery: Delivery,
    current: set[tuple[str, str]],
    present: list[LoadedFile],
) -> tuple[Outcome | None, PutPlan]:
    nothing = PutPlan(False, None)
    if "plan" not in delivery.tables:
        return _doubled(delivery, "plan"), nothing
    path = delivery.tables["plan"]
    outcome = Outcome("plan", path.name, REFUSED)
    try:
        source = SourceFile.from_path(inside(delivery, path.name))
        outcome = outcome.of(source)
        sheet = read_sheet(source, "plan")
        outcome = _keep(loading, source, sheet, outcome)
        parsed = read_plan(sheet, loading.study)
        put = put_plan(loading, parsed, outcome.sha256, present)
    except PlanRefusedError as refusal:
        return _refused(outcome, refusal), replace(nothing, changes=refusal.changes)
    except RefusedError as refusal:
        return _refused(outcome, refusal), nothing
    outcome = replace(outcome, notes=put.notes)
    return counted(outcome, parsed.n_rows_in, current, put.is_changed), put


def _load_catalog(
    loading: Loading, delivery: Delivery, current: set[tuple[str, str]]
) -> tuple[Outcome | None, Panel | None]:
    outcome = None
    if "catalog" not in delivery.tables:
        if doubled := _doubled(delivery, "catalog"):
            return doubled, None
        if is_learnt_panel(loading, delivery):
            return None, standing_panel(loading)
        try:
            panel = load_panel(loading.study.panel_id)
        except CytomartError:
            if not loading.as_if_mended:
                raise
            return None, None
        changed = [
            writing.replace_if_changed(loading, *t) for t in panel_tables(loading.study, panel)
        ]
        return None, panel
    path = delivery.tables["catalog"]
    outcome = Outcome("catalog", path.name, REFUSED)
    try:
        source = SourceFile.from_path(inside(delivery, path.name))
        outcome = outcome.of(source)
        sheet = read_sheet(source, "catalog")
        outcome = _keep(loading, source, sheet, outcome)
        panel = read_catalog(sheet, loading.study)
    except RefusedError as refusal:
        return _refused(outcome, refusal), None
    changed = [writing.replace_if_changed(loading, *t) for t in panel_tables(loading.study, panel)]
    return counted(outcome, len(sheet.rows), current, any(changed)), panel


def _load_claims(
    loading: Loading, delivery: Delivery, current: set[tuple[str, str]]
) -> Outcome | None:
    if "claims" not in delivery.tables:
        return _doubled(delivery, "claims")
    path = delivery.tables["claims"]
    outcome = Outcome("claims", path.name, REFUSED)
    try:
        source = SourceFile.from_path(inside(delivery, path.name))
        outcome = outcome.of(source)
        sheet = read_sheet(source, "claims")
        outcome = _keep(loading, source, sheet, outcome)
        claims = read_claims(sheet)
    except RefusedError as refusal:
        return _refused(outcome, refusal)
    own = {"study_id": loading.study.study_id, "file_sha256": outcome.sha256}
    changed = writing.replace_if_changed(loading, CLAIMS, [{**own, **c} for c in claims])
    return counted(outcome, len(claims), current, changed)


def _keep(loading: Loading, source: SourceFile, sheet: Sheet, outcome: Outcome) -> Outcome:
    """Archive a table; of a workbook its cells, never the names of those who wrote it."""
    kept = sheet_bytes(sheet, sheet.titles) if source.encoding == "xlsx" else source.data
    loading.keep(kept)
    return replace(outcome, sha256=hashlib.sha256(kept).hexdigest(), n_bytes=len(kept))


def counted(
    outcome: Outcome, n_rows: int, current: set[tuple[str, str]], is_changed: bool
) -> Outcome:
    """Return the outcome of a configuration file that could be read."""
    is_news = is_changed or (outcome.role, outcome.sha256) not in current
    return replace(
        outcome,
        status=LOADED if is_news else UNCHANGED,
        n_rows_in=n_rows,
        n_rows_loaded=n_rows if is_news else 0,
        n_rows_unchanged=0 if is_news else n_rows,
    )


def _refused(outcome: Outcome, refusal: RefusedError) -> Outcome:
    n_rows = refusal.n_rows_in
    return replace(
        outcome, status=REFUSED, faults=refusal.faults, n_rows_in=n_rows, n_rows_refused=n_rows
    )


def _doubled(delivery: Delivery, role: str) -> Outcome | None:
    found = delivery.faults.get(role)
    return Outcome(role, role, REFUSED, faults=(found,)) if found else None


def _refuse_turnabout(loading: Loading, present: list[LoadedFile]) -> None:
    """Refuse a study.toml that contradicts what is loaded."""
    study = loading.study
    old = standing.of_study(loading.con, STUDIES, study.study_id)
    if not old or not any(f.role in ("slide", "patients", "samples") for f in present):
        return
    now = {"platform_id": study.platform_id, "panel_id": study.panel_id,
           "array_unit": study.array_unit, "has_study_codes": study.ids_are_codes}  # fmt: skip
    errors = [
        failure(f"{where} was {old[0][column]!r} and is {now[column]!r} now", where="study.toml",
                allowed="what the study's loaded files were read with",
                remedy="put it back, or give the study another id")
        for column, where in _FIXED.items()
        if old[0][column] != now[column]
    ]  # fmt: skip
    channels = standing.rows(
        loading.con, "select distinct channel_nm from raw.scans where study_id = ?", study.study_id
    )
    if channels and study.channel_nm not in [c["channel_nm"] for c in channels]:
        found = ", ".join(str(c["channel_nm"]) for c in channels)
        errors.append(
            failure(f"[panel] channel_nm is {study.channel_nm}, the loaded scans have {found}",
                    where="study.toml", allowed=found, remedy="put it back")
        )  # fmt: skip
    if errors:
        raise CytomartError([p for e in errors for p in e.problems], 2)
