"""cytomart panel: a layout is learnt once, shown, confirmed, and says where it comes from."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner

from contracts import CytomartError
from cytomart.main import cli
from ingest.files.source_file import SourceFile
from ingest.load import load_study
from ingest.panel.gal import read_gal
from simulate.design import Design
from simulate.study import write_study
from store.build import open_build
from store.home import Home

LOT = "SYN-LOT-1"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("panel") / "study"
    write_study(folder, Design(patients=4, controls=2, study_id="small"))
    return folder


@pytest.fixture
def folder(study, tmp_path):
    shutil.copytree(study, tmp_path / "study")
    toml = tmp_path / "study" / "study.toml"
    toml.write_text(toml.read_text("utf-8").replace('layout = "layout.gal"\n', ""), "utf-8")
    return tmp_path / "study"


@pytest.fixture
def panel(folder, tmp_path):
    def run(*args, answer=None, as_json=False):
        head = ["--home", str(tmp_path / "home"), *(["--json"] if as_json else [])]
        return CliRunner().invoke(cli, [*head, "panel", *args], input=answer)

    return run


def learn(panel, folder, *more, **how):
    slide = folder / "arrays" / "SYN-S01.gpr"
    return panel("learn", str(slide), "--lot", LOT, "--study", str(folder), *more, **how)


def test_a_layout_is_learnt_shown_and_kept_with_its_origin(panel, folder):
    done = learn(panel, folder, answer="y\n")
    assert done.exit_code == 0, done.output
    assert "8 Blocks, all printed alike; 1408 spots, 48 of them positive and 80 negative" in (
        done.output
    )
    assert "Block 1, 2, 3, 4, 5, 6, 7, 8" in done.output
    assert "IL-1 alpha" in done.output
    path = folder / "layouts" / f"{LOT}.gal"
    layout = read_gal(SourceFile.from_path(path))
    records = {r.key: r.text for r in layout.records}
    slide = SourceFile.from_path(folder / "arrays" / "SYN-S01.gpr")
    assert records["Type"] == "GenePix ArrayList V1.0"
    assert records["LearntFrom"] == "SYN-S01"
    assert records["LearntFromSha256"] == slide.sha256
    assert records["Lot"] == LOT
    assert records["ConfirmedBy"]
    assert records["Block1"].split(", ")[3:] == ["16", "400", "11", "400"]
    stated = read_gal(SourceFile.from_path(folder / "layout.gal"))
    assert set(layout.features) == set(stated.features)
    page = (folder / "layouts" / f"{LOT}.html").read_text("utf-8")
    assert page.count('class="spot ') == 1408
    assert "<script" not in page


def test_a_learnt_layout_is_enforced(panel, folder, tmp_path):
    assert learn(panel, folder, "--yes").exit_code == 0
    lines = (folder / "arrays" / "SYN-S01.gpr").read_bytes().splitlines(keepends=True)
    del lines[100]
    (folder / "arrays" / "SYN-S01.gpr").write_bytes(b"".join(lines))
    home = Home(tmp_path / "home")
    con = open_build(home)
    report = load_study(home, con, folder)
    (kept,) = con.execute("select distinct file_sha256 from raw.panel_features").fetchall()
    con.close()
    text = "\n".join(str(p) for p in report.problems)
    assert f"1408 from the panel layout (layouts/{LOT}.gal); missing: Block 1 Row 5" in text
    assert (home.archive_dir / kept[0]).exists()


def test_nothing_is_kept_that_is_not_confirmed(panel, folder):
    for answer in ("n\n", ""):
        done = learn(panel, folder, answer=answer)
        assert done.exit_code == 1
        assert "Nothing was kept." in done.output
        assert list((folder / "layouts").iterdir()) == []


def test_a_lot_that_has_a_layout_is_not_learnt_again(panel, folder):
    assert learn(panel, folder, "--yes").exit_code == 0
    done = learn(panel, folder, "--yes")
    assert isinstance(done.exception, CytomartError)
    assert "has a layout already" in str(done.exception)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"Leptin"', '"Lepton"', "`Lepton` at Block 1 Row 6 Column 11"),
        ('"Leptin"\t"LEPTIN"', '"IL-6"\t"IL_6"', "Block 1 lacks `Leptin` of the content list"),
        ("532", "635", "scanned at 635 nm, study.toml says 532 nm"),
    ],
)
def test_a_slide_that_does_not_fit_the_panel_teaches_nothing(panel, folder, old, new, words):
    slide = folder / "arrays" / "SYN-S01.gpr"
    slide.write_bytes(slide.read_bytes().replace(old.encode(), new.encode()))
    done = learn(panel, folder, "--yes")
    assert words in str(done.exception)
    assert not (folder / "layouts").exists()


def test_a_slide_with_a_swap_in_one_block_teaches_nothing(panel, folder):
    slide = folder / "arrays" / "SYN-S01.gpr"
    data = slide.read_bytes()
    slide.write_bytes(data.replace(b'"IL-2"', b'"IL-3"', 1))
    assert "not those of the other Blocks of the file" in str(
        learn(panel, folder, "--yes").exception
    )


def test_other_replicates_are_noted_for_the_person_who_confirms(panel, folder):
    slide = folder / "arrays" / "SYN-S01.gpr"
    text = slide.read_bytes().decode()
    rows = [
        r.replace('"NEG"\t"NEG"', '"IL-6"\t"IL_6"')
        if r.split("\t")[1:3] in (["7", "11"], ["8", "11"]) else r
        for r in text.split("\r\n")
    ]  # fmt: skip
    slide.write_bytes("\r\n".join(rows).encode())
    done = learn(panel, folder, "--yes")
    assert done.exit_code == 0, done.exception
    assert "not printed 2 times as the others: IL-6 (4)" in done.output


def test_lots_and_panels_are_listed_and_shown(panel, folder, tmp_path):
    assert "No layout of a lot is known here." in panel("list").output
    assert learn(panel, folder, "--yes").exit_code == 0
    listed = panel("list", "--study", str(folder), as_json=True)
    (lot,) = [k for k in json.loads(listed.output)["lots"] if k["lot"] == LOT]
    assert (lot["n_blocks"], lot["n_spots"], lot["n_targets"]) == (8, 1408, 84)
    shown = panel("show", LOT, "--study", str(folder), "--html", str(tmp_path / "p.html"))
    assert "POS1" in shown.output
    assert "Block 8 Row 11 Column 16: NEG" in (tmp_path / "p.html").read_text("utf-8")
    missing = panel("show", "LOT-9", "--study", str(folder))
    assert "no layout of lot `LOT-9` is known" in str(missing.exception)
    assert LOT in str(missing.exception)


def test_names_are_resolved_with_traps_and_candidates(panel):
    done = panel("resolve", "TPO", "cxcl8", as_json=True)
    found = {f["name"]: f for f in json.loads(done.output)["resolved"]}
    assert done.exit_code == 0
    assert found["TPO"]["target"] == "Thrombopoietin"
    assert "thyroid peroxidase" in found["TPO"]["note"]
    assert (found["cxcl8"]["target"], found["cxcl8"]["uniprot"]) == ("IL-8", "P10145")
    done = panel("resolve", "IL-6", "MIP", "GRO")
    assert done.exit_code == 1
    assert "MIP-1 beta or MIP-1 delta or MIF or MIP-3 alpha" in done.output
    assert "`GRO` could mean GRO a/b/g or GRO alpha" in done.output
