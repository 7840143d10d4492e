"""Builders of small files in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.declared.study import Study
from ingest.declared.study_toml import read_study
from ingest.files.source_file import SourceFile
from ingest.panel.catalog import Panel, load_panel

STUDY = """
[study]
id = "tiny"
title = "A study of two visits"
primary_variant = "subtract_median"
[privacy]
ids_are_codes = true
[panel]
platform = "genepix"
id = "raybiotech_g5"
channel_nm = 532
array_unit = "block"
[[visits]]
code = "baseline"
label = "Before"
baseline = true
window_days = [-14, 0]
[[visits]]
code = "follow_up"
label = "After"
[[groups]]
code = "A"
label = "Before"
cohort = "patient"
visit = "baseline"
[[groups]]
code = "B"
label = "After"
cohort = "patient"
visit = "follow_up"
[[groups]]
code = "C"
label = "Healthy"
cohort = "control"
visit = "baseline"
[[centres]]
code = "here"
label = "Here"
[[attributes]]
id = "er"
label = "ER"
levels = [["positive", "Positive"], ["negative", "Negative"]]
[[attributes]]
id = "sites"
label = "Sites"
multiple = true
levels = [["spine", "Spine"], ["limb", "Limb"]]
"""


@pytest.fixture
def toml_text() -> str:
    """A study.toml that is right."""
    return STUDY


@pytest.fixture
def study() -> Study:
    """The study that it describes."""
    return read_study(SourceFile.from_bytes(Path("study.toml"), STUDY.encode()))


@pytest.fixture(scope="session")
def panel() -> Panel:
    """The shipped panel."""
    return load_panel("raybiotech_g5")


@pytest.fixture
def source() -> Callable[..., SourceFile]:
    """`source(text, name)` → the file it would be."""

    def make(text: str | bytes, name: str = "slide.gpr") -> SourceFile:
        data = text if isinstance(text, bytes) else text.encode("utf-8")
        return SourceFile.from_bytes(Path(name), data)

    return make


@pytest.fixture
def gpr() -> Callable[..., str]:
    """`gpr(rows, channels)` → text of a GenePix file with these (block, row, column, name)."""

    def make(
        rows: list[tuple[int, int, int, str]],
        channels: tuple[int, ...] = (532,),
        *,
        records: tuple[str, ...] = ('"Type=GenePix Results 3"', '"DateTime=2021/06/14 09:10:00"'),
        delimiter: str = "\t",
        quote: str = '"',
        n_columns: int | None = None,
    ) -> str:
        per_channel = ["F{c} Median", "F{c} Mean", "F{c} SD", "B{c} Median", "B{c} Mean",
                       "B{c} SD", "F{c} % Sat."]  # fmt: skip
        titles = ["Block", "Column", "Row", "Name", "ID", "X", "Y", "Dia."]
        titles += [t.format(c=c) for c in channels for t in per_channel]
        titles += ["F Pixels", "B Pixels", "Flags", "Comment"]
        lines = [f"ATF{delimiter}1.0", f"{len(records)}{delimiter}{n_columns or len(titles)}"]
        lines += [*records, delimiter.join(f"{quote}{t}{quote}" for t in titles)]
        for i, (block, row, column, name) in enumerate(rows):
            cells = [block, column, row, f"{quote}{name}{quote}", f"{quote}id{i}{quote}",
                     100 * i, 200, 150]  # fmt: skip
            for c in channels:
                cells += [1000 + i + c, 1010 + i, 50, 200 + i, 201, 9, 25]
            cells += [80, 300, 0, "Error"]
            lines.append(delimiter.join(str(x) for x in cells))
        return "\n".join(lines) + "\n"

    return make
