"""What a second delivery does: nothing twice, corrections only with a reason, nothing deleted."""

from __future__ import annotations

import pytest

from contracts import CytomartError


def problems(report, role):
    return "\n".join(str(p) for f in report.files if f.role == role for p in f.problems)


def test_loading_twice_adds_nothing_and_says_so(loaded):
    events = len(loaded.events())
    report = loaded.load()
    assert report.is_unchanged
    assert report.rows_added == {}
    assert (report.new_batches, report.changed_batches) == ((), ())
    assert report.exit_code == 0
    assert len(loaded.events()) == events


def test_a_changed_cell_is_shown_before_and_after_and_refused(loaded, balanced):
    loaded.edit("patients", lambda rows: rows[0].update(age_years="33", er="negative"))
    old = loaded.rows("select age_years from raw.patients where patient_id = 'P01'")
    report = loaded.load()
    text = problems(report, "patients")
    assert "2 cells in 1 row changed against what is loaded" in text
    assert f"(cell E2): `{old[0][0]}` → `33`" in text
    assert "--accept-corrections --reason" in text
    assert [(c.key, c.column, c.after) for c in report.changes] == [
        ("P01", "age_years", "33"), ("P01", "er", "negative"),
    ]  # fmt: skip
    assert not report.corrections_accepted
    assert loaded.rows("select age_years from raw.patients where patient_id = 'P01'") == old
    (reason,) = loaded.rows("select reason from quality.refusals")
    assert reason == ("2 cells in 1 row changed against what is loaded (columns age_years, er)",)
    assert "33" not in reason[0]
    balanced(report)


def test_an_accepted_correction_changes_the_row_and_keeps_the_history(loaded, balanced):
    old = loaded.rows("select age_years, file_sha256 from raw.patients where patient_id = 'P01'")
    loaded.edit("patients", lambda rows: rows[0].update(age_years="33", er="negative"))
    report = loaded.load(accept_corrections="typing error")
    assert report.exit_code == 0
    assert report.corrections_accepted
    assert report.changed_batches == ("SYN-01",)
    assert loaded.rows("select age_years from raw.patients where patient_id = 'P01'") == [(33,)]
    assert loaded.rows("select attribute_text from raw.patient_attributes "
                       "where patient_id = 'P01' and attribute_id = 'er'") == [("negative",)]  # fmt: skip
    history = loaded.rows("select relation_name, row_key, column_name, old_text, new_text, reason, "
                          "old_file_sha256 from identity.cell_history order by 1 desc")  # fmt: skip
    assert history[0] == ("raw.patients", '{"patient_id": "P01"}', "age_years", str(old[0][0]),
                          "33", "typing error", old[0][1])  # fmt: skip
    assert history[1][:5] == ("raw.patient_attributes",
                              '{"attribute_id": "er", "patient_id": "P01"}', "attribute_text",
                              "positive", "negative")  # fmt: skip
    others = loaded.rows("select distinct file_sha256 from raw.patients where patient_id <> 'P01'")
    assert others == [(old[0][1],)]
    balanced(report)


def test_there_and_back_again_is_three_versions(loaded):
    original = (loaded.folder / "assessments.csv").read_bytes()
    loaded.edit("assessments", lambda rows: rows[0].update(score="9.9"))
    loaded.load(accept_corrections="first reading")
    (loaded.folder / "assessments.csv").write_bytes(original)
    assert loaded.load().exit_code == 1
    report = loaded.load(accept_corrections="the first value was right")
    assert report.exit_code == 0
    assert loaded.count("identity.cell_history") == 2
    versions = [f["sha256"] for e in loaded.events() for f in e.details["files"]
                if f["role"] == "assessments" and f["status"] == "loaded"]  # fmt: skip
    assert len(versions) == 3
    assert versions[0] == versions[2] != versions[1]
    assert loaded.load().is_unchanged


def test_new_rows_are_added_and_missing_ones_are_named_and_stay(loaded, balanced):
    def change(rows):
        rows.append({**rows[0], "site_id": "spine"})
        del rows[3]

    loaded.edit("assessments", change)
    report = loaded.load()
    assert report.exit_code == 0
    assert loaded.count("raw.assessments") == 25
    assert [m.role for m in report.missing_keys] == ["assessments"]
    assert report.missing_keys[0].key.startswith("P01 · follow_up")
    assert not report.missing_keys[0].key.endswith("·"), "a score without a site is named without"
    balanced(report)


def test_a_refused_correction_leaves_new_rows_of_its_file_out_too(loaded):
    def change(rows):
        rows[0]["score"] = "9.9"
        rows.append({**rows[1], "site_id": "spine"})

    loaded.edit("assessments", change)
    report = loaded.load()
    assert loaded.count("raw.assessments") == 24
    file = next(f for f in report.files if f.role == "assessments")
    assert (file.status, file.n_rows_refused) == ("refused", 25)


def test_swapped_blocks_are_a_correction_of_cells(loaded):
    def swap(rows):
        rows[0]["block"], rows[1]["block"] = rows[1]["block"], rows[0]["block"]

    loaded.edit("samples", swap)
    report = loaded.load()
    assert [(c.key, c.column, c.before, c.after) for c in report.changes] == [
        ("P06-follow_up", "block", "1", "2"), ("P01-follow_up", "block", "2", "1"),
    ]  # fmt: skip
    assert loaded.load(accept_corrections="pipetting sheet was misread").exit_code == 0
    assert loaded.count("raw.samples") == 16
    assert loaded.count("identity.cell_history") == 2


def test_a_renamed_sample_is_a_correction_and_leaves_one_sample_on_its_block(loaded):
    loaded.edit("samples", lambda rows: rows[0].update(sample_id="P06-after"))
    report = loaded.load()
    assert [(c.column, c.before, c.after) for c in report.changes] == [
        ("sample_id", "P06-follow_up", "P06-after")
    ]
    assert loaded.load(accept_corrections="label corrected").exit_code == 0
    assert loaded.rows("select sample_id from raw.samples where slide_id = 'SYN-S01' "
                       "and block = 1") == [("P06-after",)]  # fmt: skip


def test_a_block_found_empty_later_is_a_correction(loaded):
    def empty(rows):
        rows[0].update(sample_id="", patient_id="", visit="", group_code="empty",
                       collected_on="", total_protein_mg_ml="")  # fmt: skip

    loaded.edit("samples", empty)
    assert loaded.load().exit_code == 1
    assert loaded.load(accept_corrections="tube was lost").exit_code == 0
    assert loaded.rows("select sample_id, group_code, patient_id from raw.samples "
                       "where slide_id = 'SYN-S01' and block = 1") == [
        ("SYN-S01/B1", "empty", None)
    ]  # fmt: skip


def test_a_corrected_batch_moves_the_spots_of_its_slide(loaded):
    def move(rows):
        for row in rows:
            if row["slide_id"] == "SYN-S02":
                row["batch"] = "SYN-02"

    loaded.edit("samples", move)
    report = loaded.load(accept_corrections="second run of the day")
    assert report.new_batches == ("SYN-02",)
    assert loaded.rows("select batch_id, count(*) from raw.spots group by 1 order by 1") == [
        ("SYN-01", 1408), ("SYN-02", 1408),
    ]  # fmt: skip


def test_a_clinical_column_that_arrives_later_is_no_correction(loaded, balanced):
    toml = loaded.folder / "study.toml"
    toml.write_text(toml.read_text("utf-8") + '\n[[attributes]]\nid = "smoker"\nlabel = "Smoker"\n'
                    'levels = [["yes", "Yes"], ["no", "No"]]\n', "utf-8")  # fmt: skip
    names, rows = loaded.read("patients")
    loaded.write("patients", [*names, "smoker"], [{**r, "smoker": "no"} for r in rows])
    report = loaded.load()
    assert report.exit_code == 0
    assert report.changes == ()
    assert loaded.count("raw.patient_attributes", "attribute_id = 'smoker'") == 9
    assert loaded.count("identity.cell_history") == 0
    balanced(report)


def test_the_order_of_plan_rows_does_not_change_its_hash(loaded):
    loaded.edit("plan", lambda rows: rows.reverse())
    loaded.load()
    assert len({e.details["plan_hash"] for e in loaded.events()}) == 1


def test_what_loaded_files_rest_on_cannot_be_turned_over(loaded):
    toml = loaded.folder / "study.toml"
    toml.write_text(toml.read_text("utf-8").replace("ids_are_codes = true", "ids_are_codes = false"),
                    "utf-8")  # fmt: skip
    with pytest.raises(CytomartError, match="ids_are_codes"):
        loaded.load()


def test_without_a_batch_column_the_batch_is_lot_and_scan_day(site):
    names, rows = site.read("samples")
    site.write("samples", [n for n in names if n != "batch"],
               [{k: v for k, v in r.items() if k != "batch"} for r in rows])  # fmt: skip
    data = site.slide(2).read_bytes()
    site.slide(2).unlink()
    report = site.load()
    day = site.rows("select substr(header_text, 1, 10) from raw.scan_headers "
                    "where header_key = 'DateTime'")[0][0].replace("/", "-")  # fmt: skip
    assert set(report.new_batches) == {f"SYN-LOT-1/{day}", "SYN-LOT-1/unscanned"}
    site.slide(2).write_bytes(data)
    report = site.load()
    assert report.exit_code == 0
    assert report.changes == ()
    batches = site.rows("select distinct batch_id from raw.samples order by 1")
    assert ("SYN-LOT-1/unscanned",) not in batches
    assert batches == site.rows("select distinct batch_id from raw.spots order by 1")


@pytest.mark.parametrize("is_sheet_here", [True, False])
def test_batches_are_the_same_where_the_sheet_came_before_the_scans(site, tmp_path, is_sheet_here):
    names, rows = site.read("samples")
    site.write("samples", [n for n in names if n != "batch"],
               [{k: v for k, v in r.items() if k != "batch"} for r in rows])  # fmt: skip
    if is_sheet_here:
        site.edit("samples", lambda rows: rows[0].update(total_protein_mg_ml="-5"))
    (site.folder / "arrays").rename(tmp_path / "later")
    site.load()
    if not is_sheet_here:
        (site.folder / "samples.csv").unlink()
    (tmp_path / "later").rename(site.folder / "arrays")
    report = site.load()
    assert report.exit_code == 0
    batches = site.rows("select distinct slide_id, batch_id from raw.samples order by all")
    assert all(b.startswith("SYN-LOT-1/20") for _, b in batches)
    assert batches == site.rows("select distinct slide_id, batch_id from raw.spots order by all")
    aside = site.rows("select slide_id, batch_id from quality.quarantine")
    assert len(aside) == int(is_sheet_here)
    assert set(aside) <= set(batches)


def test_a_refused_table_names_its_impossible_rows_too(loaded):
    def spoil(rows):
        rows[0]["score"] = "9.9"
        rows[1]["score"] = "1400"

    loaded.edit("assessments", spoil)
    report = loaded.load()
    text = problems(report, "assessments")
    assert "1 cell in 1 row changed against what is loaded" in text
    assert "1400 is out of range" in text
    assert loaded.count("quality.quarantine") == 0


def test_a_block_is_not_given_away_while_the_row_of_its_sample_is_in_quarantine(loaded, balanced):
    def exchange(rows):
        places = ("slide_id", "block", "batch", "lot")
        one, two = rows[0], rows[1]
        for column in places:
            one[column], two[column] = two[column], one[column]
        one["collected_on"] = "2099-01-01"

    before = loaded.rows("select * from raw.samples order by all")
    loaded.edit("samples", exchange)
    report = loaded.load(accept_corrections="exchanged at the bench")
    assert report.exit_code == 1
    text = problems(report, "samples")
    assert "Block 1 of slide SYN-S01 holds sample `P06-follow_up`, whose row is in quar" in text
    assert "2099-01-01 lies in the future" in text
    assert loaded.rows("select * from raw.samples order by all") == before
    balanced(report)


@pytest.mark.parametrize("is_sheet_here", [True, False])
def test_a_row_in_quarantine_declares_its_block_in_later_calls_too(site, tmp_path, is_sheet_here):
    site.edit("samples", lambda rows: rows[0].update(total_protein_mg_ml="-5"))
    (site.folder / "arrays").rename(tmp_path / "later")
    site.load()
    if not is_sheet_here:
        (site.folder / "samples.csv").unlink()
    (tmp_path / "later").rename(site.folder / "arrays")
    report = site.load()
    assert report.exit_code == 0, [str(p) for p in report.problems]
    assert site.count("raw.files", "role = 'slide'") == 2
