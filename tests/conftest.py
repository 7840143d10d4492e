"""Fixtures that several rooms need: the real files beside the checkout, and one demo home."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from contracts.paths import REPO_ROOT

os.environ["GX_ANALYTICS_ENABLED"] = "false"
os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files beside the checkout; skips, saying so, where it is absent."""
    folder = REPO_ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("../shared is absent")
    return folder


@dataclass(frozen=True)
class Finished:
    """A finished `cytomart` process."""

    code: int
    out: str
    err: str


def run_cytomart(home: Path, *args: str, timeout: float = 600) -> Finished:
    """Run the command line as a user would, in a process of its own."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from cytomart.main import main; main()",
            "--home",
            str(home),
            *args,
        ],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def cytomart():
    """`cytomart(home, *args) -> Finished`."""
    return run_cytomart


@dataclass(frozen=True)
class Demo:
    """The home of the demo and what its first run said."""

    home: Path
    first_run: Finished


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """One finished demo for all tests that only read it."""
    home = tmp_path_factory.mktemp("demo") / "home"
    first = run_cytomart(home, "demo")
    assert first.code == 0, first.out + first.err
    return Demo(home, first)
