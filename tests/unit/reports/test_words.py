"""Numbers as words: rounding, signs, p-values, fold changes."""

from __future__ import annotations

import pytest

from reports import words


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(2.345, 2, "2.35"), (-1.66, 1, "−1.7"), (-0.04, 1, "0.0"), (12345.6, 0, "12,346"),
     (None, 1, "–"), (0.5, 0, "1"), (2.675, 2, "2.68"),
     (3.65, 1, "3.7"), (3.6499999999999995, 1, "3.7"), (3.6499, 1, "3.6")],
)  # fmt: skip
def test_number(value: float | None, digits: int, text: str) -> None:
    assert words.number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.66, "+1.7"), (-1.66, "−1.7"), (0.01, "0.0"), (None, "–")]
)
def test_signed(value: float | None, text: str) -> None:
    assert words.signed(value) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.5, "0.50"), (0.049, "0.049"), (0.0012, "0.001"), (0.00051, "0.0005"), (1e-9, "< 0.0001"),
     (0.9999, "> 0.99"), (None, "–"), (0.04999, "0.04999"), (0.0501, "0.0501"), (0.05, "0.050")],
)  # fmt: skip
def test_p_value_is_never_zero_and_never_rounded_onto_the_level(p: float | None, text: str) -> None:
    assert words.p_value(p) == text


@pytest.mark.parametrize(
    ("log2", "text"), [(1.0, "+2.00"), (-1.0, "−2.00"), (0.0, "1.00"), (0.001, "1.00"), (None, "–")]
)
def test_fold(log2: float | None, text: str) -> None:
    assert words.fold(log2) == text


def test_fold_interval_across_no_change() -> None:
    assert words.fold_interval(-0.5, 0.5) == "−1.41 to +1.41"


@pytest.mark.parametrize(
    ("n", "text"), [(0.004, "fewer than 0.05"), (0.62, "0.6"), (4.0, "4.0"), (None, "not computed")]
)
def test_chance(n: float | None, text: str) -> None:
    assert words.chance(n) == text


@pytest.mark.parametrize(
    ("label", "text"),
    [("Before radiotherapy", "before radiotherapy"), ("IL-6 group", "IL-6 group"), ("", "")],
)
def test_lower_first(label: str, text: str) -> None:
    assert words.lower_first(label) == text


def test_listed() -> None:
    assert [words.listed([]), words.listed("a"), words.listed("ab"), words.listed("abc")] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip
