"""A REDCap export is mapped once and loads ever after; what changed since is said."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

from ingest.redcap.mapper import compare_mapping, propose_mapping
from store import archive
from store.build import open_build
from store.home import Home

_SPEC = importlib.util.spec_from_file_location(
    "redcap_project", Path(__file__).with_name("redcap_project.py")
)
projects = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = projects
_SPEC.loader.exec_module(projects)

EXPORT, DICTIONARY = "Bone_DATA_2026-01-02_1030.csv", "Bone_DataDictionary_2026-01-02.csv"
LATER = "Bone_DATA_2026-03-05_0900.csv"
VALUES = (
    "select patient_id, cohort, centre_id, sex, age_years from raw.patients order by all",
    "select patient_id, attribute_id, attribute_text from raw.patient_attributes order by all",
    "select patient_id, visit, instrument_id, site_id, score, omed_mg, assessed_on "
    "from raw.assessments order by all",
)


def values(site):
    return [site.rows(query) for query in VALUES]


def problems(report, role):
    return "\n".join(str(p) for f in report.files if f.role == role for p in f.problems)


def notes(report, role="mapping"):
    return [n for f in report.files if f.role == role for n in f.notes]


def project_of(site, kind="long"):
    """Put the study's patients and scores into a REDCap project, and take their tables away."""
    patients, scores = site.read("patients")[1], site.read("assessments")[1]
    for table in ("patients", "assessments"):
        (site.folder / f"{table}.csv").unlink()
    return getattr(projects, f"{kind}_project")(patients, scores)


def put(site, project, name=EXPORT):
    project.write_dictionary(site.folder / DICTIONARY)
    return project.write_export(site.folder / name)


def map_it(site, project, **options):
    """Deliver the project and map it; return the mapping's text."""
    put(site, project)
    report = propose_mapping(site.folder / EXPORT, site.folder / DICTIONARY, site.folder, **options)
    (site.folder / "redcap-mapping.toml").write_text(report.text, "utf-8")
    assert report.n_open == 0, report.text
    return report.text


@pytest.fixture
def plain(loaded_home, tmp_path):
    """What the study's own tables load to."""
    home = Home(tmp_path / "plain")
    shutil.copytree(loaded_home, home.root)
    con = open_build(home)
    found = [con.execute(query).fetchall() for query in VALUES]
    con.close()
    return found


@pytest.mark.parametrize("kind", ["long", "wide", "repeating"])
def test_an_export_of_any_shape_loads_what_the_tables_say(site, plain, balanced, kind):
    map_it(site, project_of(site, kind))
    report = site.load()
    assert report.exit_code == 0, [str(p) for p in report.problems]
    assert values(site) == plain
    assert site.count("raw.spots") == 2816
    assert notes(report) == ["fields that identify people are not read: initials_pt, birth"]
    balanced(report)
    assert site.load().is_unchanged


def test_neither_archive_nor_warehouse_holds_what_is_not_mapped(site):
    map_it(site, project_of(site))
    site.load()
    kept = b"".join(archive.read(site.home, n) for n in archive.names(site.home))
    for secret in (b"Anna Berg", b"1950-04-01", b"seen at home"):
        assert secret not in kept
    (line,) = site.events()
    files = {f["role"]: f for f in line.details["files"]}
    assert files["patients"]["original_sha256"] == files["assessments"]["original_sha256"]
    assert files["mapping"]["status"] == "loaded"


def test_a_fault_points_into_the_export(site, balanced):
    project = project_of(site).change(lambda rows: rows[1].update(vas_pain="14", qol="101"))
    map_it(site, project)
    report = site.load()
    said = [str(q.problem) for q in report.quarantined]
    assert said[0].startswith(f"{EXPORT}, line 3, column vas_pain (cell T3): 14 is out of range")
    assert said[1].startswith(f"{EXPORT}, line 3, column qol (cell V3): 101 is out of range")
    assert sorted(r[0] for r in site.rows("select reason from quality.quarantine")) == [
        "score is outside 0 to 10 (line 3 of the export, field vas_pain)",
        "score is outside 0 to 100 (line 3 of the export, field qol)",
    ]
    assert site.count("raw.assessments") == 22
    balanced(report)


def test_a_new_export_loads_without_hand_work_and_the_older_one_is_named(site):
    project = project_of(site)
    first = project.change(lambda rows: [r.update(vas_pain="", qol="") for r in rows
                                         if r["redcap_event_name"] == "after_arm_1"])  # fmt: skip
    map_it(site, first)
    site.load()
    assert site.count("raw.assessments") == 12
    put(site, project, LATER)
    report = site.load()
    assert report.exit_code == 0, [str(p) for p in report.problems]
    assert site.count("raw.assessments") == 24
    assert f"{EXPORT} is older than {LATER} and not read" in notes(report)


def test_a_changed_score_is_a_correction_with_its_cell_in_the_export(site):
    project = project_of(site)
    map_it(site, project)
    site.load()
    put(site, project.change(lambda rows: rows[0].update(vas_pain="9.9")), LATER)
    report = site.load()
    assert f"{LATER}, line 2, column vas_pain (cell T2): `4.2" in problems(report, "assessments")
    assert site.load(accept_corrections="source checked").exit_code == 0


def test_columns_that_came_or_moved_change_nothing_and_are_named(site):
    project = project_of(site)
    map_it(site, project)
    site.load()
    moved = projects.Project(project.fields, ("record_id", "bmi", *project.titles[:0:-1]),
                             [{**r, "bmi": "22"} for r in project.rows])  # fmt: skip
    put(site, moved, LATER)
    report = site.load()
    assert report.exit_code == 0, [str(p) for p in report.problems]
    assert {f.role: f.status for f in report.files if f.role in ("patients", "assessments")} == {
        "patients": "unchanged", "assessments": "loaded",
    } or report.rows_added == {}  # fmt: skip
    assert "new fields are not mapped and not kept: bmi" in notes(report)


@pytest.mark.parametrize(
    ("change", "role", "words"),
    [(lambda p: p.renamed("vas_pain", "vas_pain_cm"), "assessments",
      "the field `vas_pain` is mapped and the export does not have it (renamed to `vas_pain_cm`?)"),
     (lambda p: p.renamed("er", "oestrogen"), "patients", "the field `er` is mapped"),
     (lambda p: p.with_field("er", 4, "1, Negative | 2, Positive"), "patients",
      "the field `er` has changed: code 1 was `Positive` and is `Negative`"),
     (lambda p: p.with_field("bone_sites", 2, "radio"), "patients",
      "the field `bone_sites` has changed: it was checkbox and is radio"),
     (lambda p: p.with_field("age", 8, "y"), "patients",
      "the field `age` is mapped and now flagged as an identifier"),
     (lambda p: p.change(lambda rows: rows[1].update(redcap_event_name="month_6_arm_1")),
      "assessments", "`month_6_arm_1` holds scores and is no visit")],
)  # fmt: skip
def test_a_drift_that_matters_refuses_its_table_by_name(site, balanced, change, role, words):
    project = project_of(site)
    map_it(site, project)
    site.load()
    before = values(site)
    put(site, change(project), LATER)
    report = site.load()
    assert words in problems(report, role)
    assert report.exit_code == 1
    assert values(site) == before
    balanced(report)
    compared = compare_mapping(
        site.folder / "redcap-mapping.toml", site.folder / LATER, site.folder / DICTIONARY
    )
    assert words in "\n".join(map(str, compared.problems))


def test_a_drift_that_does_not_matter_is_told(site):
    project = project_of(site)
    map_it(site, project)
    site.load()
    more = project.with_field("er", 4, f"{projects.STATUS} | 3, Equivocal")
    put(site, more.with_field("smoker", 2, "truefalse"), LATER)
    report = site.load()
    assert report.exit_code == 0
    assert f"{DICTIONARY} is another dictionary than the mapping was made with" in notes(report)
    assert "choices of `er`: new 3" in notes(report)


def test_a_code_that_is_not_mapped_sets_its_person_aside(site, balanced):
    project = project_of(site)
    map_it(site, project)
    put(site, project.change(lambda rows: rows[0].update(er="3", t_stage="-9")))
    report = site.load()
    said = [str(q.problem) for q in report.quarantined if q.role == "patients"]
    assert said == [
        f"{EXPORT}, line 2, column er (cell H2): `code 3` is not declared. Allowed: positive, "
        "negative. Do: correct the cell, or declare the value in study.toml."
    ]
    balanced(report)


def test_missing_data_codes_are_blank(site, balanced):
    def miss(rows):
        rows[0].update(er="-9", vas_pain="NI", omed="-999")
        rows[1].update(qol="NI")

    project = project_of(site).change(miss)
    text = map_it(site, project, missing_codes=["-999"])
    assert 'missing_codes = ["-999", "-9", "NI"]' in text
    assert "NI: stands in `vas_pain`, which holds numbers or days" in text
    report = site.load()
    assert report.exit_code == 0
    assert report.quarantined == ()
    assert site.count("raw.assessments") == 22
    assert site.rows("select attribute_text from raw.patient_attributes where patient_id = 'P01' "
                     "and attribute_id = 'er'") == [(None,)]  # fmt: skip
    balanced(report)


def test_a_record_that_contradicts_itself_across_events_is_set_aside(site):
    project = project_of(site).change(lambda rows: rows[1].update(age="99"))
    map_it(site, project)
    (first, *_) = site.load().quarantined
    assert "`35 / 99` is not a number" in str(first.problem)


@pytest.mark.parametrize("labels", ["titles", "cells"])
def test_an_export_with_labels_is_refused(site, labels):
    project = project_of(site)
    map_it(site, project)
    if labels == "titles":
        names = {f[0]: f[3] for f in project.fields} | {"redcap_event_name": "Event Name"}
        project = projects.Project(project.fields, tuple(names.get(t, t) for t in project.titles),
                                   [{names.get(k, k): v for k, v in r.items()}
                                    for r in project.rows])  # fmt: skip
        words = "the export has labels for titles, such as `Study ID`"
    else:
        project = project.change(
            lambda rows: [r.update(er={"1": "Positive", "2": "Negative"}.get(r["er"], ""))
                          for r in rows if "er" in r]
        )  # fmt: skip
        words = "the cells hold labels, such as `Negative`, not codes"
    put(site, project)
    text = problems(site.load(), "patients")
    assert words in text
    assert "choose «CSV / Microsoft Excel (raw data)»" in text


def test_a_line_that_is_open_refuses_the_mapping_and_what_waits_for_it(site, balanced):
    text = map_it(site, project_of(site))
    spoilt = re.sub(r"cohort = .*", 'cohort = "?"', text).replace(
        '"after_arm_1" = "follow_up"', '"after_arm_1" = "?"'
    )
    (site.folder / "redcap-mapping.toml").write_text(spoilt, "utf-8")
    report = site.load()
    said = problems(report, "mapping")
    assert re.search(r"redcap-mapping.toml, line \d+, \[patients\] cohort: `cohort` is still open",
                     said)  # fmt: skip
    assert "which visit is `after_arm_1`?" in said
    assert "the table waits for redcap-mapping.toml, which was refused" in problems(
        report, "patients"
    )
    balanced(report)


def test_a_table_beside_its_export_is_refused_with_both_names(site):
    patients = (site.folder / "patients.csv").read_text("utf-8")
    map_it(site, project_of(site))
    (site.folder / "patients.csv").write_text(patients, "utf-8")
    assert f"both patients.csv and {EXPORT} could be the patients table" in problems(
        site.load(), "patients"
    )


def test_a_new_column_that_identifies_people_stops_the_load(site):
    project = project_of(site)
    map_it(site, project)
    phones = projects.Project(project.fields, (*project.titles, "mobile_no"),
                              [{**r, "mobile_no": "1"} for r in project.rows])  # fmt: skip
    put(site, phones)
    text = problems(site.load(), "patients")
    assert "the column `mobile_no` looks like a phone number" in text


def test_a_mapping_without_its_export_says_so(site):
    map_it(site, project_of(site))
    (site.folder / EXPORT).unlink()
    assert "there is no export `Bone_DATA_*.csv`" in problems(site.load(), "mapping")


def test_an_event_that_is_left_out_by_a_person_is_told_with_its_lines(site):
    text = map_it(site, project_of(site))
    spoilt = text.replace('"after_arm_1" = "follow_up"  # by name\n', "")
    path = site.folder / "redcap-mapping.toml"
    path.write_text(spoilt.replace("events = []", 'events = ["after_arm_1"]'), "utf-8")
    report = site.load()
    assert report.exit_code == 0
    assert site.count("raw.assessments") == 12
    assert "`after_arm_1` is left out and holds scores: lines 3, 5, 7, 9, 11, 13" in notes(report)


def test_a_score_in_a_repeat_that_is_no_visit_refuses_the_scores(site):
    project = project_of(site, "repeating")
    map_it(site, project)
    again = next(r for r in project.rows if r.get("redcap_repeat_instance") == "2")
    put(site, project.change(lambda rows: rows.append({**again, "redcap_repeat_instance": "3"})))
    text = problems(site.load(), "assessments")
    assert f"{EXPORT}, lines 23: `#3` holds scores and is no visit. Allowed: #1, #2." in text
    assert '[visits] "#3" = "a visit"' in text


def test_a_mapping_that_names_what_the_study_does_not_declare_is_refused(site):
    text = map_it(site, project_of(site))
    path = site.folder / "redcap-mapping.toml"
    path.write_text(text.replace('= "follow_up"', '= "month_6"').replace("vas_pain_0_10", "vas"))
    said = problems(site.load(), "assessments")
    assert "the visit `month_6` is not declared. Allowed: baseline, follow_up." in said
    assert "the instrument `vas` is not declared. Allowed: " in said
