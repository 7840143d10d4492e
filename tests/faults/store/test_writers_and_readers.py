"""P3, P4, P12: one writer, readers never wait, a full disk harms nobody."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Play = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("n", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_of_many_writers_one_proceeds_and_the_others_name_it(
    play: Play, tmp_path: Path, n: int
) -> None:
    answers = play("writers", tmp_path / "home", n)
    (winner,) = [a["won"] for a in answers if "won" in a]
    losers = [a for a in answers if "busy" in a]
    assert len(losers) == n - 1
    for loser in losers:
        assert (loser["busy"], loser["code"]) == (winner, 3)
        assert f"process {winner} of " in loser["words"]
        assert "at work since 20" in loser["words"]
    assert answers[-1] == {"codes": [0] * n}


@pytest.mark.parametrize(
    ("n_readers", "n_publishes"), [(4, 5), pytest.param(8, 25, marks=pytest.mark.slow)]
)
def test_readers_never_wait_and_never_see_a_mixture(
    play: Play, tmp_path: Path, n_readers: int, n_publishes: int
) -> None:
    answers = play("readers", tmp_path / "home", n_readers, n_publishes)
    codes = answers[-1]
    assert codes == {"publish_codes": [0] * n_publishes, "reader_codes": [0] * n_readers}
    reports = [a for a in answers if "n_reads" in a]
    assert len(reports) == n_readers
    for report in reports:
        assert report["n_mixed"] == 0
        assert report["n_reads"] > n_publishes
    assert max(r["n_seen"] for r in reports) > 1, "no reader saw a generation come"


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A directory that other users can enter, unlike pytest's own."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def test_another_users_client_in_default_mode_is_refused_and_disturbs_nobody(
    play: Play, open_place: Path
) -> None:
    answers = play("stranger", open_place / "home")
    refused = next(a for a in answers if "answer" in a)
    assert "Permission denied" in refused["answer"]
    assert refused["number"] == 1
    assert refused["is_same"] is True
    assert "its owner verifies" in next(a["verified"] for a in answers if "verified" in a)
    assert [a["code"] for a in answers if "code" in a] == [0, 0]
    assert (answers[-1]["generation"], answers[-1]["marks"]) == (2, [[2, 5_050]])


@pytest.mark.parametrize(
    "n_bytes",
    [300_000, 1_500_000, *(pytest.param(n, marks=pytest.mark.slow) for n in (8_000, 900_000))],
)
def test_a_full_disk_leaves_the_generation_before(play: Play, tmp_path: Path, n_bytes: int) -> None:
    answers = play("disk_full", tmp_path / "home", n_bytes)
    starved = next(a for a in answers if "outcome" in a)
    assert starved.get("code") == 4, starved
    after, *_, again, last = [a for a in answers if "leftovers" in a or "generation" in a]
    assert after["leftovers"] == []
    assert next(a for a in answers if "generation" in a) == {
        "generation": 1, "marks": [[1, 5_050]],
    }  # fmt: skip
    assert (again["code"], again["leftovers"]) == (0, [])
    assert last == {"generation": 2, "marks": [[2, 5_050]]}
