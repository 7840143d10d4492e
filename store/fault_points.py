"""Named places at which a test may kill the process. Without the variable nothing happens."""

from __future__ import annotations

import os
import signal

KILL_VARIABLE = "CYTOMART_KILL_AT"

#: Places in the order in which a publish passes them.
PUBLISH_POINTS = (
    "publish_locked",
    "publish_build_checkpointed",
    "publish_copy_started",
    "publish_copy_halfway",
    "publish_copied",
    "publish_scanned",
    "publish_exports_halfway",
    "publish_exports_written",
    "publish_exports_renamed",
    "publish_file_sealed",
    "publish_renamed",
    "publish_pointer_written",
    "publish_ledger_written",
)

#: Places in the order in which a load passes them.
LOAD_POINTS = (
    "load_locked",
    "load_archived",
    "load_parsed",
    "load_rows_written",
    "load_before_commit",
    "load_committed",
    "load_ledger_written",
)

#: Places in the order in which originals that share a pack pass them, inside a load.
ARCHIVE_POINTS = ("pack_written", "pack_sealed", "pack_renamed")

#: Places in the order in which files of a drop folder pass them, after the load.
INBOX_POINTS = ("inbox_loaded", "inbox_text_written", "inbox_moved")


def fault_point(name: str) -> None:
    """Die at once, as by `kill -9`, if CYTOMART_KILL_AT names this place."""
    if os.environ.get(KILL_VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
