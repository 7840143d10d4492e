"""Files of finished values: what loads, what is refused, and what a correction does to them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.load import load_study
from simulate.design import Design
from simulate.study import write_study
from store.build import open_build
from store.home import Home
from tests.faults.ingest.conftest import Site

DESIGN = Design(patients=6, controls=3, targets=20, study_id="npx")


@pytest.fixture(scope="session")
def npx_folders(tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("npx")
    for platform in ("olink", "olink_ht"):
        write_study(root / platform, DESIGN, platform)
    return {p: root / p for p in ("olink", "olink_ht")}


def site_of(folder: Path, empty_home: Path, tmp_path: Path) -> Site:
    shutil.copytree(folder, tmp_path / "study")
    home = Home(tmp_path / "home")
    shutil.copytree(empty_home, home.root)
    return Site(home, open_build(home), tmp_path / "study")


@pytest.fixture
def npx(npx_folders, empty_home, tmp_path):
    """An empty home and a study of Explore files to spoil."""
    made = site_of(npx_folders["olink"], empty_home, tmp_path)
    yield made
    made.con.close()


def plate(site: Site) -> Path:
    return next((site.folder / "arrays").iterdir())


def change(site: Site, old: str, new: str, count: int = -1) -> None:
    text = plate(site).read_text(encoding="utf-8")
    assert old in text
    plate(site).write_text(text.replace(old, new, count), encoding="utf-8")


def refusals(report) -> str:
    return "\n".join(str(p) for p in report.problems)


def test_explore_values_limits_and_flags_make_the_round_trip(npx, balanced):
    report = npx.load()
    assert report.exit_code == 0, refusals(report)
    balanced(report)
    with plate(npx).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    samples = {r["sample_id"] for r in npx.read("samples")[1]}
    stored = npx.rows(
        "select sample_id, target_id, target_name, value, lod, qc_flag, value_unit, scale, "
        'value_text from raw."values" order by all'
    )
    assert stored == sorted(
        (r["SampleID"], r["OlinkID"], r["Assay"], float(r["NPX"]), float(r["LOD"]),
         "" if r["QC_Warning"] == "PASS" else f"QC_Warning {r['QC_Warning']}", "NPX", "log2",
         r["NPX"])
        for r in rows if r["SampleID"] in samples
    )  # fmt: skip
    assert any(row[5] for row in stored)
    controls = npx.rows("select control_label, count(*) from raw.control_values group by 1")
    assert {c for c, _ in controls} == {r["SampleID"] for r in rows} - samples
    assert npx.load().is_unchanged


def test_explore_ht_keeps_counts_flags_and_control_assays_apart(
    npx_folders, empty_home, tmp_path, balanced
):
    site = site_of(npx_folders["olink_ht"], empty_home, tmp_path)
    report = site.load()
    assert report.exit_code == 0, refusals(report)
    balanced(report)
    rows = pq.read_table(plate(site)).to_pylist()
    samples = {r["sample_id"] for r in site.read("samples")[1]}
    own = [r for r in rows if r["SampleID"] in samples and r["AssayType"] == "assay"]
    expected = sorted(
        (r["SampleID"], r["OlinkID"], quantity, float(r[column]))
        for r in own
        for column, quantity in (("NPX", "npx"), ("Count", "read_count"),
                                 ("ExtNPX", "npx_extension"),
                                 ("PCNormalizedNPX", "npx_plate_control"))
    )  # fmt: skip
    assert (
        site.rows('select sample_id, target_id, quantity, value from raw."values" order by all')
        == expected
    )
    kinds = dict(site.rows("select control_kind, count(*) from raw.control_values group by 1"))
    inside = [r for r in rows if r["AssayType"] != "assay"]
    assert kinds["assay_control"] == len(inside) * 4
    assert sum(kinds.values()) == len(rows) * 4 - len(expected)
    flagged = site.rows(
        "select distinct sample_id from raw.\"values\" where qc_flag = 'SampleQC WARN'"
    )
    assert {s for (s,) in flagged} == {r["SampleID"] for r in own if r["SampleQC"] == "WARN"}
    site.con.close()


def test_a_sample_that_stands_twice_is_refused_and_named(npx):
    lines = plate(npx).read_text(encoding="utf-8").split("\n")
    name = lines[1].split(";")[0]
    plate(npx).write_text("\n".join([*lines[:-1], lines[1], ""]), encoding="utf-8")
    report = npx.load()
    assert report.exit_code == 1
    assert f"`{name}` (lines 2, {len(lines)})" in refusals(report)
    assert npx.count('raw."values"') == 0


def test_a_cell_that_is_no_number_is_set_aside_alone(npx, balanced):
    lines = plate(npx).read_text(encoding="utf-8").split("\n")
    cells = lines[1].split(";")
    cells[11] = "7.Mar"
    lines[1] = ";".join(cells)
    plate(npx).write_text("\n".join(lines), encoding="utf-8")
    report = npx.load()
    balanced(report)
    assert [(s.line, s.column) for s in report.quarantined] == [(2, cells[4])]
    assert npx.rows("select reason from quality.quarantine") == [("npx is no number",)]
    assert npx.count('raw."values"', f"sample_id = '{cells[0]}'") == DESIGN.targets - 1


def test_labels_that_nobody_claims_are_named_and_refuse_the_file(npx):
    change(npx, "CONTROL_SAMPLE_AS_1", "Mystery_1")
    report = npx.load()
    assert "1 labels of the file have no row in samples.csv: `Mystery_1`" in refusals(report)
    toml = npx.folder / "study.toml"
    toml.write_text(toml.read_text() + '\n[values]\ncontrols = ["mystery_*"]\n')
    assert npx.load().exit_code == 0
    kinds = npx.rows(
        "select distinct control_kind from raw.control_values where control_label = 'Mystery_1'"
    )
    assert kinds == [("control",)]


def test_a_sample_of_the_sheet_that_the_file_lacks_refuses_the_file(npx):
    names, rows = npx.read("samples")
    rows[0]["sample_id"] = "not-there"
    npx.write("samples", names, rows)
    text = refusals(npx.load())
    assert "names 1 samples that the file does not hold: `not-there`" in text
    assert "labels of the file have no row" in text


def test_a_file_of_another_platform_is_refused_with_both_named(npx, small_study):
    shutil.copy(small_study / "arrays" / "SYN-S01.gpr", npx.folder / "arrays")
    report = npx.load()
    assert "of platform genepix" in refusals(report)
    assert "the study of olink" in refusals(report)
    assert "values of different platforms are not compared" in refusals(report)
    assert npx.count('raw."values"') > 0


def test_a_file_of_values_among_scans_is_refused_with_both_named(site, npx_folders):
    shutil.copy(npx_folders["olink"] / "arrays" / "SYN-01-NPX.csv", site.folder / "arrays")
    report = site.load()
    assert "of platform olink" in refusals(report)
    assert "the study of genepix" in refusals(report)
    assert site.count("raw.spots") > 0
    assert site.count('raw."values"') == 0


def test_other_bytes_wait_for_a_reason_and_then_replace_the_values(npx):
    assert npx.load().exit_code == 0
    before = npx.rows('select sum(value) from raw."values"')
    n_files = npx.count("raw.files", "role = 'slide'")
    lines = plate(npx).read_text(encoding="utf-8").split("\n")
    cells = lines[1].split(";")
    cells[11] = "9.5"
    plate(npx).write_text("\n".join([lines[0], ";".join(cells), *lines[2:]]), encoding="utf-8")
    refused = npx.load()
    assert "--supersede" in refusals(refused)
    assert npx.rows('select sum(value) from raw."values"') == before
    assert npx.load(supersede_reason="read again").exit_code == 0
    assert npx.count('raw."values"', "value = 9.5") == 1
    assert npx.count("raw.files", "role = 'slide'") == n_files


def test_two_exchanged_samples_are_exchanged_back_by_a_correction(npx):
    assert npx.load().exit_code == 0
    names, rows = npx.read("samples")
    one, two = rows[0], rows[1]
    sums = dict(npx.rows('select sample_id, sum(value) from raw."values" group by 1'))
    for row in rows:
        row["file_label"] = row["sample_id"]
    one["file_label"], two["file_label"] = two["sample_id"], one["sample_id"]
    npx.write("samples", [*names, "file_label"], rows)
    report = npx.load(accept_corrections="exchanged at the bench")
    assert report.exit_code == 0, refusals(report)
    now = dict(npx.rows('select sample_id, sum(value) from raw."values" group by 1'))
    a, b = one["sample_id"], two["sample_id"]
    assert (now[a], now[b]) == (sums[b], sums[a])
    assert {k: v for k, v in now.items() if k not in (a, b)} == {
        k: v for k, v in sums.items() if k not in (a, b)
    }


def relabelled(npx, **labels):
    """Write a file_label for every sample: its own id, or the one that is given by row number."""
    names, rows = npx.read("samples")
    for row in rows:
        row["file_label"] = row["sample_id"]
    for number, label in labels.items():
        rows[int(number[1:])]["file_label"] = label
    npx.write("samples", [*(n for n in names if n != "file_label"), "file_label"], rows)
    return rows


@pytest.mark.parametrize("is_plate_here", [True, False])
def test_values_of_two_people_never_meet_under_one_sample(npx, is_plate_here, tmp_path):
    assert npx.load().exit_code == 0
    one, two = (r["sample_id"] for r in npx.read("samples")[1][:2])
    query = 'select sample_id, sample_label, count(*) from raw."values" group by all order by all'
    whole = npx.rows(query)
    if not is_plate_here:  # as in a drop folder: the plate was delivered long ago
        plate(npx).rename(tmp_path / "away")
    relabelled(npx, _0=two, _1="TYPO")
    report = npx.load(accept_corrections="exchanged at the bench")
    assert report.exit_code == 1
    assert "names 1 samples that the file does not hold: `TYPO`" in refusals(report)
    assert f"1 labels of the file have no row in samples.csv: `{one}`" in refusals(report)
    own = [(s, label) for s, label, _ in npx.rows(query) if s in ("", one, two)]
    assert own == [("", one), (one, two)]
    assert sum(n for *_, n in npx.rows(query)) == sum(n for *_, n in whole)
    relabelled(npx)
    report = npx.load(accept_corrections="they were right before")
    assert report.exit_code == 0, refusals(report)
    assert npx.rows(query) == whole


def test_another_unit_than_the_loaded_files_is_refused(npx):
    assert npx.load().exit_code == 0
    first = plate(npx)
    text = first.read_text(encoding="utf-8")
    header, *lines = text.rstrip("\n").split("\n")
    other = [header.replace(";NPX;", ";Quantified_value;") + ";Unit"]
    other += [f"{line};pg/mL" for line in lines]
    (npx.folder / "arrays" / "second.csv").write_text("\n".join(other) + "\n", encoding="utf-8")
    names, rows = npx.read("samples")
    again = [{**r, "sample_id": f"{r['sample_id']}-2", "slide_id": "second",
              "file_label": r["sample_id"]} for r in rows]  # fmt: skip
    npx.write("samples", [*names, "file_label"], [*({**r, "file_label": ""} for r in rows), *again])
    text = refusals(npx.load())
    assert "the file gives concentration in pg/mL (linear), loaded are npx in NPX (log2)" in text


def test_without_a_catalog_the_first_file_tells_the_panel_and_later_ones_are_held_to_it(npx):
    (npx.folder / "catalog.csv").unlink()
    report = npx.load()
    assert report.exit_code == 0, refusals(report)
    notes = " ".join(n for f in report.files for n in f.notes)
    assert f"was learnt from arrays/{plate(npx).name}: {DESIGN.targets} targets" in notes
    assert npx.count("raw.panel_targets") == DESIGN.targets
    change(npx, "OID20001", "OID29999")
    refused = npx.load(supersede_reason="another export")
    assert "is OID20001 here, not OID29999: the assay is unknown" in refusals(refused)
    assert "1 targets of synthetic_explore are not in the file" in refusals(refused)


def test_where_ids_are_no_codes_no_label_reaches_a_published_column(npx, tmp_path):
    toml = npx.folder / "study.toml"
    toml.write_text(toml.read_text().replace("ids_are_codes = true", "ids_are_codes = false"))
    assert npx.load().exit_code == 0
    real = {r["sample_id"] for r in npx.read("samples")[1]}
    stored = {s for (s,) in npx.rows('select distinct sample_id from raw."values"')}
    assert len(stored) == len(real)
    assert not stored & real
    from contracts.raw import CONTROL_VALUES, VALUES

    for relation in (VALUES, CONTROL_VALUES):
        shown = [c.name for c in relation.columns if not c.identifying]
        rows = npx.rows(f'select {", ".join(shown)} from raw."{relation.name}"')
        assert not {str(cell) for row in rows for cell in row} & real


@pytest.mark.parametrize("cut", [200, 900, -30])
def test_a_cut_file_is_refused_in_words(npx, cut):
    data = plate(npx).read_bytes()
    plate(npx).write_bytes(data[:cut])
    report = npx.load()
    assert report.exit_code == 1
    assert npx.count('raw."values"') == 0


def test_a_damaged_parquet_file_is_refused_in_words(npx_folders, empty_home, tmp_path):
    site = site_of(npx_folders["olink_ht"], empty_home, tmp_path)
    data = bytearray(plate(site).read_bytes())
    for place in range(4, len(data), 97):
        data[place] ^= 0x55
    plate(site).write_bytes(bytes(data))
    report = site.load()
    assert report.exit_code == 1
    assert site.count('raw."values"') == 0
    site.con.close()


def test_two_files_of_one_study_load_whatever_their_order(npx_folders, empty_home, tmp_path):
    """A plate that came later is held to the same panel; loading in two calls gives the same."""
    folder = tmp_path / "two"
    write_study(folder, Design(patients=20, controls=8, targets=12, study_id="two"), "olink")
    plates = sorted((folder / "arrays").iterdir())
    assert len(plates) > 1
    sums = []
    for order in ([0, 1], [1, 0]):
        home = Home(tmp_path / f"home{order[0]}")
        shutil.copytree(empty_home, home.root)
        con = open_build(home)
        part = tmp_path / f"part{order[0]}"
        shutil.copytree(folder, part)
        for p in (part / "arrays").iterdir():
            p.unlink()
        for i in order:
            shutil.copy(plates[i], part / "arrays")
            report = load_study(home, con, part)
        assert not report.problems
        sums.append(con.execute(
            'select count(*), sum(value::decimal(18, 6)) from raw."values"').fetchone())  # fmt: skip
        con.close()
    assert sums[0] == sums[1]


def test_a_row_in_quarantine_claims_its_label_in_later_calls_too(npx, tmp_path):
    npx.edit("samples", lambda rows: rows[0].update(collected_on="2099-01-01"))
    (npx.folder / "arrays").rename(tmp_path / "later")
    npx.load()
    (npx.folder / "samples.csv").unlink()
    (tmp_path / "later").rename(npx.folder / "arrays")
    report = npx.load()
    assert report.exit_code == 0, refusals(report)
    assert npx.count('raw."values"') > 0
