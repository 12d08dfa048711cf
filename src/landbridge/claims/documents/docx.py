"""DOCX: paragraphs, tables and notes of a Word document, in the order of the document."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from docx import Document as open_word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from landbridge.claims.documents.extract import Extract, cleaned, fits, hidden, line
from landbridge.claims.documents.limits import MIB, VERSION, Limits
from landbridge.errors import BadFile

_MOST_PARTS = 10_000
# Text in XML packs to a tenth or so; what unpacks to so much more than it has bytes is made to fill a memory.
_MOST_RATIO = 200
_SMALL = MIB
_CHUNK = MIB
_DECLARATION = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
_OTHERS = {
    "xl/": "an Excel workbook",
    "ppt/": "a PowerPoint presentation",
    "META-INF/container.xml": "an EPUB book",
    "content.xml": "an OpenDocument file",
}
# Text that was deleted or moved away, and the copy of a drawing for older programs.
_LEFT_OUT = frozenset(map(qn, ("w:del", "w:moveFrom"))) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_PARAGRAPH, _TABLE, _ROW, _CELL = map(qn, ("w:p", "w:tbl", "w:tr", "w:tc"))
_BOX, _TEXT = qn("w:txbxContent"), qn("w:t")
_MARKS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}
_NOTE_PARTS = ((RELATIONSHIP_TYPE.FOOTNOTES, "w:footnote"), (RELATIONSHIP_TYPE.ENDNOTES, "w:endnote"))


def extract(data: bytes, limits: Limits) -> Extract:
    """The text of a Word document, a line a paragraph; a row of a table is a line with tabs between its cells.

    Footnotes and endnotes follow the text. Text deleted with changes tracked is left out, text inserted is kept.
    """
    _sound(data, limits)
    try:
        word = open_word(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise BadFile("the Word document is damaged.", cause=f"{str(error)[:200]}.") from None
    lines = list(_lines(word.element.body))
    notes_at_foot = list(_notes(word))
    text, cleaning = cleaned("\n".join((*lines, *notes_at_foot)))
    fits(text, limits.characters)
    notes = [*cleaning, *hidden(text)]
    if notes_at_foot:
        notes.insert(0, "Footnotes and endnotes follow the text.")
    properties = word.core_properties
    title = cleaned(line(properties.title or ""))[0] or _first_title(word)
    written = properties.modified or properties.created
    if written:
        notes.append(
            f"The file says it was last saved on {written.date().isoformat()}; that is no date of publication."
        )
    return Extract(text, f"python-docx/{version('python-docx')}+{VERSION}", title, notes=tuple(notes))


def _sound(data: bytes, limits: Limits) -> None:
    """Raises `BadFile` unless `data` is a zip archive with a Word document in it that unpacks to a reasonable size.

    `zipfile` unpacks no more of a part than its directory says, so the sizes there are what counts.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise BadFile(
            "the file is a damaged archive.", cause=f"{str(error)[:200]}.", remedy="Load it again."
        ) from None
    with archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "[Content_Types].xml" not in names or not any(name.startswith("word/") for name in names):
            what = next(
                (words for start, words in _OTHERS.items() if any(name.startswith(start) for name in names)),
                "a zip archive without a Word document",
            )
            raise BadFile(f"this is {what}.", remedy="Save it as DOCX or PDF, or unpack it.")
        size = sum(part.file_size for part in parts)
        bomb = any(part.file_size > max(_SMALL, _MOST_RATIO * part.compress_size) for part in parts)
        if len(parts) > _MOST_PARTS or len(names) < len(parts) or size > limits.unpacked or bomb:
            raise BadFile(
                "the Word document unpacks to far too much.",
                cause=f"{len(data):,} bytes hold {len(parts):,} parts of {size:,} bytes together.",
                remedy="Save it again in a word processor, without pictures.",
            )
        for part in parts:
            if part.flag_bits & 1:
                raise BadFile("the archive is under a password.", remedy="Save it without the password.")
            if part.filename.endswith((".xml", ".rels")):
                _no_declarations(archive, part)


def _no_declarations(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Raises `BadFile` where a part is damaged or declares entities: they can unfold without end, and Word writes none."""
    before = b""
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                if _DECLARATION.search(before + chunk):
                    raise BadFile(
                        "the Word document declares entities of XML.",
                        where=part.filename,
                        cause="No word processor writes them; a few can unfold into gigabytes.",
                    )
                before = chunk[-32:]
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError, OSError, NotImplementedError) as error:  # type: ignore[attr-defined]
        cause = f"{part.filename}: {str(error)[:200]}."
        raise BadFile("the file is a damaged archive.", cause=cause, remedy="Load it again.") from None


def _first_title(word: Any) -> str:
    """The first paragraph of the style Title."""
    for paragraph in word.paragraphs[:20]:
        if paragraph.style is not None and paragraph.style.style_id == "Title" and paragraph.text.strip():
            return cleaned(line(paragraph.text))[0]
    return ""


def _notes(word: Any) -> Iterator[str]:
    for relation, tag in _NOTE_PARTS:
        try:
            part = word.part.part_related_by(relation)
        except KeyError:
            continue
        for note in parse_xml(part.blob).iter(qn(tag)):
            # Separators between text and notes are kept as notes of a type.
            if note.get(qn("w:type")) in (None, "normal"):
                yield from _lines(note)


def _lines(parent: Any) -> Iterator[str]:
    """The lines of everything in `parent`, without empty ones."""
    for child in parent:
        if child.tag == _PARAGRAPH:
            yield from _paragraph(child)
        elif child.tag == _TABLE:
            for row in child.iter(_ROW):
                if _nearest(row, _TABLE) is child:
                    yield from _row(row)
        elif child.tag not in _LEFT_OUT and isinstance(child.tag, str) and len(child):
            yield from _lines(child)


def _nearest(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag), None)


def _row(row: Any) -> Iterator[str]:
    cells = [list(_lines(cell)) for cell in row.iter(_CELL) if _nearest(cell, _ROW) is row]
    if all(len(cell) <= 1 for cell in cells):
        words = "\t".join(cell[0] if cell else "" for cell in cells).rstrip("\t")
        if words:
            yield words
    else:
        # A table that only lays out a page: its cells hold paragraphs.
        for cell in cells:
            yield from cell


def _paragraph(paragraph: Any) -> Iterator[str]:
    """The lines of a paragraph, then those of text boxes that hang on it."""
    words: list[str] = []
    boxes: list[Any] = []
    open_ = [iter(paragraph)]
    while open_:
        child = next(open_[-1], None)
        if child is None:
            open_.pop()
        elif child.tag == _TEXT:
            words.append(child.text or "")
        elif child.tag in _MARKS:
            words.append(_MARKS[child.tag])
        elif child.tag == _BOX:
            boxes.append(child)
        elif child.tag not in _LEFT_OUT and isinstance(child.tag, str):
            open_.append(iter(child))
    yield from filter(None, map(line, "".join(words).split("\n")))
    for box in boxes:
        yield from _lines(box)
