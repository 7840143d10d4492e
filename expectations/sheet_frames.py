"""Frames of a batch's sheets: samples, persons, scores, set-aside rows, design, own thresholds.

Columns taken from persons are counts and yes-or-no marks, so that no score and no age ever
enters a frame.
"""

from __future__ import annotations

#: What a batch's frames call the rows of a sheet, and the sheet.
_SHEETS = {"all_samples": "samples", "all_patients": "patients", "all_scores": "assessments",
           "all_doses": "analgesics"}  # fmt: skip


def _not_set_aside(name: str, sheet: str) -> str:
    return f"""\
{name} as (
    select own.*
    from raw.{sheet} as own
    anti join (select * from set_aside where role = '{sheet}') as q
        on own.file_sha256 = q.file_sha256 and own.source_line = q.source_line
    where own.study_id = $study_id
),

"""


_BATCH = """
study as (select * from raw.studies where study_id = $study_id),

set_aside as (
    select distinct role, file_sha256, source_line
    from quality.quarantine
    where study_id = $study_id and (is_open or state = 'withdrawn')
),

"""
_BATCH += "".join(_not_set_aside(*each) for each in _SHEETS.items())
_BATCH += """batch_samples as (select * from all_samples where batch_id = $batch_id),

serum_samples as (select * from batch_samples where group_code <> 'empty'),

persons as (
    select * from all_patients where patient_id in (select patient_id from serum_samples)
),

ranges as (
    select instrument_id, score_min, score_max
    from raw.study_instruments
    where study_id = $study_id
    union all
    select instrument_id, score_min, score_max
    from shipped_instruments
    where instrument_id not in (
        select instrument_id from raw.study_instruments where study_id = $study_id
    )
)
"""

SAMPLES_SQL = f"""
with {_BATCH},

same_id as (select sample_id, count(*) as n from all_samples group by sample_id),

same_visit as (
    select patient_id, visit, count(*) as n
    from all_samples
    where group_code <> 'empty' and patient_id is not null
    group by all
),

known as (
    select patient_id, count(*) as n, any_value(cohort) as cohort
    from all_patients
    group by patient_id
)

select
    s.sample_id as uid,
    same_id.n as n_same_id,
    coalesce(same_visit.n, 1) as n_same_visit,
    -- a bridge sample belongs to nobody: it repeats the serum that it names
    case when s.group_code = 'bridge' then 1 else coalesce(known.n, 0) end as n_patients,
    case
        when s.group_code = 'bridge'
            then (s.bridge_id is null or s.patient_id is not null or s.visit is not null)
        else g.group_code is null
            or s.visit is distinct from g.visit
            or coalesce(known.cohort <> g.cohort, false)
    end::integer as n_conflicts
from serum_samples as s
inner join same_id on s.sample_id = same_id.sample_id
left join same_visit on s.patient_id = same_visit.patient_id and s.visit = same_visit.visit
left join known on s.patient_id = known.patient_id
left join raw.study_groups as g
    on s.study_id = g.study_id and s.group_code = g.group_code
order by s.sample_id
"""

PERSONS_SQL = f"""
with {_BATCH},

assessed_cohorts as (
    select distinct p.cohort
    from all_scores as a
    inner join all_patients as p on a.patient_id = p.patient_id
),

at_baseline as (
    select distinct a.patient_id
    from all_scores as a
    inner join study on a.visit = study.baseline_visit
    where a.score is not null
)

select
    p.patient_id as uid,
    (not coalesce(p.age_years between r.score_min and r.score_max, true))::integer as n_age_outside,
    (c.cohort is not null and b.patient_id is null)::integer as n_without_baseline
from persons as p
left join ranges as r on r.instrument_id = 'age_years'
left join assessed_cohorts as c on p.cohort = c.cohort
left join at_baseline as b on p.patient_id = b.patient_id
order by p.patient_id
"""

SCORES_SQL = f"""
with {_BATCH},

scores as (
    select a.instrument_id, a.score, r.instrument_id is not null as is_known,
        r.score_min, r.score_max
    from all_scores as a
    left join ranges as r on a.instrument_id = r.instrument_id
    where a.patient_id in (select patient_id from persons)
)

select
    'batch' as uid,
    count(*) as n_scores,
    count(*) filter (where not is_known) as n_unknown,
    count(*) filter (
        where is_known and not coalesce(score between score_min and score_max, true)
    ) as n_outside
from scores
"""

SET_ASIDE_SQL = f"""
with {_BATCH},

open_rows as (
    select distinct
        case when q.role = 'slide' then 'scans' else 'sheets' end as kind,
        q.file_sha256,
        q.source_line,
        -- of a line of values every cell is a row of its own
        case when study.array_unit = 'well' and q.role = 'slide' then q.column_name end as cell,
        q.batch_id is not null or q.slide_id is not null as is_placed,
        coalesce(q.batch_id = $batch_id, false)
            or coalesce(q.slide_id in (select slide_id from batch_samples), false) as is_here
    from quality.quarantine as q
    inner join study on q.study_id = study.study_id
    -- rows set aside only because of another row (their person's, another drug's) count once
    where q.study_id = $study_id and q.is_open
        and q.rule_id not in ('patient_aside', 'dose_aside')
),

loaded as (
    select 'scans' as kind, s.batch_id = $batch_id as is_here, sum(s.n_spots) as n
    from raw.scans as s
    inner join study on s.study_id = study.study_id
    where s.channel_nm = coalesce(study.channel_nm, s.channel_nm)
    group by all
    union all
    select 'scans', batch_id = $batch_id, count(*)
    from raw."values" where study_id = $study_id group by all
    union all
    select 'sheets', batch_id = $batch_id, count(*) from all_samples group by all
    union all
    select 'sheets', patient_id in (select patient_id from persons), count(*)
    from all_patients group by all
    union all
    select 'sheets', patient_id in (select patient_id from persons), count(*)
    from all_scores group by all
    union all
    select 'sheets', patient_id in (select patient_id from persons), count(*)
    from all_doses group by all
),

loaded_counts as (
    select kind, sum(n) as n_study, coalesce(sum(n) filter (where is_here), 0) as n_batch
    from loaded group by kind
),

-- rows that name no batch are weighed against the whole study's rows
aside_counts as (
    select
        kind,
        count(*) filter (where is_placed and is_here) as n_batch,
        count(*) filter (where not is_placed) as n_study
    from open_rows group by kind
)

select
    kinds.kind || ' of ' || scopes.scope as uid,
    case when scopes.scope = 'this batch' then coalesce(a.n_batch, 0)
        else coalesce(a.n_study, 0) end as n_aside,
    case when scopes.scope = 'this batch' then coalesce(l.n_batch, 0)
        else coalesce(l.n_study, 0) end as n_loaded,
    case when n_aside = 0 then 0 else n_aside / (n_loaded + n_aside) end as set_aside_frac
from (values ('scans'), ('sheets')) as kinds (kind)
cross join (values ('this batch'), ('no known batch')) as scopes (scope)
left join loaded_counts as l on kinds.kind = l.kind
left join aside_counts as a on kinds.kind = a.kind
order by uid
"""

DESIGN_SQL = f"""
with {_BATCH},

contrasts as (
    select distinct numerator_group, denominator_group
    from raw.plan
    where study_id = $study_id and kind = 'contrast' and grouping = 'group_code'
        and numerator_group is not null and denominator_group is not null
),

-- a whole-slide array is its own slide: slide and sample cannot be told apart there
present as (
    select distinct s.group_code, s.slide_id
    from serum_samples as s
    inner join study on s.study_id = study.study_id
    where (study.array_unit = 'block' and s.block is not null) or study.array_unit = 'well'
),

judged as (
    select
        c.numerator_group,
        c.denominator_group,
        exists (
            select 1 from present as n
            inner join present as d on n.slide_id = d.slide_id
            where n.group_code = c.numerator_group and d.group_code = c.denominator_group
        ) as is_shared
    from contrasts as c
    where c.numerator_group in (select group_code from present)
        and c.denominator_group in (select group_code from present)
)

select
    'plan' as uid,
    count(*) as n_contrasts,
    count(*) filter (where not is_shared) as n_confounded
from judged
"""
