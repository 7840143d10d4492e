"""Every command of the tutorial and of the README is one that the command line takes."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from contracts.paths import REPO_ROOT
from cytomart.main import cli

PAGES = ("docs/first-ten-minutes.md", "README.md")


def _commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = (REPO_ROOT / page).read_text(encoding="utf-8")
        for block in re.findall(r"```sh\n(.+?)```", text, re.S):
            found += [(page, line) for line in block.splitlines()
                      if re.match(r"(\.venv/bin/)?cytomart ", line)]  # fmt: skip
    return found


def test_the_pages_hold_the_four_steps():
    for page in PAGES:
        own = " ".join(line for p, line in _commands() if p == page)
        assert all(f"cytomart {verb} " in own for verb in ("look", "init", "check", "run")), page


@pytest.mark.parametrize(("page", "line"), _commands(), ids=lambda x: x[:50])
def test_a_command_that_is_shown_parses(page, line):
    words = shlex.split(line, comments=True)[1:]
    context = click.Context(cli, info_name="cytomart", **cli.context_settings)
    command = cli
    while isinstance(command, click.Group):
        name, command, words = command.resolve_command(context, words)
        context = click.Context(command, info_name=name, parent=context)
    command.make_parser(context).parse_args(list(words))
    known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
    assert {w for w in words if w.startswith("--")} <= known
