"""A picture of palette entries as PNG bytes (W3C PNG, third edition): no imaging library needed."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray


def png_bytes(pixels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Return an indexed PNG; `pixels` is rows × columns, `palette` up to 256 × 3."""
    height, width = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    # Every row begins with its filter: 0, none, which suits flat colours best.
    body = np.hstack([np.zeros((height, 1), np.uint8), pixels]).tobytes()
    return b"".join(
        (b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", header), _chunk(b"PLTE", palette.tobytes()),
         _chunk(b"IDAT", zlib.compress(body, 6)), _chunk(b"IEND", b""))
    )  # fmt: skip


def data_uri(png: bytes) -> str:
    """Return a PNG as an address that stands inside a page."""
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
