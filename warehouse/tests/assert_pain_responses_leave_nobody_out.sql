-- Whoever was asked about pain is counted once: judged, of unknown dose, or not evaluable.
with

summaries as (select * from {{ ref('rpt_pain_responses') }})

select *
from summaries
where
    n_complete + n_partial + n_progression + n_indeterminate + n_gap + n_dose_unknown
    + n_no_baseline + n_low_baseline + n_reirradiated + n_no_follow_up
    <> n
    or n_complete + n_partial <> n_responders
    or n_complete + n_partial + n_progression + n_indeterminate + n_gap <> n_evaluable
