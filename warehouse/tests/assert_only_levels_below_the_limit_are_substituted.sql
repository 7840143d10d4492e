-- A level is LOD / sqrt(2) only below the limit and by that policy; every other is as measured.
select *
from {{ ref('fct_measurements') }}
where
    (
        is_lod_substituted
        and (
            below_lod_policy <> 'lod_sqrt2'
            or measurement_class <> 'below_lod'
            or value is null
            or lod_afu is null
            or abs(value * sqrt(2e0) / lod_afu - 1) > 1e-9
        )
    )
    or (
        not is_lod_substituted
        and array_id is not null
        and (
            (value is null) <> (normalised_afu is null)
            or value <> normalised_afu
        )
    )
