"""Small scanner files whose every figure is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from simulate.study import Design, Study, write_study

TITLES = ("Block", "Column", "Row", "Name", "ID", "X", "Y", "Dia.", "F532 Median", "F532 Mean",
          "F532 SD", "B532 Median", "B532 Mean", "B532 SD", "F532 % Sat.", "F Pixels", "B Pixels",
          "Flags")  # fmt: skip
HEADER = {
    "Type": "GenePix Results 3",
    "DateTime": "2021/06/14 09:10:00",
    "GalFile": r"C:\Users\Anna Muster\lots\lot7.gal",
    "ImageFiles": r"C:\Users\Anna Muster\Erika Beispiel 1950.tif 0",
    "JpegImage": r"C:\Users\Anna Muster\Erika Beispiel 1950.jpg",
    "Comment": "serum of Erika Beispiel",
    "Barcode": "MRN-4711",
    "PMTGain": "500",
    "Scanner": "GenePix 4000B [1]",
}


@pytest.fixture
def gpr(tmp_path: Path) -> Callable[..., Path]:
    """`gpr(name, spot, ...)` writes a scan; `spot(block, row, column)` gives what differs."""

    def write(
        name: str,
        spot: Callable[[int, int, int], Mapping[str, object]] = lambda b, r, c: {},
        *,
        blocks: int = 2,
        rows: int = 6,
        columns: int = 8,
        header: Mapping[str, str] | None = None,
        places: bool = True,
        folder: str = "scans",
    ) -> Path:
        records = {**HEADER, **(header or {})}
        titles = [t for t in TITLES if places or t not in ("X", "Y")]
        lines = ["ATF\t1.0", f"{len(records)}\t{len(titles)}",
                 *(f'"{k}={v}"' for k, v in records.items()), "\t".join(titles)]  # fmt: skip
        for b in range(1, blocks + 1):
            for r in range(1, rows + 1):
                for c in range(1, columns + 1):
                    cells = {
                        "Block": b, "Column": c, "Row": r, "Name": f"T{r}.{(c + 1) // 2}",
                        "ID": f"i{r}.{c}", "X": 1000 * c, "Y": 10_000 * b + 1000 * r, "Dia.": 400,
                        "F532 Median": 1100, "F532 Mean": 1100, "F532 SD": 50, "B532 Median": 100,
                        "B532 Mean": 100, "B532 SD": 10, "F532 % Sat.": 0, "F Pixels": 80,
                        "B Pixels": 300, "Flags": 0, **spot(b, r, c),
                    }  # fmt: skip
                    lines.append("\t".join(str(cells[t]) for t in titles))
        path = tmp_path / folder / f"{name}.gpr"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A small synthetic study: 15 samples on two slides."""
    folder = tmp_path_factory.mktemp("look") / "study"
    return write_study(folder, Design(patients=6, controls=3, seed=11))
