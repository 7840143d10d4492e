-- grain: gate_run_id
with

runs as (select * from {{ source('quality', 'gate_runs') }}),

renamed as (
    select
        study_id,
        gate_run_id,
        gate,
        scope_id,
        content_hash,
        n_rules,
        n_rules_evaluated,
        n_rules_failed,
        verdict,
        ran_at
    from runs
)

select * from renamed
