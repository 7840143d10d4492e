-- grain: study_id, batch_id, rule_id, content_hash
with

acceptances as (select * from {{ source('quality', 'acceptances') }}),

merged_repeats as (
    select
        study_id,
        batch_id,
        rule_id,
        content_hash,
        min(accepted_at) as first_accepted_at
    from acceptances
    group by all
)

select * from merged_repeats
