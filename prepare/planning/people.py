"""Whose samples and scores there are, as the statistics will see them, before anything is loaded.

The columns are those of `marts.dim_samples`, `intermediate.int_samples_classified`,
`intermediate.int_samples_quantified`, `intermediate.int_columns_declared`, `marts.fct_outcomes`
and `marts.dim_patients`; a test compares them with the built ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pyarrow as pa
from duckdb import DuckDBPyConnection

from contracts.pain import RESPONSE_CLASSES
from contracts.plans import AGE_CLASSES, AGE_CUT
from contracts.quality import EXCLUSIONS
from ingest.load import look_at_tables
from ingest.load_report import LoadReport
from prepare.check.against import standing_of
from prepare.planning.responses import patients_responded
from stats.design import Sheet, read_sheet
from stats.tables import described_patients, described_samples
from store.home import Home

_SAMPLES = """
with first_days as (
    select s.patient_id, min(s.collected_on) as baseline_on
    from raw.samples as s
    inner join raw.studies as d on s.study_id = d.study_id and s.visit = d.baseline_visit
    where s.study_id = $study and s.patient_id is not null group by all
),
decided as (
    select scope, scope_key, is_excluded from quality.exclusions where study_id = $study
    qualify row_number() over (partition by scope, scope_key order by recorded_at desc) = 1
),
out_of_it as (select scope, scope_key from decided where is_excluded)
select s.study_id, s.sample_id, s.patient_id, p.cohort, s.visit, v.visit_order, s.group_code,
    s.slide_id, s.batch_id, s.lot,
    date_diff('day', f.baseline_on, s.collected_on) as collected_day, s.total_protein_mg_ml,
    coalesce(v.is_baseline, false) as is_baseline,
    coalesce(v.is_follow_up, false) as is_follow_up
from raw.samples as s
left join raw.patients as p on s.study_id = p.study_id and s.patient_id = p.patient_id
left join stg_raw__visits as v on s.study_id = v.study_id and s.visit = v.visit
left join first_days as f on s.patient_id = f.patient_id
where s.study_id = $study and s.patient_id is not null and not exists (
    select 1 from out_of_it as o
    where (o.scope = 'sample' and o.scope_key = s.sample_id)
        or (o.scope = 'patient' and o.scope_key = s.patient_id)
        or (o.scope = 'array' and o.scope_key = case when s.block is null then s.slide_id
            else s.slide_id || '/B' || s.block end)
)
order by s.sample_id
"""
_CLASSES = f"""
with people as (
    select s.study_id, s.sample_id, p.* exclude (study_id)
    from raw.samples as s
    inner join raw.patients as p on s.study_id = p.study_id and s.patient_id = p.patient_id
    where s.study_id = $study
)
select study_id, sample_id, 'centre_id' as grouping, nullif(centre_id, '') as class_value
from people
union all select study_id, sample_id, 'sex', sex from people
union all select study_id, sample_id, 'age_class',
    case when age_years < {AGE_CUT} then '{AGE_CLASSES[0]}' else '{AGE_CLASSES[1]}' end
from people where age_years is not null
union all select p.study_id, p.sample_id, a.attribute_id,
    trim(unnest(string_split(a.attribute_text, '|')))
from people as p
inner join raw.patient_attributes as a
    on p.study_id = a.study_id and p.patient_id = a.patient_id
where a.attribute_text is not null
"""
_QUANTITIES = """
select s.study_id, s.sample_id, 'age_years' as quantity,
    least(p.age_years, 90)::double as quantity_value
from raw.samples as s
inner join raw.patients as p on s.study_id = p.study_id and s.patient_id = p.patient_id
where s.study_id = $study and p.age_years is not null
union all
select s.study_id, s.sample_id, m.measure_id, m.measure_value
from raw.samples as s
inner join raw.patient_measures as m on s.study_id = m.study_id and s.patient_id = m.patient_id
where s.study_id = $study and m.measure_value is not null
union all
select study_id, sample_id, measure_id, measure_value
from raw.sample_measures where study_id = $study and measure_value is not null
"""
_DECLARED = f"""
select study_id, unnest(['cohort', 'centre_id', 'sex', 'age_class']) as column_name,
    false as is_number
from raw.studies where study_id = $study
union all select study_id, 'age_years', true from raw.studies where study_id = $study
union all select distinct study_id, attribute_id, false from raw.study_attributes
where study_id = $study
union all select study_id, measure_id, true from raw.study_measures where study_id = $study
union all select study_id, unnest({list(RESPONSE_CLASSES)}) || '@' || visit, false
from stg_raw__visits where study_id = $study and is_follow_up
"""
_OUTCOMES = """
select a.study_id, a.patient_id, p.cohort, a.visit, a.instrument_id, a.site_id,
    a.score::double as score, b.score::double as baseline_score,
    a.visit = d.baseline_visit as is_baseline,
    coalesce(v.is_follow_up, false) as is_follow_up
from raw.assessments as a
inner join raw.patients as p on a.study_id = p.study_id and a.patient_id = p.patient_id
inner join raw.studies as d on a.study_id = d.study_id
left join stg_raw__visits as v on a.study_id = v.study_id and a.visit = v.visit
left join raw.assessments as b
    on a.study_id = b.study_id and a.patient_id = b.patient_id
    and a.instrument_id = b.instrument_id and a.site_id = b.site_id
    and b.visit = d.baseline_visit
where a.study_id = $study
"""
_PATIENTS = """
select study_id, patient_id, cohort, nullif(centre_id, '') as centre_id, sex, age_years
from raw.patients where study_id = $study
"""
_ATTRIBUTES = """
select study_id, patient_id, attribute_id, trim(unnest(string_split(attribute_text, '|'))) as level
from raw.patient_attributes where study_id = $study and attribute_text is not null
"""
_TARGETS = """
select count(*) from raw.panel_targets where study_id = $study and target_kind = 'analyte'
"""


@dataclass(frozen=True)
class People:
    """Samples, scores and persons of a study folder.

    Parameters
    ----------
    samples : columns of described `marts.dim_samples`
    outcomes, patients : columns of `marts.fct_outcomes` and of described `marts.dim_patients`
    n_targets : analytes of the panel; 0 where it is not known yet
    report : what a load of the tables would do
    """

    samples: pa.Table
    outcomes: pa.Table
    patients: pa.Table
    n_targets: int
    report: LoadReport

    @cached_property
    def sheet(self) -> Sheet:
        """The samples as the statistics read them."""
        return read_sheet(self.samples)


def people_of(home: Home, folder: Path, study_id: str, *, today: date | None = None) -> People:
    """Return whose samples and scores a load of the folder's tables would leave.

    What stands in the home counts too; nothing is changed.

    Raises
    ------
    CytomartError
        No study folder, a study.toml that cannot be used, or another writer is at work.
    """
    seen: list[tuple[pa.Table, pa.Table, pa.Table, int]] = []
    con = standing_of(home, study_id, also=(EXCLUSIONS,))
    try:
        report = look_at_tables(
            home, con, folder, lambda at: seen.append(_look(at, study_id)), today=today
        )
    finally:
        con.close()
    return People(*seen[0], report)


def _look(con: DuckDBPyConnection, study_id: str) -> tuple[pa.Table, pa.Table, pa.Table, int]:
    def table(query: str) -> pa.Table:
        return con.execute(query, {"study": study_id}).to_arrow_table()

    responded = patients_responded(con, study_id)
    declared = table(_DECLARED)
    classes = pa.concat_tables([table(_CLASSES), _of_samples(con, responded)])
    samples = described_samples(table(_SAMPLES), classes, table(_QUANTITIES), declared)
    patients = described_patients(table(_PATIENTS), table(_ATTRIBUTES), declared, responded)
    n_targets = table(_TARGETS).column(0)[0].as_py()
    return samples, table(_OUTCOMES), patients, int(n_targets)


def _of_samples(at: DuckDBPyConnection, responded: pa.Table) -> pa.Table:
    """Return the classes of persons as classes of their samples."""
    at.register("_responded", responded)
    return at.execute(
        """
        select s.study_id, s.sample_id, r.attribute_id as grouping, r.level as class_value
        from raw.samples as s
        inner join _responded as r on s.study_id = r.study_id and s.patient_id = r.patient_id
        """
    ).to_arrow_table()
