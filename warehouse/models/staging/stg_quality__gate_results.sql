-- grain: gate_run_id, rule_id
with

results as (select * from {{ source('quality', 'gate_results') }}),

renamed as (
    select
        study_id,
        gate_run_id,
        rule_id,
        gate,
        scope_id,
        rule_label,
        severity,
        outcome,
        observed,
        threshold,
        threshold_source,
        n_checked,
        n_failed,
        message
    from results
)

select * from renamed
