"""Headless Chromium without a network: what a page draws, says to the console and asks for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

from tests.unit.reports.made import warehouse

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True)
class Visit:
    """A page after its scripts have run."""

    dom: str
    console: list[str]
    requests: list[str]
    texts: dict[str, list[str]]
    marks: dict[str, dict[str, int]]

    def count(self, figure: str, name: str) -> int:
        """Return the marks of a figure whose name begins so (Altair numbers names of panels)."""
        return sum(n for mark, n in self.marks[figure].items() if mark.startswith(name))


class _Marks(HTMLParser):
    """Counts the children of named mark groups, figure by figure, outside noscript."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.figure = ""
        self.counts: dict[str, dict[str, int]] = {}
        self.texts: dict[str, list[str]] = {}
        self._groups: list[str] = []
        self._is_hidden = False
        self._is_text = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "noscript":
            self._is_hidden = True
        if self._is_hidden:
            return
        if tag == "figure":
            self.figure = given.get("id") or ""
            self.counts[self.figure], self.texts[self.figure] = {}, []
        if tag == "g":
            found = re.search(r"role-mark (\S+)_marks", given.get("class") or "")
            self._groups.append(found.group(1) if found else "")
        elif tag in {"path", "text", "line"} and self._groups and self._groups[-1]:
            per = self.counts[self.figure]
            per[self._groups[-1]] = per.get(self._groups[-1], 0) + 1
        self._is_text = tag == "text"

    def handle_endtag(self, tag: str) -> None:
        if tag == "noscript":
            self._is_hidden = False
        if tag == "g" and not self._is_hidden and self._groups:
            self._groups.pop()
        self._is_text = False

    def handle_data(self, data: str) -> None:
        if self._is_text and not self._is_hidden and self.figure:
            self.texts[self.figure].append(data)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="session")
def visit(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Visit]:
    def look(page: Path, *more: str) -> Visit:
        folder = tmp_path_factory.mktemp("chromium")
        net = folder / "net.json"
        done = subprocess.run(
            [
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND",
                f"--user-data-dir={folder / 'profile'}", f"--log-net-log={net}",
                "--virtual-time-budget=10000", "--enable-logging=stderr", "--v=0",
                "--window-size=1440,900", *more, "--dump-dom", page.as_uri(),
            ],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        marks = _Marks()
        marks.feed(done.stdout)
        return Visit(
            done.stdout,
            [line for line in done.stderr.splitlines() if "CONSOLE" in line],
            _requests(net),
            marks.texts,
            marks.counts,
        )

    return look


def _requests(net_log: Path) -> list[str]:
    """Return every address that a page asked of a network, from Chromium's own log.

    Chromium's questions for itself (its updates, its clock) have no document as initiator.
    """
    text = net_log.read_text(encoding="utf-8").rstrip().rstrip(",")
    log = json.loads(text if text.endswith("}") and text.count("]}") else text + "]}")
    kinds = {number: name for name, number in log["constants"]["logEventTypes"].items()}
    assert "URL_REQUEST_START_JOB" in kinds.values()
    return [
        event["params"]["url"]
        for event in log["events"]
        if kinds.get(event["type"]) == "URL_REQUEST_START_JOB"
        and event.get("params", {}).get("initiator", "not an origin") != "not an origin"
    ]


@pytest.fixture(scope="session")
def fixtures() -> ModuleType:
    """The makers of the report's unit tests."""
    return warehouse
