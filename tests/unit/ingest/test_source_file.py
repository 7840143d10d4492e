"""Files are read once, whole, and only if they are files."""

from __future__ import annotations

import hashlib
import os
import zipfile

import pytest

from ingest.faults import RefusedError
from ingest.files.encoding import decode
from ingest.files.source_file import SourceFile, refuse_outside


def test_bytes_hash_encoding_and_line_end(tmp_path):
    path = tmp_path / "a.csv"
    data = "é,ü\r\n1,2\r\n".encode("cp1252")
    path.write_bytes(data)
    source = SourceFile.from_path(path)
    assert source.data == data
    assert source.sha256 == hashlib.sha256(data).hexdigest()
    assert (source.text, source.encoding, source.line_end) == ("é,ü\n1,2\n", "cp1252", "CRLF")
    assert source.is_unchanged()
    path.write_bytes(data + b"3")
    assert not source.is_unchanged()


@pytest.mark.parametrize(
    ("data", "encoding", "line_end"),
    [
        (b"a\nb", "utf-8", "LF"),
        (b"a\r\nb\rc", "utf-8", "mixed"),
        (b"a\rb", "utf-8", "CR"),
        (b"abc", "utf-8", "none"),
        (b"\xef\xbb\xbfa\n", "utf-8-sig", "LF"),
        ("aé\n".encode("utf-16"), "utf-16-le", "LF"),
        ("患者,评分\n".encode("gb18030"), "gb18030", "LF"),
        (b"R\xb2 at 20 \xb0C\n", "cp1252", "LF"),
    ],
)
def test_encodings_are_recognised_and_recorded(data, encoding, line_end):
    found = decode(data)
    assert (found.encoding, found.line_end) == (encoding, line_end)


def refusal(call):
    with pytest.raises(RefusedError) as caught:
        call()
    return str(caught.value)


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "real").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe")
    assert "a link" in refusal(lambda: SourceFile.from_path(tmp_path / "link"))
    assert "a device" in refusal(lambda: SourceFile.from_path(tmp_path / "pipe"))
    assert "a folder" in refusal(lambda: SourceFile.from_path(tmp_path))
    assert "No such file" in refusal(lambda: SourceFile.from_path(tmp_path / "absent"))


def test_too_large_empty_and_archive_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * 100)
    text = refusal(lambda: SourceFile.from_path(path, max_bytes=99))
    assert "100 bytes are more than the limit of 99" in text
    path.write_bytes(b"")
    assert "the file is empty" in refusal(lambda: SourceFile.from_path(path))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("a", "b")
    assert "archive" in refusal(lambda: SourceFile.from_path(path))
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 50)
    assert "old Excel workbook" in refusal(lambda: SourceFile.from_path(path))


def test_control_characters_and_endless_lines_are_refused_with_their_line(source):
    assert "line 2: a NUL character" in refusal(lambda: source(b"a\nb\x00c\n"))
    assert "a control character (code 7)" in refusal(lambda: source(b"a\nb\x07c\n"))
    assert "line 2: the line has more than" in refusal(lambda: source("a\n" + "x" * 1_000_001))
    assert source("a\n" + "x" * 999_999 + "\nb" * 10).line_end == "LF"


def test_no_encoding_is_refused_not_garbled(source):
    assert "no known encoding" in refusal(lambda: source(b"a\x81\x8d,\x90\n"))


@pytest.mark.parametrize("name", ["../a.gal", "x/../../a.gal", "/etc/passwd"])
def test_paths_stay_inside_the_study_folder(tmp_path, name):
    assert "leaves the study folder" in refusal(lambda: refuse_outside(tmp_path, tmp_path / name))


def test_a_linked_folder_inside_is_refused(tmp_path):
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "arrays").symlink_to(tmp_path)
    path = tmp_path / "study" / "arrays" / "a.gpr"
    assert "a link stands in the path" in refusal(lambda: refuse_outside(tmp_path / "study", path))
    refuse_outside(tmp_path / "study", tmp_path / "study" / "layout.gal")
