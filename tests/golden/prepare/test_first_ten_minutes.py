"""From bare scans to a released study, as a new user goes: look, init, fill, check, mend, run."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from simulate.study import Design, write_study

SLIDES = ("SYN-S01", "SYN-S02", "SYN-S03")


@dataclass
class Walk:
    """Where the user is, and what is true of the study."""

    home: Path
    truth: Path
    folder: Path
    planted: dict[str, tuple[str, str]] = field(default_factory=dict)

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.truth / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))


def typed(column: str, text: str):
    """Return a cell as a person would type it into a spreadsheet: numbers, days, texts."""
    if not text:
        return None
    if column in ("collected_on", "assessed_on"):
        return date.fromisoformat(text)
    if column in ("block", "age_years"):
        return int(text)
    if column in ("score", "omed_mg", "total_protein_mg_ml"):
        return float(text)
    return text


def fill(walk: Walk) -> None:
    """Fill what `init` wrote with the truth, as a person would: only cells, in the same files."""
    samples = {(r["slide_id"], r["block"]): r for r in walk.rows("samples")}
    book = openpyxl.load_workbook(walk.folder / "samples.xlsx")
    sheet = book["samples"]
    titles = [c.value for c in sheet[1]]
    for row in sheet.iter_rows(min_row=2, max_row=1 + len(samples)):
        own = dict(zip(titles, row, strict=True))
        truth = samples[own["slide_id"].value, str(own["block"].value)]
        for column, cell in own.items():
            if column not in ("slide_id", "block"):
                cell.value = typed(column, truth.get(column, ""))
    book.save(walk.folder / "samples.xlsx")
    for name in ("patients", "assessments"):
        book = openpyxl.load_workbook(walk.folder / f"{name}.xlsx")
        sheet = book[name]
        titles = [c.value for c in sheet[1]]
        truth = walk.rows(name)
        for extra in [c for c in truth[0] if c not in titles]:
            sheet.cell(1, len(titles) + 1, extra)
            titles.append(extra)
        for number, row in enumerate(truth, start=2):
            for column, text in row.items():
                sheet.cell(number, titles.index(column) + 1).value = typed(column, text)
        book.save(walk.folder / f"{name}.xlsx")
    shutil.copyfile(walk.truth / "plan.csv", walk.folder / "plan.csv")
    draft = (walk.folder / "study.toml").read_text(encoding="utf-8")
    words = (walk.truth / "study.toml").read_text(encoding="utf-8")
    text = (
        draft[: draft.index("# Visits in the order of time")] + words[words.index("[[visits]]") :]
    )
    text = text.replace("ids_are_codes = false", "ids_are_codes = true")
    (walk.folder / "study.toml").write_text(text, encoding="utf-8")


def find(sheet, **cells) -> int:
    titles = [c.value for c in sheet[1]]
    return next(
        row[0].row for row in sheet.iter_rows(min_row=2)
        if all(str(row[titles.index(k)].value) == v for k, v in cells.items())
    )  # fmt: skip


def plant(walk: Walk) -> None:
    """Plant eleven mistakes of the kinds that people make, each in a cell of its own."""
    book = openpyxl.load_workbook(walk.folder / "samples.xlsx")
    sheet = book["samples"]
    used = [r[0].row for r in sheet.iter_rows(min_row=2) if r[0].value]
    on = {s: [n for n in used if sheet[f"E{n}"].value == s] for s in SLIDES}
    swapped = next(n for n in on["SYN-S01"] if sheet[f"C{n}"].value == "follow_up")
    sheet[f"C{swapped}"] = "baseline"
    walk.planted["visit of the other group"] = ("samples.xlsx", f"D{swapped}")
    one = [n for n in on["SYN-S01"] if n != swapped]
    sheet[f"A{one[1]}"] = sheet[f"A{one[0]}"].value
    walk.planted["duplicate sample id"] = ("samples.xlsx", f"A{one[1]}")
    wide = sheet[f"A{one[2]}"].value
    sheet[f"A{one[3]}"] = wide.replace("P", "Ｐ")
    walk.planted["full-width twin of another id"] = ("samples.xlsx", f"A{one[2]}")
    sheet[f"D{one[4]}"] = "D"
    walk.planted["unknown group"] = ("samples.xlsx", f"D{one[4]}")
    two = on["SYN-S02"]
    sheet[f"H{two[2]}"] = "SYN-LOT-9"
    walk.planted["two lots on one slide"] = ("samples.xlsx", f"H{two[0]}")
    sheet[f"B{two[3]}"] = date(2021, 3, 1)  # a spreadsheet has made MAR1 of somebody's id a day
    walk.planted["id turned into a day"] = ("samples.xlsx", f"B{two[3]}")
    sheet.delete_rows(two[-1])
    rest = [r[0].row for r in sheet.iter_rows(min_row=2) if r[4].value == "SYN-S02"]
    walk.planted["Block without its row"] = ("samples.xlsx", f"E{rest[-1]}")
    (walk.folder / "arrays" / "SYN-S03.gpr").unlink()
    three = [r[0].row for r in sheet.iter_rows(min_row=2) if r[4].value == "SYN-S03"]
    walk.planted["slide without its scan"] = ("samples.xlsx", f"E{three[-1]}")
    book.save(walk.folder / "samples.xlsx")
    book = openpyxl.load_workbook(walk.folder / "patients.xlsx")
    book["patients"]["E4"] = 150
    walk.planted["age of 150"] = ("patients.xlsx", "E4")
    book.save(walk.folder / "patients.xlsx")
    book = openpyxl.load_workbook(walk.folder / "assessments.xlsx")
    sheet = book["assessments"]
    sheet["F2"] = 14
    walk.planted["pain of 14 on a scale to 10"] = ("assessments.xlsx", "F2")
    sheet["C3"] = "31/05/2021"
    walk.planted["day before month"] = ("assessments.xlsx", "C3")
    book.save(walk.folder / "assessments.xlsx")


def test_the_first_ten_minutes(tmp_path, cytomart):
    walk = Walk(tmp_path / "home", tmp_path / "truth", tmp_path / "my-study")
    write_study(walk.truth, Design(patients=8, controls=4, seed=5))
    arrays = walk.truth / "arrays"

    looked = cytomart(walk.home, "look", str(arrays), "--html", str(tmp_path / "look.html"))
    assert looked.code == 0, looked.err
    assert "3 scans" in looked.out
    assert "raybiotech_g5" in looked.out

    begun = cytomart(walk.home, "init", str(walk.folder), "--from", str(arrays))
    assert begun.code == 0, begun.err
    assert "3 scans copied, 24 rows" in begun.out
    assert len(re.findall(r"^  \d\. ", begun.out, re.M)) == 6
    for slide in SLIDES:
        name = f"{slide}.gpr"
        assert (walk.folder / "arrays" / name).read_bytes() == (arrays / name).read_bytes()
    drafted = tomllib.loads((walk.folder / "study.toml").read_text(encoding="utf-8"))["panel"]
    wanted = tomllib.loads((walk.truth / "study.toml").read_text(encoding="utf-8"))["panel"]
    assert drafted == {k: v for k, v in wanted.items() if k != "layout"}

    fill(walk)
    whole = {p.name: p.read_bytes() for p in walk.folder.glob("*.xlsx")}
    plant(walk)
    assert len(walk.planted) == 11
    listed = tmp_path / "problems.xlsx"
    checked = cytomart(walk.home, "--json", "check", str(walk.folder), "--xlsx", str(listed))
    assert checked.code == 1, checked.err
    assert not walk.home.exists(), "nothing was stored"
    problems = json.loads(checked.out)["problems"]
    places = {(p["file"], p["cell"]) for p in problems}
    assert {k for k, v in walk.planted.items() if v not in places} == set(), problems
    # what the planted mistakes make doubtful elsewhere, and nothing that was not planted
    assert places - set(walk.planted.values()) <= consequences(walk), problems
    rows = list(openpyxl.load_workbook(listed)["problems"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(problems)
    assert {(r[1], r[3]) for r in rows} == {(p["file"], p["cell"] or None) for p in problems}

    for name, data in whole.items():
        (walk.folder / name).write_bytes(data)
    shutil.copyfile(arrays / "SYN-S03.gpr", walk.folder / "arrays" / "SYN-S03.gpr")
    mended = cytomart(walk.home, "check", str(walk.folder))
    assert mended.code == 0, mended.out + mended.err
    assert "No problem; nothing was changed." in mended.out
    assert not walk.home.exists()

    run = cytomart(walk.home, "run", str(walk.folder))
    assert run.code == 0, run.out + run.err
    assert "Batches: 1 released" in run.out
    again = cytomart(walk.home, "check", str(walk.folder))
    assert again.code == 0, again.out
    assert re.search(r"samples\.xlsx +samples +unchanged +24 +0 +0 +24 +0 +0", again.out), again.out


def consequences(walk: Walk) -> set[tuple[str, str]]:
    """Cells that a planted mistake makes wrong although they were filled right."""
    return set()


@pytest.mark.shared
def test_a_study_begins_from_real_scans_of_an_unknown_panel(shared, tmp_path, cytomart):
    folder = tmp_path / "proto"
    begun = cytomart(tmp_path / "home", "init", str(folder), "--from",
                     str(shared / "gpr" / "protoarray"), "--panel", "protoarray_v5")  # fmt: skip
    assert begun.code == 0, begun.err
    assert "the scans have 2 layouts" in begun.out
    with (folder / "catalog.csv").open(encoding="utf-8", newline="") as stream:
        catalog = list(csv.DictReader(stream))
    assert {r["panel_id"] for r in catalog} == {"protoarray_v5"}
    kinds = {r["target_name"]: r["target_kind"] for r in catalog}
    assert kinds["Buffer"] == "negative_control"
    assert kinds["Empty"] == "blank"
    assert len(catalog) == 163
    checked = cytomart(tmp_path / "home", "--json", "check", str(folder))
    problems = json.loads(checked.out)["problems"]
    assert {p["role"] for p in problems} == {"samples", "slide"}
    # Two of the twelve files carry two spots more than the others: that is what is said of them.
    others = {p["file"]: p["given"] for p in problems if p["role"] == "slide"}
    assert len(others) == 2
    assert all(name.endswith("_no_descr.gpr") for name in others)
    assert all("(2 extra): extra: Block 4 Row 16 Column 1" in given for given in others.values())
    assert not (tmp_path / "home").exists()
