"""No identity leaves by accident: pseudonyms, dropped columns, stopped loads."""

from __future__ import annotations

import csv
import hashlib

import openpyxl
import pytest

from store import archive

ROOMS = ("raw", "quality")


@pytest.fixture
def named(site):
    """The study with real names in the place of codes."""

    def rename(rows):
        for row in rows:
            for column in ("patient_id", "sample_id"):
                if row.get(column):
                    row[column] = row[column].replace("P", "Petrova-").replace("C", "Chen-")

    for table in ("patients", "samples", "assessments"):
        site.edit(table, rename)
    toml = site.folder / "study.toml"
    toml.write_text(
        toml.read_text("utf-8").replace("ids_are_codes = true", "ids_are_codes = false"), "utf-8"
    )
    return site


def originals(home):
    """Return the bytes of everything that was archived."""
    return [archive.read(home, name) for name in sorted(archive.names(home))]


def everything(site, schemas=ROOMS):
    """Return every cell of the relations as one text."""
    tables = site.rows("select schema_name || '.\"' || table_name || '\"' from duckdb_tables() "
                       f"where schema_name in {schemas}")  # fmt: skip
    return "\n".join(str(site.rows(f"select * from {name}")) for (name,) in tables)


def test_real_ids_stand_only_in_the_identity_table(named, balanced):
    report = named.load()
    assert report.exit_code == 0
    text = everything(named)
    assert "Petrova" not in text
    assert "Chen" not in text
    assert named.count("identity.pseudonyms") == 9 + 15
    codes = named.rows("select pseudonym from identity.pseudonyms where id_kind = 'patient'")
    assert set(codes) == set(named.rows("select patient_id from raw.patients"))
    assert named.count("raw.samples", "sample_id like 'S-%'") == 15
    assert named.count("raw.samples", "sample_id = 'SYN-S02/B4'") == 1
    assert "Petrova" not in named.home.ledger_path.read_text("utf-8")
    balanced(report)


def test_a_second_load_knows_the_pseudonyms(named):
    named.load()
    report = named.load()
    assert report.is_unchanged
    named.edit("patients", lambda rows: rows[0].update(age_years="33"))
    report = named.load()
    assert report.changes[0].key == "Petrova-01"
    reasons = str(named.rows("select reason from quality.refusals"))
    assert "Petrova" not in reasons
    assert named.load(accept_corrections="typing error").exit_code == 0
    (row,) = named.rows(
        "select row_key, old_file_sha256 <> new_file_sha256 from identity.cell_history"
    )
    assert "Petrova" not in row[0]
    assert row[1]


def test_faults_of_named_people_are_recorded_without_their_names(named):
    named.edit("assessments", lambda rows: rows[0].update(score="14"))
    named.edit("samples", lambda rows: rows[0].update(patient_id="Ivanova-99"))
    report = named.load()
    assert "Ivanova-99" in str(report.problems)
    text = everything(named)
    assert "Ivanova" not in text
    assert "Petrova" not in text
    assert "14 " not in str(named.rows("select reason from quality.quarantine"))


def test_columns_that_are_not_mapped_are_named_dropped_and_not_archived(site):
    names, rows = site.read("patients")
    site.write("patients", [*names, "hobby"], [{**r, "hobby": "chess-at-noon"} for r in rows])
    original = (site.folder / "patients.csv").read_bytes()
    report = site.load()
    assert report.exit_code == 0
    assert report.dropped_columns == {"patients": ("hobby",)}
    archived = originals(site.home)
    assert not any(b"chess-at-noon" in data for data in archived)
    (file,) = [f for e in site.events() for f in e.details["files"] if f["role"] == "patients"]
    assert file["original_sha256"] == hashlib.sha256(original).hexdigest()
    assert file["sha256"] in archive.names(site.home)
    assert site.load().is_unchanged
    kept = archive.read(site.home, file["sha256"])
    (site.folder / "patients.csv").write_bytes(kept)
    assert site.load().is_unchanged


def test_a_column_of_names_stops_its_table_before_anything_is_archived(site):
    names, rows = site.read("patients")
    site.write("patients", [*names, "Patient Name"],
               [{**r, "Patient Name": "Anna Petrova"} for r in rows])  # fmt: skip
    report = site.load()
    text = "\n".join(str(p) for p in report.problems)
    assert "column Patient Name (cell" not in text
    assert "the column `Patient Name` looks like a name" in text
    assert '[privacy] allow_columns = ["Patient Name"]' in text
    assert not any(b"Petrova" in data for data in originals(site.home))
    assert site.count("raw.patients") == 0
    toml = site.folder / "study.toml"
    toml.write_text(
        toml.read_text("utf-8").replace(
            "ids_are_codes = true", 'ids_are_codes = true\nallow_columns = ["Patient Name"]'
        ),
        "utf-8",
    )
    report = site.load()
    assert report.exit_code == 0
    assert report.dropped_columns == {"patients": ("Patient Name",)}
    assert not any(b"Petrova" in data for data in originals(site.home))


def test_no_scanner_path_leaves_the_identifying_columns(site):
    data = site.slide(1).read_bytes()
    marked = data.replace(b"Settings=C:\\GenePix", b"Settings=C:\\Anna Petrova")
    assert marked != data
    site.slide(1).write_bytes(marked)
    assert site.load().exit_code == 0
    holders = [name for (name,) in site.rows("select table_name from duckdb_tables() "
               "where schema_name in ('raw', 'quality')")
               if "Petrova" in str(site.rows(f'select * from {_schema(site, name)}."{name}"'))]  # fmt: skip
    assert holders == ["scan_headers"]


def _schema(site, name):
    return site.rows(f"select schema_name from duckdb_tables() where table_name = '{name}'")[0][0]


def test_of_workbooks_only_cells_are_archived_and_both_hashes_are_known(site):
    """Authors, comments and hidden sheets of a workbook stay outside, of the plan's too."""
    for table in ("patients", "samples", "assessments", "plan"):
        path = site.folder / f"{table}.csv"
        book = openpyxl.Workbook()
        book.properties.creator = "Dr Anna Schmidt"
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                book.active.append(row)
        book.create_sheet("private").append(["Erika Mustermann"])
        book["private"].sheet_state = "hidden"
        path.unlink()
        book.save(site.folder / f"{table}.xlsx")
    assert site.load().exit_code == 0
    kept = originals(site.home)
    assert not any(data.startswith(b"PK") or b"Anna" in data or b"Erika" in data for data in kept)
    (event,) = site.events()
    for file in event.details["files"]:
        if file["role"] in ("patients", "samples", "assessments", "plan"):
            original = (site.folder / f"{file['role']}.xlsx").read_bytes()
            assert file["original_sha256"] == hashlib.sha256(original).hexdigest()
            assert file["sha256"] in archive.names(site.home)
    assert site.load().is_unchanged
