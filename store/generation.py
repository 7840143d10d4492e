"""A published generation: its number, its hash, its rows; and which one is current."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from contracts import failure
from store.durable import replace_file
from store.home import Home

GENERATION_FILE = "generation.json"
PUBLISH_EVENT = "publish"
_PUBLIC_FILE = 0o444


@dataclass(frozen=True)
class Generation:
    """One published state of the warehouse.

    Parameters
    ----------
    number : int
        From 1, without gaps among those that readers could see.
    sha256 : str
        Of the published file.
    path : Path
        The published file.
    relations : dict
        Relation to number of rows.
    published_at : str
        ISO 8601, UTC.
    study_ids : tuple of str
    note : dict
        What the caller wanted to remember of it.
    versions : dict
        cytomart, duckdb and storage.
    """

    number: int
    sha256: str
    path: Path
    relations: dict[str, int]
    published_at: str
    study_ids: tuple[str, ...] = ()
    note: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Return it as plain data, without the place of the home."""
        content = asdict(self)
        content["study_ids"] = list(self.study_ids)
        del content["path"]
        return content

    def to_json(self) -> bytes:
        """Return it as the pointer file holds it."""
        return json.dumps(self.facts(), indent=2, sort_keys=True).encode() + b"\n"


def current(home: Home) -> Generation | None:
    """Return the generation that the pointer names, or None where nothing was published.

    Raises
    ------
    CytomartError
        The pointer is damaged.
    """
    return read_generation(home, home.pointer_path)


def read_generation(home: Home, path: Path) -> Generation | None:
    """Return the generation that a pointer file describes, or None where there is no file."""
    try:
        content = json.loads(path.read_bytes())
        content["study_ids"] = tuple(content["study_ids"])
        return Generation(path=home.published_path, **content)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise failure(
            "the generation's description is damaged",
            where=str(path),
            remedy="run `cytomart verify`; publishing again mends it",
            exit_code=4,
        ) from error


def write_pointer(home: Home, generation: Generation) -> None:
    """Name a generation as the current one, in one step."""
    replace_file(home.pointer_path, generation.to_json(), _PUBLIC_FILE)


def exports_dir(home: Home, number: int) -> Path:
    """Return the folder of a generation's exports."""
    return home.published_dir / str(number)


def numbered_dirs(home: Home) -> dict[int, Path]:
    """Return the folders of all generations whose exports are kept, by number."""
    found = {int(p.name): p for p in home.published_dir.iterdir() if p.name.isdigit()}
    return dict(sorted(found.items()))
