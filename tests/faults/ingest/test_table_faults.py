"""Clinical tables with faults: rows set aside, files refused, each with its cell and remedy."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from contracts import CytomartError


def problems(report, role):
    return "\n".join(str(p) for f in report.files if f.role == role for p in f.problems)


def file_of(report, role):
    return next(f for f in report.files if f.role == role)


def to_xlsx(site, table, sheet="Sheet1"):
    """Turn a table into a workbook with numbers as numbers, and take the CSV away."""
    path = site.folder / f"{table}.csv"
    book = openpyxl.Workbook()
    book.active.title = sheet
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            book.active.append([float(c) if _is_number(c) else c or None for c in row])
    path.unlink()
    book.save(site.folder / f"{table}.xlsx")


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_a_vas_of_14_goes_to_quarantine_without_its_value_and_the_rest_loads(site, balanced):
    site.edit("assessments", lambda rows: rows[2].update(score="14"))
    report = site.load()
    assert report.exit_code == 0
    (row,) = report.quarantined
    assert str(row.problem).startswith("assessments.csv, line 4, column score (cell F4): 14 is out")
    assert "Allowed: 0 to 10" in str(row.problem)
    assert "Do: correct the cell" in str(row.problem)
    found = site.rows("select role, source_line, column_name, rule_id, reason, is_open "
                      "from quality.quarantine")  # fmt: skip
    assert found == [("assessments", 4, "score", "score_range", "score is outside 0 to 10", True)]
    assert site.count("raw.assessments") == 23
    balanced(report)
    again = site.load()
    assert again.is_unchanged
    assert len(again.quarantined) == 1
    assert site.count("quality.quarantine") == 1


def test_a_corrected_row_leaves_quarantine(site):
    site.edit("assessments", lambda rows: rows[2].update(score="14"))
    site.load()
    site.edit("assessments", lambda rows: rows[2].update(score="1.4"))
    report = site.load()
    assert report.exit_code == 0
    assert site.count("raw.assessments") == 24
    assert site.rows("select is_open from quality.quarantine") == [(False,)]


def test_a_column_of_millimetres_is_named_and_never_rescaled(site):
    def to_mm(rows):
        for row in rows:
            if row["instrument_id"] == "vas_pain_0_10":
                row["score"] = str(round(float(row["score"]) * 10))

    site.edit("assessments", to_mm)
    report = site.load()
    assert site.count("raw.assessments", "instrument_id = 'vas_pain_0_10'") == 0
    assert len(report.quarantined) == 12
    assert all("looks like 0-100 mm" in str(q.problem) for q in report.quarantined)
    assert site.count("raw.assessments", "instrument_id = 'qol_unnamed'") == 12


def test_a_duplicated_sample_id_refuses_the_sheet_with_both_cells_and_slides_wait(site, balanced):
    site.edit("samples", lambda rows: rows[5].update(sample_id=rows[4]["sample_id"]))
    report = site.load()
    text = problems(report, "samples")
    assert "sample_id `P01-baseline` stands 2 times" in text
    assert "samples.csv, line 6, column sample_id (cell A6)" in text
    assert "samples.csv, line 7, column sample_id (cell A7)" in text
    assert "Do: correct or remove the doubled rows" in text
    assert site.count("raw.samples") == 0
    assert {f.status for f in report.files if f.role == "slide"} == {"waiting"}
    assert file_of(report, "patients").status == "loaded"
    assert report.exit_code == 1
    reason = site.rows("select reason from quality.refusals where role = 'samples'")[0][0]
    assert "P01" not in reason
    balanced(report)


def test_a_doubled_patient_refuses_the_table_and_what_depends_on_it_waits(site, balanced):
    site.edit("patients", lambda rows: rows.append(dict(rows[0])))
    report = site.load()
    assert "patient_id `P01` stands 2 times" in problems(report, "patients")
    assert {f.role: f.status for f in report.files if f.role in ("samples", "assessments")} == {
        "samples": "waiting", "assessments": "waiting",
    }  # fmt: skip
    assert report.exit_code == 2
    assert report.is_nothing_left
    balanced(report)


def test_all_faults_of_a_sheet_are_listed_at_once(site):
    def spoil(rows):
        rows[0]["patient_id"] = "p06"
        rows[1]["visit"] = "folow_up"
        rows[2]["group_code"] = "A"
        rows[3]["sample_id"] = " P06-baseline"
        rows[4]["block"] = "x"
        rows[5]["lot"] = "OTHER"
        rows[11]["patient_id"] = "P01"
        rows[12]["sample_id"] = "p05-BASELINE"

    site.edit("samples", spoil)
    text = problems(site.load(), "samples")
    for words in (
        "line 2, column patient_id (cell B2): `p06` is not in the patient table (did you mean `P06`?)",
        "line 3, column visit (cell C3): `folow_up` is not declared",
        "line 4, column group_code (cell D4): group `A` is drawn at `baseline`, the row says `follow_up`",
        "line 5, column sample_id (cell A5): ` P06-baseline` has a blank before or after it",
        "line 6, column block (cell F6): `x` is no Block",
        "slide `SYN-S01` has several: SYN-LOT-1, OTHER",
        "line 13, column patient_id (cell B13): an unused Block names `P01`",
        "ids differ only in blanks, case or width",
    ):
        assert words in text, words


def test_full_width_ids_collide(site):
    site.edit("patients", lambda rows: rows.append({**rows[0], "patient_id": "Ｐ０１"}))
    assert "ids differ only in blanks, case or width: `P01`" in problems(site.load(), "patients")


@pytest.mark.parametrize(("age", "rule"), [("0", "age_range"), ("150", "age_range"),
                                           ("48.5", "age_step"), ("fifty", "number")])  # fmt: skip
def test_an_impossible_age_sets_its_person_aside_with_everything_of_theirs(
    site, balanced, age, rule
):
    site.edit("patients", lambda rows: rows[0].update(age_years=age))
    report = site.load()
    assert report.exit_code == 0
    rules = site.rows(
        "select role, rule_id, count(*) from quality.quarantine group by all order by 1"
    )
    assert rules == [("assessments", "patient_aside", 4), ("patients", rule, 1),
                     ("samples", "patient_aside", 2)]  # fmt: skip
    assert site.count("raw.patients") == 8
    assert site.count("raw.samples") == 14
    assert site.rows("select distinct slide_id, batch_id from quality.quarantine "
                     "where role = 'samples'") == [("SYN-S01", "SYN-01")]  # fmt: skip
    assert site.count("raw.spots") == 2816
    balanced(report)
    site.edit("patients", lambda rows: rows[0].update(age_years="51"))
    assert site.load().exit_code == 0
    assert site.count("quality.quarantine", "is_open") == 0
    assert (site.count("raw.samples"), site.count("raw.assessments")) == (16, 24)


@pytest.mark.parametrize(
    ("day", "rule"),
    [("2999-01-01", "future_date"), ("01/02/2020", "date_format"), ("19-01-02", "date_format"),
     ("2019-02-30", "date_format"), ("2001-01-01", "date_order")],
)  # fmt: skip
def test_impossible_days_set_their_row_aside(site, day, rule):
    site.edit("assessments", lambda rows: rows[2].update(assessed_on=day))
    site.edit("samples", lambda rows: rows[0].update(collected_on=day))
    report = site.load()
    assert report.exit_code == 0
    found = site.rows("select role, column_name, rule_id from quality.quarantine order by 1")
    assert found == [("assessments", "assessed_on", rule), ("samples", "collected_on", rule)]
    assert all(day not in r[0] for r in site.rows("select reason from quality.quarantine"))


def test_rows_that_contradict_each_other_are_both_set_aside_and_the_released_value_stays(loaded):
    before = loaded.rows("select score from raw.assessments where patient_id = 'P01' "
                         "and visit = 'baseline' and instrument_id = 'qol_unnamed'")  # fmt: skip

    def contradict(rows):
        row = next(r for r in rows if r["patient_id"] == "P01" and r["visit"] == "baseline"
                   and r["instrument_id"] == "qol_unnamed")  # fmt: skip
        rows.append({**row, "score": "99"})

    loaded.edit("assessments", contradict)
    report = loaded.load()
    assert [q.rule_id for q in report.quarantined] == ["conflict", "conflict"]
    assert report.changes == ()
    assert before == loaded.rows(
        "select score from raw.assessments where patient_id = 'P01' "
        "and visit = 'baseline' and instrument_id = 'qol_unnamed'"
    )


def test_a_row_that_is_only_repeated_is_counted_as_unchanged(site, balanced):
    site.edit("assessments", lambda rows: rows.append(dict(rows[0])))
    report = site.load()
    file = file_of(report, "assessments")
    assert (file.n_rows_in, file.n_rows_loaded, file.n_rows_unchanged) == (25, 24, 1)
    balanced(report)


def test_workbooks_load_alike_and_name_their_cells(site):
    for table in ("patients", "samples", "assessments"):
        to_xlsx(site, table)
    book = openpyxl.load_workbook(site.folder / "assessments.xlsx")
    book.active["F4"] = 14
    book.save(site.folder / "assessments.xlsx")
    report = site.load()
    assert report.exit_code == 0
    assert "assessments.xlsx, sheet Sheet1, column score (cell F4): 14 is out of range" in str(
        report.quarantined[0].problem
    )
    assert site.count("raw.patients") == 9
    assert site.rows("select age_years from raw.patients where patient_id = 'P01'")[0][0] > 18


def test_a_table_with_semicolons_and_decimal_commas_loads_alike(site, loaded_values):
    plain = loaded_values(site)
    names, rows = site.read("assessments")
    for row in rows:
        row["score"] = row["score"].replace(".", ",")
    with (site.folder / "assessments.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    report = site.load()
    assert file_of(report, "assessments").notes == ("cells are divided by semicolons",)
    assert report.changes == ()
    assert loaded_values(site) == plain


@pytest.fixture
def loaded_values():
    def read(site):
        site.load()
        return site.rows(
            "select patient_id, visit, instrument_id, score from raw.assessments order by all"
        )

    return read


def test_a_missing_column_is_refused_with_a_mapping_to_copy(site):
    names, rows = site.read("patients")
    renamed = [{("Patient ID" if k == "patient_id" else k): v for k, v in r.items()} for r in rows]
    site.write("patients", ["Patient ID" if n == "patient_id" else n for n in names], renamed)
    text = problems(site.load(), "patients")
    assert "the column `patient_id` is missing; found Patient ID, cohort" in text
    assert '[columns.patients] patient_id = "Patient ID"' in text
    toml = site.folder / "study.toml"
    toml.write_text(
        toml.read_text("utf-8") + '\n[columns.patients]\npatient_id = "Patient ID"\n', "utf-8"
    )
    assert site.load().exit_code == 0
    assert site.count("raw.patients") == 9


def test_two_files_for_one_role_are_refused_with_both_names(site):
    (site.folder / "patients.tsv").write_text("patient_id\n", "utf-8")
    text = problems(site.load(), "patients")
    assert "patients.csv, patients.tsv" in text


def test_files_that_nothing_reads_are_named(site):
    (site.folder / "assessments.csv").rename(site.folder / "asessments.csv")
    (site.folder / "arrays" / "notes.txt").write_text("x", "utf-8")
    (site.folder / "arrays" / ".DS_Store").write_text("x", "utf-8")
    report = site.load()
    assert file_of(report, "study").notes == (
        "asessments.csv (did you mean assessments.csv?) is not read: no role claims it",
        "arrays/notes.txt is not read: no role claims it",
    )
    assert report.exit_code == 0


def test_a_later_call_may_bring_only_the_slide(site):
    data = site.slide(2).read_bytes()
    site.slide(2).unlink()
    site.load()
    for table in ("patients", "samples", "assessments", "plan"):
        (site.folder / f"{table}.csv").unlink()
    site.slide(1).unlink()
    site.slide(2).write_bytes(data)
    report = site.load()
    assert report.exit_code == 0
    assert {f.role: f.status for f in report.files} == {
        "study": "unchanged", "layout": "unchanged", "slide": "loaded",
    }  # fmt: skip
    assert site.count("raw.spots") == 2816
    assert site.count("raw.plan") > 0


def test_a_broken_study_toml_lists_every_problem_and_loads_nothing(site):
    toml = site.folder / "study.toml"
    text = toml.read_text("utf-8").replace("channel_nm = 532", "chanel_nm = 532")
    toml.write_text(text.replace('cohort = "control"', "cohort = 3") + "\n[extra]\n", "utf-8")
    with pytest.raises(CytomartError) as caught:
        site.load()
    said = str(caught.value)
    assert caught.value.exit_code == 2
    assert "`channel_nm` is missing" in said
    assert "unknown key `chanel_nm` (did you mean `channel_nm`?)" in said
    assert "`cohort` is 3" in said
    assert "unknown table `extra`" in said
    assert site.count("raw.studies") == 0


def test_a_study_without_patients_yet_waits(site):
    (site.folder / "patients.csv").unlink()
    report = site.load()
    assert "waits for the patient table, which is not there yet" in problems(report, "samples")
    assert report.exit_code == 2


def test_a_bad_plan_is_refused_with_every_cell_and_the_data_load(site):
    def spoil(rows):
        rows[0]["numerator_group"] = "Z"
        rows[1]["alpha"] = "5"
        rows[2]["kind"] = "contrst"
        rows[4]["analysis_id"] = rows[3]["analysis_id"]
        rows[5]["primary_method"] = "best_of_all"

    site.edit("plan", spoil)
    report = site.load()
    text = problems(report, "plan")
    for words in ("line 2, column numerator_group", "`Z` is not declared", "line 3, column alpha",
                  "`contrst` is not declared", "stands 2 times", "line 7, column primary_method",
                  "primary_method is 'best_of_all'"):  # fmt: skip
        assert words in text, words
    assert report.exit_code == 1
    assert site.count("raw.plan") == 0
    assert site.count("raw.spots") == 2816


def test_a_drug_set_aside_takes_the_others_of_its_visit_along_until_it_is_mended(site, balanced):
    path = site.folder / "analgesics.csv"
    text = (
        "patient_id,visit,drug,route,dose\nP01,baseline,morphine,oral,60\n"
        "P01,baseline,tramadol,oral,x\nP01,follow_up,morphine,oral,60\n"
    )
    path.write_text(text, encoding="utf-8")
    report = site.load()
    balanced(report)
    found = site.rows(
        "select rule_id, source_line, reason from quality.quarantine order by source_line"
    )
    assert found == [
        ("dose_aside", 2, "another drug of the visit is set aside: lines 3"),
        ("number", 3, "dose is not a number"),
    ]
    assert site.rows("select visit, dose from raw.analgesics") == [("follow_up", 60)]
    path.write_text(text.replace("x", "100"), encoding="utf-8")
    site.load()
    assert site.count("raw.analgesics") == 3
    assert site.rows("select count(*) from quality.quarantine where is_open") == [(0,)]


def test_a_later_drug_that_cannot_be_read_leaves_no_sum_without_it(site):
    path = site.folder / "analgesics.csv"
    head = "patient_id,visit,drug,route,dose\n"
    first = f"{head}P01,baseline,morphine,oral,60\n"
    path.write_text(first, encoding="utf-8")
    site.load()
    contents = site.rows("select content_hash from quality.batch_contents")
    bad = f"{first}P01,baseline,tramadol,oral,x\nP02,baseline,morphine,oral,10\n"
    path.write_text(bad, encoding="utf-8")
    report = site.load()
    text = problems(report, "analgesics")
    for words in ("line 3, column drug", "`P01 · baseline · tramadol · oral` is set aside",
                  "other drugs of the visit are loaded", "Allowed: every drug of a visit",
                  "Do: mend that row", "`x`"):  # fmt: skip
        assert words in text, words
    assert report.exit_code == 1
    assert site.count("raw.analgesics") == 1
    # A loaded dose whose new cell cannot be read is another matter: it stays, as a score does.
    path.write_text(first.replace("60", "x"), encoding="utf-8")
    assert [f.status for f in site.load().files if f.role == "analgesics"] == ["loaded"]
    assert site.rows("select drug, dose from raw.analgesics") == [("morphine", 60)]
    assert site.rows("select rule_id from quality.quarantine where is_open") == [("number",)]
    path.write_text(bad.replace("x", "100"), encoding="utf-8")
    assert site.load().exit_code == 0
    assert site.count("raw.analgesics") == 3
    # A verdict on a batch is one on the doses of its persons too.
    assert site.rows("select content_hash from quality.batch_contents") != contents
