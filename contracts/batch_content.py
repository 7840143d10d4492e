"""What a batch holds right now, as one hash: a gate's verdict is valid only for that content."""

from __future__ import annotations

from contracts.provenance import STUDY_ID
from contracts.relation import Column, Relation
from contracts.types import TEXT

_SQL = """\
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
    select batch_patients.study_id, batch_patients.batch_id, patients.file_sha256, count(*)
    from batch_patients
    inner join raw.patients as patients
        on
            batch_patients.study_id = patients.study_id
            and batch_patients.patient_id = patients.patient_id
    group by all
    union all
    select batch_patients.study_id, batch_patients.batch_id, attributes.file_sha256, count(*)
    from batch_patients
    inner join raw.patient_attributes as attributes
        on
            batch_patients.study_id = attributes.study_id
            and batch_patients.patient_id = attributes.patient_id
    group by all
    union all
    select batch_patients.study_id, batch_patients.batch_id, assessments.file_sha256, count(*)
    from batch_patients
    inner join raw.assessments as assessments
        on
            batch_patients.study_id = assessments.study_id
            and batch_patients.patient_id = assessments.patient_id
    group by all
    union all
    select batch_patients.study_id, batch_patients.batch_id, analgesics.file_sha256, count(*)
    from batch_patients
    inner join raw.analgesics as analgesics
        on
            batch_patients.study_id = analgesics.study_id
            and batch_patients.patient_id = analgesics.patient_id
    group by all
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
