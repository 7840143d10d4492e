"""The look as small tables of text, the same for terminal and page."""

from __future__ import annotations

from dataclasses import dataclass

from prepare.look.findings import BAD, WATCH, gradient_text
from prepare.look.layouts import SlideShape
from prepare.look.looking import Look
from prepare.look.measures import Array

#: How many slide names stand in one cell before the rest is counted.
_SHOWN = 3


@dataclass(frozen=True)
class Table:
    """A table of text; `numeric` are the columns that are set to the right."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


def opening(look: Look) -> list[str]:
    """Return what was looked at, in sentences."""
    found = look.gathered
    parts = [_count(len(look.slides), "scan")]
    if found.values:
        parts.append(_count(len(found.values), "file") + " of platforms without spots")
    if found.twins:
        parts.append(_count(len(found.twins), "copy", "copies") + " of the same bytes")
    if found.unread:
        parts.append(_count(len(found.unread), "file") + " that cannot be read")
    lines = [f"Looked at {', '.join(parts)}; nothing was stored."]
    if look.slides:
        lines.append(_channel_line(look))
        lines.append(_unit_line(look))
    return lines


def slide_table(look: Look) -> Table:
    """Return one row a slide, the worst first."""
    header = ("slide", "Blocks", "spots", "layout", "background", "gradient R²", "edge",
              "saturated", "flagged", "duplicate CV", "net < 0", "worst finding")  # fmt: skip
    rows = []
    for slide_id in look.slides:
        shape, arrays = look.shapes[slide_id], look.arrays_of(slide_id)
        surface = look.surfaces.get(slide_id)
        findings = look.findings_of(slide_id)
        worst = next((f for f in findings if f.severity in (BAD, WATCH)), None)
        where = f"B{_block(worst.array_id)}: " if worst and "/B" in worst.array_id else ""
        rows.append((
            slide_id,
            str(shape.n_blocks),
            f"{shape.n_spots:,}",
            _shape_text(shape),
            number(surface.background_afu) if surface else "",
            "" if surface is None or surface.r_squared is None else f"{surface.r_squared:.2f}",
            "" if surface is None or surface.edge_ratio is None else f"×{surface.edge_ratio:.2f}",
            percent(_mean(arrays, "saturated_frac")),
            percent(_mean(arrays, "flagged_frac")),
            percent(_median_cv(arrays)),
            percent(_mean(arrays, "negative_net_frac")),
            f"{where}{_short(worst.text)}" if worst else "",
        ))  # fmt: skip
    return Table("Slides, worst first", header, tuple(rows), frozenset(range(1, 11)) - {3})


def array_table(look: Look, slide_id: str) -> Table:
    """Return one row an array of a slide."""
    header = ("array", "targets", "replicates", "controls +/−/blank", "median net", "positive",
              "negative", "below limit", "background", "saturated", "flagged", "duplicate CV",
              "net < 0", "correlation")  # fmt: skip
    rows = tuple(_array_row(look, a) for a in look.arrays_of(slide_id))
    return Table("", header, rows, frozenset(range(1, 14)))


def finding_table(look: Look) -> Table:
    """Return every finding, worst first."""
    rows = tuple((f.severity, f.array_id or f.slide_id, f.detector, f.text) for f in look.findings)
    return Table("What to look at, worst first", ("", "where", "detector", "figure and limit"),
                 rows)  # fmt: skip


def setting_table(look: Look) -> Table:
    """Return the scan settings that differ between files."""
    rows = []
    for found in look.differences:
        for n, (value, slides) in enumerate(found.values):
            names = ", ".join(slides[:_SHOWN])
            more = f" and {len(slides) - _SHOWN} more" if len(slides) > _SHOWN else ""
            label = f"{found.setting}{' (measured: usual drift)' if found.is_drift else ''}"
            rows.append((label if n == 0 else "", value, str(len(slides)), f"{names}{more}"))
    return Table("Scan settings that differ", ("setting", "value", "files", "slides"),
                 tuple(rows), frozenset({2}))  # fmt: skip


def layout_table(look: Look) -> Table:
    """Return each layout with the slides that have it."""
    groups: dict[int, list[SlideShape]] = {}
    for shape in look.shapes.values():
        groups.setdefault(shape.layout, []).append(shape)
    rows = []
    for layout, shapes in sorted(groups.items()):
        first = shapes[0]
        arrays = look.arrays_of(first.slide_id)
        panel = look.bench.panels.get(first.slide_id)
        names = ", ".join(s.slide_id for s in shapes[:_SHOWN])
        more = f" and {len(shapes) - _SHOWN} more" if len(shapes) > _SHOWN else ""
        rows.append((
            str(layout), _shape_text(first), str(max((a.n_targets for a in arrays), default=0)),
            _replicates(arrays), _controls(arrays[0]) if arrays else "",
            panel.panel_id if panel else "not a shipped one", f"{names}{more}", first.difference,
        ))  # fmt: skip
    header = ("layout", "printed", "targets", "replicates", "controls +/−/blank", "panel",
              "slides", "differs from layout 1")  # fmt: skip
    return Table("Layouts", header, tuple(rows), frozenset({2}))


def channel_table(look: Look) -> Table:
    """Return the levels of every wavelength, where a file has several."""
    several = {s for s in look.slides if len(look.scans[s].reading.channels) > 1}
    rows = tuple(
        (c.slide_id, f"{c.channel_nm} nm", "shown" if look.bench.channels[c.slide_id]
         == c.channel_nm else "", number(c.foreground_afu), number(c.background_afu),
         percent(c.saturated_frac))
        for c in look.channel_levels if c.slide_id in several
    )  # fmt: skip
    return Table("Wavelengths", ("slide", "channel", "", "median foreground", "background",
                                 "saturated"), rows, frozenset({3, 4, 5}))  # fmt: skip


def file_table(look: Look) -> Table:
    """Return the files that were not drawn: copies, other platforms, unreadable ones."""
    found = look.gathered
    rows = [
        *(("copy", t.file_name, f"the same bytes as {t.same_as}") for t in found.twins),
        *(("values", v.file_name, ", ".join((v.label, f"{v.n_rows:,} rows", *v.facts)))
          for v in found.values),
        *(("unreadable", u.file_name, str(p)) for u in found.unread for p in u.problems),
    ]  # fmt: skip
    return Table("Files that are not drawn", ("", "file", "what"), tuple(rows))


def number(value: float | None) -> str:
    """Return an intensity as text."""
    return "" if value is None else f"{value:,.0f}"


def percent(share: float | None) -> str:
    """Return a share as text."""
    return "" if share is None else f"{100 * share:.1f} %"


def gradient(look: Look, slide_id: str) -> str:
    """Return the background's slope of a slide in words."""
    surface = look.surfaces.get(slide_id)
    return gradient_text(surface) if surface else "no background"


def _array_row(look: Look, a: Array) -> tuple[str, ...]:
    correlation = look.correlations.get(a.array_id)
    return (
        f"B{a.block}" if a.block is not None else "slide",
        str(a.n_targets),
        str(a.n_replicates or ""),
        _controls(a),
        number(a.level_afu),
        number(a.positive_control_afu),
        number(a.negative_control_afu),
        percent(a.below_limit_frac),
        number(a.background_afu),
        percent(a.saturated_frac),
        percent(a.flagged_frac),
        percent(a.cv_median_frac),
        percent(a.negative_net_frac),
        "" if correlation is None else f"{correlation:.3f}",
    )


def _shape_text(shape: SlideShape) -> str:
    word = "samples" if shape.by_block else "grids" if shape.n_blocks > 1 else "one grid"
    return f"{shape.n_blocks} × ({shape.n_rows} × {shape.n_columns}), {word}"


def _controls(a: Array) -> str:
    return f"{a.n_positive}/{a.n_negative}/{a.n_blank}"


def _replicates(arrays: list[Array]) -> str:
    found = sorted({a.n_replicates for a in arrays if a.n_replicates})
    return ", ".join(str(n) for n in found)


def _mean(arrays: list[Array], column: str) -> float | None:
    """Return a share over a slide's spots, from the shares of its arrays."""
    weighted = [(getattr(a, column), a.n_spots) for a in arrays if getattr(a, column) is not None]
    n = sum(w for _, w in weighted)
    return sum(v * w for v, w in weighted) / n if n else None


def _median_cv(arrays: list[Array]) -> float | None:
    found = sorted(a.cv_median_frac for a in arrays if a.cv_median_frac is not None)
    return found[len(found) // 2] if found else None


def _block(array_id: str) -> str:
    return array_id.rpartition("/B")[2]


def _short(text: str, limit: int = 70) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _channel_line(look: Look) -> str:
    shown = sorted(set(look.bench.channels.values()))
    have = sorted({c for s in look.slides for c in look.scans[s].reading.channels})
    text = f"Shown: {' and '.join(str(c) for c in shown)} nm"
    if len(have) > len(shown):
        text += f" of {', '.join(str(c) for c in have)} nm; another one with --channel NM"
    return f"{text}."


def _unit_line(look: Look) -> str:
    n = sum(s.by_block for s in look.shapes.values())
    if n == len(look.shapes):
        return ("Each Block is taken for a sample, because the Blocks of a slide print the same; "
                "else say --blocks grids.")  # fmt: skip
    if n == 0:
        return ("Each slide is taken for one sample, because its Blocks do not print the same; "
                "else say --blocks samples.")  # fmt: skip
    return (f"On {n} of {len(look.shapes)} slides each Block is taken for a sample, on the others "
            "the whole slide; else say --blocks samples or --blocks grids.")  # fmt: skip


def _count(n: int, noun: str, plural: str = "") -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {plural or noun + 's'}"
