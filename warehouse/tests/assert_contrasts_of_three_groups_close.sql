-- A_vs_C minus B_vs_C is A_vs_B: where all three contrasts rest on the same samples, the
-- changes must add up, or a direction was turned round somewhere.
with

fold_changes as (select * from {{ ref('fct_fold_changes') }})

select
    direct.study_id,
    direct.contrast_id,
    direct.analyte_id,
    direct.change_log2fc,
    one.change_log2fc - two.change_log2fc as change_log2fc_by_way_of_third
from fold_changes as direct
inner join fold_changes as one
    on
        direct.study_id = one.study_id
        and direct.analyte_id = one.analyte_id
        and direct.variant_id = one.variant_id
        and direct.numerator_group = one.numerator_group
        and direct.n_numerator = one.n_numerator
inner join fold_changes as two
    on
        direct.study_id = two.study_id
        and direct.analyte_id = two.analyte_id
        and direct.variant_id = two.variant_id
        and direct.denominator_group = two.numerator_group
        and direct.n_denominator = two.n_numerator
        and one.denominator_group = two.denominator_group
        and one.n_denominator = two.n_denominator
where
    direct.denominator_group <> one.denominator_group
    and abs(direct.mean_numerator_log2 - one.mean_numerator_log2) < 1e-9
    and abs(direct.mean_denominator_log2 - two.mean_numerator_log2) < 1e-9
    and abs(
        direct.change_log2fc - (one.change_log2fc - two.change_log2fc)
    ) > 1e-9
