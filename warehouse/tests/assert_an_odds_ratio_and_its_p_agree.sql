-- An interval that excludes 1 beside a p of 0.05 or more, or the other way round, is of another
-- test than the p.
select
    study_id,
    analysis_id,
    method,
    ci_low,
    ci_high,
    p_value
from {{ ref('fct_odds_ratios') }}
where not is_interval_consistent
