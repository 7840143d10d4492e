"""Processes timed in turn, so that a noisy machine is noisy to both sides."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Run:
    """One process: CPU and wall time in seconds, peak memory in bytes, and what it printed."""

    cpu_s: float
    wall_s: float
    peak_bytes: int
    answer: dict[str, Any]


def run(command: list[str]) -> Run:
    """Run a command; its last line of output is its answer in JSON."""
    # As installed: Python keeps the modules that it compiled, whatever the shell here says.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=out, env=kept)
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        lines = out.read().decode("utf-8").strip().splitlines()
    if process.returncode != 0 or not lines:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    scale = 1 if os.uname().sysname == "Darwin" else 1024
    return Run(used.ru_utime + used.ru_stime, wall_s, used.ru_maxrss * scale,
               json.loads(lines[-1]))  # fmt: skip


def in_turn(sides: Mapping[str, Callable[[], Run]], n_pairs: int) -> dict[str, list[Run]]:
    """Run every side once per round: A B A B …"""
    runs: dict[str, list[Run]] = {name: [] for name in sides}
    for _ in range(n_pairs):
        for name, side in sides.items():
            runs[name].append(side())
    return runs


def medians(runs: list[Run]) -> dict[str, float]:
    """Return median CPU, wall and peak memory of a side."""
    return {
        "cpu_s": round(statistics.median(r.cpu_s for r in runs), 3),
        "wall_s": round(statistics.median(r.wall_s for r in runs), 3),
        "peak_mb": round(statistics.median(r.peak_bytes for r in runs) / 1e6, 1),
    }


def ratio(other: list[Run], ours: list[Run], what: str) -> float:
    """Return the median over the pairs of what the other side needs for each of ours."""
    pairs = zip(other, ours, strict=True)
    return round(statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs), 2)
