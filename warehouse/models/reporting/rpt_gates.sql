-- grain: study_id, gate, scope_id, rule_id
with

runs as (select * from {{ ref('stg_quality__gate_runs') }}),

results as (select * from {{ ref('stg_quality__gate_results') }}),

acceptances as (select * from {{ ref('stg_quality__acceptances') }}),

picked_latest as (
    select *
    from runs
    qualify
        row_number() over (
            partition by study_id, gate, scope_id
            order by ran_at desc, gate_run_id asc
        ) = 1
),

described as (
    select
        latest.study_id,
        latest.gate,
        latest.scope_id,
        results.rule_id,
        results.rule_label,
        results.severity,
        results.outcome,
        results.observed,
        results.threshold,
        results.threshold_source,
        results.message,
        latest.ran_at,
        acceptances.rule_id is not null as is_accepted
    from picked_latest as latest
    inner join results
        on
            latest.study_id = results.study_id
            and latest.gate_run_id = results.gate_run_id
    left join acceptances
        on
            latest.study_id = acceptances.study_id
            and latest.scope_id = acceptances.batch_id
            and latest.content_hash = acceptances.content_hash
            and results.rule_id = acceptances.rule_id
            and latest.gate = 'batch'
)

select * from described
