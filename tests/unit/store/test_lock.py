from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from contracts.paths import REPO_ROOT
from store.home import Home
from store.lock import WriterBusy, child_environment, read_holder, writer_lock

TRY = """
import sys
from pathlib import Path
from store.home import Home
from store.lock import WriterBusy, writer_lock
try:
    with writer_lock(Home(Path(sys.argv[1])), wait_s=float(sys.argv[2])):
        print("in")
except WriterBusy as busy:
    print(busy.exit_code, busy.holder.pid if busy.holder else None, busy)
"""


def attempt(home: Home, wait_s: float = 0, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", TRY, str(home.root), str(wait_s)], cwd=REPO_ROOT, check=True,
        capture_output=True, text=True, env={**os.environ, **environment},
    )  # fmt: skip
    return done.stdout


def test_a_second_writer_is_told_who_holds_the_lock(home: Home) -> None:
    with writer_lock(home) as me:
        answer = attempt(home)
        assert answer.startswith(f"3 {os.getpid()} ")
        for part in (me.host, f"process {me.pid}", me.user, me.started_at, "--wait"):
            assert part in answer
    assert attempt(home) == "in\n"


def test_a_second_writer_can_wait(home: Home) -> None:
    with writer_lock(home):
        waiting = subprocess.Popen(
            [sys.executable, "-c", TRY, str(home.root), "20"], cwd=REPO_ROOT,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(0.4)
    assert waiting.communicate(timeout=30)[0] == "in\n"


def test_names_left_in_the_file_by_the_dead_do_no_harm(home: Home) -> None:
    home.ensure()
    home.lock_path.write_text(json.dumps({"host": "h", "pid": 1, "user": "u", "started_at": "t"}))
    with writer_lock(home):
        assert (holder := read_holder(home)) is not None
        assert holder.pid == os.getpid()


def test_one_process_may_take_it_again_and_keeps_it_until_the_outermost_end(home: Home) -> None:
    with writer_lock(home):
        with writer_lock(home):
            pass
        assert attempt(home).startswith("3 ")


def test_a_child_writes_under_its_parents_lock(home: Home) -> None:
    with writer_lock(home):
        assert attempt(home, **child_environment(home)) == "in\n"


@pytest.mark.parametrize("lender", ["1", "999999999", "nonsense", ""])
def test_a_loan_by_somebody_who_does_not_hold_the_lock_is_void(home: Home, lender: str) -> None:
    with writer_lock(home):
        assert attempt(home, CYTOMART_LOCK_PID=lender).startswith("3 ")


def test_a_loan_without_any_lock_makes_the_child_take_it(home: Home) -> None:
    # The file names the lender, yet nobody holds the lock: the child must take it itself.
    home.ensure()
    me = {"host": socket.gethostname(), "pid": os.getpid(), "user": "u", "started_at": "t"}
    home.lock_path.write_text(json.dumps(me))
    child = TRY.replace('print("in")', "from store.lock import read_holder\n        "
                        "print(read_holder(Home(Path(sys.argv[1]))).pid)")  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", child, str(home.root), "0"], cwd=REPO_ROOT, check=True,
        capture_output=True, text=True, env={**os.environ, "CYTOMART_LOCK_PID": str(os.getpid())},
    )  # fmt: skip
    assert int(done.stdout) not in (os.getpid(), 0)


def test_an_unsigned_lock_is_still_a_lock(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with writer_lock(home):
        home.lock_path.write_text("")
        answer = attempt(home)
    assert answer.startswith("3 None ")
    assert isinstance(WriterBusy(None, ""), Exception)
