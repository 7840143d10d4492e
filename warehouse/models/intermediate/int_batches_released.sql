-- grain: study_id, batch_id
with

contents as (select * from {{ ref('stg_quality__batch_contents') }}),

runs as (select * from {{ ref('stg_quality__gate_runs') }}),

results as (select * from {{ ref('stg_quality__gate_results') }}),

acceptances as (select * from {{ ref('stg_quality__acceptances') }}),

picked_latest_run_of_this_content as (
    select
        contents.study_id,
        contents.batch_id,
        contents.content_hash,
        runs.gate_run_id,
        runs.verdict,
        runs.n_rules,
        runs.n_rules_evaluated
    from contents
    left join runs
        on
            contents.study_id = runs.study_id
            and contents.batch_id = runs.scope_id
            and contents.content_hash = runs.content_hash
            and runs.gate = 'batch'
    qualify
        row_number() over (
            partition by contents.study_id, contents.batch_id
            order by runs.ran_at desc, runs.gate_run_id asc
        ) = 1
),

found_first_release as (
    select
        study_id,
        scope_id as batch_id,
        min(ran_at) as first_released_at
    from runs
    where gate = 'batch' and verdict = 'released'
    group by all
),

found_acceptance as (
    select
        study_id,
        batch_id,
        min(first_accepted_at) as first_accepted_at
    from acceptances
    group by all
),

judged_rules as (
    select
        latest.study_id,
        latest.batch_id,
        results.rule_id,
        results.severity,
        acceptances.rule_id is not null as is_accepted
    from picked_latest_run_of_this_content as latest
    inner join results on latest.gate_run_id = results.gate_run_id
    left join acceptances
        on
            latest.study_id = acceptances.study_id
            and latest.batch_id = acceptances.batch_id
            and latest.content_hash = acceptances.content_hash
            and results.rule_id = acceptances.rule_id
    where results.outcome <> 'pass'
),

counted_failures as (
    select
        study_id,
        batch_id,
        count(*) as n_rules_failed,
        count(*) filter (where severity = 'integrity') as n_integrity_failed,
        count(*) filter (where severity = 'critical') as n_critical_failed,
        count(*) filter (where severity = 'critical' and is_accepted)
            as n_critical_accepted,
        {{ joined_text('rule_id') }} as failed_rules
    from judged_rules
    group by all
),

decided as (
    select
        latest.study_id,
        latest.batch_id,
        latest.content_hash,
        coalesce(failures.n_rules_failed, 0) as n_rules_failed,
        coalesce(failures.failed_rules, '') as failed_rules,
        case
            when latest.gate_run_id is null then 'pending'
            when latest.n_rules = 0 then 'held'
            when
                latest.verdict = 'released'
                and coalesce(failures.n_integrity_failed, 0) = 0
                and coalesce(failures.n_critical_failed, 0) = 0
                then 'released'
            when
                failures.n_integrity_failed = 0
                and failures.n_critical_failed > 0
                and failures.n_critical_accepted = failures.n_critical_failed
                then 'accepted'
            else 'held'
        end as gate_status
    from picked_latest_run_of_this_content as latest
    left join counted_failures as failures
        on
            latest.study_id = failures.study_id
            and latest.batch_id = failures.batch_id
),

listed as (
    select
        decided.study_id,
        decided.batch_id,
        decided.content_hash,
        decided.gate_status,
        decided.failed_rules,
        decided.n_rules_failed,
        coalesce(release.first_released_at, acceptance.first_accepted_at)
            as first_released_at,
        decided.gate_status in ('released', 'accepted') as is_released
    from decided
    left join found_first_release as release
        on
            decided.study_id = release.study_id
            and decided.batch_id = release.batch_id
    left join found_acceptance as acceptance
        on
            decided.study_id = acceptance.study_id
            and decided.batch_id = acceptance.batch_id
)

select * from listed
