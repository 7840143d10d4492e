"""Letters are read right, or the doubt is said; never garbled in silence."""

from __future__ import annotations

import codecs

import pytest

from ingest.files.encoding import EncodingError, decode, encoding_note, is_chance_utf8


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("a,男\n", "gb18030"), ("id,P1男\n", "gb18030"), ("编号,疼痛评分\nP1,七\n", "gb18030"),
     ("编号\n\U00020000㐀\n", "gb18030"), ("TNF-α,IL-6\n", "gb18030"), ("王芳，女\n", "gb18030"),
     ("Größe,5°C,µg\n", "cp1252"), ("GRÖßE;1\n", "cp1252"), ("Müller\nÜbel\n", "cp1252"),
     ("±2 °C ½\n", "cp1252"), ("“quoted” – dash\n", "cp1252"), ("a,b\n", "ascii"),
     ("TNF-α, Łódź, 女\n", "utf-8"), ("一,a\n二,b\n一,c\n", "utf-16-le"), ("一,a\n", "utf-16-be"),
     ("患者一,1,2,3\n", "utf-16-le")],
)  # fmt: skip
def test_letters_are_read_as_they_were_written(text, encoding):
    found = decode(text.encode(encoding))
    assert found.text == text
    assert found.encoding == encoding.replace("ascii", "utf-8")


def test_marks_decide():
    for mark, name in ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
                       (b"\x84\x31\x95\x33", "gb18030")):  # fmt: skip
        found = decode(mark + "a,镕\n".encode(name))
        assert (found.text, found.encoding) == ("a,镕\n", name)


@pytest.mark.parametrize(
    ("data", "words"),
    [("a,ü\n".encode() + "b,ü\n".encode("cp1252"), "line 1 is UTF-8 and line 2 is not"),
     ("a,疼\r\n".encode("gb18030") + "b,疼痛评分\r\n".encode(), "line 2 is UTF-8 and line 1 is not"),
     ("id,name\n1,王镕\n".encode("gb18030"), "could be GB18030 (Chinese) or cp1252")],
)  # fmt: skip
def test_what_fits_twice_or_in_parts_is_refused(data, words):
    with pytest.raises(EncodingError) as caught:
        decode(data)
    assert words in str(caught.value)


def test_a_single_nul_does_not_make_utf16():
    assert "\x00" in decode(b"ab,\x00cdefgh\n").text


def test_two_chinese_bytes_that_are_a_letter_of_utf8_are_doubtful():
    assert is_chance_utf8("女".encode("gb18030").decode("utf-8"))
    assert not is_chance_utf8("Łódź, Ż")
    assert not is_chance_utf8("TNF-α, µg")


def test_the_note_names_encoding_and_line_and_quotes_nothing():
    assert encoding_note("a\nb,男\n", "gb18030") == (
        "letters are read as GB18030 (Chinese), the first on line 2; save the file as UTF-8 to "
        "leave no doubt"
    )
    assert encoding_note("a,男", "utf-8") == encoding_note("a", "cp1252") == ""
