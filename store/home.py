"""Where everything of one warehouse lies on disk."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from contracts import failure
from store.durable import PRIVATE_DIR, PRIVATE_FILE

HOME_VARIABLE = "CYTOMART_HOME"
DEFAULT_HOME = "data"


@dataclass(frozen=True)
class Home:
    """A warehouse's directory; two names of one directory are one home.

    Parameters
    ----------
    root : Path
        Directory that holds the published file, the exports, the reports and the vault.
        Links in it are resolved, so that the lock is the same by whatever way one comes.
    """

    root: Path

    def __post_init__(self) -> None:
        real = Path(os.path.realpath(Path(self.root).expanduser()))
        object.__setattr__(self, "root", real)

    @classmethod
    def from_env(cls, cli_value: str | None = None) -> Home:
        """Return the home named by `--home`, else by CYTOMART_HOME, else `data`."""
        return cls(Path(cli_value or os.environ.get(HOME_VARIABLE) or DEFAULT_HOME))

    @property
    def vault(self) -> Path:
        """Private directory (0700): whatever identifies a person stays in it."""
        return self.root / "vault"

    @property
    def build_path(self) -> Path:
        """Database that is written to."""
        return self.vault / "build.duckdb"

    @property
    def archive_dir(self) -> Path:
        """Originals, named by their SHA-256."""
        return self.vault / "archive"

    @property
    def packs_dir(self) -> Path:
        """Originals that arrived many at a time: ZIP files, members named by their SHA-256."""
        return self.archive_dir / "packs"

    @property
    def ledger_path(self) -> Path:
        """One line per event, each hashed with the one before."""
        return self.vault / "ledger.jsonl"

    @property
    def ledger_head_path(self) -> Path:
        """Number and hash of the ledger's last line, so that a cut-off tail shows."""
        return self.vault / "ledger.head"

    @property
    def lock_path(self) -> Path:
        """File that the one writer holds a lock on."""
        return self.vault / "lock"

    @property
    def key_path(self) -> Path:
        """Secret key of the pseudonyms."""
        return self.vault / "key"

    @property
    def spill_dir(self) -> Path:
        """Where large queries put what does not fit into memory."""
        return self.vault / "spill"

    @property
    def logs_dir(self) -> Path:
        """Logs of the tools that run underneath."""
        return self.vault / "logs"

    @property
    def published_path(self) -> Path:
        """Read-only database without identifying values."""
        return self.root / "warehouse.duckdb"

    @property
    def published_dir(self) -> Path:
        """Exports of each generation, and the pointer to the current one."""
        return self.root / "published"

    @property
    def pointer_path(self) -> Path:
        """Which generation `warehouse.duckdb` is, with its hash."""
        return self.published_dir / "current.json"

    @property
    def reports_dir(self) -> Path:
        """Reports for people."""
        return self.root / "reports"

    def ensure(self) -> Home:
        """Create what is missing and set the vault's rights, whatever the umask.

        Raises
        ------
        CytomartError
            The place is a file, cannot be written, or the vault is a link.
        """
        try:
            for directory in (self.root, self.published_dir, self.reports_dir):
                directory.mkdir(parents=True, exist_ok=True)
            for directory in (
                self.vault, self.archive_dir, self.packs_dir, self.spill_dir, self.logs_dir
            ):  # fmt: skip
                if directory.is_symlink():
                    raise failure(
                        f"{directory.name} is a link",
                        where=str(directory),
                        allowed="a real directory inside the home",
                        remedy="move the directory to its place, or give its real home",
                    )
                directory.mkdir(mode=PRIVATE_DIR, exist_ok=True)
                directory.chmod(PRIVATE_DIR)
            for path in self.vault.iterdir():
                # A file of another process may be gone by now; it is none of ours then.
                with suppress(FileNotFoundError):
                    if path.is_file() and not path.is_symlink():
                        path.chmod(PRIVATE_FILE)
        except OSError as error:
            raise failure(
                f"the home cannot be used: {error.strerror or error}",
                where=str(error.filename or self.root),
                allowed="a directory that you may write",
                remedy="give another one with --home or CYTOMART_HOME",
            ) from error
        return self
