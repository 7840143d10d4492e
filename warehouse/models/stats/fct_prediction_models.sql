-- grain: study_id, analysis_id
with

results as (select * from {{ ref('stat_prediction_models') }}),

listed as (
    select
        study_id,
        analysis_id,
        variant_id,
        outcome,
        event,
        visit,
        status,
        label,
        reason,
        auc_cv,
        auc_cv_sd,
        auc_cv_lowest,
        auc_cv_highest,
        auc_apparent,
        auc_optimism,
        auc_corrected,
        permutation_p_value,
        auc_permuted_mean,
        calibration_slope,
        calibration_intercept,
        brier,
        brier_of_share,
        penalty,
        intercept,
        n_persons,
        n_events,
        n_effective,
        n_without_outcome,
        n_without_sample,
        n_candidates,
        n_needed,
        n_selected,
        n_folds,
        n_repeats,
        n_bootstraps,
        n_permutations,
        n_permutation_repeats,
        seed,
        plan_hash
    from results
)

select * from listed
