"""The tables of a synthetic study folder, as rows of text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from simulate.arrays import total_protein_mg_ml
from simulate.clinic import QOL_ID, VAS_ID
from simulate.model import Model
from simulate.panel import Panel
from simulate.seating import Seat
from simulate.serum import is_true_target


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Return a table as CSV text with LF line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", delimiter=delimiter)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def patients_csv(model: Model) -> str:
    """Return patients.csv: patients with their clinical columns, then controls."""
    header = (
        "patient_id", "cohort", "centre_id", "sex", "age_years",
        "er", "pr", "her2", "t_stage", "bone_sites",
    )  # fmt: skip
    return csv_text(
        header,
        (
            (
                p.patient_id, p.cohort, p.centre_id, "female", p.age_years,
                p.er, p.pr, p.her2, p.t_stage, "|".join(p.bone_sites),
            )
            for p in model.people
        ),
    )  # fmt: skip


def samples_csv(model: Model) -> str:
    """Return samples.csv: every Block of every slide, unused ones declared `empty`."""
    header = (
        "sample_id", "patient_id", "visit", "group_code", "slide_id", "block", "batch", "lot",
        "collected_on", "total_protein_mg_ml",
    )  # fmt: skip
    rows = [_sample_row(model, k, s) for k, s in enumerate(model.seating.seats)]
    if not model.design.bridges:
        return csv_text(header, rows)
    serums = (model.bridge_id(seat) for seat in model.seating.seats)
    named = [(*row, serum) for row, serum in zip(rows, serums, strict=True)]
    return csv_text((*header, "bridge_id"), named)


def _sample_row(model: Model, index: int, seat: Seat) -> tuple[object, ...]:
    seating = model.seating
    place = (
        seating.slide_id(seat.slide), seat.block, seating.batch_id(seat.slide),
        seating.lot_id(seat.slide),
    )  # fmt: skip
    if seat.is_empty:
        return ("", "", "", "empty", *place, "", "")
    n_patients = model.design.patients
    if seat.person < n_patients:
        day = model.clinic.seen_on[seat.person][seat.visit]
    else:
        day = model.clinic.control_seen_on[seat.person - n_patients]
    whose = (model.people[seat.person].patient_id, model.visit_of(seat))
    return (
        model.sample_id(seat), *(("", "") if seat.is_bridge else whose),
        model.group_of(seat), *place, day.isoformat(), total_protein_mg_ml(model, index),
    )  # fmt: skip


def assessments_csv(model: Model) -> str:
    """Return assessments.csv: pain (with the analgesic dose) and quality of life by visit."""
    header = (
        "patient_id", "visit", "assessed_on", "instrument_id", "site_id", "score", "omed_mg",
    )  # fmt: skip
    clinic, rows = model.clinic, []
    for k in range(model.design.patients):
        for v, visit in enumerate(model.design.visit_codes):
            if not clinic.is_seen[k, v]:
                continue
            start = (model.people[k].patient_id, visit, clinic.seen_on[k][v].isoformat())
            vas = f"{clinic.vas_tenths[k, v] / 10:.1f}"
            rows.append((*start, VAS_ID, "", vas, clinic.omed_mg[k, v]))
            rows.append((*start, QOL_ID, "", clinic.qol[k, v], ""))
    return csv_text(header, rows)


def catalog_csv(panel: Panel) -> str:
    """Return catalog.csv: targets of a panel that cytomart does not ship."""
    header = (
        "panel_id", "target_id", "target_name", "target_order", "target_kind", "protein_name",
        "gene_symbols", "uniprot_ids",
    )  # fmt: skip
    return csv_text(
        header,
        (
            (
                panel.panel_id, t.target_id, t.target_name, order, t.kind, t.protein_name,
                "|".join(t.gene_symbols), "|".join(t.uniprot_ids),
            )
            for order, t in enumerate((*panel.analytes, *panel.controls), start=1)
        ),
    )  # fmt: skip


def truth_csv(model: Model) -> str:
    """Return truth.csv: the true log2 fold change of every target in every contrast."""
    header = ("contrast_id", "target_id", "target_name", "true_log2fc", "is_true_target")
    rows = []
    for numerator, denominator in model.design.contrasts:
        change = model.serum.true_log2fc(numerator, denominator)
        for target, fc, true in zip(
            model.panel.analytes, change.tolist(), is_true_target(change).tolist(), strict=True
        ):
            rows.append(
                (
                    f"{numerator}_vs_{denominator}", target.target_id, target.target_name,
                    f"{fc:.6f}", str(true).lower(),
                )
            )  # fmt: skip
    return csv_text(header, rows)
