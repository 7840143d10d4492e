"""Scan settings that differ between files. Paths, comments and barcodes are never shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from prepare.look.gather import Scan

#: Header record (and its older name) → what it is called. Only these are ever shown.
SETTINGS = {
    "PMTGain": ("PMTGain", "PMTVolts"),
    "ScanPower": ("ScanPower",),
    "LaserPower": ("LaserPower",),
    "LinesAveraged": ("LinesAveraged",),
    "PixelSize": ("PixelSize",),
    "FocusPosition": ("FocusPosition",),
    "Wavelengths": ("Wavelengths",),
    "Scanner": ("Scanner",),
    "Software": ("Creator",),
    "File format": ("Type",),
    "Array list": ("GalFile",),
    "FeatureType": ("FeatureType",),
    "NormalizationMethod": ("NormalizationMethod",),
    "BackgroundSubtraction": ("BackgroundSubtraction",),
}
#: A measured quantity: it drifts a little from scan to scan without anyone touching a knob.
_MEASURED = {"LaserPower": 0.05}


@dataclass(frozen=True)
class Difference:
    """A setting that is not the same in all files.

    Parameters
    ----------
    values : tuple of (str, tuple of str)
        Each value, the commonest first, with the slides that have it.
    is_drift : bool
        True where it is a measured quantity within its usual drift.
    """

    setting: str
    values: tuple[tuple[str, tuple[str, ...]], ...]
    is_drift: bool = False

    @property
    def odd_slides(self) -> tuple[str, ...]:
        """Slides that do not have the commonest value."""
        return tuple(s for _, slides in self.values[1:] for s in slides)


def settings_of(scan: Scan) -> dict[str, str]:
    """Return a scan's settings that may be shown; a path is cut down to the file's name."""
    records = {r.key.lower(): r.text for r in scan.reading.headers}
    found = {}
    for setting, keys in SETTINGS.items():
        text = next((records[k.lower()] for k in keys if records.get(k.lower())), "")
        found[setting] = _shown(setting, text)
    return found


def differences(scans: Sequence[Scan]) -> tuple[Difference, ...]:
    """Return every setting that differs between scans."""
    table = {s.slide_id: settings_of(s) for s in scans}
    found = []
    for setting in SETTINGS:
        slides: dict[str, list[str]] = {}
        for slide_id, own in table.items():
            slides.setdefault(own[setting] or "not stated", []).append(slide_id)
        if len(slides) < 2:
            continue
        counts = Counter({value: len(own) for value, own in slides.items()})
        values = tuple((v, tuple(slides[v])) for v, _ in counts.most_common())
        found.append(Difference(setting, values, _is_drift(setting, list(slides))))
    return tuple(found)


def same_scan(scans: Sequence[Scan]) -> tuple[tuple[str, ...], ...]:
    """Return slides whose files state the same second on the same scanner: one scan, two files."""
    groups: dict[tuple[str, str], list[str]] = {}
    for scan in scans:
        records = {r.key.lower(): r.text for r in scan.reading.headers}
        if moment := records.get("datetime", ""):
            groups.setdefault((moment, records.get("scanner", "")), []).append(scan.slide_id)
    return tuple(tuple(g) for g in groups.values() if len(g) > 1)


def _shown(setting: str, text: str) -> str:
    parts = [p.strip() for p in text.split("\t")]
    if setting == "Array list":
        parts = [re.split(r"[\\/]", p)[-1] for p in parts]
    return " / ".join(p for p in parts if p)


def _is_drift(setting: str, values: list[str]) -> bool:
    limit = _MEASURED.get(setting)
    if limit is None:
        return False
    try:
        numbers = [[float(n) for n in v.split(" / ")] for v in values]
    except ValueError:
        return False
    if len({len(n) for n in numbers}) > 1:
        return False
    return all(max(c) - min(c) <= limit * max(c) for c in zip(*numbers, strict=True))
