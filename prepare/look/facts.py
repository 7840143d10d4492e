"""The look for machines."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from prepare.look.looking import Look
from prepare.look.settings import settings_of


def facts(look: Look) -> dict[str, Any]:
    """Return everything that a look found, as plain values."""
    found = look.gathered
    return {
        "slides": [
            {
                **asdict(look.shapes[s]),
                "sha256": look.scans[s].sha256,
                "channel_nm": look.bench.channels[s],
                "channels_nm": list(look.scans[s].reading.channels),
                "panel_id": look.bench.panels[s].panel_id if s in look.bench.panels else None,
                "settings": settings_of(look.scans[s]),
                "flags": look.flags.get(s, {}),
                "background": asdict(look.surfaces[s]) if s in look.surfaces else None,
            }
            for s in look.slides
        ],
        "arrays": [
            {**asdict(a), "correlation": look.correlations.get(a.array_id),
             "looks_empty": a.array_id in look.empty}
            for a in look.arrays
        ],
        "findings": [asdict(f) for f in look.findings],
        "settings_that_differ": {
            d.setting: {v: list(slides) for v, slides in d.values} for d in look.differences
        },
        "copies": {t.file_name: t.same_as for t in found.twins},
        "values": [asdict(v) for v in found.values],
        "unreadable": {u.file_name: [str(p) for p in u.problems] for u in found.unread},
    }  # fmt: skip
