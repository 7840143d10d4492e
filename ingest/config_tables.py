"""What study.toml, the catalog and the layouts say, as rows of the raw relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from contracts import Relation
from contracts.measures import STUDY_MEASURES
from contracts.raw import PANEL_TARGET_GENES, PANEL_TARGETS
from contracts.studies import (
    STUDIES,
    STUDY_ATTRIBUTES,
    STUDY_GROUPS,
    STUDY_INSTRUMENTS,
    STUDY_OPIOIDS,
    STUDY_PUBLICATIONS,
    STUDY_THRESHOLDS,
    STUDY_VARIANTS,
    STUDY_VISITS,
)
from ingest.declared.study import Study
from ingest.panel.catalog import Panel
from ingest.panel.gal import Layout
from ingest.panel.spelling import meaning

Rows = list[dict[str, object]]


def study_tables(study: Study) -> list[tuple[Relation, Rows]]:
    """Return the relations that study.toml fills."""
    key = {"study_id": study.study_id}
    return [
        (STUDIES, [_study_row(study)]),
        (STUDY_VISITS, [
            {**key, "visit": v.code, "visit_label": v.label, "visit_order": v.order,
             "is_baseline": v.is_baseline,
             "window_first_day": v.window[0] if v.window else None,
             "window_last_day": v.window[1] if v.window else None,
             "days_after_treatment": v.days_after_treatment}
            for v in study.visits
        ]),
        (STUDY_GROUPS, [
            {**key, "group_code": g.code, "group_label": g.label, "cohort": g.cohort,
             "visit": g.visit, "group_order": g.order}
            for g in study.groups
        ]),
        (STUDY_INSTRUMENTS, [
            {**key, "instrument_id": i.instrument_id, "instrument_label": i.label,
             "score_min": i.low, "score_max": i.high, "score_step": i.step,
             "better_direction": i.better, "mid_score": i.mid_score, "mid_frac": i.mid_frac,
             "mid_source": i.mid_source, "pain_kind": i.pain_kind or None}
            for i in study.own_instruments
        ]),
        (STUDY_OPIOIDS, [
            {**key, "drug": o.drug, "route": o.route, "dose_unit": o.dose_unit,
             "factor": o.factor, "factor_source": o.source}
            for o in study.opioids
        ]),
        (STUDY_ATTRIBUTES, [
            {**key, "attribute_id": a.attribute_id, "attribute_label": a.label,
             "attribute_order": a.order, "is_multiple": a.is_multiple, "level": value,
             "level_label": words, "level_order": order}
            for a in study.attributes
            for order, (value, words) in enumerate(a.levels, start=1)
        ]),
        (STUDY_MEASURES, [
            {**key, "measure_id": m.measure_id, "measure_label": m.label,
             "measure_order": m.order, "measured_of": m.of, "measure_unit": m.unit,
             "lowest": m.low, "highest": m.high}
            for m in study.measures
        ]),
        (STUDY_THRESHOLDS, [
            {**key, "rule_id": t.rule_id, "threshold": t.threshold, "reason": t.reason}
            for t in study.thresholds
        ]),
        (STUDY_VARIANTS, [{**key, **asdict(v)} for v in study.own_variants]),
        (STUDY_PUBLICATIONS, [{**key, "publication_id": p} for p in study.publications]),
    ]  # fmt: skip


def panel_tables(study: Study, panel: Panel) -> list[tuple[Relation, Rows]]:
    """Return the relations that the panel's content list fills."""
    key = {"study_id": study.study_id, "panel_id": panel.panel_id}
    return [
        (PANEL_TARGETS, [
            {**key, "target_id": t.target_id, "target_name": t.target_name,
             "target_order": t.target_order, "target_kind": t.target_kind,
             "protein_name": t.protein_name or None,
             "lots": "|".join(sorted(t.lots)) or None}
            for t in panel.targets
        ]),
        (PANEL_TARGET_GENES, [
            {**key, "target_id": g.target_id, "gene_symbol": g.gene_symbol,
             "uniprot_id": g.uniprot_id}
            for g in panel.genes
        ]),
    ]  # fmt: skip


def feature_table(study: Study, panel: Panel, layouts: Mapping[str, Layout]) -> Rows:
    """Return raw.panel_features: the layout of every lot."""
    rows: Rows = []
    for lot, layout in sorted(layouts.items()):
        content = panel.of_lot(lot)
        pairs = {(f.target_name, f.target_id) for f in layout.features}
        ids = {pair: meaning(*pair, content).target_id or pair[1] for pair in pairs}
        rows += [
            {"study_id": study.study_id, "file_sha256": layout.sha256, "panel_id": panel.panel_id,
             "lot": lot, "block": f.block, "spot_row": f.spot_row, "spot_column": f.spot_column,
             "target_name": f.target_name, "target_id": ids[f.target_name, f.target_id]}
            for f in layout.features
        ]  # fmt: skip
    return rows


def _study_row(study: Study) -> dict[str, object]:
    return {
        "study_id": study.study_id,
        "title": study.title,
        "is_synthetic": study.is_synthetic,
        "platform_id": study.platform_id,
        "panel_id": study.panel_id,
        "channel_nm": study.channel_nm,
        "array_unit": study.array_unit,
        "primary_variant_id": study.primary_variant,
        "baseline_visit": study.baseline_visit,
        "normalisation_reference": ",".join(study.reference_batches),
        "robustness_variants": ",".join(study.robustness_variants),
        "has_study_codes": study.ids_are_codes,
        "pain_instrument_id": study.pain_response.instrument_id or None,
        "index_site_attribute_id": study.pain_response.index_site_id or None,
        "reirradiated_attribute_id": study.pain_response.reirradiated_id or None,
    }
