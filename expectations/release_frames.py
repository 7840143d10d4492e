"""Frames of a release: what stands in the built tables of one study, counted."""

from __future__ import annotations

#: Statuses whose batches go on into the marts.
_THROUGH = "('released', 'accepted')"

BATCHES_SQL = f"""
with

runs as (
    select r.scope_id as batch_id, r.gate_run_id, r.verdict, r.content_hash
    from quality.gate_runs as r
    inner join quality.batch_contents as c
        on r.study_id = c.study_id and r.scope_id = c.batch_id and r.content_hash = c.content_hash
    where r.study_id = $study_id and r.gate = 'batch'
    qualify row_number() over (
        partition by r.scope_id order by r.ran_at desc, r.gate_run_id asc
    ) = 1
),

accepted as (
    select r.batch_id
    from runs as r
    inner join quality.gate_results as g on r.gate_run_id = g.gate_run_id
    left join quality.acceptances as a
        on a.study_id = $study_id and r.batch_id = a.batch_id
            and g.rule_id = a.rule_id and r.content_hash = a.content_hash
    where g.outcome <> 'pass' and g.severity <> 'warning'
    group by r.batch_id
    having bool_and(g.severity = 'critical' and a.rule_id is not null)
),

should_be as (
    select
        c.batch_id,
        c.content_hash,
        case
            when r.verdict is null then 'pending'
            when r.verdict = 'released' then 'released'
            when a.batch_id is not null then 'accepted'
            else 'held'
        end as gate_status
    from quality.batch_contents as c
    left join runs as r on c.batch_id = r.batch_id
    left join accepted as a on c.batch_id = a.batch_id
    where c.study_id = $study_id
),

stands as (
    select d.batch_id, d.gate_status, b.content_hash
    from marts.dim_batches as d
    left join intermediate.int_batches_released as b
        on d.study_id = b.study_id and d.batch_id = b.batch_id
    where d.study_id = $study_id
)

select
    'study' as uid,
    count(*) as n_batches,
    count(*) filter (where stands.gate_status in {_THROUGH}) as n_through,
    count(*) filter (
        where should_be.gate_status is distinct from stands.gate_status
            or should_be.content_hash is distinct from stands.content_hash
    ) as n_stale
from should_be
full join stands on should_be.batch_id = stands.batch_id
"""

_THROUGH_COUNT = f"""
(
    select count(*) from marts.dim_batches
    where study_id = $study_id and gate_status in {_THROUGH}
)
"""

#: What the plan asks for.
PLANNED = """
planned as (
    select * from raw.plan where study_id = $study_id
),

contrasts as (
    select distinct contrast_id from planned where kind = 'contrast' and mode = 'correct'
)
"""

_RELATIONS: dict[str, tuple[tuple[str, ...], str]] = {
    # relation: natural key, condition under which it must hold rows
    "marts.dim_patients": (("patient_id",), "true"),
    "marts.dim_samples": (("sample_id",), "true"),
    "marts.dim_analytes": (("analyte_id",), "true"),
    "marts.dim_analyte_genes": (("analyte_id", "gene_symbol"), "false"),
    "marts.dim_arrays": (("array_id",), "has_spots"),
    "marts.dim_batches": (("batch_id",), "true"),
    "marts.dim_lots": (("lot",), "false"),
    "marts.dim_variants": (("variant_id",), "true"),
    "marts.dim_patient_attributes": (("patient_id", "attribute_id", "level"), "false"),
    "marts.fct_measurements": (("sample_id", "analyte_id", "variant_id"), "true"),
    "marts.fct_fold_changes": (("contrast_id", "analyte_id", "variant_id"), "has_contrasts"),
    "marts.fct_patient_fold_changes": (
        ("patient_id", "analyte_id", "visit", "variant_id"), "false",
    ),
    "marts.fct_outcomes": (("patient_id", "visit", "instrument_id", "site_id"), "has_outcomes"),
    "marts.fct_array_quality": (("array_id",), "has_spots"),
    "marts.fct_bridging_factors": (
        ("scope", "scope_id", "analyte_id", "variant_id"), "false",
    ),
    "marts.fct_control_charts": (("array_id", "control_id"), "false"),
    "marts.fct_sample_matches": (("sample_id", "other_visit"), "false"),
    "stats.fct_test_results": (
        ("analysis_id", "contrast_id", "analyte_id", "method", "stratum", "variant_id", "mode"),
        "has_tests",
    ),
    "stats.fct_variant_tests": (("contrast_id", "analyte_id", "variant_id"), "has_contrasts"),
    "stats.fct_clusterings": (("selection", "axis"), "has_tests"),
    "stats.fct_clusters": (("selection", "axis", "merge_number"), "false"),
    "stats.fct_cluster_leaves": (("selection", "axis", "item_id"), "has_tests"),
    "stats.fct_z_scores": (("selection", "sample_id", "analyte_id"), "false"),
    "stats.fct_principal_components": (
        ("selection", "component", "axis", "item_id"), "false",
    ),
    "stats.fct_prediction_models": (("analysis_id",), "has_predictions"),
    "stats.fct_predictions": (("analysis_id", "analyte_id"), "has_predictions"),
    "reporting.rpt_differential": (("contrast_id", "analyte_id"), "has_contrasts"),
    "reporting.rpt_variant_differential": (
        ("contrast_id", "analyte_id", "variant_id"), "has_contrasts",
    ),
    "reporting.rpt_robustness": (("contrast_id", "analyte_id"), "has_contrasts"),
    "reporting.rpt_reanalyses": (("analysis_name", "contrast_id", "analyte_id"), "false"),
}  # fmt: skip

RELATION_NAMES = tuple(_RELATIONS)


def _relation_sql(name: str) -> str:
    key, needed = _RELATIONS[name]
    return f"""
select '{name}' as uid, count(*) as n_rows,
    count(*) - count(distinct ({", ".join(key)}, 0)) as n_repeated,
    (select {needed} and n_through > 0 from needs)::integer as is_needed
from {name} where study_id = $study_id
"""


RELATIONS_SQL = f"""
with {PLANNED},

needs as (
    select
        {_THROUGH_COUNT} as n_through,
        exists (select 1 from contrasts) as has_contrasts,
        exists (
            select 1 from planned where kind not in ('outcome', 'odds_ratio', 'prediction')
        ) as has_tests,
        exists (select 1 from planned where kind = 'prediction') as has_predictions,
        exists (
            select 1 from raw.scans as s
            inner join marts.dim_samples as m
                on s.study_id = m.study_id and s.slide_id = m.slide_id
            where s.study_id = $study_id
        ) as has_spots,
        exists (
            select 1 from raw.assessments as a
            inner join marts.dim_samples as m
                on a.study_id = m.study_id and a.patient_id = m.patient_id
            where a.study_id = $study_id
        ) as has_outcomes
),

counted as ({"union all".join(_relation_sql(name) for name in RELATION_NAMES)})

select
    uid,
    n_rows,
    n_repeated,
    (is_needed = 1 and n_rows = 0)::integer as is_empty_but_needed
from counted
order by uid
"""

MEASUREMENTS_SQL = """
with

sizes as (
    select
        (select count(*) from marts.dim_samples where study_id = $study_id) as n_samples,
        (select count(*) from marts.dim_analytes where study_id = $study_id) as n_analytes
)

select
    m.variant_id as uid,
    count(*) as n_rows,
    abs(count(*) - any_value(sizes.n_samples) * any_value(sizes.n_analytes)) as n_off,
    count(*) filter (where not isfinite(m.level_log2)) as n_not_finite,
    count(*) filter (
        where m.level_log2 is null and coalesce(m.level_reason, '') = ''
    ) as n_unexplained
from marts.fct_measurements as m
cross join sizes
where m.study_id = $study_id
group by m.variant_id
order by m.variant_id
"""

MATCHES_SQL = """
select
    'study' as uid,
    count(*) as n_rows,
    count(exchanged_sample_id) as n_exchanged
from marts.fct_sample_matches
where study_id = $study_id
"""

ARRAYS_APART_SQL = """
select
    'study' as uid,
    count(outlier_verdict) as n_rows,
    count(*) filter (where outlier_verdict = 'apart' and not is_excluded) as n_apart
from marts.fct_array_quality
where study_id = $study_id
"""

GROUPS_SQL = """
with

samples as (
    select distinct group_code, batch_id from marts.dim_samples where study_id = $study_id
),

contrasts as (
    select distinct numerator_group, denominator_group
    from raw.plan
    where study_id = $study_id and kind = 'contrast' and grouping = 'group_code'
),

judged as (
    select
        c.numerator_group,
        exists (
            select 1 from samples as n
            inner join samples as d on n.batch_id = d.batch_id
            where n.group_code = c.numerator_group and d.group_code = c.denominator_group
        ) as is_shared
    from contrasts as c
    where c.numerator_group in (select group_code from samples)
        and c.denominator_group in (select group_code from samples)
)

select
    'plan' as uid,
    count(*) as n_contrasts,
    count(*) filter (where not is_shared) as n_confounded
from judged
"""
