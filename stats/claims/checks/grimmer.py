"""GRIMMER: can mean and SD of n scores of a given step be printed so?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from contracts.claim_figures import Printed
from stats.claims.checks.grim import FEWER, OTHER_STEPS, nearest_sum, sums
from stats.claims.claim import CONSISTENT, INCONSISTENT, NOT_TESTABLE, REPRODUCED, Claim, Finding
from stats.claims.rounding import ROUNDED, TRUNCATED, bounds, prints
from stats.claims.words import listed, plain

#: Ways of printing mean and SD, the usual one first.
_WAYS = ((ROUNDED, ROUNDED), (TRUNCATED, ROUNDED), (ROUNDED, TRUNCATED), (TRUNCATED, TRUNCATED))
#: Up to so many persons sums of squares have gaps beyond their parity, and are enumerated.
_FEW = 4


@dataclass(frozen=True)
class Scores:
    """A sum and a sum of squares, both in steps, that print a mean and an SD.

    Parameters
    ----------
    mean_way, sd_way : rounded or truncated
    ddof : 1 where the SD divides by n − 1, 0 by n
    """

    total: int
    squares: int
    n: int
    step: Fraction
    mean_way: str
    sd_way: str
    ddof: int

    @property
    def departures(self) -> list[str]:
        """What is unusual about the way of printing; empty for rounding and n − 1."""
        ways = {"the mean": self.mean_way, "the SD": self.sd_way}
        found = [f"{what} truncated" for what, way in ways.items() if way == TRUNCATED]
        return found if self.ddof else [*found, "the SD divided by n"]

    @property
    def sd(self) -> float:
        """The standard deviation in points."""
        return float(self.step) * math.sqrt(_spread(self.total, self.squares, self.n, self.ddof))


def grimmer(claim: Claim) -> Finding:
    """Judge mean and SD by the sums of squares that n whole scores can have.

    In steps, n scores with the sum S have a sum of squares Q ≥ S²/n of the same parity as S; the
    variance is (Q − S²/n) / (n − 1), or / n. Q is sought for every S that prints the mean. For
    n ≥ 5 every such Q from its least value on occurs (five scores take any even surplus over the
    least one, further scores stay where they are); smaller n are enumerated. A scale with ends
    bounds Q from above.

    References
    ----------
    Anaya (2016), PeerJ Preprints 4:e2400v1, doi:10.7287/peerj.preprints.2400v1;
    Allard (2018), Analytic-GRIMMER.
    """
    mean, sd, n = claim.number("mean"), claim.number("sd"), claim.count("n")
    step, ends = claim.number("step").exact, _ends(claim)
    numbers = _numbers(mean, sd, n, step)
    if (gap := _gap(sd, n, step)) <= float(sd.unit):
        return Finding(
            NOT_TESTABLE, f"SDs of {n} scores in steps of {plain(step)} lie {gap:.4f} apart here, "
            f"finer than the last printed digit ({plain(sd.unit)}): beside GRIM for the mean, "
            "this check cannot fail.", numbers, is_able_to_fail=False,
        )  # fmt: skip
    could = f"Of all such SDs, {plain(100 * (1 - float(sd.unit) / gap), 0)} % would fail."
    found = next(solutions(mean, sd, n, step, ends), None)
    if found is None:
        return Finding(
            INCONSISTENT, f"{_nearest(mean, sd, n, step)} {mean.text} ± {sd.text} is impossible "
            f"for {n} scores in steps of {plain(step)}, rounded or truncated, divided by n − 1 or "
            f"n. {could} {_elsewhere(mean, sd, n, step, ends)}", numbers,
        )  # fmt: skip
    numbers["sd"] = found.sd
    told = f"{_scores(found)}: SD {found.sd:.4f}, printed {sd.text}. {could}"
    if found.departures:
        return Finding(CONSISTENT, f"Only with {listed(found.departures)}: {told}", numbers)
    return Finding(REPRODUCED, told, numbers)


def solutions(
    mean: Printed, sd: Printed, n: int, step: Fraction, ends: tuple[int, int] | None = None
) -> Iterator[Scores]:
    """Yield sums and sums of squares that print mean and SD, the usual way of printing first.

    Parameters
    ----------
    ends : ends of the scale in steps, None for none
    """
    for ddof in (1, 0):
        for mean_way, sd_way in _WAYS:
            for total in sums(mean, n, step, mean_way):
                for squares in _squares(total, sd, n, step, sd_way, ddof, ends):
                    yield Scores(total, squares, n, step, mean_way, sd_way, ddof)


def _squares(
    total: int, sd: Printed, n: int, step: Fraction, way: str, ddof: int,
    ends: tuple[int, int] | None,
) -> Iterator[int]:  # fmt: skip
    low, high = ((max(b, Fraction(0)) / step) ** 2 * (n - ddof) for b in bounds(sd, way))
    about = Fraction(total * total, n)
    most = math.inf if ends is None else _most(total, n, *ends)
    for squares in range(math.ceil(about + low), math.floor(about + high) + 1):
        variance = _spread(total, squares, n, ddof) * step**2
        if squares <= most and _occurs(total, squares, n) and _prints_root(variance, sd, way):
            yield squares


def _prints_root(variance: Fraction, sd: Printed, way: str) -> bool:
    """Return whether the root of a variance is printed so, compared as squares: exactly."""
    low, high = (max(b, Fraction(0)) for b in bounds(sd, way))
    is_below = variance < high**2 if way == TRUNCATED else variance <= high**2
    return low**2 <= variance and is_below


def _occurs(total: int, squares: int, n: int) -> bool:
    """Return whether n whole numbers have that sum and that sum of squares."""
    least, rest = divmod(total, n)
    smallest = rest * (least + 1) ** 2 + (n - rest) * least**2
    if squares < smallest or (squares - total) % 2:
        return False
    return n > _FEW or _enumerated(total, squares, n)


def _enumerated(total: int, squares: int, n: int) -> bool:
    if n == 1:
        return total * total == squares
    reach = math.isqrt(squares)
    return any(
        _enumerated(total - first, squares - first * first, n - 1)
        for first in range(-reach, reach + 1)
        if squares >= first * first and (total - first) ** 2 <= (n - 1) * (squares - first * first)
    )


def _most(total: int, n: int, low: int, high: int) -> int:
    """Return the greatest sum of squares within a scale: scores at its ends, one between."""
    if high == low:
        return total * low
    at_top, rest = divmod(total - n * low, high - low)
    if at_top >= n:
        return n * high**2
    return at_top * high**2 + (low + rest) ** 2 + (n - at_top - 1) * low**2


def _spread(total: int, squares: int, n: int, ddof: int) -> Fraction:
    return (squares - Fraction(total * total, n)) / (n - ddof)


def _root(variance: Fraction) -> float:
    return math.sqrt(max(float(variance), 0.0))


def _ends(claim: Claim) -> tuple[int, int] | None:
    if not (claim.has("low") and claim.has("high")):
        return None
    step = claim.number("step").exact
    return (math.floor(claim.number("low").exact / step),
            math.ceil(claim.number("high").exact / step))  # fmt: skip


def _gap(sd: Printed, n: int, step: Fraction) -> float:
    """Return how far two neighbouring possible SDs lie apart at the printed one, at most."""
    spread = max(float(sd.exact - sd.unit / 2), 0.0) ** 2
    return math.sqrt(spread + 2 * float(step) ** 2 / (n - 1)) - math.sqrt(spread)


def _around(mean: Printed, sd: Printed, n: int, step: Fraction) -> tuple[int, int, int]:
    """Return the sum nearest to the mean, and the sums of squares just below and above the SD."""
    total = int(nearest_sum(mean, n, step) / step)
    if not prints(total * step / n, mean, ROUNDED):
        total = next(iter(sums(mean, n, step, TRUNCATED)), total)
    wanted = Fraction(total * total, n) + (sd.exact / step) ** 2 * (n - 1)
    below = math.floor(wanted)
    below -= (below - total) % 2
    return total, below, below + 2


def _nearest(mean: Printed, sd: Printed, n: int, step: Fraction) -> str:
    total, below, above = _around(mean, sd, n, step)
    parity = "odd" if total % 2 else "even"
    in_steps = "" if step == 1 else f" (in steps of {plain(step)})"
    tell = [f"{q} gives SD {float(step) * _root(_spread(total, q, n, 1)):.4f}"
            for q in (below, above)]  # fmt: skip
    return (f"The sum {total}{in_steps} is {parity}, so the sum of squares must be {parity}: "
            f"{tell[0]}, {tell[1]}.")  # fmt: skip


def _numbers(mean: Printed, sd: Printed, n: int, step: Fraction) -> dict[str, float]:
    total, below, above = _around(mean, sd, n, step)
    shown = {"mean_times_n": float(mean.exact * n), "sum": float(total * step),
             "squares_below": float(below), "squares_above": float(above),
             "squares_wanted": float((sd.exact / step) ** 2 * (n - 1))}  # fmt: skip
    for name, q in (("sd_below", below), ("sd_above", above)):
        shown[name] = float(step) * _root(_spread(total, q, n, 1))
    return shown


def _elsewhere(
    mean: Printed, sd: Printed, n: int, step: Fraction, ends: tuple[int, int] | None
) -> str:
    could = []
    for finer in (s for s in OTHER_STEPS if s < step):
        scaled = (
            None if ends is None else (int(ends[0] * step / finer), int(ends[1] * step / finer))
        )
        if s := next(solutions(mean, sd, n, finer, scaled), None):
            how = f" ({listed(s.departures)})" if s.departures else ""
            could.append(f"steps of {plain(finer)}{how}")
    for fewer in range(n - 1, max(n - FEWER, 2) - 1, -1):
        s = next(solutions(mean, sd, fewer, step, ends), None)
        if s is not None and not s.departures:
            could.append(f"{fewer} persons ({s.total}/{fewer})")
    return f"Possible: {listed(could)}." if could else "No finer step could either."


def _scores(s: Scores) -> str:
    in_steps = "" if s.step == 1 else f" in steps of {plain(s.step)}"
    return f"The sum {s.total} and the sum of squares {s.squares}{in_steps} of {s.n} scores"
