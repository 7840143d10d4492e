-- 70 samples and 80 targets must give 5600 rows, whatever happened to the spots.
with

samples as (select * from {{ ref('dim_samples') }}),

analytes as (select * from {{ ref('dim_analytes') }}),

measurements as (select * from {{ ref('fct_measurements') }}),

expected as (
    select
        samples.study_id,
        samples.sample_id,
        analytes.analyte_id
    from samples
    inner join analytes on samples.study_id = analytes.study_id
),

counted as (
    select
        study_id,
        sample_id,
        analyte_id,
        count(*) as n_primary
    from measurements
    where is_primary_variant
    group by all
)

select
    expected.study_id,
    expected.sample_id,
    expected.analyte_id,
    counted.n_primary
from expected
full join counted
    on
        expected.study_id = counted.study_id
        and expected.sample_id = counted.sample_id
        and expected.analyte_id = counted.analyte_id
where expected.study_id is null or coalesce(counted.n_primary, 0) <> 1
