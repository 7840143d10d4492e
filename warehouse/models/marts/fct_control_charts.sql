-- grain: study_id, array_id, control_id
with

arrays as (select * from {{ ref('int_arrays_scanned') }}),

batches as (select * from {{ ref('int_batches_released') }}),

reference_batches as (select * from {{ ref('int_reference_batches') }}),

replicates as (select * from {{ ref('int_replicates_averaged') }}),

variants as (select * from {{ ref('int_variants_selected') }}),

charted_bridges as (select * from {{ ref('int_bridges_charted') }}),

charted_controls as (
    select
        arrays.study_id,
        arrays.array_id,
        arrays.slide_id,
        arrays.block,
        arrays.batch_id,
        batches.first_released_at,
        replicates.target_id as control_id,
        case
            when replicates.target_kind = 'positive_control' then 'log2 afu'
            else 'afu'
        end as chart_unit,
        case
            when replicates.target_kind = 'positive_control'
                then {{ safe_log2('replicates.net_afu') }}
            else replicates.net_afu
        end as chart_value,
        coalesce(reference_batches.batch_id is not null, false) as is_reference
    from arrays
    inner join batches
        on
            arrays.study_id = batches.study_id
            and arrays.batch_id = batches.batch_id
            and batches.is_released
    inner join variants
        on
            arrays.study_id = variants.study_id
            and variants.is_primary_variant
    inner join replicates
        on
            arrays.study_id = replicates.study_id
            and arrays.array_id = replicates.array_id
            and variants.background_method = replicates.background_method
            and variants.replicate_rule = replicates.replicate_rule
    left join reference_batches
        on
            arrays.study_id = reference_batches.study_id
            and arrays.batch_id = reference_batches.batch_id
    where replicates.target_kind in ('positive_control', 'negative_control')
),

charted as (
    select * from charted_controls
    union all
    select
        study_id,
        array_id,
        slide_id,
        block,
        batch_id,
        first_released_at,
        control_id,
        chart_unit,
        chart_value,
        is_reference
    from charted_bridges
),

-- a standard deviation of fewer than the eight arrays of one slide is no limit
found_limits as (
    select
        study_id,
        control_id,
        {{ ordered_mean('chart_value', 'is_reference') }} as centre_value,
        {{ ordered_sd('chart_value', 'is_reference') }} as sd_value,
        count(chart_value) filter (where is_reference) as n_reference_arrays
    from charted
    group by all
),

scored as (
    select
        charted.*,
        limits.centre_value,
        limits.sd_value,
        limits.n_reference_arrays,
        case
            when limits.n_reference_arrays >= 8 and limits.sd_value > 0
                then (charted.chart_value - limits.centre_value) / limits.sd_value
        end as z_score
    from charted
    inner join found_limits as limits
        on
            charted.study_id = limits.study_id
            and charted.control_id = limits.control_id
),

numbered as (
    select
        *,
        row_number() over (
            partition by study_id, control_id
            order by
                first_released_at asc,
                batch_id asc,
                slide_id asc,
                block asc,
                array_id asc
        ) as run_order
    from scored
),

looked_back as (
    select
        *,
        lag(z_score) over runs as previous_z,
        lag(slide_id) over runs as previous_slide_id,
        min(z_score) over last_four as least_of_four,
        max(z_score) over last_four as most_of_four,
        count(z_score) over last_four as n_of_four,
        min(z_score) over last_ten as least_of_ten,
        max(z_score) over last_ten as most_of_ten,
        count(z_score) over last_ten as n_of_ten
    from numbered
    window
        runs as (partition by study_id, control_id order by run_order),
        last_four as (
            partition by study_id, control_id
            order by run_order rows between 3 preceding and current row
        ),
        last_ten as (
            partition by study_id, control_id
            order by run_order rows between 9 preceding and current row
        )
),

judged as (
    select
        study_id,
        array_id,
        control_id,
        slide_id,
        batch_id,
        run_order,
        is_reference,
        chart_value,
        chart_unit,
        centre_value,
        sd_value,
        n_reference_arrays,
        z_score,
        case
            when abs(z_score) > 3 then '1_3s'
            when
                abs(z_score) > 2 and abs(previous_z) > 2
                and sign(z_score) = sign(previous_z)
                then '2_2s'
            when slide_id = previous_slide_id and abs(z_score - previous_z) > 4
                then 'R_4s'
            when n_of_four = 4 and (least_of_four > 1 or most_of_four < -1) then '4_1s'
            when n_of_ten = 10 and (least_of_ten > 0 or most_of_ten < 0) then '10_x'
            when abs(z_score) > 2 then '1_2s'
            else ''
        end as westgard_rule,
        case
            when z_score is not null then ''
            when chart_value is null and chart_unit = 'log2 ratio'
                then 'no target of the serum is quantified'
            when chart_value is null then 'the control has no positive net signal'
            when n_reference_arrays < 8 and chart_unit = 'log2 ratio'
                then 'fewer than 8 measurements of the serum'
            when n_reference_arrays < 8
                then 'fewer than 8 arrays in the reference batches'
            else 'the reference arrays have no spread'
        end as z_reason
    from looked_back
)

select * from judged
