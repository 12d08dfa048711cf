"""Checks before a user's file is read, so that whatever is wrong with it gives one clear refusal.

Nothing here executes content: YAML is read with the safe loader and without aliases, archives are not
unpacked.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from landbridge.codes.matching import plain, unfit
from landbridge.errors import BadFile, BadUsage, Problem
from landbridge.sources.model import SHOWN, readable, refuse

MIB = 2**20
_CHUNK = MIB
_MAGIC = {
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"7z\xbc\xaf": "a 7-zip archive",
    b"Rar!": "a rar archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "a parquet file",
    b"%PDF": "a PDF",
}


_OPENING = (
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
)
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest files accepted, in bytes, and the longest line of a csv file."""

    csv: int = 4096 * MIB
    json: int = 200 * MIB
    yaml: int = MIB
    line: int = MIB
    columns: int = 500


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class CsvText:
    """A csv file found sound: UTF-8 text at `path`, `header` names, whether a quoted cell runs over several lines,
    and whether the last line has an end.
    """

    path: Path
    where: str
    header: tuple[str, ...]
    delimiter: str
    encoding: str
    multiline: bool
    ended: bool = True
    notes: tuple[str, ...] = ()

    @property
    def row_word(self) -> str:
        """What the numbers in column `row` of `scan` count."""
        return "row" if self.multiline else "line"

    def scan(self) -> pl.LazyFrame:
        """All cells as text without surrounding blanks, empty ones null.

        `row` is the line (or row) number.
        """
        first = 1 if self.multiline else 2
        cells = pl.scan_csv(
            self.path,
            has_header=False,
            skip_lines=1,
            separator=self.delimiter,
            schema=dict.fromkeys(self.header, pl.String),
            row_index_name="row",
            row_index_offset=first,
            truncate_ragged_lines=True,
            glob=False,
        )
        cell = pl.col(self.header).str.strip_chars()
        cells = cells.with_columns(pl.when(cell != "").then(cell).name.keep())
        return cells.filter(~pl.all_horizontal(pl.col(self.header).is_null()))


def all_there(files: Sequence[Path]) -> None:
    """Raises `BadUsage` naming every one of `files` that does not exist."""
    missing = []
    for path in files:
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError, ValueError):
            missing.append(path)
        except OSError:
            continue
    if missing:
        remedy = "Check the spelling and the folder you are in."
        raise BadUsage(
            [Problem("there is no such file or folder.", plain(str(path)), remedy=remedy) for path in missing]
        )


def regular_file(path: Path, limit: int) -> Path:
    """`path` if it is a readable, not empty file of at most `limit` bytes; raises `BadFile` otherwise."""
    try:
        info = path.stat()
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or "No file can have this name"
        raise BadFile("the file cannot be reached.", where=str(path), cause=f"{cause}.") from None
    if not stat.S_ISREG(info.st_mode):
        raise BadFile(
            "this is not a file.", where=str(path), remedy="Name a single file, not a folder or a device."
        )
    if info.st_size == 0:
        raise BadFile("the file is empty.", where=str(path), remedy="Download it again.")
    if info.st_size > limit:
        raise BadFile(
            f"the file has {info.st_size / MIB:,.0f} MiB; at most {limit / MIB:,.0f} are read.",
            where=str(path),
            remedy="Split it, for instance by year.",
        )
    if not os.access(path, os.R_OK):
        raise BadFile("the file may not be read.", where=str(path), remedy="Change its permissions.")
    return path


def plain_text(path: Path, where: str) -> None:
    """Raises `BadFile` if `path` begins like an archive, a workbook or another binary format."""
    with path.open("rb") as file:
        start = file.read(8)
    for magic, name in _MAGIC.items():
        if start.startswith(magic):
            raise BadFile(
                f"this is {name}, not text.",
                where=where,
                remedy="Unpack it, or save the table as csv, and try again.",
            )


def bad_byte(path: Path, where: str, encoding: str, line_limit: int) -> Problem | None:
    """The first thing in the bytes of `path` (called `where`) that keeps it from being text in `encoding`, or
    None.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    line, open_line = 1, 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            nul = chunk.find(b"\x00")
            if nul >= 0:
                at = line + chunk[:nul].count(b"\n")
                cause = "The file is damaged, or is text in UTF-16."
                return Problem("there is a NUL byte.", f"{where}, line {at}", cause, "Save it as UTF-8.")
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                at = line + chunk[: max(error.start, 0)].count(b"\n")
                cause = f"The file is not {encoding}, or is damaged there."
                remedy = "Save it in that encoding, or name its true encoding in a map file."
                return Problem(f"bytes that are not {encoding}.", f"{where}, line {at}", cause, remedy)
            if not chunk:
                return None
            ends = chunk.split(b"\n")
            longest = max([open_line + len(ends[0]), *map(len, ends[1:])])
            if longest > line_limit:
                return Problem(
                    f"a line is longer than {line_limit:,} bytes.",
                    f"{where}, line {line}",
                    "This is not a csv table.",
                )
            open_line = len(ends[-1]) + (open_line if len(ends) == 1 else 0)
            line += len(ends) - 1


def sound_csv(
    path: Path,
    *,
    scratch: Path,
    name: str = "",
    encodings: Sequence[str] = ("utf-8",),
    delimiters: Sequence[str] = (",",),
    needed: Sequence[str] = (),
    limits: Limits = LIMITS,
) -> CsvText:
    """Checks a csv file from the first byte to the last and returns it as UTF-8.

    The first of `encodings` that fits and the first of `delimiters` whose header has all of `needed` are
    taken; a file that is not UTF-8 is copied to `scratch`. Raises `BadFile` for anything that is not a table
    of `needed` columns with as many cells in each row as in the header.
    """
    where = name or path.name
    plain_text(regular_file(path, limits.csv), where)
    found = {encoding: bad_byte(path, where, encoding, limits.line) for encoding in encodings}
    encoding = next((encoding for encoding, problem in found.items() if problem is None), None)
    if encoding is None:
        raise BadFile([problem for problem in found.values() if problem is not None][:1])
    notes = [] if encoding == encodings[0] else [f"{where}: read as {encoding}."]
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        ended = file.read(1) in b"\r\n"
        if not ended:
            notes.append(
                f"{where}: the last line has no line end; if the download was cut short, load it again."
            )
    text = path if encoding == "utf-8" and not _marked(path) else _as_utf8(path, encoding, scratch)
    header, delimiter = _header(text, where, delimiters, needed, limits)
    rows, multiline, wider = _shape(text, where, header, delimiter)
    header = (*header, f"column {len(header) + 1}") if wider else header
    table = CsvText(text, where, header, delimiter, encoding, multiline, ended, tuple(notes))
    with readable(where):
        seen = int(table.scan().select(pl.len()).collect(engine="streaming").item())
    if seen != rows:
        raise BadFile(
            f"the file has {rows:,} rows by one count and {seen:,} by another.",
            where=where,
            cause="A quote sign inside a cell, or line ends of two kinds.",
            remedy="Save it again as csv with all text cells quoted.",
        )
    return table


def _marked(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(3) == codecs.BOM_UTF8


def _as_utf8(path: Path, encoding: str, scratch: Path) -> Path:
    target = scratch / f"{path.name}.utf8.csv"
    source_encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    with (
        path.open(encoding=source_encoding, newline="") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        while text := source.read(_CHUNK):
            out.write(text)
    return target


def _header(
    path: Path, where: str, delimiters: Sequence[str], needed: Sequence[str], limits: Limits
) -> tuple[tuple[str, ...], str]:
    with path.open(encoding="utf-8", newline="") as file:
        line = file.readline(limits.line).rstrip("\r\n")
    names: tuple[str, ...] = ()
    for delimiter in delimiters:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        names = tuple(cell.strip() for cell in cells)
        if set(needed) <= set(names):
            break
    missing = [column for column in needed if column not in names]
    if missing or not any(names):
        raise BadFile(
            f"the header has no column {', '.join(map(repr, missing)) or 'at all'}.",
            where=f"{where}, line 1",
            cause=f"It has: {', '.join(plain(name[:30]) for name in names[:15]) or 'nothing'}.",
            remedy="Choose the kind that fits the file, or write a map file for it.",
        )
    filled = [name for name in names if name]
    if len(names) > limits.columns or len(set(filled)) < len(filled) or "row" in filled:
        raise BadFile(
            "the header has too many columns, two of the same name, or one called 'row'.",
            where=f"{where}, line 1",
        )
    return tuple(name or f"column {at}" for at, name in enumerate(names, 1)), delimiter


def _shape(path: Path, where: str, header: Sequence[str], delimiter: str) -> tuple[int, bool, bool]:
    """Rows with at least one cell, whether cells run over lines, whether rows end in one more, empty cell.

    Raises `BadFile` for rows of any other width than the header's.
    """
    width, rows, count, total = len(header), 0, 0, 0
    wider = False
    problems: list[Problem] = []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                count += 1
                if len(row) == width + 1 and not row[-1]:
                    wider = True
                elif len(row) != width and any(row):
                    total += 1
                    if len(problems) < SHOWN:
                        what = f"{len(row)} cells where the header has {width}."
                        cause = "The file is cut off there, or a cell holds an unquoted delimiter."
                        problems.append(Problem(what, f"{where}, line {reader.line_num}", cause))
                rows += bool("".join(row).strip())
        except csv.Error as error:
            at = f"{where}, line {reader.line_num}"
            problems.insert(0, Problem(f"not csv: {error}.", at, "A quote is never closed."))
            total += 1
        multiline = reader.line_num != count
    refuse(problems, total)
    if rows < 2:
        raise BadFile("there is no row under the header.", where=where, remedy="Download the file again.")
    return rows - 1, multiline, wider


def yaml_file(path: Path, limits: Limits = LIMITS) -> Any:
    """The content of a small YAML file, as plain lists, mappings and scalars.

    Raises `BadFile` for anything else, and for texts with characters that no text may hold, all of them at once.
    """
    data = regular_file(path, limits.yaml).read_bytes()
    problems: list[Problem] = []
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        for at, words in enumerate(text.split("\n"), 1):
            problems += _hidden(words, f"{path.name}, line {at}")
        text = plain(text)
        depth = 0
        for token in yaml.scan(io.StringIO(text), Loader=yaml.SafeLoader):
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            if depth > _DEPTH:
                raise BadFile(
                    "the file is nested too deeply.", where=path.name, cause="This is not a map file."
                )
            if isinstance(token, yaml.ScalarToken):
                problems += _hidden(token.value, f"{path.name}, line {token.start_mark.line + 1}")
            if isinstance(token, yaml.AliasToken):
                raise BadFile(
                    "aliases (`*name`) are not read.",
                    where=f"{path.name}, line {token.start_mark.line + 1}",
                    cause="A few of them can unfold into gigabytes.",
                    remedy="Write the content out.",
                )
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        broken = Problem("not a readable YAML file.", path.name, f"{str(error)[:300]}.")
        raise BadFile([*problems[:SHOWN], broken]) from None
    refuse(problems)
    return content


def _hidden(text: str, where: str) -> list[Problem]:
    found = unfit(text)
    why = "Control characters and marks of direction cannot be seen, and break what shows the text."
    return [Problem(f"the text holds {', '.join(found)}.", where, why, "Delete them.")] if found else []


def parquet_file(path: Path) -> Path:
    """`path` if it begins and ends like a parquet file; raises `BadFile` for a truncated or foreign one."""
    with regular_file(path, 2**63).open("rb") as file:
        head = file.read(4)
        tail = file.seek(0, os.SEEK_END) >= 12 and file.seek(-4, os.SEEK_END) >= 0 and file.read(4)
    if (head, tail) != (b"PAR1", b"PAR1"):
        raise BadFile(
            "not a whole parquet file.", where=path.name, cause="It was cut off or is something else."
        )
    return path
