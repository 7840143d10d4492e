"""cytomart original as a person meets it: a file back, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys

import pytest
from click.testing import CliRunner

from contracts import CytomartError
from cytomart.main import cli
from simulate.design import Design
from simulate.study import write_study
from store import archive
from store.home import Home


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def scans(tmp_path):
    """Scans in a pack of a home, and one file beside it."""
    home = Home(tmp_path / "home").ensure()
    contents = [f"ATF\t1.0\r\nscan {n}\xff".encode("latin-1") for n in range(archive.PACK_FROM)]
    with archive.incoming(home) as incoming:
        for content in contents:
            incoming.add(sha256_of(content), content)
    archive.put_bytes(home, b"patient_id\nP1\n")
    return contents


def test_an_original_comes_back_byte_for_byte(tmp_path, scans, cytomart):
    home = tmp_path / "home"
    for content in (scans[3], b"patient_id\nP1\n"):
        target = tmp_path / sha256_of(content)
        done = cytomart(home, "original", sha256_of(content).upper()[:16], "--to", str(target))
        assert done.code == 0, done.err
        assert target.read_bytes() == content
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
        assert f"{len(content)} bytes, SHA-256 {sha256_of(content)}" in done.out
    log = (home / "vault" / "logs" / "access.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["sha256"] for line in log] == [
        sha256_of(scans[3]), sha256_of(b"patient_id\nP1\n")
    ]  # fmt: skip


def test_without_a_file_it_goes_to_standard_output(tmp_path, scans):
    done = subprocess.run(
        [sys.executable, "-c", "from cytomart.main import main; main()", "--home",
         str(tmp_path / "home"), "original", sha256_of(scans[5])],
        capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, scans[5])


def test_json_says_what_was_written_and_needs_a_file(tmp_path, scans, cytomart):
    target = tmp_path / "scan.gpr"
    name = sha256_of(scans[0])
    done = cytomart(tmp_path / "home", "--json", "original", name, "--to", str(target))
    assert json.loads(done.out) == {
        "sha256": name, "n_bytes": len(scans[0]), "path": str(target)
    }  # fmt: skip
    done = cytomart(tmp_path / "home", "--json", "original", name)
    assert (done.code, done.out) == (2, "")
    assert "--to FILE" in done.err


def test_nothing_is_overwritten(tmp_path, scans, cytomart):
    target = tmp_path / "mine.gpr"
    target.write_bytes(b"mine")
    for place in (target, tmp_path):
        done = cytomart(tmp_path / "home", "original", sha256_of(scans[0]), "--to", str(place))
        assert done.code == 2
        assert f"{place}: the file is there already" in done.err
    assert target.read_bytes() == b"mine"
    done = cytomart(
        tmp_path / "home", "original", sha256_of(scans[0]), "--to", str(tmp_path / "no" / "x")
    )
    assert done.code == 2
    assert "the file cannot be written: No such file or directory" in done.err


def test_what_names_none_or_several_is_refused(tmp_path, scans, cytomart):
    home = Home(tmp_path / "home")
    for given, said in (
        ("../key", "is not the beginning of a SHA-256"),
        ("abc", "is not the beginning of a SHA-256"),
        ("0" * 64, "no original begins with"),
    ):
        done = cytomart(home.root, "original", given)
        assert (done.code, done.out) == (2, "")
        assert said in done.err
    twin = sha256_of(scans[0])[:8] + "0" * 56
    (home.archive_dir / twin).write_bytes(b"")
    done = cytomart(home.root, "original", twin[:8])
    assert (done.code, done.out) == (2, "")
    assert f"2 originals begin with {twin[:8]}" in done.err
    assert twin in done.err
    assert cytomart(tmp_path / "nowhere", "original", twin).code == 2
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_original_is_not_handed_out(tmp_path, scans, cytomart):
    home = Home(tmp_path / "home")
    (path,) = home.packs_dir.iterdir()
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"scan 7\xff", b"scan x\xff"))
    target = tmp_path / "scan.gpr"
    done = cytomart(home.root, "original", sha256_of(scans[7]), "--to", str(target))
    assert done.code == 4
    assert "changed after it was archived" in done.err
    assert not target.exists()


def test_a_vault_of_others_is_named(tmp_path, monkeypatch):
    def closed(home):
        raise PermissionError(13, "Permission denied", str(home.archive_dir))

    monkeypatch.setattr(archive, "names", closed)
    done = CliRunner().invoke(cli, ["--home", str(tmp_path), "original", "abcdef"])
    assert isinstance(done.exception, CytomartError)
    assert done.exception.exit_code == 2
    assert "the vault cannot be read" in str(done.exception)


def test_the_hash_of_the_history_finds_the_scan(tmp_path, cytomart):
    home, folder = tmp_path / "home", tmp_path / "study"
    write_study(folder, Design(patients=6, controls=3, study_id="small"))
    assert cytomart(home, "ingest", str(folder)).code == 0
    told = cytomart(home, "--json", "history", "SYN-S01", "--versions").out
    (row,) = json.loads(told)["history"]
    target = tmp_path / "back.gpr"
    beginning = row["file_sha256"][:12]
    assert cytomart(home, "original", beginning, "--to", str(target)).code == 0
    assert target.read_bytes() == (folder / "arrays" / "SYN-S01.gpr").read_bytes()
