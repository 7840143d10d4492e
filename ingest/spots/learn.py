"""Learn a lot's layout from a slide of it: what the array list would have said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from contracts import CytomartError
from ingest.declared.study import Study
from ingest.faults import Fault, RefusedError, fault, listed
from ingest.files.source_file import SourceFile
from ingest.panel.catalog import Panel, Target
from ingest.panel.gal import Feature
from ingest.panel.spelling import meaning
from ingest.platforms import Reading, detect, spot_platform
from ingest.spots.expected_slide import Expected
from ingest.spots.slide_checks import slide_faults, slide_notes


@dataclass(frozen=True)
class LearntSpot:
    """A position of the learnt layout; `target` is None for an unprinted one."""

    feature: Feature
    target: Target | None


@dataclass(frozen=True)
class Draft:
    """A layout as a slide shows it, for a person to confirm.

    Parameters
    ----------
    lot, slide_id, sha256 : str
        Of which lot, from which slide and file.
    spots : tuple of LearntSpot
        In the order of Block, row and column.
    are_alike : bool
        Whether all Blocks are printed alike.
    notes : tuple of str
        What the person who confirms should know.
    """

    lot: str
    panel: Panel
    slide_id: str
    sha256: str
    reading: Reading
    spots: tuple[LearntSpot, ...]
    are_alike: bool
    notes: tuple[str, ...]

    @property
    def blocks(self) -> list[int]:
        """Blocks of the slide, in order."""
        return sorted({s.feature.block for s in self.spots})

    def of_block(self, block: int) -> list[LearntSpot]:
        """Return the spots of one Block."""
        return [s for s in self.spots if s.feature.block == block]


def learn_layout(path: Path, lot: str, study: Study, panel: Panel) -> Draft:
    """Return the layout that a slide shows.

    Raises
    ------
    CytomartError
        The slide cannot be read whole, holds names that the panel's content list does not have,
        lacks targets of it, has Blocks that differ, or was scanned at another wavelength.
    """
    content = panel.of_lot(lot)
    try:
        source = SourceFile.from_path(path)
        platform = spot_platform(detect(source).platform_id)
        if platform is None:
            raise RefusedError([
                fault("wrong_platform", "the file is no scan of printed spots", where=source.name,
                      allowed="a scan of a slide", remedy="give a scanner file",
                      record="not a scan")
            ])  # fmt: skip
        reading = platform.read(source)
        spots = _spots(reading, content)
        in_blocks = study.array_unit == "block"
        blocks = frozenset(s.feature.block for s in spots) if in_blocks else None
        expected = Expected(path.stem, path.name, study, content, blocks, None, lot=lot)
        faults = [*slide_faults(reading, expected), *_absent(spots, expected)]
    except RefusedError as refusal:
        raise refusal.as_error(exit_code=1) from refusal
    if faults:
        raise CytomartError([f.problem for f in faults], 1)
    notes = (*slide_notes(reading, expected), *_replicate_notes(spots, content, expected))
    return Draft(lot, content, path.stem, source.sha256, reading, spots, _are_alike(spots), notes)


def _spots(reading: Reading, panel: Panel) -> tuple[LearntSpot, ...]:
    columns = ("block", "spot_row", "spot_column", "target_name", "target_id")
    rows = zip(*(reading.positions[c].to_pylist() for c in columns), strict=True)
    features = sorted((Feature(*row) for row in rows), key=lambda f: f.position)
    pairs = {(f.target_name, f.target_id) for f in features}
    found = {pair: panel.by_id.get(meaning(*pair, panel).target_id) for pair in pairs}
    return tuple(LearntSpot(f, found[f.target_name, f.target_id]) for f in features)


def _counts(spots: tuple[LearntSpot, ...], expected: Expected) -> dict[int, Counter[str]]:
    """Return how often each target is printed on each array."""
    counts: dict[int, Counter[str]] = {}
    for spot in spots:
        array = spot.feature.block if expected.blocks is not None else 0
        own = counts.setdefault(array, Counter())
        if spot.target is not None:
            own[spot.target.target_id] += 1
    return counts


def _absent(spots: tuple[LearntSpot, ...], expected: Expected) -> list[Fault]:
    """Return a fault where an array lacks targets of the content list."""
    for array, counts in _counts(spots, expected).items():
        absent = [t.target_name for t in expected.panel.targets if not counts[t.target_id]]
        if absent:
            where = f"Block {array}" if array else "the slide"
            given = f"{where} lacks {listed(f'`{n}`' for n in absent)} of the content list"
            return [
                fault("layout", given, where=expected.file_name,
                      allowed=f"every target of {expected.panel.title}",
                      remedy="learn from a whole slide; where the lot does not print them, say so "
                      "in catalog.csv (column lot)", record=given)
            ]  # fmt: skip
    return []


def _replicate_notes(
    spots: tuple[LearntSpot, ...], panel: Panel, expected: Expected
) -> tuple[str, ...]:
    counts = next(iter(_counts(spots, expected).values()))
    analytes = Counter(counts[t.target_id] for t in panel.analytes)
    usual = panel.n_replicates or max(analytes, key=lambda n: (analytes[n], n))
    other = [f"{t.target_name} ({counts[t.target_id]})" for t in panel.analytes
             if counts[t.target_id] != usual]  # fmt: skip
    texts = [f"not printed {usual} times as the others: {listed(other)}"] if other else []
    for kind, noun in (("positive_control", "positive"), ("negative_control", "negative")):
        if not any(t.target_kind == kind for t in panel.targets):
            texts.append(f"the panel has no {noun} control: the rules about them are not asked")
    return tuple(texts)


def _are_alike(spots: tuple[LearntSpot, ...]) -> bool:
    blocks: dict[int, list[tuple[int, int, str]]] = {}
    for s in spots:
        own = blocks.setdefault(s.feature.block, [])
        own.append((s.feature.spot_row, s.feature.spot_column,
                    s.target.target_id if s.target else ""))  # fmt: skip
    return len({tuple(own) for own in blocks.values()}) == 1
