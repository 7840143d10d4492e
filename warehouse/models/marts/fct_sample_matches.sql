-- grain: study_id, sample_id, other_visit
with

measurements as (select * from {{ ref('fct_measurements') }}),

samples as (select * from {{ ref('dim_samples') }}),

kept_samples as (
    select
        study_id,
        sample_id,
        patient_id,
        visit,
        batch_id
    from samples
    where not is_excluded and patient_id is not null
),

counted_visits as (
    select
        study_id,
        patient_id,
        count(distinct visit) as n_visits
    from kept_samples
    group by all
),

repeated_samples as (
    select kept_samples.*
    from kept_samples
    inner join counted_visits as visits
        on
            kept_samples.study_id = visits.study_id
            and kept_samples.patient_id = visits.patient_id
            and visits.n_visits > 1
),

levels as (
    select
        samples.study_id,
        samples.sample_id,
        samples.visit,
        measurements.analyte_id,
        measurements.level_log2
    from measurements
    inner join repeated_samples as samples
        on
            measurements.study_id = samples.study_id
            and measurements.sample_id = samples.sample_id
    where measurements.is_primary_variant and measurements.level_log2 is not null
),

usual_levels as (
    select
        study_id,
        visit,
        analyte_id,
        {{ ordered_mean('level_log2') }} as mean_log2,
        {{ ordered_sd('level_log2') }} as sd_log2
    from levels
    group by all
),

standardised as (
    select
        levels.study_id,
        levels.sample_id,
        levels.analyte_id,
        cast(
            round(1e4 * (levels.level_log2 - usual.mean_log2) / usual.sd_log2) as bigint
        ) as z_score_e4
    from levels
    inner join usual_levels as usual
        on
            levels.study_id = usual.study_id
            and levels.visit = usual.visit
            and levels.analyte_id = usual.analyte_id
    where usual.sd_log2 > 0
),

person_batches as (
    select distinct
        study_id,
        patient_id,
        batch_id
    from repeated_samples
),

batch_sizes as (
    select
        study_id,
        batch_id,
        count(*) as n_persons
    from person_batches
    group by all
),

-- everybody is compared with everybody of a shared batch: 200 persons are 40,000 pairs
near_persons as (
    select distinct
        mine.study_id,
        mine.patient_id,
        theirs.patient_id as other_patient_id
    from person_batches as mine
    inner join batch_sizes as sizes
        on
            mine.study_id = sizes.study_id
            and mine.batch_id = sizes.batch_id
            and sizes.n_persons <= 200
    inner join person_batches as theirs
        on
            mine.study_id = theirs.study_id
            and mine.batch_id = theirs.batch_id
),

candidates as (
    select
        mine.study_id,
        mine.sample_id,
        mine.patient_id,
        mine.visit,
        theirs.sample_id as other_sample_id,
        theirs.patient_id as other_patient_id,
        theirs.visit as other_visit
    from repeated_samples as mine
    inner join near_persons as near
        on
            mine.study_id = near.study_id
            and mine.patient_id = near.patient_id
    inner join repeated_samples as theirs
        on
            near.study_id = theirs.study_id
            and near.other_patient_id = theirs.patient_id
            and mine.visit <> theirs.visit
),

compared as (
    select
        candidates.study_id,
        candidates.sample_id,
        candidates.patient_id,
        candidates.visit,
        candidates.other_sample_id,
        candidates.other_patient_id,
        candidates.other_visit,
        count(*) as n_analytes,
        {{ correlation('mine.z_score_e4', 'theirs.z_score_e4') }} as similarity
    from candidates
    inner join standardised as mine
        on
            candidates.study_id = mine.study_id
            and candidates.sample_id = mine.sample_id
    inner join standardised as theirs
        on
            candidates.study_id = theirs.study_id
            and candidates.other_sample_id = theirs.sample_id
            and mine.analyte_id = theirs.analyte_id
    group by all
),

-- a correlation over fewer than ten targets is chance
judgeable as (
    select *
    from compared
    where n_analytes >= 10 and similarity is not null
),

own_similarities as (
    select
        study_id,
        sample_id,
        other_visit,
        max(similarity) as own_similarity
    from judgeable
    where patient_id = other_patient_id
    group by all
),

best_matches as (
    select *
    from judgeable
    qualify
        row_number() over (
            partition by study_id, sample_id, other_visit
            order by similarity desc, other_sample_id asc
        ) = 1
),

listed_visits as (
    select distinct
        mine.study_id,
        mine.sample_id,
        mine.patient_id,
        mine.visit,
        theirs.visit as other_visit
    from repeated_samples as mine
    inner join repeated_samples as theirs
        on
            mine.study_id = theirs.study_id
            and mine.patient_id = theirs.patient_id
            and mine.visit <> theirs.visit
),

matched as (
    select
        listed.study_id,
        listed.sample_id,
        listed.patient_id,
        listed.visit,
        listed.other_visit,
        own.own_similarity,
        best.other_sample_id as best_sample_id,
        best.other_patient_id as best_patient_id,
        best.similarity as best_similarity,
        coalesce(best.n_analytes, 0) as n_analytes,
        coalesce(
            best.other_patient_id <> listed.patient_id
            and best.similarity > own.own_similarity,
            false
        ) as is_unlike_own
    from listed_visits as listed
    left join own_similarities as own
        on
            listed.study_id = own.study_id
            and listed.sample_id = own.sample_id
            and listed.other_visit = own.other_visit
    left join best_matches as best
        on
            listed.study_id = best.study_id
            and listed.sample_id = best.sample_id
            and listed.other_visit = best.other_visit
),

found_exchanges as (
    select
        one.study_id,
        one.sample_id,
        one.other_visit,
        min(two.sample_id) as exchanged_sample_id
    from matched as one
    inner join matched as two
        on
            one.study_id = two.study_id
            and one.visit = two.visit
            and one.other_visit = two.other_visit
            and one.best_patient_id = two.patient_id
            and one.patient_id = two.best_patient_id
            and one.is_unlike_own
            and two.is_unlike_own
    group by all
),

explained as (
    select
        matched.study_id,
        matched.sample_id,
        matched.patient_id,
        matched.visit,
        matched.other_visit,
        matched.n_analytes,
        matched.own_similarity,
        matched.best_sample_id,
        matched.best_similarity,
        matched.is_unlike_own,
        exchanges.exchanged_sample_id,
        case
            when matched.own_similarity is not null then ''
            when matched.best_similarity is not null
                then 'fewer than 10 targets shared with the own sample'
            else
                'fewer than 10 targets shared, no spread, or over 200 persons a batch'
        end as match_reason
    from matched
    left join found_exchanges as exchanges
        on
            matched.study_id = exchanges.study_id
            and matched.sample_id = exchanges.sample_id
            and matched.other_visit = exchanges.other_visit
)

select * from explained
