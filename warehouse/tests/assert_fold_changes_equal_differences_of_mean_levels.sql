-- The ratio, its signed form and the log2 change are three ways to say one thing.
with

fold_changes as (select * from {{ ref('fct_fold_changes') }})

select *
from fold_changes
where
    abs(change_log2fc - (mean_numerator_log2 - mean_denominator_log2)) > 1e-9
    or abs(log2(ratio_geometric) - change_log2fc) > 1e-9
    or abs(log2(abs(signed_fold_change)) - abs(change_log2fc)) > 1e-9
    or (signed_fold_change < 0) <> (change_log2fc < 0)
    or abs(signed_fold_change) < 1
