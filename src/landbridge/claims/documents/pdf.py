"""PDF: the text layer of its pages, with lines joined to paragraphs again."""

from __future__ import annotations

import io
import logging
from importlib.metadata import version
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from landbridge.claims.documents.extract import Extract, cleaned, fits, hidden, line, listed
from landbridge.claims.documents.limits import VERSION, Limits
from landbridge.claims.documents.reflow import reflowed
from landbridge.errors import BadFile

_TITLE = ("microsoft word", "microsoft powerpoint", "untitled", "slide 1")
_FILES = (".doc", ".docx", ".pdf", ".indd", ".rtf", ".odt", ".pptx", ".qxd", ".tex", ".dvi")
_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_LIGATURE = str.maketrans(_LIGATURES)
_BROKEN = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)
_BROKEN_ALSO = (AssertionError, ArithmeticError, OSError, NotImplementedError, LookupError, EOFError)


class _Complaints(logging.Handler):
    """Counts what pypdf has to say about a file."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def extract(data: bytes, limits: Limits) -> Extract:
    """The text layer of a PDF, a line a paragraph; what stands at the edge of page after page is left out."""
    complaints = _Complaints()
    logger = logging.getLogger("pypdf")
    logger.handlers, logger.propagate = [complaints], False
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        notes = _unlocked(reader)
        count = len(reader.pages)
    except (*_BROKEN, *_BROKEN_ALSO) as error:
        raise _damaged(error) from None
    if count > limits.pages:
        raise BadFile(f"the PDF has {count:,} pages; at most {limits.pages:,} are read.", remedy="Split it.")
    pages, broken = _pages(reader, count, limits)
    silent = [number for number, text in enumerate(pages, 1) if not text.strip() and number not in broken]
    if not any(text.strip() for text in pages):
        if broken or not pages:
            raise _damaged("none of its pages can be read" if pages else "it has no page")
        raise BadFile(
            "the PDF has no text layer.",
            cause="Its pages hold pictures of text, as a scanner makes them, or nothing.",
            remedy="Recognise the text first (OCR, for instance with OCRmyPDF), and open what comes out.",
        )
    text, left_out = reflowed(pages)
    text, cleaning = cleaned(text.translate(_LIGATURE))
    fits(text, limits.characters)
    if broken:
        notes.append(f"Pages that cannot be read and are missing from the text: {listed(broken)}.")
    if silent:
        notes.append(f"Pages without a text layer, missing from the text: {listed(silent)}.")
    if complaints.count:
        notes.append(
            f"The PDF breaks the rules of its format in {complaints.count:,} places; text may be missing."
        )
    title, about = _about(reader)
    notes += [*left_out, *cleaning, *hidden(text), *about]
    return Extract(text, f"pypdf/{version('pypdf')}+{VERSION}", title, notes=tuple(notes))


def _damaged(error: object) -> BadFile:
    words = cleaned(line(str(error)))[0][:200] or type(error).__name__
    return BadFile(
        "the PDF is damaged.", cause=f"{words.rstrip('.')}.", remedy="Load it again, or print it to PDF anew."
    )


def _unlocked(reader: PdfReader) -> list[str]:
    """Opens a PDF that is encrypted so that everyone may read it; raises `BadFile` where it takes a password."""
    if not reader.is_encrypted:
        return []
    try:
        opened = bool(reader.decrypt(""))
    except DependencyError:
        raise BadFile(
            "the PDF is encrypted with AES, which is not read here.",
            remedy="Open it in a viewer and print it to PDF, or save it without encryption.",
        ) from None
    if not opened:
        raise BadFile("the PDF is under a password.", remedy="Save it without the password.")
    return ["The PDF is encrypted, but opens without a password."]


def _pages(reader: PdfReader, count: int, limits: Limits) -> tuple[list[str], list[int]]:
    """The text of each page, and the numbers of those that cannot be read."""
    pages: list[str] = []
    broken: list[int] = []
    size = 0
    for number in range(count):
        try:
            page = reader.pages[number]
            text = page.extract_text() or ""
        except (*_BROKEN, *_BROKEN_ALSO):
            text = ""
            broken.append(number + 1)
        size += len(text)
        if size > limits.characters:
            raise BadFile(
                f"the text has more than {limits.characters:,} characters.", remedy="Split the file."
            )
        pages.append(text)
    return pages, broken


def _about(reader: PdfReader) -> tuple[str, list[str]]:
    """The title in the file's metadata, unless a program put it there, and when the file was made."""
    try:
        about: Any = reader.metadata
        title = cleaned(line(str((about and about.title) or "")))[0][:500]
        made = about and about.creation_date
    except (*_BROKEN, *_BROKEN_ALSO):
        return "", []
    if title.lower().startswith(_TITLE) or title.lower().endswith(_FILES):
        title = ""
    note = f"The PDF was made on {made.date().isoformat()}; that is no date of publication." if made else ""
    return title, [note] if note else []
