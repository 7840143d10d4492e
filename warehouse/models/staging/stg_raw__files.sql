-- grain: study_id, role, file_sha256
with

files as (select * from {{ source('raw', 'files') }}),

renamed as (
    select
        study_id,
        role,
        file_sha256,
        slide_id,
        platform_id,
        n_rows_in,
        n_rows_loaded,
        n_rows_quarantined,
        n_rows_unchanged,
        load_id,
        loaded_at
    from files
)

select * from renamed
