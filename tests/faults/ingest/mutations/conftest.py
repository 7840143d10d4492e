"""Structure-aware mutations: what editors, spreadsheets, copies and people do to files."""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest

#: Cells that have broken readers somewhere.
CELLS = (
    "", " ", "Error", "NaN", "nan", "inf", "-inf", "NA", "N.A.", "#N/A", "#REF!", "-1", "-0", "0",
    "1e309", "1E5", "65536", "99999999999999999999", "0x1F", "1_000", "1,5", "1.234,5", "１２３",
    "٣", "²", "=1+1", "@x", "'", '"', '""', 'a"b', '"open', "a\tb", "a,b", "a;b", "a|b", "a\nb",
    "a\r\nb", "\x00", "\x07", "\x1a", "\ufeff", "\u2028", "\x85", "é", "肿瘤坏死因子", "🙂",
    "x" * 5000, "<script>alert(1)</script>", "'; drop table spots; --", "../../etc/passwd",
    "1-Mar", "2021-02-30", "31/12/2021", "44256", "true", "OOR <", "OOR >", "*1.5", "<0.5", ">9",
)  # fmt: skip
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "gb18030",
             "cp437", "shift_jis", "utf-7")  # fmt: skip
LINE_ENDS = ("\n", "\r\n", "\r", "\n\r", "\n\n", "\x0b", "\u2028")


@dataclass(frozen=True)
class Mutated:
    """Bytes of a spoilt file, and what was done to them."""

    data: bytes
    what: str


def n_mutations() -> int:
    """How many mutations a reader is given: 300, or CYTOMART_MUTATIONS."""
    return int(os.environ.get("CYTOMART_MUTATIONS", "300"))


def mutate(data: bytes, seed: int) -> Mutated:
    """Return a file with one to three mutations drawn from a seed."""
    rng = random.Random(seed)
    if data.startswith((b"PK\x03\x04", b"PAR1")):
        kinds: list[Callable[[bytes, random.Random], bytes]] = list(BINARY)
        if data.startswith(b"PK"):
            kinds += [_spoil_part, _drop_part, _edit_part]
    else:
        kinds = [*BINARY, *TEXT, *TEXT, *TEXT]
    done = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        kind = rng.choice(kinds)
        done.append(kind.__name__.strip("_"))
        if not data:
            break
        data = kind(data, rng)
    return Mutated(data, f"seed {seed}: {', '.join(done)}")


def _flip_bits(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 5, 50))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _cut_out(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 2, 17, 400)) :]


def _insert_bytes(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((1, 2, 17))) + data[at:]


def _double(data: bytes, rng: random.Random) -> bytes:
    return data + data[rng.randrange(len(data)) :]


BINARY = (_flip_bits, _cut, _cut_out, _insert_bytes, _double)


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogateescape")


def _lines(data: bytes) -> list[str]:
    return _text(data).split("\n")


def _joined(lines: list[str]) -> bytes:
    return _bytes("\n".join(lines))


def _delimiter(line: str) -> str:
    return max("\t,;", key=line.count)


def _drop_lines(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    at = rng.randrange(len(lines))
    del lines[at : at + rng.choice((1, 1, 3, 30))]
    return _joined(lines)


def _repeat_line(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    return _joined(lines)


def _swap_lines(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[i], lines[j] = lines[j], lines[i]
    return _joined(lines)


def _blank_line(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    lines.insert(rng.randrange(len(lines)), rng.choice(("", "\t\t", ",,,", '""', " ")))
    return _joined(lines)


def _join_lines(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    at = rng.randrange(max(len(lines) - 1, 1))
    lines[at : at + 2] = ["".join(lines[at : at + 2])]
    return _joined(lines)


def _split_line(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    at = rng.randrange(len(lines))
    cut = rng.randrange(len(lines[at]) + 1)
    lines[at : at + 1] = [lines[at][:cut], lines[at][cut:]]
    return _joined(lines)


def _with_cells(
    data: bytes, rng: random.Random, change: Callable[[list[str], random.Random], None],
    *, all_lines: bool = False,
) -> bytes:  # fmt: skip
    lines = _lines(data)
    picked = range(len(lines)) if all_lines else [rng.randrange(len(lines))]
    state = rng.getstate()
    for at in picked:
        rng.setstate(state)
        delimiter = _delimiter(lines[at])
        cells = lines[at].split(delimiter)
        change(cells, rng)
        lines[at] = delimiter.join(cells)
    return _joined(lines)


def _set_cell(data: bytes, rng: random.Random) -> bytes:
    def change(cells: list[str], rng: random.Random) -> None:
        cells[rng.randrange(len(cells))] = rng.choice(CELLS)

    return _with_cells(data, rng, change)


def _drop_cell(data: bytes, rng: random.Random) -> bytes:
    def change(cells: list[str], rng: random.Random) -> None:
        del cells[rng.randrange(len(cells))]

    return _with_cells(data, rng, change)


def _add_cell(data: bytes, rng: random.Random) -> bytes:
    def change(cells: list[str], rng: random.Random) -> None:
        cells.insert(rng.randrange(len(cells) + 1), rng.choice(CELLS))

    return _with_cells(data, rng, change)


def _swap_cells(data: bytes, rng: random.Random) -> bytes:
    def change(cells: list[str], rng: random.Random) -> None:
        i, j = rng.randrange(len(cells)), rng.randrange(len(cells))
        cells[i], cells[j] = cells[j], cells[i]

    return _with_cells(data, rng, change)


def _drop_column(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(12)

    def change(cells: list[str], _: random.Random) -> None:
        del cells[at : at + 1]

    return _with_cells(data, rng, change, all_lines=True)


def _pad_lines(data: bytes, rng: random.Random) -> bytes:
    tail = rng.choice(("\t\t\t", ",,,", ";", " "))
    return _joined([line + tail for line in _lines(data)])


def _requote(data: bytes, rng: random.Random) -> bytes:
    text = _text(data)
    return _bytes(text.replace('"', rng.choice(("", "'", '""', "“"))))


def _redelimit(data: bytes, rng: random.Random) -> bytes:
    return _bytes(_text(data).replace(rng.choice("\t,;"), rng.choice("\t,;|")))


def _reencode(data: bytes, rng: random.Random) -> bytes:
    return _text(data).encode(rng.choice(ENCODINGS), errors="replace")


def _line_end(data: bytes, rng: random.Random) -> bytes:
    return _bytes(rng.choice(LINE_ENDS).join(_text(data).replace("\r\n", "\n").split("\n")))


def _mixed_line_ends(data: bytes, rng: random.Random) -> bytes:
    return _bytes("".join(line + rng.choice(LINE_ENDS[:3]) for line in _lines(data)))


def _number(data: bytes, rng: random.Random) -> bytes:
    """Replace one number of the first lines, where files count their own parts."""
    lines = _lines(data)
    at = rng.randrange(min(len(lines), 60))
    digits = [i for i, c in enumerate(lines[at]) if c.isdigit()]
    if digits:
        i = rng.choice(digits)
        lines[at] = lines[at][:i] + rng.choice(("", "9", "0", "-", "99999999")) + lines[at][i + 1 :]
    return _joined(lines)


def _case(data: bytes, rng: random.Random) -> bytes:
    lines = _lines(data)
    at = rng.randrange(min(len(lines), 60))
    lines[at] = rng.choice((str.upper, str.lower, str.swapcase, str.title))(lines[at])
    return _joined(lines)


TEXT = (
    _drop_lines, _repeat_line, _swap_lines, _blank_line, _join_lines, _split_line, _set_cell,
    _set_cell, _drop_cell, _add_cell, _swap_cells, _drop_column, _pad_lines, _requote, _redelimit,
    _reencode, _line_end, _mixed_line_ends, _number, _case,
)  # fmt: skip


def _rezipped(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = {n: packed.read(n) for n in packed.namelist()}
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return data
    except Exception:  # zlib.error and whatever a spoilt archive breaks
        return data
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


def _spoil_part(data: bytes, rng: random.Random) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        name = rng.choice(sorted(parts)) if parts else None
        if name and parts[name]:
            parts[name] = rng.choice(BINARY)(parts[name], rng)

    return _rezipped(data, change)


def _drop_part(data: bytes, rng: random.Random) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        if parts:
            del parts[rng.choice(sorted(parts))]

    return _rezipped(data, change)


def _edit_part(data: bytes, rng: random.Random) -> bytes:
    """Replace a value or a tag of a sheet, as another program would have written it."""
    swaps = (
        (b"<v>", b"<v>x"), (b't="s"', b't="e"'), (b't="s"', b't="b"'), (b't="s"', b't="d"'),
        (b't="n"', b't="s"'), (b"<row ", b"<row hidden='1' "), (b' r="A', b' r="ZZZ'),
        (b' r="', b' r="-'), (b"<c ", b"<c s='9999' "), (b"<sheetData>", b"<sheetData><row/>"),
        (b"<v>1", b"<v>1e400"), (b"<v>2", b"<f>1/0</f><v>2"), (b"dimension ref=", b"dimension x="),
    )  # fmt: skip

    def change(parts: dict[str, bytes]) -> None:
        for name in sorted(parts):
            if name.startswith("xl/worksheets/sheet"):
                old, new = rng.choice(swaps)
                parts[name] = parts[name].replace(old, new, rng.choice((1, 5, -1)))

    return _rezipped(data, change)


@pytest.fixture(scope="session")
def spoil() -> Callable[[bytes, int], Mutated]:
    """`spoil(data, seed)` → the file, spoilt."""
    return mutate


@pytest.fixture(scope="session")
def seeds() -> range:
    """Seeds of the mutations that a reader is given."""
    return range(n_mutations())
