from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.paths import REPO_ROOT

Play = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def play() -> Play:
    """Play a fault of drive.py on a home and return its answers."""

    def run(command: str, home: Path, *rest: object) -> list[dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("drive.py")), command, str(home),
             *(str(r) for r in rest)],
            cwd=REPO_ROOT, capture_output=True, text=True, check=False, timeout=1_800,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run
