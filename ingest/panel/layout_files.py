"""Which file of a study folder is the layout of which lot."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.panel.catalog import fold

#: Where layouts lie, beside those that study.toml names.
FOLDER = "layouts"
ENDING = ".gal"


@dataclass(frozen=True)
class LayoutFiles:
    """Layout files of a study folder, as paths from the folder.

    Parameters
    ----------
    of_lots : dict of str to str
        Lot → its file.
    idle : tuple of str
        Files in `layouts/` that no slide of the sheet needs.
    """

    of_lots: Mapping[str, str]
    idle: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Every file, in order."""
        return sorted({*self.of_lots.values(), *self.idle})


def file_stem(lot: str) -> str:
    """Return what the layout file of a lot is called, without its ending."""
    return re.sub(r"[^\w.+-]+", "_", lot).strip("._") or "_"


def find_layouts(folder: Path, named: Mapping[str, str], lots: Collection[str]) -> LayoutFiles:
    """Return the layout file of each lot.

    What study.toml names for a lot counts first, then `layouts/<lot>.gal`, then `<lot>.gal`
    beside study.toml, then the layout that study.toml names for every lot.
    """
    inside = _gals(folder / FOLDER)
    beside = _gals(folder)
    of_lots = {}
    for lot in lots:
        key = fold(file_stem(lot))
        found = {**beside, **inside}.get(key) if lot else None
        name = named.get(lot) if lot in named else None
        chosen = name or (found and found.relative_to(folder).as_posix()) or named.get("")
        if chosen:
            of_lots[lot] = chosen
    spare = {p.relative_to(folder).as_posix() for p in inside.values()} | set(named.values())
    return LayoutFiles(of_lots, tuple(sorted(spare - set(of_lots.values()))))


def _gals(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    return {fold(p.stem): p for p in sorted(folder.iterdir()) if p.suffix.lower() == ENDING}


def layout_lots(folder: Path, named: Mapping[str, str]) -> dict[str, str]:
    """Return every lot that a study folder has a layout for, as its file or study.toml calls it.

    The lot "" stands for every lot.
    """
    inside = {p.stem: p.relative_to(folder).as_posix() for p in _gals(folder / FOLDER).values()}
    beside = {
        p.stem: p.name for p in _gals(folder).values() if p.name not in set(named.values())
    }  # fmt: skip
    return {**beside, **inside, **named}
