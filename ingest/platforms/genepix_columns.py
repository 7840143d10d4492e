"""Which GenePix titles become which columns of raw.spots; every other title is an extra."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

#: Title → column of raw.spots, for what a spot has once.
SPOT_TITLES = {
    "Block": "block",
    "Row": "spot_row",
    "Column": "spot_column",
    "Name": "target_name",
    "ID": "target_id",
    "X": "x_um",
    "Y": "y_um",
    "Dia.": "diameter_um",
    "F Pixels": "n_foreground_pixels",
    "B Pixels": "n_background_pixels",
    "Flags": "flag",
}
#: Title → column of raw.spots, for what a spot has per channel; `{c}` is the wavelength.
CHANNEL_TITLES = {
    "F{c} Median": "foreground_median_afu",
    "F{c} Mean": "foreground_mean_afu",
    "F{c} SD": "foreground_sd_afu",
    "B{c} Median": "background_median_afu",
    "B{c} Mean": "background_mean_afu",
    "B{c} SD": "background_sd_afu",
    "F{c} % Sat.": "saturated_frac",
}
POSITION_COLUMNS = ("block", "spot_row", "spot_column")
WHOLE_NUMBERS = (*POSITION_COLUMNS, "n_foreground_pixels", "n_background_pixels", "flag")
TEXTS = ("target_name", "target_id")
REQUIRED = ("Block", "Column", "Row", "Name", "ID", "Flags")

_CHANNEL = re.compile(r"F(\d{3,4}) (?:Median|Mean)$")


@dataclass(frozen=True)
class Titles:
    """What each title of one file is.

    Parameters
    ----------
    channels : tuple of int
        Wavelengths in nm, in the file's order.
    spot : dict
        Title → column, present titles only.
    channel : dict
        Wavelength → (title → column), present titles only.
    extras : tuple of str
        Titles that no column of raw.spots takes.
    """

    channels: tuple[int, ...]
    spot: dict[str, str]
    channel: dict[int, dict[str, str]]
    extras: tuple[str, ...]

    @property
    def numeric(self) -> list[str]:
        """Titles whose cells are numbers with a column of their own."""
        own = [t for t, c in self.spot.items() if c not in TEXTS]
        return own + [t for titles in self.channel.values() for t in titles]

    def column_of(self, title: str) -> str:
        """Return the column that a numeric title fills."""
        if title in self.spot:
            return self.spot[title]
        return next(titles[title] for titles in self.channel.values() if title in titles)


def channels_of(titles: tuple[str, ...]) -> tuple[int, ...]:
    """Return the wavelengths that the titles name, in their order."""
    found = (int(m.group(1)) for t in titles if (m := _CHANNEL.match(t)))
    return tuple(dict.fromkeys(found))


def required_titles(titles: tuple[str, ...]) -> list[str]:
    """Return the titles that a file with these channels must have."""
    channels: tuple[object, ...] = channels_of(titles) or ("<channel>",)
    medians = [t for c in channels for t in (f"F{c} Median", f"B{c} Median")]
    return [*REQUIRED, *medians]


def sort_titles(titles: tuple[str, ...]) -> Titles:
    """Return what each title is."""
    channels = channels_of(titles)
    spot = {t: SPOT_TITLES[t] for t in titles if t in SPOT_TITLES}
    channel = {
        c: {
            title: column
            for pattern, column in CHANNEL_TITLES.items()
            if (title := pattern.format(c=c)) in titles
        }
        for c in channels
    }
    taken = set(spot) | {t for part in channel.values() for t in part}
    return Titles(channels, spot, channel, tuple(t for t in titles if t not in taken))


def by_channel(
    table: pa.Table, own: Mapping[str, pa.ChunkedArray | pa.Array], titles: Titles
) -> pa.Table:
    """Return one row per spot and channel, channel after channel: what each has, and its own."""
    n_rows = table.num_rows
    parts = []
    for channel in titles.channels:
        columns = {**own, "channel_nm": pa.repeat(pa.scalar(channel, pa.int64()), n_rows)}
        for title, column in titles.channel[channel].items():
            values = table.column(title)
            # The file holds percent; the warehouse holds shares.
            columns[column] = pc.divide(values, 100.0) if column == "saturated_frac" else values
        for column in (*SPOT_TITLES.values(), *CHANNEL_TITLES.values()):
            kind = pa.int64() if column in WHOLE_NUMBERS else pa.float64()
            columns.setdefault(column, pa.nulls(n_rows, kind))
        parts.append(pa.table(columns))
    return pa.concat_tables([p.select(parts[0].column_names) for p in parts])
