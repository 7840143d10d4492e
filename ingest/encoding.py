"""Which characters do these bytes stand for? Decided once, recorded, never guessed silently."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096


@dataclass(frozen=True)
class Decoded:
    """Text with LF line ends, and how it was read."""

    text: str
    encoding: str
    line_end: str


def decode(data: bytes) -> Decoded:
    """Return the text of a file.

    Order of trial: byte order mark; UTF-16 without a mark (every second byte zero); UTF-8;
    GB18030 where all of its characters are common Chinese ones, so that Western accents,
    which stand alone between ASCII letters, are never taken for it; cp1252.

    Raises
    ------
    UnicodeError
        No encoding fits.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :].decode(name.removesuffix("-sig")), name)
    if wide := _utf16_without_mark(data):
        return _decoded(data.decode(wide), wide)
    try:
        return _decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if _is_common_chinese(data):
        return _decoded(data.decode("gb18030"), "gb18030")
    return _decoded(data.decode("cp1252"), "cp1252")


def _decoded(text: str, encoding: str) -> Decoded:
    n_crlf = text.count("\r\n")
    ends = {"CRLF": n_crlf, "CR": text.count("\r") - n_crlf, "LF": text.count("\n") - n_crlf}
    found = [name for name, n in ends.items() if n]
    line_end = found[0] if len(found) == 1 else ("mixed" if found else "none")
    if ends["CRLF"] or ends["CR"]:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, encoding, line_end)


def _utf16_without_mark(data: bytes) -> str | None:
    """Return the UTF-16 flavour whose high bytes are zero throughout the beginning."""
    head = data[: min(len(data), _SAMPLE) // 2 * 2]
    if len(head) < 8 or len(data) % 2:
        return None
    even, odd = head[0::2], head[1::2]
    if odd.count(0) > 0.9 * len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) > 0.9 * len(even) and not odd.count(0):
        return "utf-16-be"
    return None


def _is_common_chinese(data: bytes) -> bool:
    """Return whether every non-ASCII byte belongs to a GB2312 pair and the pairs stand in runs.

    In cp1252 text an accented letter nearly always stands alone among ASCII letters; in
    Chinese text both bytes of a common character are 0xA1 or higher and words have two or
    more characters.
    """
    runs = re.findall(rb"[\x80-\xff]+", data)
    if not runs or any(len(run) % 2 or min(run) < 0xA1 for run in runs):
        return False
    if max(len(run) for run in runs) < 4:
        return False
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True
