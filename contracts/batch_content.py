"""What a batch holds right now, as one hash: a gate's verdict is valid only for that content."""

from __future__ import annotations

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import TEXT

#: Relations of raw that say something of a person: a row of theirs concerns each batch with a
#: sample of that person.
_OF_PERSONS = ("patients", "patient_attributes", "assessments", "analgesics")


def _rows_of(relation: str) -> str:
    alias = relation.removeprefix("patient_")
    return f"""\
    select batch_patients.study_id, batch_patients.batch_id, {alias}.file_sha256, count(*)
    from batch_patients
    inner join raw.{relation} as {alias}
        on
            batch_patients.study_id = {alias}.study_id
            and batch_patients.patient_id = {alias}.patient_id
    group by all"""


_SQL = (
    """\
-- grain: study × batch
with

batch_patients as (
    select distinct
        study_id,
        batch_id,
        patient_id,
    from raw.samples
    where patient_id is not null
),

batch_rows as (
    select study_id, batch_id, file_sha256, sum(n_spots)::bigint as n_rows
    from raw.scans group by all
    union all
    select study_id, batch_id, file_sha256, count(*) from raw.values group by all
    union all
    select study_id, batch_id, file_sha256, count(*) from raw.samples group by all
    union all
"""
    + "\n    union all\n".join(map(_rows_of, _OF_PERSONS))
    + """
)

select
    study_id,
    batch_id,
    md5(string_agg(
        file_sha256 || ':' || n_rows, ',' order by file_sha256, n_rows
    )) as content_hash,
from batch_rows
group by study_id, batch_id
"""
)

BATCH_CONTENTS = Relation(
    "quality", "batch_contents", "study × batch", ("study_id", "batch_id"),
    (
        STUDY_ID,
        Column("batch_id", TEXT, "Batch.", nullable=False),
        Column("content_hash", TEXT,
               "MD5 over the sorted SHA-256, each with its number of rows, of every file whose "
               "rows concern the batch: its scans or values, its rows of samples, and the rows "
               "of patients, their clinical attributes, assessments and analgesics for "
               "everyone with a sample in it. A gate run speaks for the batch only while both "
               "hashes are equal.", nullable=False),
    ),
    published=False,
    view_sql=_SQL,
)  # fmt: skip
