"""Publish: a verified copy without identifying values is renamed over `warehouse.duckdb`.

The live file is never opened for writing. Readers hold the old file or open the new one. A death
at any line leaves the one or the other, and the next publish clears away what is left.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from contracts import CytomartError, Problem, failure, from_rows
from contracts.quality import GENERATION
from store import kept, ledger
from store.build import open_build
from store.durable import fsync_path, temporary_sibling
from store.exports import file_sha256, write_checksums, write_exports
from store.fault_points import fault_point
from store.generation import GENERATION_FILE, Generation, current, exports_dir, write_pointer
from store.home import Home
from store.installed import versions_text
from store.lock import writer_lock
from store.publish_copy import STORAGE_VERSION, copy_published, open_copy
from store.recover import last_number, record, recover

READ_ONLY = 0o444

__all__ = ["Generation", "current", "publish", "recover"]


def publish(
    home: Home, *, study_ids: Sequence[str], note: Mapping[str, Any] | None = None
) -> Generation:
    """Make the build file's state the next generation and return it.

    The caller has closed its connection to the build file, and has judged the release.

    Parameters
    ----------
    study_ids : sequence of str
        Studies in it, for the record.
    note : mapping, optional
        Plain facts to remember with the generation; no patient's value.

    Raises
    ------
    WriterBusy
        Another process writes to this home.
    CytomartError
        An identity would leave the vault, or the copy could not be made or proven. The
        published file is then what it was.
    """
    with writer_lock(home):
        fault_point("publish_locked")
        recover(home)
        number = last_number(home) + 1
        file = temporary_sibling(home.published_path)
        folder = temporary_sibling(exports_dir(home, number))
        try:
            _close_build(home)
            fault_point("publish_build_checkpointed")
            generation = _prepare(home, number, file, folder, study_ids, dict(note or {}))
            _put_in_place(home, generation, file, folder)
        except (OSError, duckdb.Error) as error:
            raise failure(
                f"the publish did not finish: {error}",
                where=str(home.root),
                allowed="readers have one whole generation, as before",
                remedy="make room on the disk or mend the rights, then publish again",
                exit_code=4,
            ) from error
        finally:
            _clear(file, folder)
        return generation


def _close_build(home: Home) -> None:
    """Bring the ledger into the build file and everything of it into one file."""
    con = open_build(home)
    try:
        ledger.sync(con, home)
        _refuse_loss(home, con)
        con.execute("checkpoint")
    finally:
        con.close()
    if home.build_path.with_name(home.build_path.name + ".wal").exists():
        raise failure(
            "the build file is still open in this process",
            where=str(home.build_path),
            remedy="close its connection before publishing",
            exit_code=4,
        )


def _refuse_loss(home: Home, con: DuckDBPyConnection) -> None:
    gone = kept.lost(ledger.entries(home), con.execute(kept.FILES_QUERY).fetchall())
    if gone:
        raise CytomartError(
            [
                Problem(
                    f"the {role} file {sha256} of study {study_id} was loaded (event {number} of "
                    "the ledger) and is gone from the build file",
                    where=str(home.build_path),
                    remedy="load the study folder again; its original is in the archive",
                )
                for (study_id, role, sha256), number in gone.items()
            ],
            exit_code=4,
        )


def _prepare(
    home: Home,
    number: int,
    file: Path,
    folder: Path,
    study_ids: Sequence[str],
    note: dict[str, Any],
) -> Generation:
    """Write file and exports beside the published ones; nothing is visible yet."""
    now = datetime.now(UTC)
    versions = {
        "cytomart": _own_version(),
        "duckdb": duckdb.__version__,
        "storage": STORAGE_VERSION,
    }
    row = {
        "generation_number": number,
        "study_ids": ",".join(study_ids),
        "published_at": now,
        **{f"{name}_version": version for name, version in versions.items()},
        "library_versions": versions_text(),
    }
    relations, n_rows = copy_published(home, file, from_rows([row], GENERATION))
    con = open_copy(file)
    try:
        write_exports(con, relations, folder)
    finally:
        con.close()
    fault_point("publish_exports_written")
    generation = Generation(
        number=number,
        sha256=file_sha256(file),
        path=home.published_path,
        relations=n_rows,
        published_at=now.isoformat(timespec="seconds"),
        study_ids=tuple(study_ids),
        note=note,
        versions=versions,
    )
    (folder / GENERATION_FILE).write_bytes(generation.to_json())
    write_checksums(folder)
    return generation


def _put_in_place(home: Home, generation: Generation, file: Path, folder: Path) -> None:
    """Exports first, then the file itself (the one step that readers see), then the records."""
    folder.rename(exports_dir(home, generation.number))
    fsync_path(home.published_dir)
    fault_point("publish_exports_renamed")
    file.chmod(READ_ONLY)
    fsync_path(file)
    fault_point("publish_file_sealed")
    # Nothing of ours ever leaves a log beside the published file; one left by a client that
    # wrote to it must not be applied to its successor.
    home.published_path.with_name(home.published_path.name + ".wal").unlink(missing_ok=True)
    file.rename(home.published_path)
    fsync_path(home.root)
    fault_point("publish_renamed")
    write_pointer(home, generation)
    fault_point("publish_pointer_written")
    record(home, generation)
    fault_point("publish_ledger_written")


def _clear(file: Path, folder: Path) -> None:
    file.unlink(missing_ok=True)
    file.with_name(file.name + ".wal").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _own_version() -> str:
    try:
        return importlib.metadata.version("cytomart")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
