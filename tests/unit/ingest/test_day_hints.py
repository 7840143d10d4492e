"""What a date that is no ISO date may mean; said, never used."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.clinic.day_hints import day_hint, probable_days, serial_days


@pytest.mark.parametrize(
    ("text", "days"),
    [("31/05/2021", ["2021-05-31"]), ("01/02/2020", ["2020-02-01", "2020-01-02"]),
     ("31.5.2021", ["2021-05-31"]), ("2021/05/31", ["2021-05-31"]), ("20210531", ["2021-05-31"]),
     ("2021-05-31 10:30:00", ["2021-05-31"]), ("2021年5月31日", ["2021-05-31"]),
     ("19-01-02", ["2019-01-02", "2002-01-19"]), ("31-May-2021", ["2021-05-31"]),
     ("May 31, 2021", ["2021-05-31"]), ("31 May 49", ["2049-05-31"]), ("2019-02-30", []),
     ("soon", []), ("1-Mar", []), ("", [])],
)  # fmt: skip
def test_the_days_that_a_text_may_mean(text, days):
    assert [str(d) for d in probable_days(text)] == days


def test_days_as_excel_counts_them_have_two_readings():
    assert serial_days("44347") == (date(2021, 5, 31), date(2025, 6, 1))
    assert serial_days("44347.5") == serial_days("44347")
    assert serial_days("99999") is None
    assert day_hint("44347") == (
        "; it is a day as Excel counts them: 2021-05-31 (or 2025-06-01 where the workbook counts "
        "from 1904)"
    )
