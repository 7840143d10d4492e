"""Frames of a release's results: fold changes, tests, answers to the plan."""

from __future__ import annotations

from expectations.release_frames import PLANNED

FOLD_CHANGES_SQL = f"""
with {PLANNED},

sizes as (
    select
        (select count(*) from contrasts) as n_contrasts,
        (select count(*) from marts.dim_analytes where study_id = $study_id) as n_analytes
),

folds as (select * from marts.fct_fold_changes where study_id = $study_id),

-- a fold change without both arms has no value; every other one must have one
judged as (
    select
        *,
        n_numerator > 0 and n_denominator > 0 as has_arms,
        abs(change_log2fc - (mean_numerator_log2 - mean_denominator_log2)) as mean_gap,
        abs(change_log2fc - log2(nullif(ratio_geometric, 0))) as ratio_gap,
        abs(abs(signed_fold_change) - greatest(ratio_geometric, 1 / nullif(ratio_geometric, 0)))
            as signed_gap
    from folds
),

-- the t tests of the same contrast, paired or not as the fold change is
compared as (
    select
        f.contrast_id,
        f.analyte_id,
        f.variant_id,
        abs(t.estimate - f.change_log2fc) as test_gap,
        f.n_numerator = coalesce(t.n_pairs, t.n_numerator)
            and f.n_denominator = coalesce(t.n_pairs, t.n_denominator) as is_same_samples
    from folds as f
    inner join stats.fct_test_results as t
        on f.study_id = t.study_id and f.contrast_id = t.contrast_id
        and f.analyte_id = t.analyte_id and f.variant_id = t.variant_id
        and t.mode = 'correct' and t.stratum = ''
        and t.method in ('student_t', 'welch_t', 'paired_t', 'moderated_t')
        and (t.n_pairs is not null) = (f.pairing = 'patient')
    where t.estimate is not null
),

estimates as (
    select
        contrast_id,
        analyte_id,
        variant_id,
        max(test_gap) filter (where is_same_samples) as test_gap,
        count(*) filter (where not is_same_samples) as n_unlike
    from compared
    group by all
)

select
    j.variant_id as uid,
    count(*) as n_rows,
    abs(count(*) - any_value(sizes.n_contrasts) * any_value(sizes.n_analytes)) as n_off,
    count(*) filter (
        where not isfinite(coalesce(j.change_log2fc, 0))
        or not isfinite(coalesce(j.signed_fold_change, 1))
        or not isfinite(coalesce(j.ratio_geometric, 1))
        or not isfinite(coalesce(j.ratio_arithmetic, 1))
    ) as n_not_finite,
    coalesce(max(greatest(j.mean_gap, j.ratio_gap, j.signed_gap)), 0) as mean_gap,
    count(*) filter (
        where (j.change_log2fc is null)
        <> (j.mean_numerator_log2 is null or j.mean_denominator_log2 is null)
    ) as n_half_missing,
    coalesce(max(estimates.test_gap), 0) as test_gap,
    coalesce(sum(estimates.n_unlike), 0) as n_unlike
from judged as j
cross join sizes
left join estimates
    on j.contrast_id = estimates.contrast_id and j.analyte_id = estimates.analyte_id
    and j.variant_id = estimates.variant_id
group by j.variant_id
order by j.variant_id
"""

PATIENT_FOLDS_SQL = """
select
    'patients' as uid,
    count(*) as n_rows,
    count(*) filter (
        where not isfinite(coalesce(change_log2fc, 0))
        or not isfinite(coalesce(baseline_log2, 0))
        or not isfinite(coalesce(level_log2, 0))
    ) as n_not_finite
from marts.fct_patient_fold_changes
where study_id = $study_id
"""

TESTS_SQL = """
select
    t.analysis_id || ' ' || t.method as uid,
    count(*) as n_rows,
    count(*) filter (
        where not coalesce(t.p_value between 0 and 1, true)
        or not coalesce(t.p_adjusted between 0 and 1, true)
        or not coalesce(t.p_adjusted_global between 0 and 1, true)
    ) as n_p_outside,
    count(*) filter (
        where not isfinite(coalesce(t.estimate, 0)) or not isfinite(coalesce(t.statistic, 0))
        or not isfinite(coalesce(t.ci_low, 0)) or not isfinite(coalesce(t.ci_high, 0))
        or not isfinite(coalesce(t.effect_size, 0))
    ) as n_not_finite
from stats.fct_test_results as t
where t.study_id = $study_id
group by all
order by uid
"""

PLAN_SQL = """
with

planned as (select * from raw.plan where study_id = $study_id),

reportable as (
    select analyte_id from marts.dim_analytes where study_id = $study_id and is_reportable
),

-- a named analysis beside the release answers nothing
asked as (
    select p.analysis_id, p.contrast_id, p.primary_method, p.mode, r.analyte_id,
        s.primary_variant_id as variant_id
    from planned as p
    inner join raw.studies as s on p.study_id = s.study_id
    cross join reportable as r
    where p.kind not in ('outcome', 'odds_ratio', 'prediction')
),

answered as (
    select
        a.analysis_id,
        count(*) filter (
            where t.analyte_id is null or (t.p_value is null and coalesce(t.reason, '') = '')
        ) as n_silent
    from asked as a
    left join stats.fct_test_results as t
        on t.study_id = $study_id and a.analysis_id = t.analysis_id
        and a.contrast_id = t.contrast_id and a.primary_method = t.method
        and a.mode = t.mode and a.analyte_id = t.analyte_id and a.variant_id = t.variant_id
    group by a.analysis_id
),

-- one answer an analysis, of scores and classes of persons
answers as (
    select study_id, analysis_id, method, p_value, reason, 'outcome' as kind
    from stats.fct_outcome_tests
    union all
    select study_id, analysis_id, method, p_value, reason, 'odds_ratio' as kind
    from stats.fct_odds_ratios
),

of_persons as (
    select
        p.analysis_id,
        count(*) filter (
            where t.analysis_id is null or (t.p_value is null and coalesce(t.reason, '') = '')
        ) as n_silent
    from planned as p
    left join answers as t
        on t.study_id = $study_id and p.analysis_id = t.analysis_id
        and p.primary_method = t.method and p.kind = t.kind
    where p.kind in ('outcome', 'odds_ratio')
    group by p.analysis_id
),

-- every target alone, and a model or the reason why there is none
predictions as (
    select
        p.analysis_id,
        count(*) filter (
            where t.analyte_id is null or m.analysis_id is null
            or (t.p_value is null and coalesce(t.reason, '') = '')
            or (m.auc_cv is null and coalesce(m.reason, '') = '')
        ) as n_silent
    from planned as p
    cross join reportable as r
    left join stats.fct_predictions as t
        on t.study_id = $study_id and p.analysis_id = t.analysis_id
        and r.analyte_id = t.analyte_id
    left join stats.fct_prediction_models as m
        on m.study_id = $study_id and p.analysis_id = m.analysis_id
    where p.kind = 'prediction'
    group by p.analysis_id
)

select
    p.analysis_id as uid,
    coalesce(
        answered.n_silent, of_persons.n_silent, predictions.n_silent, 1
    ) as n_silent
from planned as p
left join answered on p.analysis_id = answered.analysis_id
left join of_persons on p.analysis_id = of_persons.analysis_id
left join predictions on p.analysis_id = predictions.analysis_id
order by p.analysis_id
"""
