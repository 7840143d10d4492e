"""Write a study folder: whole or not at all."""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts import CytomartError, failure
from ingest.panel.catalog import load_panel
from prepare.look.looking import Look
from prepare.starter import texts
from prepare.starter.columns import ANALGESICS, ASSESSMENTS, PATIENTS, SAMPLES
from prepare.starter.learnt import Learnt, Slide, learn, targets_of
from prepare.starter.vocabulary import Words
from prepare.starter.workbooks import write_table

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: Panel of an empty skeleton: the founding study's.
_FIRST_PANEL = "raybiotech_g5"


@dataclass(frozen=True)
class Started:
    """A study folder that was written.

    Parameters
    ----------
    steps : tuple of str
        What to do next.
    doubts : tuple of str
        What a person should look at first.
    """

    folder: Path
    study_id: str
    panel_id: str
    n_slides: int
    n_rows: int
    steps: tuple[str, ...]
    doubts: tuple[str, ...]


def start(
    folder: Path,
    look: Look | None,
    *,
    panel_id: str | None = None,
    title: str | None = None,
    call: str = "cytomart",
) -> Started:
    """Write a study folder.

    Parameters
    ----------
    folder : Path
        New or empty.
    look : Look or None
        A look at the study's scans, which are copied; None for an empty skeleton.
    panel_id : str or None
        Another panel than the recognised one; where it is not shipped, catalog.csv is written.
    title : str or None
        Title of the study; by default the folder's name.
    call : str
        How the next steps call cytomart.

    Raises
    ------
    CytomartError
        The folder is not empty, the panel's name is none, scans are called alike or changed
        meanwhile.
    """
    _refuse_taken(folder)
    if panel_id is not None and not _ID.fullmatch(panel_id):
        raise failure(f"the panel `{panel_id}` is no name",
                      allowed="letters, digits, dot, dash, underscore; up to 64",
                      remedy="choose another --panel")  # fmt: skip
    if look is not None and not look.slides:
        raise _no_scan(look)
    learnt = learn(look) if look is not None else None
    if learnt is not None:
        _refuse_alike(learnt.slides)
        learnt = _of_panel(learnt, panel_id, look)
    name = title or folder.resolve().name
    panel = panel_id or (learnt.panel_id if learnt else _FIRST_PANEL) or "own-panel"
    words = Words()
    steps = _steps(str(folder), learnt, call)
    folder.parent.mkdir(parents=True, exist_ok=True)
    spare = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        spare.chmod(0o755)
        _fill(spare, _study_id(folder), name, panel, learnt, words)
        if folder.exists():
            folder.rmdir()  # empty, or this fails
        spare.rename(folder)
    except BaseException:
        shutil.rmtree(spare, ignore_errors=True)
        raise
    n_rows = sum(len(s.blocks or (0,)) for s in learnt.slides) if learnt else 0
    return Started(folder, _study_id(folder), panel, len(learnt.slides) if learnt else 0, n_rows,
                   steps, learnt.doubts if learnt else ())  # fmt: skip


def _no_scan(look: Look) -> CytomartError:
    """Return why these files begin no study folder of scans."""
    labels = sorted({v.label for v in look.gathered.values})
    unread = [str(u.problems[0]) for u in look.gathered.unread]
    given = "; ".join([*(f"files of values: {label}" for label in labels), *unread])
    return failure(
        f"there is no scan to begin with ({given})",
        allowed="GenePix Results files (.gpr)",
        remedy="for files of values write the folder as docs/study-folder.md says under «Files "
        "of values»; `cytomart init DIR` without --from writes a skeleton to change",
    )


def _refuse_taken(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise failure(f"{folder} exists and is not empty", allowed="a new or an empty folder",
                      remedy="name another folder")  # fmt: skip


def _refuse_alike(slides: Sequence[Slide]) -> None:
    names: dict[str, list[Path]] = {}
    for slide in slides:
        names.setdefault(slide.path.stem.casefold(), []).append(slide.path)
    if alike := [paths for paths in names.values() if len(paths) > 1]:
        raise failure(
            "; ".join(f"{len(p)} scans are called {p[0].name}" for p in alike),
            where=", ".join(str(path) for path in alike[0]),
            allowed="one name a slide: it becomes the slide_id",
            remedy="rename the files, or give the folder of one study alone",
        )


def _of_panel(learnt: Learnt, panel_id: str | None, look: Look | None) -> Learnt:
    """Return what was learnt, under a panel that the user named."""
    if panel_id is None or panel_id == learnt.panel_id:
        return learnt
    try:
        load_panel(panel_id)
    except CytomartError:
        targets = targets_of(look) if look is not None else ()
        return Learnt(learnt.channel_nm, learnt.array_unit, "", learnt.slides, targets,
                      learnt.doubts)  # fmt: skip
    doubt = f"the printed names look like {learnt.panel_id or 'no shipped panel'}, not {panel_id}"
    return Learnt(learnt.channel_nm, learnt.array_unit, panel_id, learnt.slides, (),
                  (*learnt.doubts, doubt))  # fmt: skip


def _fill(
    folder: Path,
    study_id: str,
    title: str,
    panel_id: str,
    learnt: Learnt | None,
    words: Words,
) -> None:
    arrays = folder / "arrays"
    arrays.mkdir()
    for slide in learnt.slides if learnt else ():
        _copy(slide, arrays)
    _tables(folder, learnt, words)
    _write(folder / "plan.csv", texts.plan_csv(words))
    if learnt and not learnt.panel_id:
        _write(folder / "catalog.csv", texts.catalog_csv(panel_id, learnt))
    _write(folder / "README.md", texts.readme(title, _steps(".", learnt, "cytomart"), learnt))
    _write(folder / "study.toml", texts.study_toml(study_id, title, panel_id, learnt, words))


def _tables(folder: Path, learnt: Learnt | None, words: Words) -> None:
    choices = words.choices()
    places = [(s, b) for s in (learnt.slides if learnt else ()) for b in s.blocks or (None,)]
    columns = [c for c in SAMPLES
               if c.name != "block" or learnt is None or learnt.array_unit == "block"]  # fmt: skip
    rows = [{"slide_id": s.path.stem, "block": b} for s, b in places]
    unused = frozenset(n for n, (s, b) in enumerate(places) if b in s.empty)
    write_table(folder / "samples.xlsx", "samples", columns, choices, rows,
                fixed=("slide_id", "block"), unused=unused)  # fmt: skip
    write_table(folder / "patients.xlsx", "patients", PATIENTS, choices, [])
    write_table(folder / "assessments.xlsx", "assessments", ASSESSMENTS, choices, [])
    write_table(folder / "analgesics.xlsx", "analgesics", ANALGESICS, choices, [])


def _copy(slide: Slide, arrays: Path) -> None:
    target = arrays / f"{slide.path.stem}.gpr"
    shutil.copyfile(slide.path, target)
    if hashlib.sha256(target.read_bytes()).hexdigest() != slide.sha256:
        raise failure(f"{slide.path.name} changed while it was copied", where=str(slide.path),
                      remedy="wait until the scanner has finished, then begin again",
                      exit_code=1)  # fmt: skip


def _steps(folder: str, learnt: Learnt | None, call: str) -> tuple[str, ...]:
    slides = learnt.slides if learnt else ()
    first = f"arrays/{slides[0].path.stem}.gpr" if slides else "arrays/SLIDE.gpr"
    return (
        "study.toml, plan.csv: make visits, groups and comparisons those of your study.",
        "samples.xlsx: say whose serum lies on each row's Block, and the slide's lot; an unused "
        "Block has group_code `empty`." if slides else
        "Copy the scans into arrays/ and give each Block of each slide a row of samples.xlsx.",
        "patients.xlsx, assessments.xlsx: a row a person; a row a person × visit × scale. "
        "analgesics.xlsx, where drugs are known: a row a person × visit × drug.",
        f"A lot's layout, learnt once from a good slide: {call} panel learn {folder}/{first} "
        f"--lot LOT --study {folder}",
        f"{call} plan suggest {folder} --force makes a fuller plan from the filled tables; "
        f"{call} plan check {folder} says what it can show",
        f"{call} check {folder} names every mistake with its cell; then {call} run {folder}",
    )  # fmt: skip


def _study_id(folder: Path) -> str:
    """Return an id made from the folder's name."""
    bare = re.sub("[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-._")
    return bare[:64] or "my-study"


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))
