"""One synthetic study in memory: everything that the files are then written from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulate.clinic import Clinic, draw_clinic
from simulate.design import Design
from simulate.panel import Panel, build_panel
from simulate.people import Person, draw_people
from simulate.seating import Seat, Seating, seat_samples
from simulate.serum import Reals, Serum, draw_serum, group_of, sample_levels


@dataclass(frozen=True)
class Model:
    """People, clinic, panel, seating and true serum levels of a study.

    Parameters
    ----------
    design : Design
    panel : Panel
    people : tuple of Person
        Patients first.
    clinic : Clinic
    seating : Seating
    serum : Serum
    level_log2 : ndarray, shape (blocks, targets)
        True log2 level in each Block; NaN on unused Blocks.
    """

    design: Design
    panel: Panel
    people: tuple[Person, ...]
    clinic: Clinic
    seating: Seating
    serum: Serum
    level_log2: Reals

    def group_of(self, seat: Seat) -> str:
        """Return the group code of a Block, `empty` where no serum lies, or `bridge`."""
        return "bridge" if seat.is_bridge else group_of(self.design, seat)

    def visit_of(self, seat: Seat) -> str:
        """Return the code of the visit that a Block's serum was drawn at."""
        return self.design.visit_codes[seat.visit]

    def sample_id(self, seat: Seat) -> str:
        """Return the sample's id: person and visit; of a bridge sample the slide too."""
        own = f"{self.people[seat.person].patient_id}-{self.visit_of(seat)}"
        return f"{own}-on-{self.seating.slide_id(seat.slide)}" if seat.is_bridge else own

    def bridge_id(self, seat: Seat) -> str:
        """Return the sample that a bridge sample measures again; empty for every other."""
        return self.sample_id(replace(seat, is_bridge=False)) if seat.is_bridge else ""


def draw_model(design: Design) -> Model:
    """Return the study that belongs to sizes and seed; the same every time."""
    panel = build_panel(design.targets)
    people = draw_people(design)
    clinic = draw_clinic(design)
    seating = seat_samples(design, people, clinic)
    serum = draw_serum(design, panel)
    return Model(
        design, panel, tuple(people), clinic, seating, serum,
        sample_levels(design, serum, seating),
    )  # fmt: skip
