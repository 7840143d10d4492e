"""How the spots of a file differ from a layout: missing, extra, moved, swapped, another target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ingest.faults import listed
from ingest.panel.gal import Position
from ingest.spots.spot_words import place, places

#: Begins the key of a name that means no target.
UNKNOWN = "?"
_SHOWN = 6


@dataclass(frozen=True)
class Spot:
    """What stands at a position.

    Parameters
    ----------
    name : str
        As the file spells it.
    key : str
        What it means: the target's id, `?` and the name where it means none, empty for an
        unprinted spot.
    line : int
        Line of the file; 0 for a layout.
    """

    name: str
    key: str
    line: int = 0


Spots = Mapping[Position, Spot]


@dataclass(frozen=True)
class Differences:
    """Differences of a file's spots from a layout's, each position in one of them.

    Parameters
    ----------
    missing, extra, other : tuple of Position
        Printed and not in the file; in the file and not printed; another target.
    moved : tuple of (Position, Position)
        Where the layout has a target, and where the file has it instead.
    swapped : tuple of (Position, Position)
        Two positions that have each other's target.
    """

    printed: Spots
    found: Spots
    missing: tuple[Position, ...]
    extra: tuple[Position, ...]
    moved: tuple[tuple[Position, Position], ...]
    swapped: tuple[tuple[Position, Position], ...]
    other: tuple[Position, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.moved or self.swapped or self.other)

    def without_extra(self) -> Differences:
        """Return the differences that remain where more spots than the layout's are no fault."""
        return replace(self, extra=())

    @property
    def counts(self) -> str:
        """How many of each kind, the kinds that occur."""
        kinds = {
            "missing": len(self.missing), "extra": len(self.extra), "moved": len(self.moved),
            "swapped": 2 * len(self.swapped), "with another target": len(self.other),
        }  # fmt: skip
        return ", ".join(f"{n} {kind}" for kind, n in kinds.items() if n)

    @property
    def texts(self) -> list[str]:
        """Every difference in words, positions and targets named."""
        names = {p: spot.name for p, spot in self.printed.items()}
        texts = []
        if self.missing:
            texts.append(f"missing: {listed(places(self.missing, names), _SHOWN)}")
        if self.extra:
            shown = [place(p, self.found[p].name) + self._line(p) for p in self.extra]
            texts.append(f"extra: {listed(shown, _SHOWN)}")
        if self.moved:
            shown = [f"`{self.printed[p].name}` from {place(p)} to {place(q)}{self._line(q)}"
                     for p, q in self.moved]  # fmt: skip
            texts.append(f"moved: {listed(shown, _SHOWN)}")
        texts += self._swaps()
        if self.other:
            shown = [f"{place(p)} {_shown(self.found[p])}{self._line(p)} where the layout has "
                     f"{_shown(self.printed[p])}" for p in self.other]  # fmt: skip
            texts.append(f"another target: {listed(shown, _SHOWN)}")
        return texts

    def _swaps(self) -> list[str]:
        pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
        for p, q in self.swapped:
            names = (_shown(self.printed[p]), _shown(self.printed[q]))
            pairs[names].append(f"{place(p)}{self._line(p)} ↔ {place(q)}{self._line(q)}")
        return [f"{one} and {two} are swapped: {listed(shown, _SHOWN)}"
                for (one, two), shown in pairs.items()]  # fmt: skip

    def _line(self, position: Position) -> str:
        line = self.found[position].line
        return f" (line {line})" if line else ""


def differences(printed: Spots, found: Spots) -> Differences:
    """Return how the spots of a file differ from a layout.

    A printed position without a name is unprinted: a file may have it or leave it out. Two
    spellings of one target are the same; a name that means no target is judged as a name, not here.
    """
    missing = sorted(p for p in printed.keys() - found.keys() if printed[p].key)
    extra = sorted(found.keys() - printed.keys())
    other = sorted(
        p for p in printed.keys() & found.keys()
        if printed[p].key != found[p].key and not found[p].key.startswith(UNKNOWN)
    )  # fmt: skip
    moved = _moved(missing, extra, printed, found)
    swapped = _swapped(other, printed, found)
    gone, come = {p for p, _ in moved}, {q for _, q in moved}
    paired = {p for pair in swapped for p in pair}
    return Differences(
        printed,
        found,
        tuple(p for p in missing if p not in gone),
        tuple(p for p in extra if p not in come),
        moved,
        swapped,
        tuple(p for p in other if p not in paired),
    )


def _moved(
    missing: list[Position], extra: list[Position], printed: Spots, found: Spots
) -> tuple[tuple[Position, Position], ...]:
    """Pair a missing position with an extra one that has its target, in their order."""
    waiting: dict[str, list[Position]] = defaultdict(list)
    for q in reversed(extra):
        waiting[found[q].key].append(q)
    return tuple((p, waiting[printed[p].key].pop()) for p in missing if waiting[printed[p].key])


def _swapped(
    other: list[Position], printed: Spots, found: Spots
) -> tuple[tuple[Position, Position], ...]:
    """Pair positions that have each other's target, in their order."""
    waiting: dict[tuple[str, str], list[Position]] = defaultdict(list)
    pairs = []
    for p in other:
        has, should = found[p].key, printed[p].key
        partners = waiting[has, should]
        if partners:
            pairs.append((partners.pop(0), p))
        else:
            waiting[should, has].append(p)
    return tuple(pairs)


def _shown(spot: Spot) -> str:
    return f"`{spot.name}`" if spot.name else "nothing"
