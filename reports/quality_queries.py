"""Queries of the report about batches, lots, gates, arrays and files; `read.py` runs them."""

from __future__ import annotations

_BY_STUDY = "where study_id = $study_id"

QUERIES: dict[str, str] = {
    "batches": f"""
        select batch_id, n_slides, n_arrays, n_samples, gate_status, n_rules_failed, failed_rules
        from marts.dim_batches {_BY_STUDY} order by batch_id""",
    "lots": f"""
        select lot, lot_effect, against_id, n_slides, n_samples, n_bridge_samples,
            n_shared_serums, n_targets_bridged, median_abs_shift_log2fc
        from marts.dim_lots {_BY_STUDY} order by not is_reference, lot""",
    "contrast_lots": f"""
        select contrast_id, lots, comparability_in_words
        from reporting.rpt_contrast_lots {_BY_STUDY} order by contrast_id""",
    "gates": f"""
        select gate, scope_id, rule_id, rule_label, severity, outcome, observed, threshold,
            threshold_source, message, is_accepted
        from reporting.rpt_gates {_BY_STUDY} order by gate, scope_id, severity, rule_id""",
    "acceptances": f"""
        select batch_id, rule_id, reason, cast(accepted_at as date) as accepted_on
        from quality.acceptances {_BY_STUDY} order by accepted_at""",
    "exclusions": f"""
        select scope, reason_label, note, cast(recorded_at as date) as excluded_on,
            case when scope in ('spot', 'target', 'array') then scope_key end as published_key
        from reporting.rpt_exclusions {_BY_STUDY} order by scope, scope_key""",
    "waiting": f"""
        select kind, subject, n_rows, reason
        from reporting.rpt_waiting {_BY_STUDY} order by kind, subject""",
    "arrays": f"""
        select array_id, batch_id, background_median_afu, negative_control_median_afu,
            positive_control_mean_afu, saturated_frac, flagged_frac, cv_median_frac,
            below_lod_frac, background_gradient_ratio, distance_log2, distance_limit_log2,
            verdict, verdict_reason
        from marts.fct_array_quality {_BY_STUDY} order by batch_id, array_id""",
    "files": f"""
        select role, slide_id, file_sha256, n_bytes, n_rows_in, n_rows_loaded,
            n_rows_quarantined
        from raw.files {_BY_STUDY} order by role, slide_id, file_sha256""",
}
