"""The tree says what it promises: rooms with READMEs, small files, no engine words, no machine paths."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest
from setuptools import find_packages

from contracts.paths import REPO_ROOT

ROOMS = ("contracts", "store", "ingest", "expectations", "stats", "simulate", "reports",
         "prepare", "cytomart", "warehouse")  # fmt: skip


def _tracked(*patterns: str) -> list[str]:
    out = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=REPO_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = [n for n in out.stdout.splitlines() if (REPO_ROOT / n).exists()]
    if not names:
        names = [str(p.relative_to(REPO_ROOT)) for s in patterns for p in REPO_ROOT.rglob(s)
                 if ".venv" not in p.parts]  # fmt: skip
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_opens_with_a_promise_and_a_refusal(room):
    text = (REPO_ROOT / room / "README.md").read_text(encoding="utf-8")
    head = text[:1500].lower()
    assert "promise" in head
    assert "refus" in head or "does no" in head or "knows no" in head
    assert "add" in text.lower()


def test_python_files_stay_one_idea_long():
    long = {n: sum(1 for _ in (REPO_ROOT / n).open(encoding="utf-8"))
            for n in _tracked("*.py") if not n.startswith("tests/")}  # fmt: skip
    # contracts/raw.py is a list of columns, not a program.
    assert {n: k for n, k in long.items() if k > 350 and n != "contracts/raw.py"} == {}


def test_every_folder_of_python_files_is_installed():
    folders = {n.rpartition("/")[0].replace("/", ".")
               for n in _tracked("*.py") if not n.startswith(("tests/", "warehouse/"))}  # fmt: skip
    project = tomllib.loads((REPO_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = project["tool"]["setuptools"]["packages"]["find"]
    assert found["namespaces"] is False
    assert set(find_packages(str(REPO_ROOT), include=found["include"])) == folders


def test_no_room_is_called_utils():
    assert [n for n in _tracked("*.py") if re.search(r"(^|/)(utils?|helpers?|misc)\.py$", n)] == []


def test_engine_words_stay_in_the_dialect_room():
    words = re.compile(r"target\.(type|name)|adapter\.type")
    bad = [n for n in _tracked("*.sql")
           if not n.startswith("warehouse/macros/dialect/")
           and words.search((REPO_ROOT / n).read_text(encoding="utf-8"))]  # fmt: skip
    assert bad == []


def test_no_index_address_and_no_path_of_a_machine_stands_in_the_tree():
    words = re.compile(
        r"/(root|work|home/\w+)/|--(extra-)?index-url|--find-links|pypi\.|files\.pythonhosted"
    )
    bad = []
    for name in _tracked("*"):
        path = REPO_ROOT / name
        if (
            path.suffix in {".png", ".xlsx", ".parquet"}
            or name == "tests/architecture/test_tree.py"
        ):
            continue
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        ):
            if words.search(line) and not re.search(r"no-emit", line):
                bad.append(f"{name}:{number}: {line.strip()[:80]}")
    assert bad == []


def test_the_lock_file_holds_versions_and_hashes_only():
    lines = (REPO_ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if re.match(r"^[a-z0-9]", line)]
    assert len(pins) > 50
    assert all("==" in line for line in pins)
    assert sum("--hash=sha256:" in line for line in lines) >= len(pins)


def test_imports_go_one_way():
    done = subprocess.run(
        [str(REPO_ROOT / ".venv" / "bin" / "lint-imports")]
        if (REPO_ROOT / ".venv" / "bin" / "lint-imports").exists() else ["lint-imports"],
        cwd=REPO_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
