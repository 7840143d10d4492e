-- grain: study_id, file_sha256, source_line, sample_id, scanner_target_name, quantity
with

-- a line holds many values; a cell in quarantine was not stored, its neighbours were
measured_values as (select * from {{ source('raw', 'values') }}),

renamed as (
    select
        study_id,
        file_sha256,
        source_line,
        sample_id,
        target_name as scanner_target_name,
        target_id as scanner_target_id,
        quantity,
        platform_id,
        batch_id,
        value as reading,
        value_unit as reading_unit,
        scale,
        qualifier,
        qc_flag,
        lod
    from measured_values
)

select * from renamed
