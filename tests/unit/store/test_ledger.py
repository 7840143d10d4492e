from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from contracts import CytomartError
from store import ledger
from store.build import open_build
from store.finding import WARNING
from store.home import Home


def lines(home: Home) -> list[bytes]:
    return home.ledger_path.read_bytes().splitlines(keepends=True)


@pytest.fixture
def written(home: Home) -> Home:
    for n in range(4):
        ledger.append(home, "load", "s", {"n_rows": n, "words": "µ = ×"})
    assert ledger.check(home) == []
    return home


def test_events_come_back_in_order(written: Home) -> None:
    found = ledger.entries(written)
    assert [e.sequence_number for e in found] == [1, 2, 3, 4]
    assert [e.details["n_rows"] for e in found] == [0, 1, 2, 3]
    assert ledger.entries(Home(written.root / "other")) == []


@pytest.mark.parametrize("kept", [0, 1, 3])
def test_a_cut_off_tail_shows_and_stops_further_writing(written: Home, kept: int) -> None:
    written.ledger_path.write_bytes(b"".join(lines(written)[:kept]))
    (finding,) = ledger.check(written)
    assert f"line {kept + 1}" in finding.where
    assert "cut off" in finding.message
    with pytest.raises(CytomartError, match="cut off"):
        ledger.append(written, "load")


def test_changed_swapped_and_missing_lines_are_named(written: Home) -> None:
    whole = lines(written)
    forged = json.loads(whole[1])
    forged["details"]["n_rows"] = 99
    for changed, number in (
        ([whole[0], whole[2], whole[1], whole[3]], 2),
        ([whole[0], whole[2], whole[3]], 2),
        ([*whole[:1], json.dumps(forged, sort_keys=True).encode() + b"\n", *whole[2:]], 2),
        ([*whole[:3], whole[3].replace(b":", b": ", 1)], 4),
    ):
        written.ledger_path.write_bytes(b"".join(changed))
        assert f"line {number}" in ledger.check(written)[0].where


def test_a_head_without_its_ledger_and_a_ledger_without_its_head_show(written: Home) -> None:
    head = written.ledger_head_path.read_bytes()
    written.ledger_head_path.unlink()
    assert ledger.check(written)[0].where == "vault/ledger.head"
    written.ledger_head_path.write_bytes(head.replace(b'"n_bytes":', b'"n_bytes":1'))
    assert ledger.check(written)
    written.ledger_head_path.write_bytes(head)
    written.ledger_path.unlink()
    assert ledger.check(written)


def test_a_forged_head_is_not_built_upon(written: Home) -> None:
    last = ledger.entries(written)[-1].line_hash
    content = written.ledger_head_path.read_text()
    written.ledger_head_path.write_text(content.replace(last, "0" * 64))
    before = written.ledger_path.read_bytes()
    with pytest.raises(CytomartError, match="does not agree with line 4"):
        ledger.append(written, "load")
    assert written.ledger_path.read_bytes() == before


def test_long_details_are_no_obstacle(written: Home) -> None:
    ledger.append(written, "load", "s", {"words": "x" * 200_000})
    ledger.append(written, "load", "s")
    assert ledger.check(written) == []


def test_one_line_beyond_the_head_is_a_death_between_two_writes(written: Home) -> None:
    head = written.ledger_head_path.read_bytes()
    ledger.append(written, "load", "s", {"n_rows": 4})
    written.ledger_head_path.write_bytes(head)
    assert ledger.check(written) == []
    assert ledger.append(written, "load").sequence_number == 6
    assert ledger.check(written) == []


def test_a_torn_last_line_is_dropped_by_the_next_event(written: Home) -> None:
    with written.ledger_path.open("ab") as out:
        out.write(b'{"details":{"n_r')
    (finding,) = ledger.check(written)
    assert finding.severity == WARNING
    assert ledger.append(written, "load").sequence_number == 5
    assert ledger.check(written) == []
    assert len(ledger.entries(written)) == 5


def test_a_clock_set_back_keeps_the_order_and_is_flagged(
    written: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    monkeypatch.setattr(ledger, "_now", lambda: past)
    entry = ledger.append(written, "gate")
    assert entry.is_clock_set_back
    assert entry.sequence_number == 5
    assert 86_390 < entry.details["clock_set_back_s"] < 86_410
    (finding,) = ledger.check(written)
    assert finding.severity == WARNING
    assert [e.event for e in ledger.entries(written)][-1] == "gate"


@pytest.mark.parametrize(
    "details",
    [{"real_id": "x"}, {"files": [{"file_name": "Erika.csv"}]}, {"a": {"age_years": 40}}],
)
def test_identifying_facts_are_refused(home: Home, details: dict[str, object]) -> None:
    with pytest.raises(CytomartError, match="identifying"):
        ledger.append(home, "load", "s", details)
    assert not home.ledger_path.exists()


def test_only_plain_facts_are_taken(home: Home) -> None:
    for value in (float("nan"), object()):
        with pytest.raises(CytomartError, match="plain facts"):
            ledger.append(home, "load", "s", {"x": value})


def test_sync_copies_what_the_database_lacks(written: Home) -> None:
    con = open_build(written)
    assert (ledger.sync(con, written), ledger.sync(con, written)) == (4, 0)
    ledger.append(written, "gate")
    assert ledger.sync(con, written) == 1
    rows = con.execute(
        "select sequence_number, event, line_hash from quality.ledger order by 1"
    ).fetchall()
    assert rows == [(e.sequence_number, e.event, e.line_hash) for e in ledger.entries(written)]
    con.execute("update quality.ledger set line_hash = 'x' where sequence_number = 2")
    with pytest.raises(CytomartError, match="event 2"):
        ledger.sync(con, written)
    con.close()
