"""Fixtures that several rooms need: the real files beside the checkout, and one demo home."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from contracts.paths import REPO_ROOT

# A loaded machine or an unlucky draw is no failure; in CI the same examples are drawn each time.
settings.register_profile(
    "cytomart",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("cytomart")

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


def run_cytomart(
    home: Path, *args: str, timeout: float = 600, prefix: tuple[str, ...] = ()
) -> Finished:
    """Run the command line as a user would, in a process of its own."""
    done = subprocess.run(
        [
            *prefix,
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
    """The home of the demo, what its first run said, and whether it ran without any network."""

    home: Path
    first_run: Finished
    is_offline: bool


def _offline() -> list[str]:
    """A prefix that runs a command in a network namespace without interfaces, where it works."""
    prefix = ["unshare", "--map-root-user", "--net"]
    try:
        done = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    except OSError:
        return []
    return prefix if done.returncode == 0 else []


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """One finished demo for all tests that only read it."""
    home = tmp_path_factory.mktemp("demo") / "home"
    prefix = _offline()
    first = run_cytomart(home, "demo", prefix=tuple(prefix))
    assert first.code == 0, first.out + first.err
    return Demo(home, first, bool(prefix))
