"""What a file is, told from its bytes; its suffix is only asked where they leave a choice."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePath

from landbridge.claims.documents.limits import DOCX, HTML, PDF, TEXT
from landbridge.errors import BadFile

_SUFFIXES = {
    ".txt": TEXT,
    ".text": TEXT,
    ".md": TEXT,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
}
_NAMES = {TEXT: "plain text", HTML: "HTML", PDF: "a PDF", DOCX: "a Word document"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "Save it as DOCX, PDF, HTML or plain text."
_UNPACK = "Unpack it and name the documents inside."
_OTHER = {
    b"{\\rtf": ("an RTF document", _SAVE),
    b"%!PS": ("PostScript", "Convert it to PDF."),
    b"AT&TFORM": ("a DjVu document", "Convert it to PDF with a text layer."),
    b"\x1f\x8b": ("a gzip archive", _UNPACK),
    b"BZh": ("a bzip2 archive", _UNPACK),
    b"\xfd7zXZ": ("an xz archive", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("a zstd archive", _UNPACK),
    b"7z\xbc\xaf": ("a 7-zip archive", _UNPACK),
    b"Rar!": ("a rar archive", _UNPACK),
    b"\x89PNG": ("a picture", "Recognise its text first (OCR)."),
    b"\xff\xd8\xff": ("a picture", "Recognise its text first (OCR)."),
    b"GIF8": ("a picture", "Recognise its text first (OCR)."),
    b"II*\x00": ("a picture", "Recognise its text first (OCR)."),
    b"MM\x00*": ("a picture", "Recognise its text first (OCR)."),
    b"RIFF": ("a picture, sound or film", ""),
    b"ID3": ("a sound recording", ""),
    b"OggS": ("a sound recording or film", ""),
    b"PAR1": ("a parquet file", ""),
    b"SQLite format 3": ("a database", ""),
    b"\x7fELF": ("a program", ""),
    b"MZ\x90": ("a program", ""),
}
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_HEAD = 4096
_PDF_HEAD = 1024
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*-->|<\?[^>]*>")
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>/]", re.IGNORECASE)
_TAG = re.compile(
    r"<(?:p|div|article|main|section|h[1-6]|table|ul|ol|span|title|meta|link)(?:\s[^<>]*)?>", re.IGNORECASE
)


def marked(data: bytes) -> tuple[str, int]:
    """The encoding that the byte order mark at the start of `data` names, and its length; nothing and 0 without one."""
    # UTF-32 begins like UTF-16, so the order of the table counts.
    return next(((name, len(mark)) for mark, name in _BOMS.items() if data.startswith(mark)), ("", 0))


def kind(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The format of `data`, which comes from a file called `name`, and a note where the suffix says another.

    Raises `BadFile` for a format that is not read.
    """
    suffix = PurePath(name).suffix.lower()
    said = _SUFFIXES.get(suffix, "")
    found = _found(data, said)
    if said and found != said:
        return found, (
            f"The suffix {suffix} says {_NAMES[said]}; the content is {_NAMES[found]}, and was read so.",
        )
    return found, ()


def _found(data: bytes, said: str) -> str:
    bare = data[:_PDF_HEAD].lstrip()
    if bare.startswith(b"%PDF-") or (said == PDF and b"%PDF-" in bare):
        return PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return DOCX
    _other(data)
    encoding, length = marked(data)
    head = data[length : length + _HEAD].decode(encoding or "latin-1", errors="replace")
    start = _COMMENT.sub("", head).lstrip()
    if _PAGE.match(start) or (_TAG.match(start) and "</" in head) or (said == HTML and _TAG.search(head)):
        return HTML
    return TEXT


def _other(data: bytes) -> None:
    """Raises `BadFile` where the first bytes are those of a format that is known and not read."""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise BadFile(
                "this is an Office document under a password.", remedy="Save it without the password."
            )
        raise BadFile("this is an old Office document (.doc, .xls, .ppt).", remedy=_SAVE)
    for magic, (name, remedy) in _OTHER.items():
        if data.startswith(magic):
            raise BadFile(
                f"this is {name}, not text.", remedy=remedy or "Plain text, HTML, PDF and DOCX are read."
            )
    if data[4:8] == b"ftyp":
        raise BadFile("this is a film or picture, not text.")
    head = data[:_PDF_HEAD].lower()
    if b"mime-version:" in head and b"multipart/related" in head:
        raise BadFile("this is a web archive (MHTML).", remedy="Save the page again as HTML only.")
