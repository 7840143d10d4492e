-- grain: study_id, file_sha256, source_line, sample_id, target_name, quantity
with

measured_values as (select * from {{ source('raw', 'values') }}),

quarantine as (select * from {{ ref('stg_quality__quarantine') }}),

dropped_quarantined as (
    select measured_values.*
    from measured_values
    left join quarantine
        on
            measured_values.study_id = quarantine.study_id
            and measured_values.file_sha256 = quarantine.file_sha256
            and measured_values.source_line = quarantine.source_line
            and quarantine.role = 'slide'
    where quarantine.source_line is null
),

renamed as (
    select
        study_id,
        file_sha256,
        source_line,
        sample_id,
        target_name,
        quantity,
        platform_id,
        batch_id,
        value as reading,
        value_unit as reading_unit,
        scale,
        qualifier,
        qc_flag
    from dropped_quarantined
)

select * from renamed
