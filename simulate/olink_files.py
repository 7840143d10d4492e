"""Olink NPX files of a synthetic study, one a batch: Explore as .csv, Explore HT as .parquet."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulate.model import Model
from simulate.seating import Seat
from simulate.streams import stream
from simulate.tables import csv_text

PANEL_ID = "synthetic_explore"
#: Control samples of every plate: name, kind of SampleType.
CONTROLS = (
    ("CONTROL_SAMPLE_AS_1", "SAMPLE_CONTROL"), ("CONTROL_SAMPLE_AS_2", "SAMPLE_CONTROL"),
    ("NEGATIVE_CONTROL_1", "NEGATIVE_CONTROL"), ("NEGATIVE_CONTROL_2", "NEGATIVE_CONTROL"),
    ("PLATE_CONTROL_1", "PLATE_CONTROL"), ("PLATE_CONTROL_2", "PLATE_CONTROL"),
)  # fmt: skip
#: Control assays inside every sample: name, AssayType of Explore HT.
CONTROL_ASSAYS = (
    ("Incubation control 1", "inc_ctrl"), ("Amplification control 1", "amp_ctrl"),
    ("Extension control 1", "ext_ctrl"),
)  # fmt: skip
_PLATE_WELLS = 96
_NOISE_LOG2 = 0.15
_WARNED_SHARE = 0.04
#: True log2 levels of the arrays lie here; NPX of a run is centred.
_CENTRE_LOG2 = 10.0


@dataclass(frozen=True)
class Run:
    """What a batch of samples gives on the platform.

    Parameters
    ----------
    names, kinds : tuple of str
        SampleID and SampleType of each row of samples, controls last.
    npx : ndarray, shape (samples, assays)
    lod : ndarray, shape (assays,)
        Limit of detection in NPX.
    is_warned : ndarray, shape (samples,)
        Samples that fail the platform's own quality control.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    npx: NDArray[np.float64]
    lod: NDArray[np.float64]
    is_warned: NDArray[np.bool_]


def olink_id(index: int) -> str:
    """Return the OlinkID of an analyte of the panel."""
    return f"OID{20001 + index}"


def file_stem(batch_id: str) -> str:
    """Return the name of a batch's file without its ending."""
    return f"{batch_id}-NPX"


def draw_run(model: Model, batch: int) -> Run:
    """Return the NPX of a batch: true level, noise, limits and warnings; the same every time."""
    rng = stream(model.design.seed, "olink", batch)
    chosen = [(k, s) for k, s in enumerate(model.seating.seats)
              if not s.is_empty and model.seating.batch_of(s.slide) == batch]  # fmt: skip
    true = model.level_log2[[k for k, _ in chosen]] - _CENTRE_LOG2
    pool = true.mean(axis=0)
    blank = pool - 4.0
    rows = [pool if kind != "NEGATIVE_CONTROL" else blank for _, kind in CONTROLS]
    npx = np.vstack([true, *rows])
    npx = np.round(npx + rng.normal(0.0, _NOISE_LOG2, npx.shape), 4)
    # A few assays have their limit inside the samples' range, as in every real panel.
    lod = np.round(np.quantile(true, rng.choice([0.0, 0.0, 0.0, 0.25], true.shape[1]), axis=0
                               ).diagonal() - 0.5, 4)  # fmt: skip
    return Run(
        (*(model.sample_id(s) for _, s in chosen), *(name for name, _ in CONTROLS)),
        (*("SAMPLE" for _ in chosen), *(kind for _, kind in CONTROLS)),
        npx,
        lod,
        _warned(rng, len(chosen), len(CONTROLS)),
    )


def _warned(rng: np.random.Generator, n_samples: int, n_controls: int) -> NDArray[np.bool_]:
    """Return which rows fail quality control: a small share of the samples, one at least."""
    chosen = rng.choice(n_samples, max(1, round(_WARNED_SHARE * n_samples)), replace=False)
    return np.isin(np.arange(n_samples + n_controls), chosen)


def explore_csv(model: Model, batch: int) -> str:
    """Return a batch as an Explore NPX file: semicolons, control samples by their names."""
    run = draw_run(model, batch)
    header = ("SampleID", "Index", "OlinkID", "UniProt", "Assay", "MissingFreq", "Panel",
              "Panel_Lot_Nr", "PlateID", "QC_Warning", "LOD", "NPX", "Normalization",
              "Assay_Warning")  # fmt: skip
    missing = (run.npx < run.lod).mean(axis=0)
    rows = [
        (name, i + 1, olink_id(j), _accession(model, j), t.target_name, f"{missing[j]:.4f}",
         "Synthetic", "L1", _plate(model, batch, i), "WARN" if run.is_warned[i] else "PASS",
         f"{run.lod[j]:.4f}", f"{run.npx[i, j]:.4f}", "Plate control", "PASS")
        for i, name in enumerate(run.names)
        for j, t in enumerate(model.panel.analytes)
    ]  # fmt: skip
    return csv_text(header, rows, ";")


def explore_ht_parquet(model: Model, batch: int) -> bytes:
    """Return a batch as an Explore HT file: sample and assay types, control assays, counts."""
    run = draw_run(model, batch)
    rng = stream(model.design.seed, "olink-counts", batch)
    assays = [(t.target_name, olink_id(j), _accession(model, j), "assay")
              for j, t in enumerate(model.panel.analytes)]  # fmt: skip
    controls = [(name, f"OID9000{k}", "NA", kind) for k, (name, kind) in enumerate(CONTROL_ASSAYS)]
    inside = rng.normal(0.0, _NOISE_LOG2, (len(run.names), len(controls))).round(4)
    npx = np.hstack([run.npx, inside])
    rows = [
        {"SampleID": name, "SampleType": run.kinds[i], "WellID": _well(i),
         "PlateID": _plate(model, batch, i), "OlinkID": own_id, "UniProt": accession,
         "Assay": assay, "AssayType": kind, "Panel": "Synthetic HT", "Block": "1",
         "Count": int(2 ** (npx[i, j] + 10)), "ExtNPX": float(npx[i, j] + 1.0),
         "NPX": float(npx[i, j]), "PCNormalizedNPX": float(npx[i, j]), "Normalization": "PC",
         "AssayQC": "PASS", "SampleQC": "WARN" if run.is_warned[i] else "PASS"}
        for i, name in enumerate(run.names)
        for j, (assay, own_id, accession, kind) in enumerate([*assays, *controls])
    ]  # fmt: skip
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


def npx_samples_csv(model: Model) -> str:
    """Return samples.csv of the study on this platform: one row a sample, no Blocks."""
    header = ("sample_id", "patient_id", "visit", "group_code", "slide_id", "batch", "lot",
              "collected_on")  # fmt: skip
    seats = [seat for seat in model.seating.seats if not seat.is_empty]
    if not model.design.bridges:
        return csv_text(header, (_sample_row(model, s) for s in seats))
    rows = ((*_sample_row(model, s), model.bridge_id(s)) for s in seats)
    return csv_text((*header, "bridge_id"), rows)


def npx_catalog_csv(model: Model) -> str:
    """Return catalog.csv: the assays by OlinkID."""
    header = ("panel_id", "target_id", "target_name", "protein_name", "gene_symbols", "uniprot_ids")
    return csv_text(
        header,
        ((PANEL_ID, olink_id(j), t.target_name, t.protein_name, "|".join(t.gene_symbols),
          "|".join(t.uniprot_ids)) for j, t in enumerate(model.panel.analytes)),
    )  # fmt: skip


def _sample_row(model: Model, seat: Seat) -> tuple[object, ...]:
    seating, n_patients = model.seating, model.design.patients
    days = (
        model.clinic.seen_on[seat.person][seat.visit]
        if seat.person < n_patients
        else model.clinic.control_seen_on[seat.person - n_patients]
    )
    batch_id = seating.batch_id(seat.slide)
    whose = (model.people[seat.person].patient_id, model.visit_of(seat))
    return (
        model.sample_id(seat), *(("", "") if seat.is_bridge else whose),
        model.group_of(seat), file_stem(batch_id), batch_id, seating.lot_id(seat.slide),
        days.isoformat(),
    )  # fmt: skip


def _accession(model: Model, index: int) -> str:
    return "_".join(model.panel.analytes[index].uniprot_ids) or "NA"


def _plate(model: Model, batch: int, row: int) -> str:
    batch_id = model.seating.batch_ids[batch]
    return f"{batch_id}-P{row // _PLATE_WELLS + 1}"


def _well(row: int) -> str:
    place = row % _PLATE_WELLS
    return f"{'ABCDEFGH'[place % 8]}{place // 8 + 1}"
