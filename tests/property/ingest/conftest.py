"""One small synthetic scanner file, as text."""

from __future__ import annotations

import pytest

from simulate.design import Design
from simulate.study import write_study


@pytest.fixture(scope="session")
def gpr(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file of 8 Blocks with a panel of 12 targets, LF line ends."""
    folder = tmp_path_factory.mktemp("tiny") / "study"
    write_study(folder, Design(patients=3, controls=2, targets=12))
    text = sorted((folder / "arrays").glob("*.gpr"))[0].read_text("utf-8")
    return text.replace("\r\n", "\n")


@pytest.fixture(scope="session")
def short_gpr(gpr: str) -> str:
    """The same with 12 spots, so that every byte can be tried."""
    lines = gpr.split("\n")
    head = next(i for i, t in enumerate(lines) if t.startswith('"Block"'))
    return "\n".join(lines[: head + 13]) + "\n"
