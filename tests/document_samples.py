"""Small documents in every format, made here: a PDF by hand, Word documents with python-docx, pages as strings."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from docx import Document as new_word

SENTENCE = "Trade volume between the two regions reached $5.08 billion in 2021, a 33 percent increase over the year before."
WIDTH = 70


def wrapped(words: str, width: int = WIDTH) -> list[str]:
    """`words` in lines of at most `width` characters."""
    lines, line = [], ""
    for word in words.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def stream(data: bytes, entries: bytes = b"", *, packed: bool = True) -> bytes:
    """A stream object of a PDF."""
    if packed:
        data, entries = zlib.compress(data), entries + b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def assembled(objects: Mapping[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF file of numbered objects, with its table of offsets."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    out += b"trailer\n<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def pdf(pages: Sequence[Sequence[str]], *, info: str = "", extra: Mapping[int, bytes] | None = None) -> bytes:
    """A PDF with the lines of `pages`. Its font has a code for each character met, and a table that says which it is."""
    letters = sorted({char for page in pages for line in page for char in line})
    assert len(letters) < 255
    code = {char: at for at, char in enumerate(letters, 1)}
    chars = "\n".join(f"<{code[char]:02X}> <{char.encode('utf-16-be').hex()}>" for char in letters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def\n"
        "1 begincodespacerange <00> <FF> endcodespacerange\n"
        f"{len(letters)} beginbfchar\n{chars}\nendbfchar endcmap end end"
    )
    first = 10
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(pages)))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 4 0 R>>",
        4: stream(cmap.encode()),
        5: f"<<{info}>>".encode("latin-1"),
    }
    for at, page in enumerate(pages):
        shown = "".join(f"<{''.join(f'{code[char]:02X}' for char in line)}> Tj T*\n" for line in page)
        number = first + 2 * at
        objects[number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {number + 1} 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>"
        ).encode()
        objects[number + 1] = stream(f"BT /F 11 Tf 14 TL 60 780 Td\n{shown}ET".encode())
    return assembled({**objects, **(extra or {})}, b"/Root 1 0 R/Info 5 0 R")


def docx(paragraphs: Sequence[str], *, title: str = "", table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word document with a table after its first paragraph."""
    word = new_word()
    word.core_properties.title = title
    for at, words in enumerate(paragraphs):
        word.add_paragraph(words)
        if at == 0 and table:
            grid = word.add_table(len(table), len(table[0]))
            for row, cells in zip(grid.rows, table, strict=True):
                for cell, content in zip(row.cells, cells, strict=True):
                    cell.text = content
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def repacked(data: bytes, parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The archive `data` with some parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", method) as new:
        held = {name: old.read(name) for name in old.namelist()}
        for name, content in {**held, **parts}.items():
            # A fixed time, so that the same document is the same bytes.
            new.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, method)
    return out.getvalue()


def html(paragraphs: Sequence[str], *, title: str = "A page", head: str = "") -> str:
    """A page with a menu, an article and a footer."""
    body = "".join(f"<p>{words}</p>" for words in paragraphs)
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body><nav><ul><li><a href='/'>Home</a></li>"
        f"<li><a href='/news'>News</a></li></ul></nav><article><h1>{title}</h1>{body}</article>"
        "<footer>All rights reserved</footer></body></html>"
    )
