"""Is all well with a warehouse? One line and an exit code, as monitors want them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cytomart import inbox, state
from cytomart.quarantine import age
from store.home import Home
from store.publish import current

OK, WARNING, CRITICAL = 0, 1, 2
_WORDS = {OK: "OK", WARNING: "WARNING", CRITICAL: "CRITICAL"}


@dataclass(frozen=True)
class Health:
    """What a monitor counts.

    Parameters
    ----------
    n_held, n_incomplete : int
        Batches that wait for a person, and for files.
    n_release_held : int
        Rules that keep the release of a study back.
    n_quarantined, n_refused : int
        Rows and files that wait for a person.
    n_waiting : int
        Files and slides that wait for others.
    oldest_waiting_h, publish_age_h : float or None
        Hours; None where there is none.
    generation : int or None
    is_published : bool
        Whether what is loaded has ever gone out, or nothing is loaded into a home that stands; a
        home that is not there may be a slip of the monitor's path.
    """

    n_held: int
    n_incomplete: int
    n_release_held: int
    n_quarantined: int
    n_refused: int
    n_waiting: int
    oldest_waiting_h: float | None
    publish_age_h: float | None
    generation: int | None
    is_published: bool


def health(home: Home, drop: Path | None = None) -> Health:
    """Return the state of a warehouse, and of its drop folder, in counts; nothing is locked."""
    standing = state.of(home)
    generation = current(home)
    rows = {what: [r for r in standing.set_aside if r[1] == what]
            for what in ("refused", "waiting", "release held")}  # fmt: skip
    missing = state.missing_slides(home)
    since = [m.since for m in missing]
    n_files = len(rows["waiting"])
    if drop is not None:
        lying = [w.since for w in inbox.waiting_files(drop)]
        since += lying
        n_files = len(lying)
    return Health(
        n_held=standing.n_held - standing.n_incomplete,
        n_incomplete=standing.n_incomplete,
        n_release_held=len(rows["release held"]),
        n_quarantined=standing.n_rows_open,
        n_refused=len(rows["refused"]),
        n_waiting=n_files + len(missing),
        oldest_waiting_h=_hours(min(since, default=None)),
        publish_age_h=_hours(datetime.fromisoformat(generation.published_at)
                             if generation else None),
        generation=generation.number if generation else None,
        is_published=generation is not None
        or (home.build_path.exists() and not standing.batches),
    )  # fmt: skip


def _hours(since: datetime | None) -> float | None:
    if since is None:
        return None
    return max((datetime.now(UTC) - since).total_seconds(), 0.0) / 3600


def level(found: Health, max_age_h: float) -> int:
    """Return 2 where a person must act before anything goes out, 1 where one should, else 0."""
    if found.n_held or found.n_release_held:
        return CRITICAL
    is_late = found.oldest_waiting_h is not None and found.oldest_waiting_h > max_age_h
    is_unpublished = not found.is_published and not found.n_incomplete
    if found.n_quarantined or found.n_refused or is_late or is_unpublished:
        return WARNING
    return OK


def line(found: Health, max_age_h: float) -> str:
    """Return the state in one line: words for people, then figures for the monitor's graphs."""
    oldest = f" (oldest {_age(found.oldest_waiting_h)})" if found.n_waiting else ""
    published = (
        f"generation {found.generation}, published {_age(found.publish_age_h)} ago"
        if found.generation is not None else "nothing published"
    )  # fmt: skip
    release = ", the release is held" if found.n_release_held else ""
    return (
        f"CYTOMART {_WORDS[level(found, max_age_h)]}: batches: {found.n_held} held, "
        f"{found.n_incomplete} incomplete{release}; rows in quarantine: {found.n_quarantined}; "
        f"files: {found.n_refused} refused, {found.n_waiting} waiting{oldest}; {published} | "
        f"held={found.n_held} incomplete={found.n_incomplete} quarantined={found.n_quarantined} "
        f"refused={found.n_refused} waiting={found.n_waiting} "
        f"oldest_waiting_h={_figure(found.oldest_waiting_h)} "
        f"publish_age_h={_figure(found.publish_age_h)} generation={found.generation or 0}"
    )


def _age(hours: float | None) -> str:
    if hours is None:
        return "unknown"
    return age(datetime.fromtimestamp(datetime.now(UTC).timestamp() - hours * 3600, UTC))


def _figure(hours: float | None) -> str:
    return "0" if hours is None else f"{hours:.1f}"
