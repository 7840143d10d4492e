"""`cytomart map redcap`: read export and dictionary, propose a mapping, or compare with one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts import CytomartError, Problem
from ingest.declared.study_toml import read_study, shipped_instruments
from ingest.faults import RefusedError
from ingest.files.source_file import SourceFile
from ingest.files.tables import read_sheet
from ingest.redcap.dictionary import Dictionary, read_dictionary
from ingest.redcap.drift import drift_of
from ingest.redcap.export import Export, label_faults
from ingest.redcap.mapping import read_mapping
from ingest.redcap.propose import Aim, propose
from ingest.redcap.write import mapping_text

_DATED = re.compile(
    r"(.+_(?:DATA|DATADICTIONARY))_\d{4}-\d{2}-\d{2}(?:_\d+)?(\.\w+)", re.IGNORECASE
)


@dataclass(frozen=True)
class MapReport:
    """A proposal, or what differs from a mapping that is there.

    Parameters
    ----------
    text : str
        The mapping file proposed; empty where one was compared.
    n_open : int
        Lines that a person has to decide.
    problems : tuple of Problem
        What stops a load with the mapping that is there.
    notes : tuple of str
    """

    text: str = ""
    n_open: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def propose_mapping(
    export_path: Path,
    dictionary_path: Path,
    study_folder: Path | None,
    missing_codes: Sequence[str] = (),
) -> MapReport:
    """Return a proposed mapping of an export.

    Raises
    ------
    CytomartError
        The files are no raw export and no data dictionary of REDCap.
    """
    try:
        export, dictionary = _read(export_path, dictionary_path)
        aim = _aim(study_folder)
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=2) from refusal
    in_folder = study_folder is not None and dictionary_path.parent.resolve() == (
        study_folder.resolve()
    )
    proposal = propose(
        export,
        dictionary,
        aim,
        missing_codes=missing_codes,
        export_name=_undated(export_path.name),
        dictionary_name=_undated(dictionary_path.name) if in_folder else "",
    )
    text = mapping_text(proposal)
    n_open = sum('"?' in line and not line.startswith("#") for line in text.splitlines())
    return MapReport(text, n_open, (), export.sheet.notes)


def compare_mapping(mapping_path: Path, export_path: Path, dictionary_path: Path) -> MapReport:
    """Return what of an export and a dictionary is other than a mapping says.

    Raises
    ------
    CytomartError
        A file cannot be read.
    """
    try:
        mapping = read_mapping(SourceFile.from_path(mapping_path))
        dictionary = read_dictionary(SourceFile.from_path(dictionary_path))
        sheet = read_sheet(SourceFile.from_path(export_path), "redcap")
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=2) from refusal
    found = drift_of(mapping, Export(sheet, mapping.record_id), dictionary)
    problems = dict.fromkeys(f.problem for faults in found.faults.values() for f in faults)
    return MapReport(problems=tuple(problems), notes=found.notes)


def _read(export_path: Path, dictionary_path: Path) -> tuple[Export, Dictionary]:
    dictionary = read_dictionary(SourceFile.from_path(dictionary_path))
    sheet = read_sheet(SourceFile.from_path(export_path), "redcap")
    if faults := label_faults(sheet, dictionary.record_id, dictionary):
        raise RefusedError(faults)
    return Export(sheet, dictionary.record_id), dictionary


def _aim(study_folder: Path | None) -> Aim:
    if study_folder is None:
        shipped = shipped_instruments()
        return Aim(scales={i: m for i, m in shipped.items() if not m.is_measure})
    path = study_folder / "study.toml"
    if not path.is_file():
        raise CytomartError([
            Problem("the folder has no study.toml", str(study_folder), "a study folder",
                    "give --study a folder with a study.toml, or leave it out")
        ])  # fmt: skip
    return Aim.of(read_study(SourceFile.from_path(path)))


def _undated(name: str) -> str:
    """Return the name that REDCap gives every download of a project, its date left open."""
    found = _DATED.fullmatch(name)
    return f"{found[1]}_*{found[2]}" if found else name
