"""A synthetic study as raw tables in memory, and a way to spoil it and take the damage back."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from contracts import conform, from_rows, raw
from contracts.scans import SPOTS
from simulate.arrays import scan_slide
from simulate.design import Design
from simulate.model import Model, draw_model
from simulate.plan import plan_csv
from simulate.tables import assessments_csv, patients_csv, samples_csv
from store import build

STUDY = "founding"
SHA = {
    role: role.encode().hex().ljust(64, "0")
    for role in ("patients", "samples", "assessments", "plan")
}


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _slide_sha(slide_id: str) -> str:
    return slide_id.encode().hex().ljust(64, "0")


def _spots(model: Model, slide: int) -> pa.Table:
    """The spots of a slide, as ingest writes them."""
    scan = scan_slide(model, slide)
    panel = model.panel
    targets = (*panel.analytes, *panel.controls)
    n_blocks, n = scan.flag.shape
    spot = np.tile(np.arange(n), n_blocks)
    names = np.array([t.target_name for t in targets])[panel.spot_targets]
    ids = np.array([t.target_id for t in targets])[panel.spot_targets]
    slide_id = model.seating.slide_id(slide)
    rows = n_blocks * n
    columns = {
        "study_id": [STUDY] * rows,
        "file_sha256": [_slide_sha(slide_id)] * rows,
        "source_line": np.arange(rows) + 40,
        "batch_id": [model.seating.batch_id(slide)] * rows,
        "slide_id": [slide_id] * rows,
        "block": np.repeat(np.arange(1, n_blocks + 1), n),
        "spot_row": spot // panel.n_columns + 1,
        "spot_column": spot % panel.n_columns + 1,
        "target_name": np.tile(names, n_blocks),
        "target_id": np.tile(ids, n_blocks),
        "channel_nm": np.full(rows, 532),
        "x_um": scan.x_um, "y_um": scan.y_um, "diameter_um": scan.diameter_um,
        "foreground_median_afu": scan.foreground_median,
        "foreground_mean_afu": scan.foreground_mean,
        "foreground_sd_afu": scan.foreground_sd,
        "background_median_afu": scan.background_median,
        "background_mean_afu": scan.background_mean,
        "background_sd_afu": scan.background_sd,
        "saturated_frac": scan.saturated_percent / 100,
        "n_foreground_pixels": scan.foreground_pixels,
        "n_background_pixels": scan.background_pixels,
        "flag": scan.flag,
    }  # fmt: skip
    return conform(
        pa.table({k: np.ravel(v) if isinstance(v, np.ndarray) else v for k, v in columns.items()}),
        SPOTS,
    )


def _file_row(role: str, sha: str, slide_id: str | None = None) -> dict[str, object]:
    return {
        "study_id": STUDY, "file_sha256": sha, "role": role, "slide_id": slide_id,
        "platform_id": "genepix" if slide_id else None, "file_name": None, "file_version": None,
        "n_bytes": 1, "encoding": "utf-8", "line_end": "LF", "n_rows_in": 1, "n_rows_loaded": 1,
        "n_rows_quarantined": 0, "n_rows_unchanged": 0, "load_id": "load-1",
        "loaded_at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip


def _study_tables(model: Model) -> dict[str, list[dict[str, object]]]:
    instruments = [("qol_unnamed", 0.0, 100.0)]
    panel = model.panel
    return {
        "studies": [{
            "study_id": STUDY, "title": "t", "is_synthetic": True, "platform_id": "genepix",
            "panel_id": panel.panel_id, "channel_nm": 532, "array_unit": "block",
            "primary_variant_id": "subtract_median", "baseline_visit": "baseline",
            "normalisation_reference": "", "robustness_variants": "", "has_study_codes": True}],
        "study_groups": [
            {"study_id": STUDY, "group_code": g, "group_label": g, "cohort": c, "visit": v,
             "group_order": i}
            for i, (g, c, v) in enumerate(
                [("A", "patient", "baseline"), ("B", "patient", "follow_up"),
                 ("C", "control", "baseline")], 1)],
        "study_instruments": [
            {"study_id": STUDY, "instrument_id": i, "instrument_label": i, "score_min": low,
             "score_max": high, "better_direction": "higher", "mid_source": "test"}
            for i, low, high in instruments],
        "panel_targets": [
            {"study_id": STUDY, "panel_id": panel.panel_id, "target_id": t.target_id,
             "target_name": t.target_name, "target_order": i, "target_kind": t.kind}
            for i, t in enumerate((*panel.analytes, *panel.controls), 1)],
        "panel_features": [
            {"study_id": STUDY, "file_sha256": "f" * 64, "panel_id": panel.panel_id, "lot": "",
             "block": block, "spot_row": i // panel.n_columns + 1,
             "spot_column": i % panel.n_columns + 1,
             "target_name": (*panel.analytes, *panel.controls)[k].target_name,
             "target_id": (*panel.analytes, *panel.controls)[k].target_id}
            for block in range(1, 9) for i, k in enumerate(panel.spot_targets.tolist())],
    }  # fmt: skip


def _sheet_tables(model: Model) -> dict[str, list[dict[str, object]]]:
    def line(role: str, number: int) -> dict[str, object]:
        return {"study_id": STUDY, "file_sha256": SHA[role], "source_line": number}

    return {
        "patients": [
            line("patients", i) | {k: r[k] for k in ("patient_id", "cohort", "centre_id", "sex")}
            | {"age_years": int(r["age_years"])}
            for i, r in enumerate(_rows(patients_csv(model)), 2)],
        "samples": [
            line("samples", i) | {
                "sample_id": r["sample_id"] or f"{r['slide_id']}/B{r['block']}",
                "patient_id": r["patient_id"] or None, "visit": r["visit"] or None,
                "group_code": r["group_code"], "slide_id": r["slide_id"],
                "block": int(r["block"]), "batch_id": r["batch"], "lot": r["lot"],
                "collected_on": date.fromisoformat(r["collected_on"]) if r["collected_on"] else None,
                "total_protein_mg_ml": float(r["total_protein_mg_ml"])
                if r["total_protein_mg_ml"] else None}
            for i, r in enumerate(_rows(samples_csv(model)), 2)],
        "assessments": [
            line("assessments", i) | {
                "patient_id": r["patient_id"], "visit": r["visit"],
                "assessed_on": date.fromisoformat(r["assessed_on"]),
                "instrument_id": r["instrument_id"], "site_id": r["site_id"],
                "score": Decimal(r["score"]),
                "omed_mg": Decimal(r["omed_mg"]) if r["omed_mg"] else None}
            for i, r in enumerate(_rows(assessments_csv(model)), 2)],
        "plan": [
            line("plan", i) | {"plan_hash": "p"}
            | {k: (v or None if k in ("numerator_group", "denominator_group", "visit", "outcome")
                   else v)
               for k, v in r.items() if k not in ("alpha", "min_abs_fold_change")}
            | {"alpha": float(r["alpha"]),
               "min_abs_fold_change": float(r["min_abs_fold_change"])}
            for i, r in enumerate(_rows(plan_csv(model.design)), 2)],
    }  # fmt: skip


@cache
def _raw_study(seed: int, n_slides: int | None) -> dict[str, pa.Table]:
    """All raw tables of a seed; n_slides bounds the slides that are scanned."""
    model = draw_model(Design(seed=seed))
    slides = range(n_slides or model.seating.n_slides)
    ids = [model.seating.slide_id(k) for k in slides]
    tables = {
        name: from_rows(rows, getattr(raw, name.upper()))
        for name, rows in (_study_tables(model) | _sheet_tables(model)).items()
    }
    tables["spots"] = pa.concat_tables([_spots(model, k) for k in slides])
    tables["files"] = from_rows(
        [_file_row("slide", _slide_sha(s), s) for s in ids]
        + [_file_row(role, sha) for role, sha in SHA.items()],
        raw.FILES,
    )
    if n_slides is not None:
        keep = pa.compute.is_in(tables["samples"]["slide_id"], pa.array(ids))
        tables["samples"] = tables["samples"].filter(keep)
    return tables


@pytest.fixture(scope="session")
def raw_study(put_spots):
    """Open an in-memory build file with the synthetic study of a seed: `raw_study(seed)`."""

    def opened(seed: int, n_slides: int | None = None) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(":memory:")
        con.execute("set TimeZone = 'UTC'; set threads = 1")
        build.prepare(con)
        tables = _raw_study(seed, n_slides)
        put_spots(con, tables.pop("spots"))
        for name, table in tables.items():
            build.append(con, getattr(raw, name.upper()), table)
        return con

    return opened


@pytest.fixture(scope="session")
def _spoilable(raw_study, spots_as_table):
    con = raw_study(7, n_slides=3)
    spots_as_table(con)
    yield con
    con.close()


@pytest.fixture
def con(_spoilable):
    """The first batch of the demo's seed; whatever a test does to it is taken back."""
    _spoilable.begin()
    yield _spoilable
    _spoilable.rollback()
