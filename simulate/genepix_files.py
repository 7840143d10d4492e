"""Scanner files as GenePix Pro 7 writes them: GPR 3 with one channel, and the GAL layout.

Line ends are CRLF and texts are quoted, as the program does.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulate.design import BLOCKS_PER_SLIDE
from simulate.model import Model
from simulate.panel import Panel
from simulate.scanner import PIXEL_UM, Scan

CHANNEL_NM = 532
LAYOUT_NAME = "layout.gal"
_FIRST_SCAN = datetime(2021, 6, 14, 9, 10, 0)
_TITLES = (
    "Block", "Column", "Row", "Name", "ID", "X", "Y", "Dia.",
    "F532 Median", "F532 Mean", "F532 SD", "F532 CV",
    "B532", "B532 Median", "B532 Mean", "B532 SD", "B532 CV",
    "% > B532+1SD", "% > B532+2SD", "F532 % Sat.",
    "F Pixels", "B Pixels", "Circularity",
    "F532 Median - B532", "F532 Mean - B532", "F532 Total Intensity", "SNR 532",
    "Flags", "Normalize", "Autoflag",
)  # fmt: skip


def gpr_text(model: Model, slide: int, scan: Scan) -> str:
    """Return the GenePix Results file of a slide."""
    header = _header(model, slide)
    lines = [
        "ATF\t1.0",
        f"{len(header)}\t{len(_TITLES)}",
        *(f'"{key}={text}"' for key, text in header),
        "\t".join(f'"{title}"' for title in _TITLES),
        *_spot_lines(model.panel, scan),
    ]
    return "\r\n".join(lines) + "\r\n"


def gal_text(panel: Panel) -> str:
    """Return the GenePix Array List: what is printed on every Block of every slide."""
    header = [
        ("Type", "GenePix ArrayList V1.0"),
        ("BlockCount", str(BLOCKS_PER_SLIDE)),
        ("BlockType", "0"),
        ("Comment", "SYNTHETIC: the layout of simulated slides, not a product's"),
        ("Supplier", "SYNTHETIC"),
        ("ArrayName", f"SYNTHETIC {panel.panel_id}"),
        *((f"Block{b}", _block_record(panel, b)) for b in range(1, BLOCKS_PER_SLIDE + 1)),
    ]
    titles = ("Block", "Row", "Column", "ID", "Name")
    lines = [
        "ATF\t1.0",
        f"{len(header)}\t{len(titles)}",
        *(f'"{key}={text}"' for key, text in header),
        "\t".join(f'"{title}"' for title in titles),
        *(
            f'{block}\t{row}\t{column}\t"{target_id}"\t"{name}"'
            for block, column, row, name, target_id in _places(panel)
        ),
    ]
    return "\r\n".join(lines) + "\r\n"


def scanned_at(model: Model, slide: int) -> datetime:
    """Return when a slide was scanned: a batch a week, its slides 25 minutes apart."""
    batch = model.seating.batch_of(slide)
    first_of_batch = model.seating.first_slide(batch)
    return _FIRST_SCAN + timedelta(days=7 * batch, minutes=25 * (slide - first_of_batch))


def _header(model: Model, slide: int) -> list[tuple[str, str]]:
    slide_id = model.seating.slide_id(slide)
    when = scanned_at(model, slide).strftime("%Y/%m/%d %H:%M:%S")
    images = rf"C:\GenePix\SYNTHETIC\{slide_id}"
    return [
        ("Type", "GenePix Results 3"),
        ("DateTime", when),
        ("Settings", r"C:\GenePix\SYNTHETIC\SYNTHETIC.gps"),
        ("GalFile", rf"C:\GenePix\SYNTHETIC\{LAYOUT_NAME}"),
        ("PixelSize", str(PIXEL_UM)),
        ("Wavelengths", str(CHANNEL_NM)),
        ("ImageFiles", f"{images}_{CHANNEL_NM}.tif 0"),
        ("NormalizationMethod", "None"),
        ("NormalizationFactors", "1"),
        ("JpegImage", f"{images}.jpg"),
        ("StdDev", "Type 1"),
        ("RatioFormulations", "None"),
        ("FeatureType", "Circular"),
        ("Barcode", ""),
        ("BackgroundSubtraction", "LocalFeature"),
        ("ImageOrigin", "0, 0"),
        ("JpegOrigin", "0, 0"),
        ("Creator", "SYNTHETIC (layout of GenePix Pro 7)"),
        ("Scanner", "SYNTHETIC GenePix 4000B [00000]"),
        ("FocusPosition", "0"),
        ("Temperature", f"{26 + slide % 5 * 0.4:.1f}"),
        ("LinesAveraged", "1"),
        ("Comment", "SYNTHETIC: simulated slide, no serum was measured"),
        ("PMTGain", str(500 + 10 * (model.seating.batch_of(slide) % 6))),
        ("ScanPower", "100"),
        ("LaserPower", "2.16"),
        ("Filters", "<Empty>"),
        ("ScanRegion", "0,0,2500,7500"),
        ("Supplier", "SYNTHETIC"),
        ("ArrayName", f"SYNTHETIC {model.panel.panel_id}, {model.seating.lot_id(slide)}"),
    ]


def _block_record(panel: Panel, block: int) -> str:
    x, y = panel.block_origin_um(block)
    pitch = panel.pitch_um
    return f"{x}, {y}, {panel.feature_um}, {panel.n_columns}, {pitch}, {panel.n_rows}, {pitch}"


def _places(panel: Panel) -> list[tuple[int, int, int, str, str]]:
    """Block, column, row, name and id of every spot of a slide, in file order."""
    targets = (*panel.analytes, *panel.controls)
    spots = [
        (k % panel.n_columns + 1, k // panel.n_columns + 1, targets[t])
        for k, t in enumerate(panel.spot_targets.tolist())
    ]
    return [
        (block, column, row, target.target_name, target.target_id)
        for block in range(1, BLOCKS_PER_SLIDE + 1)
        for column, row, target in spots
    ]


@lru_cache(maxsize=4)
def _place_texts(panel: Panel) -> list[str]:
    return [
        f'{block}\t{column}\t{row}\t"{name}"\t"{target_id}"'
        for block, column, row, name, target_id in _places(panel)
    ]


def _spot_lines(panel: Panel, scan: Scan) -> list[str]:
    columns = [
        scan.x_um,
        scan.y_um,
        scan.diameter_um,
        scan.foreground_median,
        scan.foreground_mean,
        scan.foreground_sd,
        _percent(scan.foreground_sd, scan.foreground_mean),
        scan.background_median,
        scan.background_median,
        scan.background_mean,
        scan.background_sd,
        _percent(scan.background_sd, scan.background_mean),
        scan.above_one_sd_percent,
        scan.above_two_sd_percent,
        scan.saturated_percent,
        scan.foreground_pixels,
        scan.background_pixels,
        scan.circularity,
        scan.foreground_median - scan.background_median,
        scan.foreground_mean - scan.background_median,
        scan.total_intensity,
    ]
    ratio = (scan.foreground_mean - scan.background_mean) / scan.background_sd
    zeros = np.zeros_like(scan.flag)
    texts = [
        _place_texts(panel),
        *(_texts(column) for column in columns),
        [f"{value:.3f}" for value in ratio.ravel().tolist()],
        *(_texts(column) for column in (scan.flag, zeros, zeros)),
    ]
    return list(map("\t".join, zip(*texts, strict=True)))


def _texts(column: NDArray[np.int64]) -> list[str]:
    return list(map(str, column.ravel().tolist()))


def _percent(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.rint(100 * part / whole).astype(np.int64)
