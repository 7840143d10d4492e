"""What a look teaches about the study that its scans belong to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ingest.panel.catalog import Panel, fold, target_id_of
from prepare.look.looking import Look

_TARGETS = """
select target_name, any_value(target_kind) as target_kind, min(place) as place
from (
    select *, row_number() over (order by slide_id, block, spot_row, spot_column) as place
    from spots where target_name <> ''
)
group by target_name
order by place
"""


@dataclass(frozen=True)
class Target:
    """A printed name with a guess at what it is."""

    target_id: str
    target_name: str
    target_kind: str


@dataclass(frozen=True)
class Slide:
    """A scan for the study folder.

    Parameters
    ----------
    blocks : tuple of int or None
        Blocks that the file has; None where one sample is the whole slide.
    empty : frozenset of int
        Blocks that look unused.
    """

    slide_id: str
    path: Path
    sha256: str
    blocks: tuple[int, ...] | None
    empty: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Learnt:
    """What study.toml and the sample sheet can be filled with.

    Parameters
    ----------
    panel_id : str
        Of the shipped panel that was recognised; empty where none was.
    targets : tuple of Target
        Printed names, for a catalog; empty where the panel is shipped.
    doubts : tuple of str
        What a person should know of the guesses.
    """

    channel_nm: int
    array_unit: str
    panel_id: str
    slides: tuple[Slide, ...]
    targets: tuple[Target, ...]
    doubts: tuple[str, ...] = ()


def learn(look: Look) -> Learnt:
    """Return what a look teaches; where files disagree the commonest counts, and it is said."""
    by_block = sum(s.by_block for s in look.shapes.values()) * 2 > len(look.shapes)
    channels = Counter(look.bench.channels.values())
    panel = _panel(look)
    panel_id = panel.panel_id if panel and not _lacking(look, panel) else ""
    return Learnt(
        channel_nm=channels.most_common(1)[0][0],
        array_unit="block" if by_block else "slide",
        panel_id=panel_id,
        slides=tuple(_slide(look, s, by_block) for s in sorted(look.slides)),
        targets=() if panel_id else targets_of(look),
        doubts=(*_panel_doubts(look, panel), *_doubts(look, channels)),
    )


def _panel(look: Look) -> Panel | None:
    """Return the shipped panel that most slides seem to be printed with."""
    panels = {p.panel_id: p for p in look.bench.panels.values()}
    counts = Counter(p.panel_id for p in look.bench.panels.values())
    if counts.total() * 2 <= len(look.slides):
        return None
    return panels[counts.most_common(1)[0][0]]


def _lacking(look: Look, panel: Panel) -> list[str]:
    """Return the targets of a panel that no slide prints: then another list was printed."""
    keys = look.bench.con.execute("select distinct target_key from spots").fetchall()
    printed = {key for (key,) in keys}
    return [t.target_name for t in panel.targets if t.target_id not in printed]


def _panel_doubts(look: Look, panel: Panel | None) -> tuple[str, ...]:
    lacking = _lacking(look, panel) if panel else []
    if not panel or not lacking:
        return ()
    return (f"the names are those of {panel.panel_id}, but {len(lacking)} of its "
            f"{len(panel.targets)} targets are printed nowhere: catalog.csv lists "
            "what is",)  # fmt: skip


def _slide(look: Look, slide_id: str, by_block: bool) -> Slide:
    scan = look.scans[slide_id]
    if not by_block:
        return Slide(slide_id, scan.path, scan.sha256, None)
    blocks = sorted(set(scan.reading.positions.column("block").to_pylist()))
    empty = frozenset(a.block for a in look.arrays_of(slide_id)
                      if a.array_id in look.empty and a.block is not None)  # fmt: skip
    return Slide(slide_id, scan.path, scan.sha256, tuple(blocks), empty)


def targets_of(look: Look) -> tuple[Target, ...]:
    """Return each printed name once; of names that a catalog takes for one, the first."""
    found: dict[str, Target] = {}
    ids: set[str] = set()
    for name, kind, _ in look.bench.con.execute(_TARGETS).fetchall():
        if fold(name) in found:
            continue
        stem = target_id_of(name) or "TARGET"
        target_id, number = stem, 2
        while target_id in ids:
            target_id, number = f"{stem}_{number}", number + 1
        ids.add(target_id)
        found[fold(name)] = Target(target_id, name, kind)
    return tuple(found.values())


def _doubts(look: Look, channels: Counter[int]) -> list[str]:
    doubts = []
    layouts = {s.layout for s in look.shapes.values()}
    if len(layouts) > 1:
        doubts.append(f"the scans have {len(layouts)} layouts: are they all of this study?")
    if len({s.by_block for s in look.shapes.values()}) > 1:
        doubts.append("on some slides Blocks look like samples, on others like print grids")
    several = {c for s in look.scans.values() for c in s.reading.channels}
    if len(several) > 1:
        doubts.append(f"wavelengths {', '.join(str(c) for c in sorted(several))} nm were scanned; "
                      f"study.toml says {channels.most_common(1)[0][0]}")  # fmt: skip
    doubts += [f"{t.file_name} is a copy of {t.same_as} and was left out"
               for t in look.gathered.twins]  # fmt: skip
    doubts += [f"{u.file_name} cannot be read and was left out: {u.problems[0].given}"
               for u in look.gathered.unread]  # fmt: skip
    doubts += [f"{v.file_name} ({v.label}) is no scan and was left out"
               for v in look.gathered.values]  # fmt: skip
    return doubts
