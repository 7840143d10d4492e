"""What a run over a drop folder says: what went where, what waits and since when, one last line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cytomart import state
from cytomart.front import Front
from cytomart.pipeline import RunOutcome
from cytomart.quarantine import age
from ingest.inbox import DONE, REFUSED_HERE, Inbox, look_in
from ingest.inbox_moves import Moved
from ingest.load_report import LOADED, REFUSED, UNCHANGED, WAITING, LoadReport
from store.durable import PRIVATE_FILE
from store.home import Home

#: Files of a drop folder's own study that configure it and never move.
_CONFIGURATION = ("plan", "catalog", "claims")


@dataclass(frozen=True)
class Wait:
    """Something a drop folder waits with, or for, and since when."""

    name: str
    why: str
    since: datetime


@dataclass(frozen=True)
class InboxRun:
    """A run over a drop folder.

    Parameters
    ----------
    waits : tuple of Wait
        Deliveries that are not complete, oldest first.
    unknown : tuple of str
        Files that no role claims; they stay where they are.
    """

    outcome: RunOutcome
    inbox: Inbox
    moved: tuple[Moved, ...]
    waits: tuple[Wait, ...]
    unknown: tuple[str, ...]


def described(
    home: Home, outcome: RunOutcome, inbox: Inbox, moved: Sequence[Moved], is_own: bool
) -> InboxRun:
    """Return what a run left in a drop folder; `is_own`: the folder is its own study folder."""
    gone = {m.name for m in moved}
    waits = [Wait(_name(inbox, d.path), "is still being written", d.since) for d in inbox.growing]
    unknown = []
    why = _reasons(outcome.load)
    for dropped in inbox.ready:
        name = _name(inbox, dropped.path)
        if name in gone or (is_own and _is_configuration(dropped.path)):
            continue
        if said := why.get(dropped.path.name):
            waits.append(Wait(name, said, dropped.since))
        else:
            unknown.append(name)
    waits += [
        Wait(f"slide {m.slide_id}", f"named by the sample sheet (batch {m.batch_id}); its scan has "
             "not come", m.since)
        for m in state.missing_slides(home)
    ]  # fmt: skip
    oldest_first = tuple(sorted(waits, key=lambda w: w.since))
    return InboxRun(outcome, inbox, tuple(moved), oldest_first, tuple(unknown))


def _name(inbox: Inbox, path: Path) -> str:
    return path.relative_to(inbox.folder).as_posix()


def _reasons(load: LoadReport | None) -> dict[str, str]:
    """Return why each file waits that a load did not settle, by its name."""
    if load is None:
        return {}
    return {
        f.file_name: "; ".join(p.given for p in f.problems)
        for f in load.files
        if f.status == WAITING or "unstable" in f.rules
    }


def _is_configuration(path: Path) -> bool:
    return path.stem.lower() in _CONFIGURATION or path.suffix.lower() in (".toml", ".gal")


def exit_code(run: InboxRun, now: state.State) -> int:
    """Return 0 where all that is complete is loaded and released; what waits is no fault."""
    if run.outcome.problems:
        return run.outcome.problem_code
    is_refused = run.outcome.load is not None and any(
        f.problems and f.status != WAITING and "unstable" not in f.rules
        for f in run.outcome.load.files
    )
    return 1 if is_refused or now.n_held > now.n_incomplete else 0


def lines(front: Front, run: InboxRun) -> None:
    """Say what moved where, and what waits, with its age."""
    for word, place in ((LOADED, DONE), (REFUSED, REFUSED_HERE)):
        own = [m for m in run.moved if (m.status == REFUSED) == (word == REFUSED)]
        if own:
            front.say(f"Moved to {place}/: {', '.join(sorted(m.name for m in own))}")
    for wait in run.waits:
        front.say(f"  waiting for {age(wait.since)}: {wait.name}: {wait.why}")
    for name in run.unknown:
        front.say(f"  not recognised, left in place: {name}")


def one_line(run: InboxRun, now: state.State, code: int) -> str:
    """Return the run in one line, for a log that a timer leaves."""
    count = {s: sum(m.status == s for m in run.moved) for s in (LOADED, UNCHANGED, REFUSED)}
    oldest = f" (oldest {age(run.waits[0].since)})" if run.waits else ""
    batches = {s: sum(b[2] == s for b in now.batches) for s in ("released", "accepted")}
    batches |= {"held": now.n_held - now.n_incomplete, "incomplete": now.n_incomplete}
    generation = run.outcome.generation
    return (
        f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {run.inbox.folder}: {count[LOADED]} loaded, "
        f"{count[UNCHANGED]} loaded before, {count[REFUSED]} refused, {len(run.waits)} "
        f"waiting{oldest}, {len(run.unknown)} not recognised; batches: "
        + ", ".join(f"{n} {s}" for s, n in batches.items())
        + f"; {f'generation {generation.number}' if generation else 'nothing published'}; "
        f"exit {code}"
    )


def log(home: Home, line: str) -> None:
    """Keep the line of a run in the vault."""
    path = home.logs_dir / "inbox.log"
    with path.open("a", encoding="utf-8") as handle:
        handle.write(line + "\n")
    path.chmod(PRIVATE_FILE)


def facts(run: InboxRun) -> dict[str, Any]:
    """Return a run over a drop folder, for machines."""
    return {
        "moved": [{"name": m.name, "to": str(m.place), "status": m.status} for m in run.moved],
        "waiting": [{"name": w.name, "why": w.why, "since": w.since} for w in run.waits],
        "not_recognised": list(run.unknown),
    }


def waiting_files(folder: Path) -> list[Wait]:
    """Return what lies in a drop folder now, without waiting to see whether it grows."""
    return [
        Wait(d.path.name, "lies in the drop folder", d.since)
        for d in look_in(folder, 0).ready
        if not _is_configuration(d.path)
    ]
