"""Numbers and lists as a sentence has them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction


def p_text(p: float) -> str:
    """Return a p-value with two significant digits, at least four decimals where it is small."""
    if p >= 0.001:
        return f"{p:.4f}"
    return f"{p:.2g}" if p > 0 else "0"


def plain(value: float | Fraction | Decimal, decimals: int = 4) -> str:
    """Return a number without needless zeros."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    text = f"{float(value):.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def listed(things: Iterable[object], limit: int = 8) -> str:
    """Return `a, b and c`, or the first ones and how many more there are."""
    texts = [str(t) for t in things]
    if len(texts) > limit:
        return f"{', '.join(texts[:limit])} and {len(texts) - limit} more"
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def between(low: float, high: float, decimals: int = 3) -> str:
    """Return a range in words."""
    return f"{low:.{decimals}f} to {high:.{decimals}f}"
