"""Which characters do these bytes stand for? Decided once, recorded, never guessed silently."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

#: The longer marks first: the mark of UTF-32 begins with that of UTF-16.
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SAMPLE = 4096
_NAMES = {"gb18030": "GB18030 (Chinese)", "cp1252": "cp1252 (Western European Windows)"}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class Decoded:
    """Text with LF line ends, and how it was read."""

    text: str
    encoding: str
    line_end: str


class EncodingError(UnicodeError):
    """No encoding fits, or more than one does; the words say which."""


def decode(data: bytes) -> Decoded:
    """Return the text of a file.

    Order of trial: byte order mark; UTF-16 without a mark (every second byte zero); UTF-8;
    then GB18030 or cp1252, whichever the characters speak for (`_speaks_for_chinese`).

    Raises
    ------
    UnicodeError
        No encoding fits, two fit alike, or the lines of the file are not in the same one.
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
    if _speaks_for_chinese(data):
        return _decoded(data.decode("gb18030"), "gb18030")
    if lines := _lines_in_utf8(data):
        raise EncodingError(
            f"line {lines[0]} is UTF-8 and line {lines[1]} is not: the text is in two encodings"
        )
    return _decoded(data.decode("cp1252"), "cp1252")


def encoding_note(text: str, encoding: str) -> str:
    """Return what a person should know of how a text was read; empty for UTF-8 and UTF-16.

    Nothing of the text itself is quoted.
    """
    if (at := text.find("\ufffd")) >= 0:
        return (
            f"line {text.count(chr(10), 0, at) + 1} holds the mark of a lost letter (U+FFFD): the "
            "text was damaged before it was delivered"
        )
    found = _NOT_ASCII.search(text)
    if encoding not in _NAMES or not found:
        return ""
    line = text.count("\n", 0, found.start()) + 1
    return (
        f"letters are read as {_NAMES[encoding]}, the first on line {line}; save the file as "
        "UTF-8 to leave no doubt"
    )


def _decoded(text: str, encoding: str) -> Decoded:
    n_crlf = text.count("\r\n")
    ends = {"CRLF": n_crlf, "CR": text.count("\r") - n_crlf, "LF": text.count("\n") - n_crlf}
    found = [name for name, n in ends.items() if n]
    line_end = found[0] if len(found) == 1 else ("mixed" if found else "none")
    if ends["CRLF"] or ends["CR"]:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, encoding, line_end)


def _utf16_without_mark(data: bytes) -> str | None:
    """Return the UTF-16 flavour of a text whose ASCII characters have a zero on one side.

    Chinese characters have no zero byte, or one on the other side (U+4E00): a fifth of ASCII is
    enough, where one side has twice the zeros of the other. A single NUL in an ASCII text is
    neither.
    """
    head = data[: min(len(data), _SAMPLE) // 2 * 2]
    if len(head) < 8 or len(data) % 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 5 < len(head) // 2 or min(even, odd) * 2 > max(even, odd):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else name


def is_chance_utf8(text: str) -> bool:
    """Return whether letters beyond ASCII are ones that no table has: two Chinese bytes each.

    A table whose one Chinese word is 前 or 女 is valid UTF-8 as well, and would read `ǰ` or `Ů`.
    Such letters outside of any Latin word, or ones that Unicode does not have, give it away.
    """
    found = list(_runs(text[:_SAMPLE]))
    letters = "".join(run for run, _ in found)
    strange = [c for c in letters if "\u0100" <= c <= "\u0377" or unicodedata.category(c) == "Cn"]
    if not strange or any(at_a_word for _, at_a_word in found):
        return False
    try:
        chinese = letters.encode("utf-8").decode("gb18030")
    except UnicodeDecodeError:
        return False
    return all(_is_common(c) for c in chinese)


def _speaks_for_chinese(data: bytes) -> bool:
    """Return whether bytes that are no UTF-8 are GB18030 rather than cp1252.

    Read as GB18030, Chinese text is common characters (level 1 of GB 2312, full-width signs,
    Greek) and a few rare ones; Western text becomes rare ones throughout, or fails, because an
    accented letter takes the ASCII letter behind it along. A single common character beside a
    Latin letter (`GRÖßE`) is Western too.

    Raises
    ------
    EncodingError
        Both readings are as good.
    """
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    common = rare = 0
    for run, is_at_a_word in _runs(text):
        n = 0 if is_at_a_word and len(run) == 1 else sum(_is_common(c) for c in run)
        common += n
        rare += len(run) - n
    if not common or common > rare:
        return common > rare
    if common * 4 > rare and not _lines_in_utf8(data):
        raise EncodingError("the letters could be GB18030 (Chinese) or cp1252 (Western European)")
    return False


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the runs of letters beyond ASCII, each with whether a Latin letter stands beside it."""
    for found in _NOT_ASCII.finditer(text):
        beside = (
            text[max(found.start() - 1, 0) : found.start()] + text[found.end() : found.end() + 1]
        )
        yield found.group(), bool(_LATIN.search(beside))


def _is_common(character: str) -> bool:
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        # Four bytes, two of them digits, do not come about by chance in Western text.
        return len(character.encode("gb18030")) == 4
    return 0xB0 <= code[0] <= 0xD7 or code[0] in (0xA1, 0xA3, 0xA6)


def _lines_in_utf8(data: bytes) -> tuple[int, int] | None:
    """Return a line that is UTF-8 beyond ASCII and one that is no UTF-8, where there are both."""
    is_utf8: dict[bool, int] = {}
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", data), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            is_utf8.setdefault(False, number)
        else:
            is_utf8.setdefault(True, number)
        if len(is_utf8) == 2:
            return is_utf8[True], is_utf8[False]
    return None
