"""Look at bare scanner files: gather, lay out, measure, compare, order by need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prepare.look import findings, layouts, measures, outliers, settings
from prepare.look.bench import Bench, lay_out
from prepare.look.findings import Finding
from prepare.look.gather import Gathered, Scan, gather
from prepare.look.layouts import SlideShape
from prepare.look.measures import Array, ChannelLevel, Surface


@dataclass(frozen=True)
class Look:
    """Everything that a look at bare files shows.

    Parameters
    ----------
    slides : tuple of str
        Slide ids, the worst first.
    scans, shapes, surfaces, flags : dict
        By slide id.
    correlations : dict of str to float
        Array → median correlation with the other arrays of its layout.
    empty : frozenset of str
        Arrays that look unused.
    findings : tuple of Finding
        Worst first.
    """

    gathered: Gathered
    bench: Bench
    slides: tuple[str, ...]
    scans: dict[str, Scan]
    shapes: dict[str, SlideShape]
    arrays: tuple[Array, ...]
    surfaces: dict[str, Surface]
    channel_levels: tuple[ChannelLevel, ...]
    flags: dict[str, dict[int, int]]
    correlations: dict[str, float]
    empty: frozenset[str]
    differences: tuple[settings.Difference, ...]
    findings: tuple[Finding, ...]

    def arrays_of(self, slide_id: str) -> list[Array]:
        """Return the arrays of a slide in the order of their Blocks."""
        return [a for a in self.arrays if a.slide_id == slide_id]

    def findings_of(self, slide_id: str) -> list[Finding]:
        """Return the findings of a slide, worst first."""
        return [f for f in self.findings if f.slide_id == slide_id]


def look(
    paths: Sequence[Path],
    *,
    channel_nm: int | None = None,
    blocks: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Look:
    """Look at scanner files without storing anything.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders that are walked.
    channel_nm : int or None
        Wavelength to look at; by default 532 nm, else a file's first.
    blocks : {"samples", "grids"} or None
        What a Block is; None: judged slide by slide from what the Blocks print.

    Raises
    ------
    CytomartError
        A path that does not exist, or nothing there that could be looked at.
    """
    gathered = gather(paths, on_progress)
    bench = lay_out(gathered.scans, channel_nm=channel_nm, blocks=blocks)
    found = measures.arrays(bench.con)
    shapes = layouts.shapes(bench.con)
    surfaces = measures.surfaces(bench.con)
    correlations = outliers.correlations(bench.con, found)
    ordered = findings.worst_first(_findings(gathered, found, shapes, surfaces, correlations))
    weights = findings.slide_weights(ordered)
    slides = sorted((s.slide_id for s in gathered.scans), key=lambda s: (-weights.get(s, 0), s))
    return Look(
        gathered=gathered,
        bench=bench,
        slides=tuple(slides),
        scans={s.slide_id: s for s in gathered.scans},
        shapes=shapes,
        arrays=found,
        surfaces=surfaces,
        channel_levels=measures.channel_levels(bench.con),
        flags=measures.flags(bench.con),
        correlations=correlations,
        empty=measures.empty_blocks(found),
        differences=settings.differences(gathered.scans),
        findings=tuple(ordered),
    )


def _findings(
    gathered: Gathered,
    found: tuple[Array, ...],
    shapes: dict[str, SlideShape],
    surfaces: dict[str, Surface],
    correlations: dict[str, float],
) -> Iterator[Finding]:
    empty = measures.empty_blocks(found)
    yield from findings.of_arrays(found, empty)
    apart = outliers.apart(found, correlations, empty)
    yield from findings.of_apart(apart, {a.array_id: a for a in found})
    yield from findings.of_surfaces(surfaces.values())
    yield from findings.of_shapes(shapes.values())
    yield from findings.of_same_scan(settings.same_scan(gathered.scans))
    for scan in gathered.scans:
        aside = scan.reading.set_aside
        first = str(aside[0].problem) if aside else ""
        yield from findings.of_rows(scan.slide_id, len({f.line for f in aside}), first)
