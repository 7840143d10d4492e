from __future__ import annotations

import hashlib
import shutil
import stat
import subprocess
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from store import packs
from store.packs import DamagedPackError, Pack

CONTENTS = [b"", b"ATF\t1.0\r\n\xff\x00", bytes(range(256)) * 3]


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def written(directory: Path, contents: list[bytes]) -> Path:
    pack = Pack.begin(directory / "temporary")
    for content in contents:
        pack.add(sha256_of(content), memoryview(content))
    name = pack.seal()
    pack.stream.close()
    return pack.path.rename(directory / name)


def damage(path: Path) -> list[tuple[str, str]]:
    try:
        return list(packs.faults(path))
    except DamagedPackError:
        return [("", "not whole")]


def test_any_zip_reader_finds_the_originals(tmp_path: Path) -> None:
    path = written(tmp_path, CONTENTS)
    assert packs.PACK_NAME.fullmatch(path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    with ZipFile(path) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == [sha256_of(c) for c in CONTENTS]
        assert [opened.read(i) for i in opened.infolist()] == CONTENTS
        assert {i.compress_type for i in opened.infolist()} == {ZIP_STORED}
        assert {i.external_attr >> 16 for i in opened.infolist()} == {0o100400}
    if shutil.which("unzip"):
        subprocess.run(["unzip", "-tqq", str(path)], check=True)


def test_its_own_reader_finds_them_too(tmp_path: Path) -> None:
    path = written(tmp_path, CONTENTS)
    found = packs.members(path)
    assert {n: packs.read(path, m) for n, m in found.items()} == {sha256_of(c): c for c in CONTENTS}
    assert damage(path) == []


def test_the_same_originals_make_the_same_bytes_and_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = written(tmp_path / "a", CONTENTS)
    second = written(tmp_path / "b", [*CONTENTS, CONTENTS[1]])  # one twice: kept once
    assert (first.name, first.read_bytes()) == (second.name, second.read_bytes())
    assert written(tmp_path, CONTENTS[:2]).name != first.name


def test_a_buffer_may_be_overwritten_after_it_was_added(tmp_path: Path) -> None:
    pack = Pack.begin(tmp_path / "temporary")
    buffer = bytearray(b"first ")
    for text in (b"first ", b"second"):
        buffer[:] = text
        pack.add(sha256_of(text), memoryview(buffer))
    pack.seal()
    assert dict(pack.contents()) == {sha256_of(t): t for t in (b"first ", b"second")}
    pack.stream.close()


def test_every_changed_bit_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, CONTENTS)
    path.chmod(0o600)
    true = path.read_bytes()
    for place in range(len(true)):
        spoilt = bytearray(true)
        spoilt[place] ^= 1 << place % 8
        path.write_bytes(spoilt)
        assert damage(path), place


def test_a_damaged_member_is_named_and_the_others_are_not(tmp_path: Path) -> None:
    path = written(tmp_path, CONTENTS)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"ATF", b"ATG"))
    assert damage(path) == [(sha256_of(CONTENTS[1]), "its bytes are not those that were archived")]


def test_a_pack_that_lacks_or_gained_a_byte_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, CONTENTS)
    path.chmod(0o600)
    true = path.read_bytes()
    for n_bytes in range(len(true)):
        path.write_bytes(true[:n_bytes])
        assert damage(path) == [("", "not whole")]
    for spoilt in (true + b"\0", b"\0" + true, true + true):
        path.write_bytes(spoilt)
        assert damage(path)


def test_a_pack_under_anothers_name_or_written_by_another_tool_is_noticed(tmp_path: Path) -> None:
    whole = written(tmp_path, CONTENTS)
    fewer = written(tmp_path, CONTENTS[:2])
    fewer.replace(whole)  # complete in itself, and an original is gone
    assert damage(whole) == [("", "its name is not that of the originals in it")]
    whole.unlink()
    with ZipFile(whole, "w") as foreign:
        for content in CONTENTS:
            foreign.writestr(sha256_of(content), content)
    assert damage(whole) == [("", "its headers are not those that were written")]


def test_what_is_no_pack_is_refused(tmp_path: Path) -> None:
    path = tmp_path / f"pack-{'0' * 64}.zip"
    for content in (b"", b"PK", b"x" * 5_000, b"PK\5\6" + bytes(17)):
        path.write_bytes(content)
        with pytest.raises(DamagedPackError):
            packs.members(path)


def test_a_pack_that_is_full_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = Pack.begin(tmp_path / "temporary")
    assert not pack.is_full
    pack.add(sha256_of(b"a"), b"a")
    assert not pack.is_full
    monkeypatch.setattr(packs, "_MAX_MEMBERS", 1)
    assert pack.is_full
    monkeypatch.setattr(packs, "_MAX_MEMBERS", 2)
    monkeypatch.setattr(packs, "_FULL_BYTES", 1)
    assert pack.is_full
    pack.stream.close()
