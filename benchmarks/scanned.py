"""A loaded home without files: scans of one array each, released, written straight into raw."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection

from contracts import QUALITY, RAW, from_rows
from contracts.scans import SCANS, whole_name
from store.build import append, open_build
from store.home import Home
from store.lock import writer_lock

N_TARGETS = 80
N_SPOTS = 2 * N_TARGETS
BATCH_SIZE = 1_000
STUDY = "bench"
_NOW = datetime(2021, 1, 1, tzinfo=UTC)
_RELATIONS = {r.full_name: r for r in (*RAW, *QUALITY)}


def intensities(n_arrays: int) -> tuple[Any, Any]:
    """Return foreground and background, each (n_arrays, 160) whole afu, of log-normal signals."""
    rng = np.random.default_rng(20260101)
    target = rng.normal(7, 1.2, (1, N_TARGETS, 1))
    array = rng.normal(0, 0.3, (n_arrays, 1, 1))
    noise = rng.normal(0, 0.25, (n_arrays, N_TARGETS, 2))
    signal = np.exp(target + array + noise).reshape(n_arrays, N_SPOTS)
    background = rng.integers(60, 140, (n_arrays, N_SPOTS))
    foreground = np.minimum(background + np.rint(signal - 20), 60000)
    return foreground.astype(np.int32), background.astype(np.int32)


def write_matrices(folder: Path, n_arrays: int) -> None:
    """Write what R reads: two files of 32-bit whole numbers, array after array."""
    foreground, background = intensities(n_arrays)
    foreground.tofile(folder / "foreground.bin")
    background.tofile(folder / "background.bin")


def write_home(root: Path, n_arrays: int, variants: tuple[str, ...]) -> Home:
    """Write a home of `n_arrays` slides in batches of 1,000, all of them the reference.

    Parameters
    ----------
    variants : the first is the primary one, the others are compared
    """
    home = Home(root)
    batches = [f"B{i // BATCH_SIZE:03d}" for i in range(n_arrays)]
    with writer_lock(home):
        con = open_build(home)
        for name, rows in _rows(n_arrays, batches, variants).items():
            append(con, _RELATIONS[name], from_rows(rows, _RELATIONS[name]))
        append(con, SCANS, _scans(n_arrays, batches))
        _release(con)
        con.close()
    return home


def slide(number: int) -> str:
    """Return the id of a slide."""
    return f"S{number:06d}"


def target(number: int) -> str:
    """Return the id of a target."""
    return f"T{number:03d}"


def _scans(n_arrays: int, batches: list[str]) -> pa.Table:
    foreground, background = intensities(n_arrays)
    flags = np.zeros((n_arrays, N_SPOTS), np.int32)
    offsets = np.arange(0, (n_arrays + 1) * N_SPOTS, N_SPOTS, dtype=np.int32)

    def lists(matrix: Any) -> pa.Array:
        return pa.ListArray.from_arrays(pa.array(offsets), pa.array(matrix.ravel()))

    given = {
        "study_id": pa.repeat(STUDY, n_arrays),
        "file_sha256": pa.array([f"sha-{slide(i)}" for i in range(n_arrays)]),
        "channel_nm": pa.repeat(pa.scalar(532, pa.int64()), n_arrays),
        "batch_id": pa.array(batches),
        "slide_id": pa.array([slide(i) for i in range(n_arrays)]),
        "print_id": pa.repeat("print", n_arrays),
        "n_spots": pa.repeat(pa.scalar(N_SPOTS, pa.int64()), n_arrays),
        whole_name("foreground_median_afu"): lists(foreground),
        whole_name("background_median_afu"): lists(background),
        whole_name("flag"): lists(flags),
    }
    schema = SCANS.arrow_schema()
    columns = [
        given[f.name].cast(f.type) if f.name in given else pa.nulls(n_arrays, f.type)
        for f in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _rows(
    n_arrays: int, batches: list[str], variants: tuple[str, ...]
) -> dict[str, list[dict[str, Any]]]:
    s = {"study_id": STUDY}
    targets = [target(i) for i in range(N_TARGETS)]
    return {
        "raw.studies": [s | {
            "title": "SYNTHETIC", "is_synthetic": True, "platform_id": "genepix",
            "panel_id": "panel", "channel_nm": 532, "array_unit": "slide",
            "primary_variant_id": variants[0], "baseline_visit": "base",
            "normalisation_reference": ",".join(sorted(set(batches))),
            "robustness_variants": ",".join(variants[1:]), "has_study_codes": True}],
        "raw.study_visits": [s | {"visit": "base", "visit_label": "base", "visit_order": 1,
                                  "is_baseline": True}],
        "raw.study_groups": [s | {"group_code": "A", "group_label": "A", "cohort": "patient",
                                  "visit": "base", "group_order": 1}],
        "raw.panel_targets": [
            s | {"panel_id": "panel", "target_id": t, "target_name": f"name {t}",
                 "target_order": i, "target_kind": "analyte"}
            for i, t in enumerate(targets, 1)],
        "raw.printed_spots": [
            s | {"print_id": "print", "spot_number": 2 * i + k + 1,
                 "source_line": 30 + 2 * i + k, "block": 1, "spot_row": i + 1,
                 "spot_column": k + 1, "target_name": f"name {t}", "target_id": t}
            for i, t in enumerate(targets) for k in (0, 1)],
        "raw.files": [
            s | {"file_sha256": f"sha-{slide(i)}", "role": "slide", "slide_id": slide(i),
                 "platform_id": "genepix", "file_name": f"{slide(i)}.gpr", "n_bytes": 1,
                 "encoding": "utf-8", "line_end": "LF", "n_rows_in": N_SPOTS,
                 "n_rows_loaded": N_SPOTS, "n_rows_quarantined": 0, "n_rows_unchanged": 0,
                 "load_id": "load", "loaded_at": _NOW}
            for i in range(n_arrays)],
        "raw.patients": [
            s | {"file_sha256": "people", "source_line": i + 2, "patient_id": f"P{i:06d}",
                 "cohort": "patient", "centre_id": "centre", "sex": "female"}
            for i in range(n_arrays)],
        "raw.samples": [
            s | {"file_sha256": "sheet", "source_line": i + 2, "sample_id": f"N{i:06d}",
                 "patient_id": f"P{i:06d}", "visit": "base", "group_code": "A",
                 "slide_id": slide(i), "batch_id": batches[i], "lot": "L1"}
            for i in range(n_arrays)],
    }  # fmt: skip


def _release(con: DuckDBPyConnection) -> None:
    contents = con.execute("select batch_id, content_hash from quality.batch_contents").fetchall()
    relation = _RELATIONS["quality.gate_runs"]
    append(con, relation, from_rows([
        {"study_id": STUDY, "gate_run_id": f"run-{batch_id}", "gate": "batch",
         "scope_id": batch_id, "content_hash": content_hash, "n_rules": 1,
         "n_rules_evaluated": 1, "n_rules_failed": 0, "verdict": "released", "ran_at": _NOW}
        for batch_id, content_hash in contents
    ], relation))  # fmt: skip
