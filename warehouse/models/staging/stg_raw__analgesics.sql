-- grain: study_id, patient_id, visit, drug, route
with

analgesics as (select * from {{ source('raw', 'analgesics') }}),

quarantine as (select * from {{ ref('stg_quality__quarantine') }}),

dropped_quarantined as (
    select
        analgesics.study_id,
        analgesics.patient_id,
        analgesics.visit,
        analgesics.drug,
        analgesics.route,
        analgesics.dose,
        analgesics.dose_unit
    from analgesics
    left join quarantine
        on
            analgesics.study_id = quarantine.study_id
            and analgesics.file_sha256 = quarantine.file_sha256
            and analgesics.source_line = quarantine.source_line
            and quarantine.role = 'analgesics'
    where quarantine.source_line is null
)

select * from dropped_quarantined
