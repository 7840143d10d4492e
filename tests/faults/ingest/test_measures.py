"""Numbers that study.toml declares: cells like others, of persons and of samples."""

from __future__ import annotations

import pytest

from cytomart import history

MEASURES = """
[[measures]]
id = "bmi"
label = "Body mass index"
unit = "kg/m2"
min = 10
max = 80

[[measures]]
id = "storage_days"
label = "Days in the freezer"
of = "samples"
unit = "days"
min = 0
max = 9999
"""


def with_column(site, table, name, cell):
    names, rows = site.read(table)
    site.write(table, [*names, name], [{**r, name: cell(r)} for r in rows])


@pytest.fixture
def measured(site):
    """The small study with body mass index and days of storage."""
    toml = site.folder / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + MEASURES, encoding="utf-8")
    with_column(site, "patients", "bmi", lambda r: "24.5" if r["patient_id"] != "P02" else "")
    with_column(site, "samples", "storage_days",
                lambda r: "" if r["group_code"] == "empty" else "100")  # fmt: skip
    return site


PATIENT = "select measure_value from raw.patient_measures where patient_id = '{}'"
SAMPLE = "select measure_value from raw.sample_measures where sample_id = '{}'"


def file_of(report, role):
    return next(f for f in report.files if f.role == role)


def test_they_load_and_load_again_without_news(measured, balanced):
    report = measured.load()
    assert report.exit_code == 0, report
    balanced(report)
    assert measured.rows(PATIENT.format("P01")) == [(24.5,)]
    assert measured.rows(PATIENT.format("P02")) == [(None,)]
    n_samples = measured.count("raw.samples")
    assert measured.count("raw.sample_measures") == n_samples
    n_empty = measured.count("raw.samples", "group_code = 'empty'")
    assert n_empty > 0
    assert measured.count("raw.sample_measures", "measure_value = 100") == n_samples - n_empty
    assert measured.rows("select measure_id, measured_of, measure_unit, lowest, highest "
                         "from raw.study_measures order by measure_order") == [
        ("bmi", "patients", "kg/m2", 10.0, 80.0),
        ("storage_days", "samples", "days", 0.0, 9999.0),
    ]  # fmt: skip
    assert measured.load().is_unchanged


@pytest.mark.parametrize(
    ("table", "key", "column", "query", "relation"),
    [
        ("patients", "P01", "bmi", PATIENT, "raw.patient_measures"),
        ("samples", "P01-baseline", "storage_days", SAMPLE, "raw.sample_measures"),
    ],
)
def test_a_changed_number_is_a_correction_with_its_history(
    measured, table, key, column, query, relation
):
    measured.load()
    id_column = f"{table[:-1]}_id"

    def change(rows):
        next(r for r in rows if r[id_column] == key)[column] = "31"

    (old,) = measured.rows(query.format(key))[0]
    measured.edit(table, change)
    report = measured.load()
    assert file_of(report, table).status == "refused"
    assert [(c.column, c.before, c.after) for c in report.changes] == [(column, str(old), "31.0")]
    assert measured.rows(query.format(key)) == [(old,)]
    assert measured.load(accept_corrections="scale was wrong").exit_code == 0
    assert measured.rows(query.format(key)) == [(31.0,)]
    (row,) = measured.rows("select relation_name, column_name, old_text, new_text "
                           "from identity.cell_history")  # fmt: skip
    assert row == (relation, "measure_value", str(old), "31.0")
    (told,) = history.cells(measured.con, history.Wanted(key))
    assert (told["table"], told["column_name"]) == (table, column)
    assert told["row"] == key


def test_a_number_out_of_range_sets_its_row_aside(measured, balanced):
    def spoil(rows):
        rows[0]["bmi"], rows[2]["bmi"] = "245", "heavy"

    measured.edit("patients", spoil)
    report = measured.load()
    aside = {(s.rule_id, s.column) for s in report.quarantined if s.role == "patients"}
    assert aside == {("measure_range", "bmi"), ("number", "bmi")}
    balanced(report)


def test_an_unused_block_has_no_numbers(measured):
    def fill(rows):
        next(r for r in rows if r["group_code"] == "empty")["storage_days"] = "3"

    measured.edit("samples", fill)
    file = file_of(measured.load(), "samples")
    assert file.status == "refused"
    assert "an unused Block names `3`" in " ".join(map(str, file.problems))


def test_decimal_commas_count_where_the_whole_column_has_them(measured):
    measured.edit("patients", lambda rows: [r.update(bmi="24,5") for r in rows])
    assert measured.load().exit_code == 0
    assert measured.rows(PATIENT.format("P01")) == [(24.5,)]


def test_a_declared_column_must_be_there(measured):
    names, rows = measured.read("patients")
    measured.write("patients", [n for n in names if n != "bmi"],
                   [{k: v for k, v in r.items() if k != "bmi"} for r in rows])  # fmt: skip
    file = file_of(measured.load(), "patients")
    assert file.status == "refused"
    assert "the column `bmi` is missing" in str(file.problems[0])


def test_a_number_declared_later_completes_the_rows_and_corrects_nothing(site, balanced):
    site.load()
    toml = site.folder / "study.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + MEASURES, encoding="utf-8")
    with_column(site, "patients", "bmi", lambda r: "24.5")
    with_column(site, "samples", "storage_days",
                lambda r: "" if r["group_code"] == "empty" else "100")  # fmt: skip
    report = site.load()
    assert (report.exit_code, report.changes) == (0, ())
    balanced(report)
    assert site.rows(PATIENT.format("P01")) == [(24.5,)]
    assert site.rows(SAMPLE.format("P01-baseline")) == [(100.0,)]
    assert site.count("identity.cell_history") == 0


def test_a_number_no_longer_declared_is_gone_with_the_next_row(measured):
    measured.load()
    toml = measured.folder / "study.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace(MEASURES, ""), encoding="utf-8")
    assert measured.load().exit_code == 0
    assert measured.count("raw.study_measures") == 0
    assert measured.count("raw.patient_measures") == measured.count("raw.sample_measures") == 0


def test_a_removed_person_takes_the_numbers_along(measured):
    measured.edit("patients", lambda rows: rows.append({**rows[0], "patient_id": "P99"}))
    measured.load()
    assert measured.rows(PATIENT.format("P99")) == [(24.5,)]
    measured.edit("patients", lambda rows: rows.pop())
    assert measured.load(remove_reason="entered twice").exit_code == 0
    assert measured.rows(PATIENT.format("P99")) == []
    assert measured.count("identity.cell_history", "relation_name = 'raw.patient_measures'") == 1
