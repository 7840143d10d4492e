"""Frame of a study's design: what else differs between the arms of each planned contrast.

Only one figure a contrast leaves this file: an association, a share or a standardised difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from expectations.exact_test import cramers_v, exact_p

#: An association counts where chance alone gives one like it less often than this.
ALPHA = 0.01
#: Where a sample stands or comes from, beside the column of the plan that would be the same.
_PLACES = {"slide": "slide_id", "lot": "lot", "date": "", "centre": "centre_id"}

_ARMS_SQL = """
with

contrasts as (
    select distinct contrast_id, "grouping", pairing
    from raw.plan
    where study_id = $study_id and kind = 'contrast' and mode = 'correct'
),

days as (
    select f.slide_id, left(min(h.header_text), 10) as scanned_on
    from raw.scan_headers as h
    inner join raw.files as f
        on h.study_id = f.study_id and h.file_sha256 = f.file_sha256 and f.role = 'slide'
    where h.study_id = $study_id and h.header_key = 'DateTime'
    group by f.slide_id
)

select
    c.contrast_id,
    c."grouping",
    c.pairing,
    a.arm,
    s.patient_id,
    s.slide_id as slide,
    nullif(s.lot, '') as lot,
    d.scanned_on as date,
    nullif(p.centre_id, '') as centre,
    p.age_years,
    case when p.sex in ('female', 'male') then (p.sex = 'female')::integer end as is_female,
    study.array_unit <> 'slide' as has_shared_slides
from contrasts as c
left join (
    intermediate.int_samples_contrasted as a
    inner join marts.dim_samples as s
        on a.study_id = s.study_id and a.sample_id = s.sample_id and not s.is_excluded
) on a.study_id = $study_id and c.contrast_id = a.contrast_id
left join (
    select r.* from raw.patients as r anti join quality.quarantine as q
        on q.study_id = r.study_id and q.role = 'patients' and q.is_open
            and q.file_sha256 = r.file_sha256 and q.source_line = r.source_line
) as p on p.study_id = $study_id and s.patient_id = p.patient_id
left join days as d on s.slide_id = d.slide_id
left join raw.studies as study on study.study_id = $study_id
order by all
"""


def design_rows(con: DuckDBPyConnection, parameters: Mapping[str, str]) -> pd.DataFrame:
    """Return one row per contrast of the plan: associations, shares and standardised differences.

    A figure that cannot be asked (one arm is not there yet, a whole slide is one sample, the
    contrast is between the places themselves) is 0.
    """
    arms = con.execute(_ARMS_SQL, {"study_id": parameters["study_id"]}).df()
    rows = {str(name): _judged(one) for name, one in arms.groupby("contrast_id")}
    return pd.DataFrame.from_dict(rows, orient="index", dtype=float)


def _judged(arms: pd.DataFrame) -> dict[str, float]:
    numerator, denominator = (arms[arms["arm"] == a] for a in ("numerator", "denominator"))
    is_paired = bool((arms["pairing"] == "patient").all())
    shares_slides = bool(arms["has_shared_slides"].all())
    out = {}
    for place, column in _PLACES.items():
        is_asked = (arms["grouping"] != column).all() and (place != "slide" or shares_slides)
        out[f"{place}_v"] = _association(numerator[place], denominator[place]) if is_asked else 0.0
    out["split_frac"] = _split(numerator, denominator) if is_paired and shares_slides else 0.0
    persons = [a.drop_duplicates("patient_id") for a in (numerator, denominator)]
    out["age_smd"] = 0.0 if is_paired else _age_difference(*(p["age_years"] for p in persons))
    out["sex_smd"] = 0.0 if is_paired else _share_difference(*(p["is_female"] for p in persons))
    return out


def _association(numerator: pd.Series, denominator: pd.Series) -> float:
    """Return Cramér's V of group and place where the exact test finds one, else 0."""
    places = sorted({*numerator.dropna(), *denominator.dropna()})
    counts = [
        [int(n) for n in arm.value_counts().reindex(places, fill_value=0)]
        for arm in (numerator, denominator)
    ]
    return cramers_v(*counts) if exact_p(*counts) < ALPHA else 0.0


def _split(numerator: pd.DataFrame, denominator: pd.DataFrame) -> float:
    """Return the share of the persons in both arms whose two samples share no slide."""
    both = numerator.merge(denominator, on="patient_id", suffixes=("", "_other"))
    if both.empty:
        return 0.0
    is_shared = both["slide"].eq(both["slide_other"]).groupby(both["patient_id"]).any()
    return float(1 - is_shared.mean())


def _age_difference(numerator: pd.Series, denominator: pd.Series) -> float:
    one, other = (a.dropna().to_numpy(dtype=float) for a in (numerator, denominator))
    if min(one.size, other.size) < 2:
        return 0.0
    return _standardised(one.mean() - other.mean(), one.var(ddof=1), other.var(ddof=1))


def _share_difference(numerator: pd.Series, denominator: pd.Series) -> float:
    one, other = (a.dropna().to_numpy(dtype=float) for a in (numerator, denominator))
    if min(one.size, other.size) < 1:
        return 0.0
    # Shares of 0 and 1 have no variance: half a person is added on either side.
    spread = [p * (1 - p) for p in ((a.sum() + 0.5) / (a.size + 1) for a in (one, other))]
    return _standardised(one.mean() - other.mean(), *spread)


def _standardised(difference: float, *variances: float) -> float:
    """Return |difference| ÷ the root of the mean variance (Austin 2009, doi:10.1002/sim.3697)."""
    scale = math.sqrt(float(np.mean(variances)))
    if difference == 0:
        return 0.0
    return abs(float(difference)) / scale if scale > 0 else math.inf
