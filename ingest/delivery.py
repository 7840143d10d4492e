"""Which files of a study folder are what."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from operator import attrgetter
from pathlib import Path

from contracts import failure
from ingest.declared.study import Study
from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.mapped import MappedTable
from ingest.files.source_file import refuse_outside
from ingest.files.tables import ENDINGS, Sheet, find_table, is_table, several_tables
from ingest.inbox import Inbox

TABLE_ROLES = ("patients", "samples", "assessments", "analgesics")
#: Tables that fix something before the data, or say what was published about them.
FIXED_ROLES = ("plan", "catalog", "claims")
#: A table of the study folder that another command reads.
_LATER = ("exclusions",)


@dataclass(frozen=True)
class Delivery:
    """The files of a study folder.

    Parameters
    ----------
    tables : dict of str to Path
        Role (plan, catalog, claims, patients, samples, assessments,
        analgesics) to file, present ones only.
    slides : tuple of Path
        Scanner files or files of values, in order of their names.
    faults : dict of str to Fault
        Roles that several files could be.
    unread : tuple of str
        Tables and scans that no role claims, each with a guess at what was meant.
    mappers : dict of str to callable
        Role → what reads its table out of an export, where it is not a file of its own.
    dropped : tuple of Path or None
        Files at rest in a drop folder among which the slides are; None: they lie in arrays/.
    """

    folder: Path
    study_toml: Path
    tables: dict[str, Path]
    slides: tuple[Path, ...]
    faults: dict[str, Fault]
    unread: tuple[str, ...] = ()
    mappers: Mapping[str, Callable[[Sheet, Study], MappedTable]] = field(default_factory=dict)
    dropped: tuple[Path, ...] | None = None


def open_folder(folder: Path) -> Delivery:
    """Return what lies in a study folder; its slides only `for_platform` can tell.

    Raises
    ------
    CytomartError
        No such folder, or no study.toml in it.
    """
    if not folder.is_dir():
        raise failure(
            "there is no such folder",
            where=str(folder),
            allowed="a study folder with a study.toml",
            remedy="give its path; `cytomart init` begins one, `cytomart demo` writes an example",
        )
    study_toml = folder / "study.toml"
    if not study_toml.exists():
        raise failure(
            "the folder has no study.toml",
            where=str(folder),
            allowed="a study folder with a study.toml",
            remedy="`cytomart init` writes one; or copy that of `cytomart demo` and change it",
        )
    tables: dict[str, Path] = {}
    faults: dict[str, Fault] = {}
    for role in (*FIXED_ROLES, *TABLE_ROLES):
        try:
            found = find_table(folder, role)
        except RefusedError as refusal:
            faults[role] = refusal.faults[0]
            continue
        if found is not None:
            tables[role] = found
    return Delivery(folder, study_toml, tables, (), faults)


def for_platform(
    delivery: Delivery,
    endings: tuple[str, ...],
    is_foreign: Callable[[Path], bool] = lambda _: False,
) -> Delivery:
    """Return a delivery whose slides are the files that end as the study's platform writes them.

    A file among them that `is_foreign` (of another platform) is one of the slides too, so that
    it is refused by name instead of being passed over.
    """
    arrays = delivery.folder / "arrays"
    is_drop = delivery.dropped is not None
    if delivery.dropped is not None:
        found: Iterable[Path] = delivery.dropped
    else:
        found = sorted(arrays.iterdir(), key=attrgetter("name")) if arrays.is_dir() else ()
    slides: list[Path] = []
    others: list[Path] = []
    for path in found:
        if path.name.startswith((".", "~$")):
            continue
        is_slide = path.suffix.lower() in endings or is_foreign(path)
        (slides if is_slide else others).append(path)
    unread = () if is_drop else _unread(delivery.folder, others, endings)
    return replace(delivery, slides=tuple(slides), unread=unread)


def from_inbox(delivery: Delivery, inbox: Inbox, known: Container[str]) -> Delivery:
    """Return the delivery of a drop folder: its data, over the configuration of the study folder.

    A table that lies in the study folder alone is read too, unless its bytes (`known`) were loaded
    before: an earlier version must not undo what came through the drop folder.
    """
    tables = {r: p for r, p in delivery.tables.items() if r not in TABLE_ROLES}
    faults = {r: f for r, f in delivery.faults.items() if r not in TABLE_ROLES}
    for role in TABLE_ROLES:
        found = [p for p in inbox.on_top if is_table(p, role)]
        own = delivery.tables.get(role)
        if len(found) > 1:
            faults[role] = several_tables(found, role)
        elif found:
            tables[role] = found[0]
        elif own is not None and own.parent != inbox.folder and _sha256(own) not in known:
            tables[role] = own
    top = set(inbox.on_top)
    dropped = tuple(d.path for d in inbox.ready if d.path not in top or _may_be_scan(d.path))
    return replace(delivery, tables=tables, faults=faults, dropped=dropped)


def _may_be_scan(path: Path) -> bool:
    roles = (*FIXED_ROLES, *TABLE_ROLES, *_LATER)
    return path.stem.lower() not in roles and path.suffix.lower() not in (".toml", ".gal")


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""  # reading it says what is wrong with it


def _unread(folder: Path, among: list[Path], endings: tuple[str, ...]) -> tuple[str, ...]:
    """Return tables beside study.toml, and files `among` the scans, that nothing reads."""
    roles = (*FIXED_ROLES, *TABLE_ROLES)
    beside = [
        p for p in sorted(folder.iterdir())
        if p.suffix.lower() in (*ENDINGS, ".xls", *endings)
        and p.stem.lower() not in (*roles, *_LATER)
    ]  # fmt: skip
    texts = []
    for path in [p for p in (*beside, *among) if not p.name.startswith((".", "~$"))]:
        near = get_close_matches(path.stem.lower(), roles, n=1, cutoff=0.7)
        if path.suffix.lower() == ".txt" and path.parent == folder and not near:
            continue  # A readme is no table.
        hint = f" (did you mean {near[0]}{path.suffix.lower()}?)" if near else ""
        texts.append(f"{path.relative_to(folder).as_posix()}{hint}")
    return tuple(texts)


def slide_name_faults(delivery: Delivery) -> dict[Path, Fault]:
    """Return a fault for each scanner file whose name stands twice, whatever the case."""
    same: dict[str, list[Path]] = defaultdict(list)
    for path in delivery.slides:
        same[path.stem.casefold()].append(path)
    return {
        path: fault("several_files", f"several files are slide `{path.stem}`: "
                    f"{listed(p.name for p in paths)}", where=path.name,
                    allowed="one file a slide", remedy="take the others away",
                    record="several files for one slide")
        for paths in same.values()
        if len(paths) > 1
        for path in paths
    }  # fmt: skip


def inside(delivery: Delivery, name: str) -> Path:
    """Return the path of a file that study.toml names.

    Raises
    ------
    RefusedError
        The path leaves the folder.
    """
    path = delivery.folder / name
    refuse_outside(delivery.folder, path)
    return path
