"""Numbers as a reader meets them: rounded, signed, in words. Nothing is estimated here."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"
NOTHING = "–"


def number(value: float | None, digits: int = 1) -> str:
    """Return a value with fixed digits (ties away from zero) and a typographic minus."""
    if value is None:
        return NOTHING
    step = Decimal(1).scaleb(-digits)
    # Twelve digits: a mean of 3.65 may come out of its sum as 3.6499999999999995.
    rounded = Decimal(f"{value:.12g}").quantize(step, rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value: float | None, digits: int = 1) -> str:
    """Return a change with its sign, also when it is a rise."""
    text = number(value, digits)
    return text if value is None or text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """Return a confidence interval as «low to high»."""
    if low is None or high is None:
        return NOTHING
    return f"{signed(low, digits)} to {signed(high, digits)}"


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share (0–1) as a percentage."""
    return NOTHING if share is None else f"{number(100 * share, digits)} %"


def p_value(p: float | None) -> str:
    """Return a short p-value, never as zero and never rounded onto 0.05."""
    if p is None:
        return NOTHING
    if p < 0.0001:
        return "< 0.0001"
    if p > 0.99:
        return "> 0.99"
    digits = 2 if p >= 0.1 else 3 if p >= 0.001 else 4
    while digits < 7 and p != 0.05 and number(p, digits).rstrip("0") == "0.05":
        digits += 1
    return number(p, digits)


def p_equation(p: float | None) -> str:
    """Return a p-value inside a sentence: «p = 0.03», «p < 0.0001»."""
    text = p_value(p)
    return f"p {text}" if text.startswith(("<", ">")) else f"p = {text}"


def fold(log2_change: float | None) -> str:
    """Return a log2 change as a signed fold change: +2.00 doubled, −2.00 halved."""
    if log2_change is None:
        return NOTHING
    ratio = number(2 ** abs(log2_change), 2)
    if ratio == "1.00":
        return ratio
    return f"{MINUS}{ratio}" if log2_change < 0 else f"+{ratio}"


def fold_interval(low: float | None, high: float | None) -> str:
    """Return a confidence interval on the log2 scale as signed fold changes."""
    return NOTHING if low is None or high is None else f"{fold(low)} to {fold(high)}"


def count(n: int | None, one: str, many: str = "") -> str:
    """Return a count with its noun: 1 sample, 70 samples."""
    word = one if n == 1 else many or f"{one}s"
    return f"{n:,} {word}" if n is not None else f"no {word}"


def listed(words: Iterable[str]) -> str:
    """Return «a, b and c»."""
    items = list(words)
    return (
        items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
    )


def parts(text: str | None) -> list[str]:
    """Return the items of a comma-separated text."""
    return [item.strip() for item in (text or "").split(",") if item.strip()]


def lower_first(text: str) -> str:
    """Return a label as it stands inside a sentence: «Before radiotherapy» → «before …»."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def chance(n: float | None) -> str:
    """Return an expected count of chance hits in words."""
    if n is None:
        return "not computed"
    return "fewer than 0.05" if n < 0.05 else number(n, 1)


def size(n_bytes: int) -> str:
    """Return a file size."""
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:.1f} kB"
