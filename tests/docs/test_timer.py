"""The timer, the service and the cron line of the runbook are ones that work."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from contracts.paths import REPO_ROOT
from cytomart.main import cli

RUNBOOK = (REPO_ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.+?)```", RUNBOOK, re.S)


def units() -> dict[str, str]:
    names = re.findall(r"`/etc/systemd/system/(cytomart\.\w+)`:", RUNBOOK)
    return dict(zip(names, blocks("ini"), strict=True))


def parsed(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str
    parser.read_string(text)
    return parser


def demand_valid(words: list[str]) -> None:
    """Parse the words after `cytomart` as the command line does; fail where it would."""
    with click.Context(cli, **cli.context_settings) as context:
        name, command, rest = cli.resolve_command(context, words)
        assert name == "run"
        made = command.make_context("run", list(rest), parent=context)
        assert made.params["drop"] == Path("/srv/cytomart/drop")
        assert made.params["folder"] == Path("/srv/cytomart/my-study")


def test_the_service_starts_a_command_that_exists_and_the_timer_starts_the_service():
    service, timer = (parsed(units()[n]) for n in ("cytomart.service", "cytomart.timer"))
    words = shlex.split(service["Service"]["ExecStart"])
    assert Path(words[0]).name == "cytomart"
    demand_valid(words[1:])
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["PrivateNetwork"] == "yes"
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert "Unit" not in timer["Timer"]  # the service of the same name


def test_systemd_accepts_both_units(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is absent")
    for name, text in units().items():
        # The program is not installed there on this machine: a file that is stands for it.
        runnable = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text)
        (tmp_path / name).write_text(runnable, encoding="utf-8")
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert name not in said, said
        assert done.returncode == 0, said


def test_the_cron_line_calls_a_command_that_exists():
    (line,) = blocks("cron")
    times, command = line.split()[:5], " ".join(line.split()[5:])
    assert all(re.fullmatch(r"[\d*/,-]+", t) for t in times)
    before_pipe = command.partition(" 2>&1")[0]
    words = [w for w in shlex.split(before_pipe) if not w.startswith("CYTOMART_HOME=")]
    assert Path(words[0]).name == "cytomart"
    demand_valid(words[1:])
