"""Which sample lies on which Block of which slide, batch and lot."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from simulate.clinic import Clinic
from simulate.design import BLOCKS_PER_SLIDE, Design
from simulate.people import Person
from simulate.streams import stream

SLIDES_PER_BATCH = 3


@dataclass(frozen=True)
class Seat:
    """A Block of a slide and what lies on it; `person` is -1 on an unused Block.

    Parameters
    ----------
    slide : int
        Index of the slide, from 0.
    block : int
        From 1.
    person : int
        Index among the people, patients first.
    visit : int
        Index of the visit, from 0.
    is_bridge : bool
        Whether the serum is measured here again, to compare lots.
    """

    slide: int
    block: int
    person: int
    visit: int
    is_bridge: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no serum lies here."""
        return self.person < 0


@dataclass(frozen=True)
class Seating:
    """All Blocks of all slides, slide by slide and Block by Block."""

    seats: tuple[Seat, ...]
    n_slides: int
    lots: int

    def slide_id(self, slide: int) -> str:
        """Return the slide's id, which is its file's stem."""
        return f"SYN-S{slide + 1:0{max(2, len(str(self.n_slides)))}d}"

    def batch_of(self, slide: int) -> int:
        """Return the index of the slide's batch: three slides in a row."""
        return slide // SLIDES_PER_BATCH

    def first_slide(self, batch: int) -> int:
        """Return the index of a batch's first slide."""
        return batch * SLIDES_PER_BATCH

    def batch_id(self, slide: int) -> str:
        """Return the id of the slide's batch."""
        return f"SYN-{self.batch_of(slide) + 1:0{max(2, len(str(self.n_batches)))}d}"

    @property
    def n_batches(self) -> int:
        """Number of batches."""
        return math.ceil(self.n_slides / SLIDES_PER_BATCH)

    @property
    def batch_ids(self) -> list[str]:
        """Ids of all batches, in order."""
        return [self.batch_id(self.first_slide(k)) for k in range(self.n_batches)]

    def lot_of(self, slide: int) -> int:
        """Return the index of the slide's lot: lots take turns by batch."""
        return self.batch_of(slide) % self.lots

    def lot_id(self, slide: int) -> str:
        """Return the id of the slide's lot."""
        return f"SYN-LOT-{self.lot_of(slide) + 1}"


def seat_samples(design: Design, people: list[Person], clinic: Clinic) -> Seating:
    """Return the seating: a patient's samples share a slide, controls are spread evenly.

    A sample that was never drawn leaves its Block empty. Blocks within a slide are dealt at
    random, so that place and visit are not confounded.
    """
    rng = stream(design.seed, "seating")
    patients = rng.permutation(design.patients)
    controls = design.patients + rng.permutation(design.controls)
    n_slides = _slides_needed(design)
    by_slide: list[list[tuple[int, int]]] = [[] for _ in range(n_slides)]
    room = _room(design)
    for place, person in enumerate(patients):
        by_slide[place % n_slides] += [(int(person), visit) for visit in range(design.visits)]
    for person in controls:
        free = [room - len(slide) for slide in by_slide]
        by_slide[_roomiest(free)].append((int(person), 0))
    seats = [
        seat
        for slide, contents in enumerate(_dealt(rng, by_slide))
        for seat in _slide_seats(rng, slide, contents, clinic, design)
    ]
    seating = Seating(tuple(seats), n_slides, design.lots)
    return _bridged(design, seating) if design.bridges else seating


def _room(design: Design) -> int:
    """Return the Blocks of a slide for the people's own samples; one is kept for a bridge."""
    return BLOCKS_PER_SLIDE - 1 if design.bridges else BLOCKS_PER_SLIDE


def _slides_needed(design: Design) -> int:
    total = design.patients * design.visits + design.controls
    patients_per_slide = max(_room(design) // design.visits, 1)
    needed = max(math.ceil(total / _room(design)), math.ceil(design.patients / patients_per_slide))
    # Every lot needs a slide for each of its bridges.
    rounds = math.ceil(design.bridges / SLIDES_PER_BATCH)
    return max(needed, rounds * design.lots * SLIDES_PER_BATCH)


def _bridged(design: Design, seating: Seating) -> Seating:
    """Return the seating with baseline samples of the first lot on free Blocks of the others."""
    first = [s for s in seating.seats
             if not s.is_empty and s.visit == 0 and seating.lot_of(s.slide) == 0]  # fmt: skip
    chosen = first[:: max(len(first) // design.bridges, 1)][: design.bridges]
    seats = list(seating.seats)
    for lot in range(1, design.lots):
        free = {s.slide: k for k, s in enumerate(seats)
                if s.is_empty and seating.lot_of(s.slide) == lot}  # fmt: skip
        for serum, (slide, k) in zip(chosen, sorted(free.items()), strict=False):
            seats[k] = Seat(slide, seats[k].block, serum.person, serum.visit, is_bridge=True)
    return Seating(tuple(seats), seating.n_slides, seating.lots)


def _roomiest(free: list[int]) -> int:
    return int(np.argmax(free))


def _dealt(
    rng: np.random.Generator, by_slide: list[list[tuple[int, int]]]
) -> list[list[tuple[int, int]]]:
    """Order the slides so that each batch gets its share of those without controls."""
    n_batches = math.ceil(len(by_slide) / SLIDES_PER_BATCH)
    order = sorted(range(len(by_slide)), key=lambda k: (k % n_batches, k))
    return [by_slide[k] for k in order]


def _slide_seats(
    rng: np.random.Generator,
    slide: int,
    contents: list[tuple[int, int]],
    clinic: Clinic,
    design: Design,
) -> list[Seat]:
    places: list[tuple[int, int]] = [(-1, 0)] * BLOCKS_PER_SLIDE
    for block, content in zip(rng.permutation(BLOCKS_PER_SLIDE), contents, strict=False):
        person, visit = content
        if person >= design.patients or clinic.is_seen[person, visit]:
            places[block] = content
    return [Seat(slide, k + 1, person, visit) for k, (person, visit) in enumerate(places)]
