"""Pain responses before anything is built, by the warehouse's own SQL.

The definition stands once, in the models that a build runs; here they are views over the raw
relations, so that a plan is checked with the classes that it will be computed with.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
from duckdb import DuckDBPyConnection
from jinja2 import Environment

from contracts.paths import REPO_ROOT, SEEDS

_MODELS = REPO_ROOT / "warehouse" / "models"
_DIALECT = REPO_ROOT / "warehouse" / "macros" / "dialect"
_ENVIRONMENT = Environment(autoescape=False)
#: What staging makes of the raw relations, as far as the models below read it.
_STAGED = {
    "stg_raw__studies": "select * from raw.studies",
    "stg_raw__patients": "select * from raw.patients",
    "stg_raw__instruments": """
        select * exclude (pain_kind, score_step), coalesce(pain_kind, '') as pain_kind
        from raw.study_instruments""",
    "stg_raw__assessments": "select *, null::bigint as assessed_day from raw.assessments",
    "stg_raw__analgesics": "select * from raw.analgesics",
    "stg_raw__opioids": "select * from raw.study_opioids",
    "stg_raw__patient_attributes": """
        select distinct study_id, patient_id, attribute_id, trim(level) as level from (
            select cells.*, unnest(
                case when declared.is_multiple then string_split(attribute_text, '|')
                    else [attribute_text] end) as level
            from raw.patient_attributes as cells
            left join (select distinct study_id, attribute_id, is_multiple
                from raw.study_attributes) as declared using (study_id, attribute_id))
        where trim(level) <> ''""",
    "instruments": f"""
        select * from read_csv('{SEEDS / "instruments.csv"}', header = true,
            types = {{'pain_kind': 'varchar'}})""",
    "opioid_factors": f"select * from read_csv('{SEEDS / 'opioid_factors.csv'}', header = true)",
}
#: Models as they stand, in the order in which they read each other.
_COMPUTED = (
    "stg_raw__visits",
    "int_instruments_merged",
    "int_opioid_factors_merged",
    "int_analgesics_converted",
    "int_doses_stated",
    "int_pain_scores_paired",
    "int_pain_responses_judged",
    "int_patients_responded",
)


def patients_responded(con: DuckDBPyConnection, study_id: str) -> pa.Table:
    """Return the rows of `intermediate.int_patients_responded` that a build would make.

    Parameters
    ----------
    con : raw relations as a load would leave them; views are added, `stg_raw__visits` of them for
        whoever asks which visits are follow-ups
    """
    for name, query in _STAGED.items():
        con.execute(f"create or replace temp view {name} as {query}")
    for name in _COMPUTED:
        con.execute(f"create or replace temp view {name} as {_sql(name)}")
    return con.execute(
        "select * from int_patients_responded where study_id = ? order by all", [study_id]
    ).to_arrow_table()


def _sql(name: str) -> str:
    """Return a model's SQL with the views above in place of its references."""
    layer = "staging" if name.startswith("stg_") else "intermediate"
    text = (_MODELS / layer / f"{name}.sql").read_text(encoding="utf-8")
    template = _ENVIRONMENT.from_string(text)
    return template.render(
        ref=lambda other: other,
        source=lambda schema, table: f"{schema}.{table}",
        joined_text=_dialect("joined_text"),
    )


def _dialect(name: str) -> Callable[..., str]:
    """Return what a macro of the dialect says on DuckDB."""
    text = (_DIALECT / f"{name}.sql").read_text(encoding="utf-8")
    found: Callable[..., str] = getattr(_ENVIRONMENT.from_string(text).module, f"duckdb__{name}")
    return found
