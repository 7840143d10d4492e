"""One load: who, when, of what, and what may be written."""

from __future__ import annotations

import getpass
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from ingest.clinic.clinical import Coder
from ingest.decisions import Decisions
from ingest.declared.study import Study
from ingest.faults import Fault
from ingest.files.source_file import SourceFile
from store import archive, pseudonym
from store.home import Home

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Loading:
    """What every step of a load shares.

    Parameters
    ----------
    folder : Path
        Where the data lie: the study folder or a drop folder.
    accept_corrections, supersede_reason, remove_reason : str or None
        Reason with which changed cells are let through, slides scanned anew replace the old ones,
        or missing rows are taken away.
    is_check : bool
        Nothing is archived and everything is rolled back.
    as_if_mended : bool
        A check that judges each file as if the files it depends on were whole.
    pseudonyms : dict
        Kind and real id → pseudonym, of every id met so far.
    decisions : Decisions
        What was decided about rows set aside.
    is_drop : bool
        The files come through a drop folder: what others will complete waits, and is not refused.
    """

    home: Home
    con: DuckDBPyConnection
    folder: Path
    study: Study
    load_id: str
    loaded_at: datetime
    user: str
    today: date
    accept_corrections: str | None
    supersede_reason: str | None
    is_check: bool
    pseudonyms: dict[tuple[str, str], str]
    remove_reason: str | None = None
    decisions: Decisions = field(default_factory=lambda: Decisions({}))
    as_if_mended: bool = False
    is_drop: bool = False

    @property
    def coder(self) -> Coder:
        """Turns an id of the files into the id of the warehouse."""
        # A check makes no key: without one nobody has a pseudonym yet.
        is_keyless = self.is_check and not self.home.key_path.exists()
        return self._same if self.study.ids_are_codes or is_keyless else self._coded

    def keep(self, data: bytes) -> None:
        """Put an original into the archive."""
        if not self.is_check:
            archive.put_bytes(self.home, data)

    def digest(self, text: str) -> str:
        """Return a keyed hash of a row; a check makes no key."""
        if self.is_check and not self.home.key_path.exists():
            return ""
        return pseudonym.digest(self.home, self.study.study_id, text)

    def _same(self, _kind: str, real_id: str) -> str:
        return real_id

    def _coded(self, kind: str, real_id: str) -> str:
        found = self.pseudonyms.get((kind, real_id))
        if found is None:
            found = pseudonym.code(self.home, kind, self.study.study_id, real_id)
            self.pseudonyms[(kind, real_id)] = found
        return found


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Parameters
    ----------
    sha256 : str
        Hash of what the archive holds of it.
    original_sha256 : str
        Hash of the file as delivered; another one where columns were left out.
    faults : tuple of Fault
        Why it was refused, or what it waits for.
    set_aside : tuple of Fault
        Rows for quarantine.
    n_rows_removed : int
        Rows of earlier files that went with this one; they are not among the file's rows.
    places : dict
        Line of the sample sheet → slide and batch of its row, for rows set aside.
    digests : dict
        Line of a table → keyed hash of its row, for rows set aside.
    """

    role: str
    file_name: str
    status: str
    sha256: str = ""
    original_sha256: str = ""
    n_bytes: int = 0
    encoding: str = ""
    line_end: str = ""
    slide_id: str | None = None
    batch_id: str | None = None
    platform_id: str | None = None
    file_version: str | None = None
    n_rows_in: int = 0
    n_rows_loaded: int = 0
    n_rows_unchanged: int = 0
    n_rows_quarantined: int = 0
    n_rows_refused: int = 0
    n_rows_removed: int = 0
    faults: tuple[Fault, ...] = ()
    set_aside: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    superseded_sha256: str | None = None
    places: dict[int, tuple[str | None, str | None]] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)

    def of(self, source: SourceFile) -> Outcome:
        """Return the outcome with the facts of its file."""
        return replace(
            self,
            file_name=source.name,
            sha256=source.sha256,
            original_sha256=source.sha256,
            n_bytes=len(source.data),
            encoding=source.encoding,
            line_end=source.line_end,
        )

    @property
    def is_balanced(self) -> bool:
        """Return whether every row of the file is accounted for."""
        return self.n_rows_in == (
            self.n_rows_loaded
            + self.n_rows_unchanged
            + self.n_rows_quarantined
            + self.n_rows_refused
        )


def new_load_id(now: datetime) -> str:
    """Return a name for a load: its time and four random bytes."""
    return f"L{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def operator() -> str:
    """Return the operating-system user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def label(path: Path) -> str:
    """Return how messages call a file: its name, with its folder for scans."""
    return f"{path.parent.name}/{path.name}" if path.parent.name == "arrays" else path.name
