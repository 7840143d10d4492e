from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts import from_rows
from contracts.raw import FILES, PATIENTS, SAMPLES
from store import archive, pseudonym
from store.build import append, open_build
from store.home import Home
from store.publish import publish

SQL = """
create schema marts;
create schema reporting;
create table marts.dim_patients as
    select study_id, patient_id, least(age_years, 90) as age_years from raw.patients;
comment on table marts.dim_patients is 'Grain: patient.';
comment on column marts.dim_patients.age_years is 'Age at enrolment, capped. Unit: years.';
create view reporting.rpt_patients as
    select *, '=HYPERLINK("http://x")' as remark, 0.5 as share_frac from marts.dim_patients;
comment on column reporting.rpt_patients.remark is 'A remark.';
create view reporting.rpt_contents as select * from quality.batch_contents;
create schema intermediate;
create table intermediate.int_secret as select 'Erika Mustermann' as real_name;
"""


def _file(home: Home, name: str, content: bytes) -> dict[str, object]:
    kept = archive.put_bytes(home, content)
    return {
        "study_id": "s", "file_sha256": kept.sha256, "role": "patients", "file_name": name,
        "n_bytes": kept.n_bytes, "encoding": "utf-8", "line_end": "LF", "n_rows_in": 1,
        "n_rows_loaded": 1, "n_rows_quarantined": 0, "n_rows_unchanged": 0, "load_id": "l1",
        "loaded_at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("template") / "home").ensure()
    con = open_build(home)
    row = _file(home, "Mustermann_Erika.csv", b"patient_id\nP1\n")
    sha = row["file_sha256"]
    append(con, FILES, from_rows([row], FILES))
    patient = {
        "study_id": "s", "file_sha256": sha, "source_line": 2, "patient_id": "P1",
        "cohort": "patient", "centre_id": "c", "sex": "female", "age_years": 97,
    }  # fmt: skip
    append(con, PATIENTS, from_rows([patient], PATIENTS))
    sample = {
        "study_id": "s", "file_sha256": sha, "source_line": 2, "sample_id": "P1-a",
        "patient_id": "P1", "visit": "a", "group_code": "A", "slide_id": "S1", "block": 1,
        "batch_id": "B1", "lot": "L1",
    }  # fmt: skip
    append(con, SAMPLES, from_rows([sample], SAMPLES))
    con.execute(SQL)
    con.close()
    return home.root


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def built(template: Path, tmp_path: Path) -> Home:
    """A home with one patient, one archived file, marts and reporting, not yet published."""
    shutil.copytree(template, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def published_template(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published") / "home"
    shutil.copytree(template, root)
    home = Home(root)
    pseudonym.code(home, "patient", "s", "1")
    publish(home, study_ids=["s"])
    return home.root


@pytest.fixture
def published(published_template: Path, tmp_path: Path) -> Home:
    """The same home with its first generation published and a key made."""
    shutil.copytree(published_template, tmp_path / "home")
    return Home(tmp_path / "home")
