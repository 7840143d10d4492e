from __future__ import annotations

import re

import pytest

from contracts import CytomartError
from store import ledger, pseudonym
from store.home import Home


def test_the_same_person_always_gets_the_same_code(home: Home) -> None:
    first = pseudonym.code(home, "patient", "s", "Mustermann")
    assert first == pseudonym.code(home, "patient", "s", "Mustermann")
    assert re.fullmatch(r"P-[0-9A-HJKMNP-TV-Z]{10}", first)
    assert pseudonym.code(home, "sample", "s", "Mustermann").startswith("S-")


def test_kind_study_and_key_all_enter(home: Home) -> None:
    codes = {
        pseudonym.code(home, "patient", "s", "1")[2:],
        pseudonym.code(home, "patient", "t", "1")[2:],
        pseudonym.code(home, "sample", "s", "1")[2:],
        pseudonym.code(Home(home.root / "other"), "patient", "s", "1")[2:],
    }
    assert len(codes) == 4


def test_ten_thousand_ids_have_ten_thousand_codes(home: Home) -> None:
    assert len({pseudonym.code(home, "patient", "s", str(i)) for i in range(10_000)}) == 10_000


def test_the_key_is_private_and_never_in_the_ledger(home: Home) -> None:
    pseudonym.code(home, "patient", "s", "1")
    assert home.key_path.stat().st_mode & 0o777 == 0o600
    assert home.key_path.read_bytes() not in home.ledger_path.read_bytes()
    assert [e.event for e in ledger.entries(home)] == ["key_created"]


def test_a_lost_or_damaged_key_is_never_replaced_in_silence(home: Home) -> None:
    pseudonym.code(home, "patient", "s", "1")
    for content in (b"", b"zz", b"ab"):
        home.key_path.write_bytes(content)
        with pytest.raises(CytomartError, match="damaged"):
            pseudonym.code(home, "patient", "s", "1")
    home.key_path.unlink()
    with pytest.raises(CytomartError, match="is gone"):
        pseudonym.code(home, "patient", "s", "1")


def test_a_key_that_was_not_recorded_is_recorded_later(home: Home) -> None:
    home.ensure()
    home.key_path.write_text("ab" * 32)
    pseudonym.settle(home)
    pseudonym.settle(home)
    assert [e.event for e in ledger.entries(home)] == ["key_created"]


def test_unknown_kinds_are_refused(home: Home) -> None:
    with pytest.raises(CytomartError, match="visit"):
        pseudonym.code(home, "visit", "s", "1")
