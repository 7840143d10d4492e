"""Other panels, other numbers of Blocks and print-grid slides work the same way, without code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.load import load_study
from ingest.panel.study_panel import study_panel
from ingest.spots.learn import learn_layout
from store.build import open_build
from store.home import Home

NAMES = ["POS", "Adipsin", "Resistin", "Visfatin", "Chemerin", "NEG"]
GRID = [(row, column) for row in (1, 2, 3) for column in (1, 2, 3, 4)]
TITLES = ["Block", "Column", "Row", "Name", "ID", "X", "Y", "Dia.", "F532 Median", "F532 Mean",
          "B532 Median", "B532 Mean", "Flags"]  # fmt: skip
STUDY = """
[study]
id = "own"
title = "Another panel"
primary_variant = "subtract_median"
[privacy]
ids_are_codes = true
[panel]
platform = "genepix"
id = "adipokines"
channel_nm = 532
array_unit = "{unit}"
[[visits]]
code = "once"
label = "Once"
baseline = true
[[groups]]
code = "A"
label = "All"
cohort = "patient"
visit = "once"
[[centres]]
code = "here"
label = "Here"
"""


def name_at(block: int, row: int, column: int, unit: str) -> str:
    """Two of each; on a print-grid slide every Block holds other targets."""
    cell = ((row - 1) * 4 + column - 1) // 2
    return NAMES[cell] if unit == "block" else NAMES[(cell + block) % len(NAMES)]


def lines_of(n_blocks: int, unit: str) -> list[list[str]]:
    rows = []
    for block in range(1, n_blocks + 1):
        for row, column in GRID:
            name = name_at(block, row, column, unit)
            rows.append([str(block), str(column), str(row), f'"{name}"', f'"{name.upper()}"',
                         str(400 * column), str(5000 * block + 400 * row), "150",
                         str(500 + 7 * block + column), "510", "80", "81", "0"])  # fmt: skip
    return rows


def gpr(rows: list[list[str]]) -> str:
    head = ['"Type=GenePix Results 3"', '"DateTime=2022/02/03 10:00:00"']
    titles = "\t".join(f'"{t}"' for t in TITLES)
    return "\n".join(["ATF\t1.0", f"{len(head)}\t{len(TITLES)}", *head, titles,
                      *("\t".join(r) for r in rows)]) + "\n"  # fmt: skip


@dataclass(frozen=True)
class Own:
    """A study folder of a panel of its own, and the home it is loaded into."""

    folder: Path
    home: Home
    con: object
    n_blocks: int
    unit: str

    def slide(self, name: str) -> Path:
        return self.folder / "arrays" / f"{name}.gpr"

    def load(self, **options):
        return load_study(self.home, self.con, self.folder, **options)

    def problems(self, report, name):
        return "\n".join(str(p) for f in report.files if f.slide_id == name for p in f.problems)

    def n_spots(self, slide):
        return self.con.execute(
            "select count(*) from raw.spots where slide_id = ?", [slide]
        ).fetchone()[0]


def make_own(tmp_path: Path, n_blocks: int, unit: str) -> Own:
    folder = tmp_path / "study"
    (folder / "arrays").mkdir(parents=True)
    (folder / "study.toml").write_text(STUDY.format(unit=unit), "utf-8")
    kinds = {"POS": "positive_control", "NEG": "negative_control"}
    catalog = [f"{n},{kinds.get(n, 'analyte')}" for n in NAMES]
    (folder / "catalog.csv").write_text("\n".join(["target_name,target_kind", *catalog]), "utf-8")
    people, samples = (
        ["patient_id,cohort,centre_id,sex,age_years"],
        ["sample_id,patient_id,visit,group_code,slide_id,block,batch,lot"],
    )
    blocks = range(1, n_blocks + 1) if unit == "block" else [""]
    for slide in ("S1", "S2"):
        for block in blocks:
            person = f"P{slide}{block}"
            people.append(f"{person},patient,here,female,50")
            samples.append(f"{person}-x,{person},once,A,{slide},{block},B1,L1")
        (folder / "arrays" / f"{slide}.gpr").write_text(
            gpr(lines_of(n_blocks, unit)).replace("510", f"51{slide[1]}"), "utf-8"
        )
    (folder / "patients.csv").write_text("\n".join(people), "utf-8")
    (folder / "samples.csv").write_text("\n".join(samples), "utf-8")
    home = Home(tmp_path / "home")
    return Own(folder, home, open_build(home), n_blocks, unit)


BLOCKS = [(4, "block"), (8, "block"), (14, "block"), (16, "block")]


@pytest.fixture(params=[*BLOCKS, (6, "slide")],
                ids=lambda p: f"{p[0]}-{p[1]}")  # fmt: skip
def own(request, tmp_path):
    made = make_own(tmp_path, *request.param)
    yield made
    made.con.close()


def test_slides_load_and_a_removed_row_is_named_by_the_other_slide(own):
    rows = lines_of(own.n_blocks, own.unit)
    n = len(rows)
    gone = rows.pop(n // 2)
    own.slide("S2").write_text(gpr(rows), "utf-8")
    report = own.load()
    assert own.n_spots("S1") == n
    assert own.n_spots("S2") == 0
    text = own.problems(report, "S2")
    where = f"Block {gone[0]} Row {gone[2]} Column {gone[1]} `{gone[3].strip(chr(34))}`"
    assert f"missing: {where}" in text
    own.slide("S2").write_text(gpr(lines_of(own.n_blocks, own.unit)).replace("510", "519"), "utf-8")
    assert own.load().exit_code == 0
    assert own.n_spots("S2") == n


def test_no_spot_is_dropped_because_the_first_file_is_shorter(own):
    rows = lines_of(own.n_blocks, own.unit)
    own.slide("S1").write_text(gpr(rows[:-1]), "utf-8")
    report = own.load()
    assert own.n_spots("S1") in (0, len(rows) - 1)
    assert own.n_spots("S2") == (len(rows) if own.n_spots("S1") == 0 else 0)
    if own.unit == "block":  # the other Blocks know better
        assert "missing: Block" in own.problems(report, "S1")
    else:  # nothing does, and the longer one is refused, not cut
        assert "extra: Block" in own.problems(report, "S2")


def test_a_layout_learnt_from_a_slide_is_the_same_for_any_panel(own):
    study, panel = study_panel(own.folder)
    draft = learn_layout(own.slide("S1"), "L1", study, panel)
    assert len(draft.spots) == own.n_blocks * len(GRID)
    assert draft.are_alike == (own.unit == "block")
    assert draft.blocks == list(range(1, own.n_blocks + 1))


@pytest.mark.parametrize("own", BLOCKS, indirect=True, ids=lambda p: f"{p[0]}-{p[1]}")
def test_one_block_of_an_array_list_stands_for_any_number(own):
    (own.folder / "layouts").mkdir()
    spots = [f'1\t{r}\t{c}\t"x"\t"{name_at(1, r, c, own.unit)}"' for r, c in GRID]
    (own.folder / "layouts" / "L1.gal").write_text(
        "\n".join(["ATF\t1.0", "1\t5", '"Type=GenePix ArrayList V1.0"',
                   "Block\tRow\tColumn\tID\tName", *spots]), "utf-8")  # fmt: skip
    rows = lines_of(own.n_blocks, own.unit)
    own.slide("S2").write_text(gpr(rows[:-1]), "utf-8")
    report = own.load()
    text = own.problems(report, "S2")
    assert f"{len(rows) - 1} of {len(rows)} spots, {len(rows)} from the panel layout" in text
    assert own.n_spots("S1") == len(rows)
    assert own.con.execute("select count(*) from raw.panel_features").fetchone() == (len(rows),)
