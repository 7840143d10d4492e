"""How much a typical target varies, from what is published of the study."""

from __future__ import annotations

from contracts import CytomartError
from stats.smallest import Spread
from store.home import Home
from store.read import open_published

#: Variances are pooled over the groups (or visits) within a target; the typical target is the
#: median one.
_SPREAD = """
with levels as (
    select m.analyte_id, s.group_code, s.patient_id, s.visit, s.visit_order, s.is_baseline,
        m.level_log2
    from marts.fct_measurements as m
    inner join marts.dim_samples as s on m.study_id = s.study_id and m.sample_id = s.sample_id
    where m.study_id = $study and m.is_primary_variant and m.level_log2 is not null
        and s.patient_id is not null
),
within_groups as (
    select analyte_id, group_code, count(*) - 1 as df, var_samp(level_log2) as variance
    from levels group by all having count(*) > 1
),
between_persons as (
    select analyte_id, sqrt(sum(df * variance) / sum(df)) as sd from within_groups group by all
),
changes as (
    select l.analyte_id, l.visit, l.level_log2 - b.level_log2 as change
    from levels as l
    inner join levels as b
        on l.analyte_id = b.analyte_id and l.patient_id = b.patient_id
        and b.is_baseline and l.visit_order > b.visit_order
),
within_visits as (
    select analyte_id, visit, count(*) - 1 as df, var_samp(change) as variance
    from changes group by all having count(*) > 1
),
within_persons as (
    select analyte_id, sqrt(sum(df * variance) / sum(df)) as sd from within_visits group by all
)
select (select median(sd) from between_persons), (select median(sd) from within_persons)
"""


def published_spread(home: Home, study_id: str) -> Spread:
    """Return the spread of the median target of the primary variant; unknown before publication."""
    if not home.published_path.exists():
        return Spread()
    try:
        con = open_published(home)
    except CytomartError:
        return Spread()
    try:
        between, change = con.execute(_SPREAD, {"study": study_id}).fetchall()[0]
    finally:
        con.close()
    return Spread(between, change)
