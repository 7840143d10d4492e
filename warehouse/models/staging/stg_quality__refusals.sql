-- grain: study_id, load_id, file_sha256, problem_number
with

refusals as (select * from {{ source('quality', 'refusals') }}),

renamed as (
    select
        study_id,
        load_id,
        file_sha256,
        problem_number,
        role,
        slide_id,
        rule_id,
        reason,
        n_rows_in,
        refused_at
    from refusals
)

select * from renamed
