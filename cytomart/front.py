"""What every verb receives: the home it works on and a voice to speak with."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from store.home import Home


@dataclass(frozen=True)
class Front:
    """The home, and how to speak: bars on a terminal, plain lines elsewhere, or JSON."""

    home: Home
    as_json: bool = False
    console: Console = field(
        default_factory=lambda: Console(
            highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200
        )
    )

    @property
    def command(self) -> str:
        """How the person at this terminal calls cytomart on this home."""
        typed = Path(sys.argv[0])
        name = "cytomart" if shutil.which("cytomart") else os.path.relpath(typed)
        if self.home == Home.from_env(None):
            return name
        return f"{name} --home {shlex.quote(str(self.home.root))}"

    def say(self, text: str) -> None:
        """Print one line for a person; silent with --json."""
        if not self.as_json:
            self.console.print(text, markup=False)

    def show(self, title: str, header: list[str], rows: list[list[Any]]) -> None:
        """Print a small table for a person."""
        if self.as_json or not rows:
            return
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for name in header:
            table.add_column(name, overflow="fold")
        for row in rows:
            # Text, not markup: a cell may quote `[panel] id` from somebody's file.
            table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
        self.console.print(table)

    def give(self, payload: dict[str, Any]) -> None:
        """Print the machine-readable result; silent without --json."""
        if self.as_json:
            click.echo(json.dumps(payload, indent=2, default=str, ensure_ascii=False))

    @contextmanager
    def steps(self, label: str) -> Iterator[StepReporter]:
        """Report progress of a step: a bar on a terminal, one plain line elsewhere."""
        if self.as_json or not self.console.is_terminal:
            self.say(f"{label} ...")
            yield StepReporter()
            return
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        ) as progress:
            yield StepReporter(progress, progress.add_task(label, total=None))


@dataclass(frozen=True)
class StepReporter:
    """Where a running step tells how far it is; does nothing where no bar is drawn."""

    progress: Progress | None = None
    task: Any = None

    def at(self, done: int, total: int) -> None:
        """Move the bar to `done` of `total`."""
        if self.progress is not None:
            self.progress.update(self.task, completed=done, total=total)


pass_front = click.make_pass_decorator(Front)
