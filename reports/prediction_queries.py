"""The queries of predictions; part of those of `read.py`."""

from __future__ import annotations

PREDICTION_QUERIES: dict[str, str] = {
    "predictions": """
        select analysis_id, analyte_name, event_label, direction, reason, odds_ratio,
            odds_ratio_ci_low, odds_ratio_ci_high, p_value, p_adjusted, auc, auc_ci_low,
            auc_ci_high, selected_frac, coefficient, is_hit
        from reporting.rpt_predictions where study_id = $study_id
        order by analysis_id, p_value nulls last, analyte_name""",
    "prediction_models": """
        select m.analysis_id, m.outcome, coalesce(r.event_label, m.event) as event_label,
            p.visit, p.subset, p.grouping, p.primary_method, m.label, m.reason, m.n_persons,
            m.n_candidates, m.n_events, m.n_without_outcome, m.n_without_sample, m.auc_cv,
            m.auc_cv_lowest, m.auc_cv_highest, m.auc_apparent, m.auc_optimism, m.auc_corrected,
            m.permutation_p_value, m.calibration_slope, m.brier, m.brier_of_share, m.n_selected,
            m.n_repeats, m.n_permutations
        from stats.fct_prediction_models as m
        left join (
            select study_id, analysis_id, min(event_label) as event_label
            from reporting.rpt_predictions group by all
        ) as r using (study_id, analysis_id)
        left join raw.plan as p using (study_id, analysis_id)
        where study_id = $study_id order by m.analysis_id""",
    "prediction_curves": """
        select analysis_id, curve, point_number, x_value, y_value
        from stats.fct_prediction_curves where study_id = $study_id
        order by analysis_id, curve, point_number""",
}
