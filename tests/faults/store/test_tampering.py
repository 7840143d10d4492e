"""P8: any changed bit of a ledger line, an archived file or the published file is reported."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from contracts import CytomartError, from_rows
from contracts.paths import REPO_ROOT
from contracts.quality import QUARANTINE
from store import archive, ledger
from store.build import append, open_build
from store.finding import WARNING
from store.home import Home
from store.publish import publish
from store.read import open_published
from store.verify import verify

#: DuckDB's file: three headers of 4 KiB, then blocks.
HEADERS, BLOCK = 3 * 4_096, 262_144


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("tampering") / "home").ensure()
    for n in range(3):
        archive.put_bytes(home, f"original {n}\n".encode() * 50)
        ledger.append(home, "load", "s", {"n_rows": n})
    with archive.incoming(home) as incoming:
        for n in range(archive.PACK_FROM):
            content = f"packed original {n}\n".encode() * 2
            incoming.add(hashlib.sha256(content).hexdigest(), content)
    con = open_build(home)
    rows = [
        {"study_id": "s", "file_sha256": f"{n:064d}", "role": "slide", "source_line": n,
         "column_name": "c", "rule_id": "r", "reason": "w", "load_id": "l", "is_open": True,
         "row_id": "Q", "state": "open", "is_releasable": False, "row_digest": ""}
        for n in range(20_000)
    ]  # fmt: skip
    append(con, QUARANTINE, from_rows(rows, QUARANTINE))
    con.close()
    publish(home, study_ids=["s"])
    assert verify(home) == []
    return home


def flip(path: Path, chance: random.Random) -> tuple[int, int]:
    content = bytearray(path.read_bytes())
    place, bit = chance.randrange(len(content)), chance.randrange(8)
    content[place] ^= 1 << bit
    mode = path.stat().st_mode
    path.chmod(0o600)
    path.write_bytes(content)
    path.chmod(mode)
    return place, bit


@pytest.mark.parametrize("n", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_every_changed_bit_is_reported_where_it_is(home: Home, n: int) -> None:
    chance = random.Random(n)
    for turn in range(n):
        kind = ("ledger", "archive", "published")[turn % 3]
        path = {
            "ledger": home.ledger_path,
            "archive": chance.choice(
                [p for p in sorted(home.archive_dir.rglob("*")) if p.is_file()]
            ),
            "published": home.published_path,
        }[kind]
        before = path.read_bytes()
        place, bit = flip(path, chance)
        damage = [f for f in verify(home) if f.severity != WARNING]
        path.chmod(0o600)
        path.write_bytes(before)
        path.chmod({"ledger": 0o600, "archive": 0o400, "published": 0o444}[kind])
        named = [f for f in damage if f.subject == kind]
        assert named, f"bit {bit} of byte {place} of {path.name}: {damage}"
        if kind == "ledger":
            line = before[:place].count(b"\n") + 1
            assert f"line {line}" in named[0].where
        else:
            assert path.name in named[0].where
    assert verify(home) == []


def test_damage_inside_a_relation_names_the_relation(home: Home) -> None:
    con = open_published(home)
    blocks = con.execute(
        "select distinct block_id from pragma_storage_info('quality.quarantine') "
        "where block_id >= 0 and column_name = 'file_sha256'"
    ).fetchall()
    con.close()
    before = home.published_path.read_bytes()
    content = bytearray(before)
    content[HEADERS + blocks[0][0] * BLOCK + 1_000] ^= 1
    home.published_path.chmod(0o600)
    home.published_path.write_bytes(content)
    home.published_path.chmod(0o444)
    found = [f.where for f in verify(home)]
    home.published_path.chmod(0o600)
    home.published_path.write_bytes(before)
    home.published_path.chmod(0o444)
    assert found == ["warehouse.duckdb", "warehouse.duckdb quality.quarantine"]


def test_a_cut_off_ledger_tail_is_reported(home: Home) -> None:
    before = home.ledger_path.read_bytes()
    for n_lines in range(3):
        home.ledger_path.write_bytes(b"".join(before.splitlines(keepends=True)[:n_lines]))
        assert any("cut off" in f.message for f in verify(home))
    home.ledger_path.write_bytes(before)
    assert verify(home) == []


LOAD = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from contracts import from_rows
from contracts.raw import FILES
from store import ledger
from store.build import append, open_build
from store.home import Home
home = Home(Path(sys.argv[1]))
open_build(home).close()
con = open_build(home)
for sha256 in ("a" * 64, "b" * 64):
    row = {"study_id": "s", "file_sha256": sha256, "role": "slide", "n_bytes": 1,
           "encoding": "utf-8", "line_end": "LF", "n_rows_in": 1, "n_rows_loaded": 1,
           "n_rows_quarantined": 0, "n_rows_unchanged": 0, "load_id": "l",
           "loaded_at": datetime.now(UTC)}
    append(con, FILES, from_rows([row], FILES))
    files = [{"role": "slide", "sha256": sha256, "status": "loaded"}]
    ledger.append(home, "load", "s", {"files": files})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_commit_cut_from_the_build_files_log_is_missed_at_the_next_publish(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")
    subprocess.run([sys.executable, "-c", LOAD, str(home.root)], cwd=REPO_ROOT, check=False)
    log = home.build_path.with_name("build.duckdb.wal")
    os.truncate(log, log.stat().st_size - 100)
    con = open_build(home)  # DuckDB opens it without a word, the second commit missing
    assert con.execute("select file_sha256 from raw.files").fetchall() == [("a" * 64,)]
    con.close()
    with pytest.raises(CytomartError, match=f"slide file {'b' * 64} of study s was loaded"):
        publish(home, study_ids=["s"])
    assert not home.published_path.exists()
