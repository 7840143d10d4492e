"""A layout as a picture: every Block a grid, every spot its target, controls coloured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_PITCH = 52
_COLOURS = {
    "analyte": "#dbe4ee", "positive_control": "#f2c14e", "negative_control": "#5b8fb9",
    "blank": "#ffffff", "": "#ffffff",
}  # fmt: skip
_WORDS = {
    "analyte": "analyte", "positive_control": "positive control",
    "negative_control": "negative control", "blank": "blank", "": "not printed",
}  # fmt: skip


@dataclass(frozen=True)
class Dot:
    """A spot to draw: where, what, and of which kind (empty: not printed)."""

    block: int
    spot_row: int
    spot_column: int
    label: str
    kind: str


def layout_page(dots: Sequence[Dot], title: str, notes: Sequence[str]) -> str:
    """Return a page that shows a layout; it needs no network and runs no script."""
    kinds = [k for k in _WORDS if any(d.kind == k for d in dots)]
    legend = " ".join(
        f'<span><i style="background:{_COLOURS[k]}"></i>{_WORDS[k]}</span>' for k in kinds
    )
    remarks = "".join(f"<li>{escape(n)}</li>" for n in notes)
    blocks = "".join(block_figure(dots, b) for b in sorted({d.block for d in dots}))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><p class=legend>{legend}</p><ul>{remarks}</ul>{blocks}"
        "</body></html>\n"
    )


def block_figure(dots: Sequence[Dot], block: int) -> str:
    """Return one Block as a figure."""
    own = [d for d in dots if d.block == block]
    width = (max(d.spot_column for d in own) + 1) * _PITCH
    height = (max(d.spot_row for d in own) + 1) * _PITCH
    axes = [
        *(_text((c + 0.5) * _PITCH, 12, str(c)) for c in sorted({d.spot_column for d in own})),
        *(_text(10, (r + 0.5) * _PITCH, str(r)) for r in sorted({d.spot_row for d in own})),
    ]
    return (
        f"<figure><figcaption>Block {block}</figcaption>"
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="Block {block}: {len(own)} spots">{"".join(axes)}'
        f"{''.join(_dot(d) for d in own)}</svg></figure>"
    )


def _dot(dot: Dot) -> str:
    x, y = (dot.spot_column + 0.5) * _PITCH, (dot.spot_row + 0.5) * _PITCH
    what = dot.label or "not printed"
    place = f"Block {dot.block} Row {dot.spot_row} Column {dot.spot_column}"
    return (
        f'<g class="spot {dot.kind or "unprinted"}"><title>{escape(f"{place}: {what}")}</title>'
        f'<circle cx="{x:g}" cy="{y:g}" r="{_PITCH * 0.46:g}" fill="{_COLOURS[dot.kind]}"/>'
        f"{_text(x, y, _short(dot.label))}</g>"
    )


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:g}" y="{y:g}">{escape(text)}</text>'


def _short(label: str) -> str:
    return label if len(label) <= 9 else f"{label[:8]}…"


_STYLE = """
body{font:14px/1.4 system-ui,sans-serif;margin:24px;color:#1f2933}
h1{font-size:20px}figure{display:inline-block;margin:0 24px 24px 0}
figcaption{font-weight:600}svg text{font-size:8.5px;text-anchor:middle;dominant-baseline:central}
circle{stroke:#9fb3c8;stroke-width:.7}.unprinted circle{stroke-dasharray:3 3}
.legend span{margin-right:18px}.legend i{display:inline-block;width:12px;height:12px;
border-radius:50%;border:1px solid #9fb3c8;margin-right:6px;vertical-align:-1px}
"""
