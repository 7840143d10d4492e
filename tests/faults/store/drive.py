"""Play faults on a home: `python drive.py COMMAND HOME …`; answers are JSON, one object a line.

Every step runs in a forked process of its own, so that it can be killed without ending the play.
The generations differ in one number, the mark, which stands in two relations: a reader that finds
two marks, or another one than the generation's, has read a mixture.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd  # DuckDB imports it when it first meets a parameter: once here, not per fork

from contracts import CytomartError
from store.build import open_build
from store.fault_points import KILL_VARIABLE
from store.home import Home
from store.lock import WriterBusy, writer_lock
from store.publish import publish, recover
from store.verify import verify

ROWS = {"marts.fct_marks": 5_000, "reporting.rpt_marks": 50}
assert pd.__version__
NOBODY = 65_534


def say(**answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def start(work: Callable[[], None]) -> int:
    """Run `work` in a forked process; return its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def finish(pid: int) -> int:
    """Wait for a process; return its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def mark(home: Home, value: int) -> None:
    with writer_lock(home):
        con = open_build(home)
        con.execute("create schema if not exists marts; create schema if not exists reporting")
        con.begin()
        for name, n_rows in ROWS.items():
            con.execute(
                f"create or replace table {name} as select {value} as mark, range as n "
                f"from range({n_rows})"
            )
        con.commit()
        con.close()


def mark_and_publish(home: Home, value: int | None = None) -> None:
    if value is not None:
        mark(home, value)
    generation = publish(home, study_ids=["s"])
    say(acknowledged=generation.number)


def read_marks(home: Home) -> tuple[int, list[tuple[Any, ...]]]:
    con = duckdb.connect(str(home.published_path), read_only=True)
    number = con.execute("select generation_number from quality.generation").fetchall()[0][0]
    marks = con.execute(
        "select distinct mark, count(*) over () as n from "
        "(from marts.fct_marks union all from reporting.rpt_marks)"
    ).fetchall()
    con.close()
    return number, marks


def look(home: Home) -> None:
    number, marks = read_marks(home)
    say(generation=number, marks=marks)


def leftovers(home: Home) -> list[str]:
    allowed = {"published", "reports", "vault", "warehouse.duckdb"}
    numbers = {p.name for p in home.published_dir.iterdir() if p.name.isdigit()}
    found = [p.name for p in home.root.iterdir() if p.name not in allowed]
    found += [
        p.name for p in home.published_dir.iterdir() if p.name not in numbers | {"current.json"}
    ]
    found += [
        p.name for p in home.vault.rglob("*") if p.name.startswith(".tmp") or p.suffix == ".wal"
    ]
    return found + [p.name for p in home.spill_dir.iterdir()]


def kill_at(home: Home, mend: str, points: list[str]) -> None:
    """Die at each named point in turn, look, mend (by `recover` or `publish`), look again."""
    finish(start(lambda: mark_and_publish(home, 0)))
    for turn, point in enumerate(points, start=1):
        os.environ[KILL_VARIABLE] = point
        code = finish(start(partial(mark_and_publish, home, turn)))
        del os.environ[KILL_VARIABLE]
        say(point=point, code=code)
        _after_a_death(home, mend)
    finish(start(lambda: mark_and_publish(home)))
    finish(start(lambda: look(home)))


def kill_randomly(home: Home, times: int, seed: int) -> None:
    """Die after a random time, again and again."""
    chance = random.Random(seed)
    finish(start(lambda: mark_and_publish(home, 0)))
    for turn in range(1, times + 1):
        pid = start(partial(mark_and_publish, home, turn))
        time.sleep(chance.uniform(0.0, 0.7))
        os.kill(pid, signal.SIGKILL)
        say(point="random", code=finish(pid))
        _after_a_death(home, "publish")


def _after_a_death(home: Home, mend: str) -> None:
    def recovered() -> None:
        with writer_lock(home):
            recover(home)

    finish(start(lambda: look(home)))
    work = recovered if mend == "recover" else partial(mark_and_publish, home)
    code = finish(start(work))
    finish(start(lambda: look(home)))
    say(code_after=code, leftovers=leftovers(home))


def check(home: Home) -> None:
    say(findings=[str(f) for f in verify(home)])


def writers(home: Home, n: int) -> None:
    """Let n writers try at once; the one that gets in stays until all others have answered."""
    home.ensure()
    gate, done = home.root / "go", home.root / "done"

    def write() -> None:
        while not gate.exists():
            time.sleep(0.005)
        try:
            with writer_lock(home):
                say(won=os.getpid())
                while not done.exists():
                    time.sleep(0.01)
        except WriterBusy as busy:
            holder = busy.holder
            say(busy=holder.pid if holder else None, code=busy.exit_code, words=str(busy))
            (home.root / f"answered-{os.getpid()}").touch()

    pids = [start(write) for _ in range(n)]
    gate.touch()
    until = time.monotonic() + 60
    while len(list(home.root.glob("answered-*"))) < n - 1 and time.monotonic() < until:
        time.sleep(0.01)
    done.touch()
    say(codes=[finish(pid) for pid in pids])


def readers(home: Home, n_readers: int, n_publishes: int) -> None:
    """Read without pause while generations come."""
    finish(start(lambda: mark_and_publish(home, 1)))
    done = home.root / "done"

    def read() -> None:
        n_reads, n_mixed, seen = 0, 0, set()
        while not done.exists():
            number, marks = read_marks(home)
            n_reads += 1
            n_mixed += marks != [(number, sum(ROWS.values()))]
            seen.add(number)
            time.sleep(0.05)  # else the readers leave the publisher no processor on small machines
        say(n_reads=n_reads, n_mixed=n_mixed, n_seen=len(seen))

    pids = [start(read) for _ in range(n_readers)]
    codes = [
        finish(start(partial(mark_and_publish, home, 2 + turn))) for turn in range(n_publishes)
    ]
    done.touch()
    say(publish_codes=codes, reader_codes=[finish(pid) for pid in pids])


def stranger(home: Home) -> None:
    """Open the published file in the default mode as another user, while others read it."""
    finish(start(lambda: mark_and_publish(home, 1)))

    def intrude() -> None:
        if os.getuid() == 0:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        before = os.listdir(home.root)  # noqa: PTH208 - names alone are compared
        try:
            duckdb.connect(str(home.published_path)).close()
            answer = "opened"
        except duckdb.IOException as error:
            answer = str(error)
        say(answer=answer, number=read_marks(home)[0],
            is_same=before == os.listdir(home.root))  # noqa: PTH208  # fmt: skip
        try:
            verify(home)
            say(verified="yes")
        except CytomartError as error:
            say(verified=str(error))

    say(code=finish(start(intrude)))
    say(code=finish(start(lambda: mark_and_publish(home, 2))))
    finish(start(lambda: look(home)))


def disk_full(home: Home, n_bytes: int) -> None:
    """Let no file grow beyond n_bytes during a publish."""
    finish(start(lambda: mark_and_publish(home, 1)))
    finish(start(lambda: mark(home, 2)))

    def starved() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))
        try:
            publish(home, study_ids=["s"])
            say(outcome="published")
        except CytomartError as error:
            say(outcome=str(error), code=error.exit_code)

    # The build file's own log is no stray file: it holds what is not yet in the file.
    code = finish(start(starved))
    say(code=code, leftovers=[p for p in leftovers(home) if p != "build.duckdb.wal"])
    finish(start(lambda: look(home)))
    say(code=finish(start(lambda: mark_and_publish(home, 2))), leftovers=leftovers(home))
    finish(start(lambda: look(home)))


def main(command: str, root: str, *rest: str) -> None:
    home = Home(Path(root))
    match command:
        case "kill_at":
            kill_at(home, rest[0], list(rest[1:]))
        case "kill_randomly":
            kill_randomly(home, int(rest[0]), int(rest[1]))
        case "writers":
            writers(home, int(rest[0]))
        case "readers":
            readers(home, int(rest[0]), int(rest[1]))
        case "stranger":
            stranger(home)
        case "disk_full":
            disk_full(home, int(rest[0]))
    if command.startswith("kill"):
        finish(start(lambda: check(home)))


if __name__ == "__main__":
    main(*sys.argv[1:])
