"""Colours and typography of the figures, in one place.

Colours are those of Okabe & Ito (2008), which stay apart for the common forms of colour
blindness; every figure repeats the colour by shape or place.
"""

from __future__ import annotations

from typing import Any

HIGHER = "#b5460f"
LOWER = "#0b62a4"
NEUTRAL = "#8a929b"
INK = "#1b2127"
MUTED = "#57606a"
RULE = "#d4d9de"
OK, WATCH, POOR = "#00795c", "#b87a00", "#b5460f"

FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, "
    "sans-serif"
)

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "#ffffff",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 13,
        "titleFontWeight": 500, "titlePadding": 10, "gridColor": "#eceff2", "domainColor": RULE,
        "tickColor": RULE, "labelPadding": 5,
    },
    "title": {"color": INK, "fontSize": 14, "fontWeight": 600, "anchor": "start", "offset": 10},
    "legend": {"labelFontSize": 12, "titleFontSize": 12, "symbolSize": 90, "labelColor": INK},
    "text": {"color": INK, "fontSize": 12},
    "header": {"labelFontSize": 12, "titleFontSize": 12, "labelColor": INK},
}  # fmt: skip
