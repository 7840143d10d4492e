"""One writer at a time: a kernel lock on a file of its own.

The lock is the kernel's (`flock`): it ends with the process, however that ends. What stands in
the file only tells others who holds it. The database's own lock would not do: it vanishes as
soon as the holding process opens and closes the same file once more.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from contracts import CytomartError, Problem
from store.durable import PRIVATE_FILE
from store.home import HOME_VARIABLE, Home

LOCK_PID_VARIABLE = "CYTOMART_LOCK_PID"
_POLL_S = 0.05
_SETTLE_S = 0.5

_held: dict[Path, tuple[int, int, int]] = {}  # real path -> (pid, file descriptor, depth)
_guard = threading.RLock()


@dataclass(frozen=True)
class Holder:
    """Who holds the lock."""

    host: str
    pid: int
    user: str
    started_at: str


class WriterBusy(CytomartError):  # noqa: N818 - the name says the state, as on the command line
    """Another process writes to this home (exit code 3); `holder` says which, where known."""

    def __init__(self, holder: Holder | None, where: str) -> None:
        who = (
            f"process {holder.pid} of {holder.user} on {holder.host}, at work since "
            f"{holder.started_at}"
            if holder
            else "a process that did not leave its name"
        )
        super().__init__(
            [
                Problem(
                    f"another writer is at work: {who}",
                    where,
                    "one writer at a time; readers are never in the way",
                    "try again when it has finished, or wait for it with --wait",
                )
            ],
            exit_code=3,
        )
        self.holder = holder


@contextmanager
def writer_lock(home: Home, *, wait_s: float = 0.0) -> Iterator[Holder]:
    """Hold the home's writer lock; within one process it may be taken again.

    Parameters
    ----------
    home : Home
    wait_s : float
        Seconds to wait for another writer before giving up.

    Raises
    ------
    WriterBusy
        Another process holds it.
    """
    home.ensure()
    me = _myself()
    if is_lent(home):
        yield read_holder(home) or me
        return
    _acquire(home, me, wait_s)
    try:
        yield me
    finally:
        _release(home.lock_path)


def acquire_for_process(home: Home, *, wait_s: float = 0.0) -> None:
    """Take the lock and keep it until the process ends (a lent lock is left alone)."""
    home.ensure()
    if not is_lent(home):
        _acquire(home, _myself(), wait_s)


def child_environment(home: Home) -> dict[str, str]:
    """Return the variables that let a child process write under this process's lock."""
    return {HOME_VARIABLE: str(home.root), LOCK_PID_VARIABLE: str(os.getpid())}


def read_holder(home: Home) -> Holder | None:
    """Return what the lock file says; true only while somebody does hold the lock."""
    try:
        return Holder(**json.loads(home.lock_path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_lent(home: Home) -> bool:
    """Return whether a parent named in CYTOMART_LOCK_PID really holds the lock now."""
    lender = os.environ.get(LOCK_PID_VARIABLE, "")
    if not lender.isdigit() or int(lender) == os.getpid() or not home.lock_path.exists():
        return False
    holder = read_holder(home)
    if holder is None or holder.pid != int(lender) or holder.host != socket.gethostname():
        return False
    descriptor = os.open(home.lock_path, os.O_RDWR)
    try:
        return not _try_flock(descriptor)
    finally:
        os.close(descriptor)


def _acquire(home: Home, me: Holder, wait_s: float) -> None:
    path = home.lock_path
    with _guard:
        pid, descriptor, depth = _held.get(path, (0, -1, 0))
        if pid == os.getpid():
            _held[path] = (pid, descriptor, depth + 1)
            return
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            os.fchmod(descriptor, PRIVATE_FILE)
            _wait_for(home, descriptor, wait_s)
        except BaseException:
            os.close(descriptor)
            raise
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(me)).encode(), 0)
        _held[path] = (os.getpid(), descriptor, 1)


def _wait_for(home: Home, descriptor: int, wait_s: float) -> None:
    began = time.monotonic()
    while not _try_flock(descriptor):
        waited = time.monotonic() - began
        # A name left by a dead process means that a new holder has not signed yet.
        signed = _is_alive(holder := read_holder(home))
        if waited >= wait_s and (signed or waited >= wait_s + _SETTLE_S):
            raise WriterBusy(holder, str(home.lock_path))
        time.sleep(_POLL_S)


def _release(path: Path) -> None:
    with _guard:
        pid, descriptor, depth = _held[path]
        if depth > 1:
            _held[path] = (pid, descriptor, depth - 1)
            return
        del _held[path]
        if pid == os.getpid():
            os.ftruncate(descriptor, 0)
        os.close(descriptor)


def _try_flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(holder: Holder | None) -> bool:
    if holder is None:
        return False
    if holder.host != socket.gethostname():
        return True
    with suppress(PermissionError):
        try:
            os.kill(holder.pid, 0)
        except ProcessLookupError:
            return False
    return True


def _myself() -> Holder:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Holder(socket.gethostname(), os.getpid(), user, now)
