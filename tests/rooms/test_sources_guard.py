"""Files that are not what they should be: one clear refusal, never another exception."""

from __future__ import annotations

import contextlib
import gzip
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.errors import BadFile, BadUsage, LandbridgeError
from landbridge.sources import Limits, baci, comtrade, table
from landbridge.sources.guard import all_there, parquet_file, sound_csv
from landbridge.sources.tablemap import TableMap

HEAD = b"t,i,j,k,v,q\n"
GOOD = HEAD + b"2022,156,643,010121,1,1\n"
MAP = TableMap.model_validate(
    {
        "about": "A test table.",
        "tested_against_live_download": True,
        "encodings": ["utf-8", "gb18030", "cp1251"],
        "delimiters": [",", ";", "\t"],
        "decimal": "either",
        "period": {"column": "t", "formats": ["yyyy"]},
        "product": {"column": "k", "restore_zeros": True},
        "value": {"column": "v", "currency": "USD"},
        "quantity": [{"column": "q", "tonnes_per_unit": 1}],
        "exporter": {"column": "i", "by": "numeric"},
        "importer": {"column": "j", "by": "numeric"},
        "nomenclature": "HS17",
        "repeats": "add",
    }
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (HEAD, "no row under the header"),
        (b"\n" + GOOD, "no column"),
        (gzip.compress(GOOD, mtime=0), "gzip"),
        (b"PK\x03\x04" + GOOD, "zip archive or an Excel"),
        (GOOD + b"2022,156,643,010122,1,\x00\n", "line 3: there is a NUL byte"),
        (GOOD + "2022,156,643,010122,é,1\n".encode("cp1252"), "line 3: bytes that are not utf-8"),
        (GOOD.decode().encode("utf-16"), "NUL|not utf-8"),
        (GOOD + b"2022,156,6", "line 3: 3 cells where the header has 6.*cut off"),
        (GOOD + b'2022,156,"643,010122,1,1\n' * 3, "quote is never closed|cells where"),
        (GOOD + b"2022,156,643,010122,1,1,8\n", "line 3: 7 cells"),
        (b"t,i,j,k,v,q,q\n2022,156,643,010121,1,1,1\n", "two of the same name"),
        (b"year;i;j;k;v;q\n", "no column 't'"),
        (HEAD + b"x" * 3_000_000, "longer than"),
    ],
)
def test_a_file_that_is_no_table(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=words) as refusal:
        sound_csv(path, scratch=tmp_path, needed=baci.COLUMNS)
    assert "file.csv" in str(refusal.value)


def test_places_that_are_no_files(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "absent.csv", pipe, tmp_path / ("x" * 5000)):
        with pytest.raises(BadFile):
            sound_csv(path, scratch=tmp_path)


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(GOOD)
    with pytest.raises(BadFile, match="at most"):
        sound_csv(path, scratch=tmp_path, limits=Limits(csv=10))


def test_an_error_far_into_a_large_file_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(GOOD + b"2022,156,643,010121,1,1\n" * 100_000 + b"2022,156,643,01\xff121,1,1\n")
    with pytest.raises(BadFile, match="line 100003"):
        sound_csv(path, scratch=tmp_path)


def test_blank_lines_crlf_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "BACI_HS17_Y2022_V202501.csv"
    text = "t,i,j,k,v,q\r\n2022,156,643,010121,1,1\r\n\r\n2022,643,156,010121,2,1\r\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    loaded = baci.read(path, scratch=tmp_path)
    assert loaded.rows_in == loaded.frame.collect().height == 2


def test_a_file_cut_inside_its_last_number_is_refused_or_named(tmp_path: Path) -> None:
    path = tmp_path / "BACI_HS17_Y2022_V202501.csv"
    path.write_bytes(GOOD + b"2022,643,156,270900,7,1234567"[:-3])
    with pytest.raises(BadFile, match=r"no line end.*add a line end"):
        baci.read(path, scratch=tmp_path)
    assert any("no line end" in note for note in table.read(path, MAP, scratch=tmp_path).notes)


def test_what_cannot_be_seen_in_a_dropped_cell_is_written_out(tmp_path: Path) -> None:
    path = tmp_path / "BACI_HS17_Y2022_V202501.csv"
    path.write_bytes(GOOD + "2022,156,643,A\x1b\u202eB,1,1\n".encode())
    (dropped,) = baci.read(path, scratch=tmp_path).dropped
    assert dropped.example == "line 3: A<U+001B><U+202E>B"


def test_missing_files_are_a_bad_call_and_all_are_named(tmp_path: Path) -> None:
    (tmp_path / "here.csv").write_text("x")
    with pytest.raises(BadUsage) as refused:
        all_there([tmp_path / "a", tmp_path / "here.csv", tmp_path / "here.csv" / "b", Path("nul\0")])
    assert [problem.where for problem in refused.value.problems] == [
        str(tmp_path / "a"), str(tmp_path / "here.csv" / "b"), "nul<U+0000>",
    ]  # fmt: skip
    assert "Errno" not in str(refused.value)


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"x" * 100, b"x" * 100 + b"PAR1", b"no"])
def test_a_truncated_parquet_file_is_noticed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(content)
    with pytest.raises(BadFile, match="not a whole parquet"):
        parquet_file(path)


WORDS = (
    b"2022",
    b"156",
    b"643",
    b"010121",
    b"1.5",
    b",",
    b",",
    b"\n",
    b'"',
    b"\r",
    b"\t",
    b";",
    b" ",
    b"\xff",
    b"NA",
)
ODD = ("中".encode("gb18030"), b"1e400", b"-1", b"nan", b"{", b"[", b"\x00", b"'")
pieces = st.sampled_from([*WORDS, *ODD])


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(pieces, max_size=40).map(b"".join)), st.booleans())
def test_any_bytes_are_read_or_refused(content: bytes, with_header: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "BACI_HS17_Y2022_V202501.csv"
        path.write_bytes(HEAD + content if with_header else content)
        for read in (
            lambda: baci.read(path, scratch=folder),
            lambda: table.read(path, MAP, scratch=folder),
            lambda: comtrade.read(path, scratch=folder),
        ):
            with contextlib.suppress(LandbridgeError):
                loaded = read()
                assert loaded.frame.collect().height == loaded.rows_kept
