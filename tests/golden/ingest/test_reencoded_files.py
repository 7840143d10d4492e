"""The real files in other clothes: another encoding or line end gives the same values."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from contracts.paths import REPO_ROOT
from ingest.files.source_file import SourceFile
from ingest.panel.gal import read_gal
from ingest.platforms.genepix import GenePix

pytestmark = pytest.mark.shared

GPR = REPO_ROOT.parent / "shared" / "gpr"
REAL = sorted(GPR.glob("*/*.gpr")) if GPR.exists() else []
CLOTHES = {
    "utf-16-le": ("utf-16-le", b"\xff\xfe", "\r\n"),
    "utf-16-be": ("utf-16-be", b"\xfe\xff", "\n"),
    "utf-8-sig": ("utf-8", b"\xef\xbb\xbf", "\n"),
    "cr": ("utf-8", b"", "\r"),
    "crlf": ("utf-8", b"", "\r\n"),
    "lf": ("utf-8", b"", "\n"),
}


def values(source: SourceFile) -> str:
    """Hash of everything that a reading holds, the file's own encoding left out."""
    if source.path.suffix == ".gal":
        layout = read_gal(source)
        return hashlib.sha256(repr((layout.features, layout.records)).encode()).hexdigest()
    reading = GenePix().read(source)
    digest = hashlib.sha256(repr((reading.headers, reading.notes, reading.n_rows_in)).encode())
    for table in (reading.table, reading.extras):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as out:
            out.write_table(table.combine_chunks())
        digest.update(sink.getvalue())
    return digest.hexdigest()


@pytest.mark.parametrize(
    "path", [*REAL, *GPR.glob("*/*.gal")] or [None], ids=lambda p: p.name if p else "absent"
)
def test_a_real_file_in_any_clothes_has_the_same_values(path):
    if path is None:
        pytest.skip("../shared is absent")
    text = SourceFile.from_path(path).text
    wanted = values(SourceFile.from_path(path))
    for name, (encoding, mark, end) in CLOTHES.items():
        data = mark + text.replace("\n", end).encode(encoding)
        source = SourceFile.from_bytes(Path(path.name), data)
        assert source.encoding == (name if mark else "utf-8")
        assert values(source) == wanted, name
