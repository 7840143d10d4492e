"""The look as one HTML page that needs neither network nor scripts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from prepare.look import palette, tables
from prepare.look.drawing import Drawing, draw, signal_range
from prepare.look.findings import Finding
from prepare.look.layouts import SlideShape
from prepare.look.looking import Look
from prepare.look.measures import Surface
from prepare.look.settings import settings_of
from reports import theme
from reports.vega import write_whole

_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True)
class Card:
    """One slide on the page."""

    number: int
    slide_id: str
    drawing: Drawing
    shape: SlideShape
    surface: Surface | None
    gradient: str
    findings: list[Finding]
    arrays: tables.Table
    flags: str
    settings: str
    marks: dict[int, str]

    @property
    def severity(self) -> str:
        """The worst that was found."""
        return self.findings[0].severity if self.findings else "fine"


def write_page(
    look: Look, out: Path, on_progress: Callable[[int, int], None] | None = None
) -> Path:
    """Write the page; replaced whole or not at all."""
    page = render(look, on_progress)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, page)
    return out


def render(look: Look, on_progress: Callable[[int, int], None] | None = None) -> str:
    """Return the page."""
    scale = signal_range(look.bench.con)
    cards = []
    for number, slide_id in enumerate(look.slides):
        if on_progress:
            on_progress(number, len(look.slides))
        cards.append(_card(look, number + 1, slide_id, scale))
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("look.html.j2").render(
        style=Markup((_TEMPLATES / "look.css").read_text(encoding="utf-8")),  # our own file
        font=Markup(theme.FONT),  # our own text
        opening=tables.opening(look),
        cards=cards,
        anchors={c.slide_id: c.number for c in cards},
        findings=look.findings,
        slides=tables.slide_table(look),
        settings=tables.setting_table(look),
        layouts=tables.layout_table(look),
        channels=tables.channel_table(look),
        files=tables.file_table(look),
        ticks=_ticks(scale),
        signal_ramp=Markup(palette.css_gradient(palette.SIGNAL)),  # our own colours
        deviation_ramp=Markup(palette.css_gradient(palette.DEVIATION)),  # our own colours
    )


def _card(look: Look, number: int, slide_id: str, scale: tuple[float, float]) -> Card:
    findings = look.findings_of(slide_id)
    marks: dict[int, str] = {}
    for array in look.arrays_of(slide_id):
        own = [f.severity for f in findings if f.array_id == array.array_id]
        if array.block is not None:
            marks[array.block] = own[0] if own else "fine"
    counts = look.flags.get(slide_id, {})
    return Card(
        number=number,
        slide_id=slide_id,
        drawing=draw(look.bench.con, slide_id, scale),
        shape=look.shapes[slide_id],
        surface=look.surfaces.get(slide_id),
        gradient=tables.gradient(look, slide_id),
        findings=findings,
        arrays=tables.array_table(look, slide_id),
        flags=", ".join(f"{flag}: {n:,}" for flag, n in sorted(counts.items())),
        settings=", ".join(
            f"{k} {v}" for k, v in settings_of(look.scans[slide_id]).items()
            if v and k in ("PMTGain", "ScanPower", "LaserPower", "PixelSize", "Scanner",
                           "Software", "File format", "Array list")
        ),
        marks=marks,
    )  # fmt: skip


def _ticks(scale: tuple[float, float]) -> list[tuple[float, str]]:
    """Return places (percent) and labels of round intensities on the signal's scale."""
    low, high = scale
    steps = [n * 10**e for e in range(6) for n in (1, 2, 5)]
    inside = [
        (s, (math.log2(s) - low) / (high - low)) for s in steps if low <= math.log2(s) <= high
    ]
    chosen = inside if len(inside) <= 9 else [i for i in inside if str(i[0])[0] == "1"]
    return [(100 * at, f"{s:,}") for s, at in chosen]
