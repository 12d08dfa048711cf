"""How much of a file is read, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20
TEXT, HTML, PDF, DOCX = FORMATS = ("text", "html", "pdf", "docx")
# The version of our part of the extraction. The same bytes and the same extractor give the same text, so it is raised
# with every change that may alter a text: recorded offsets depend on it.
VERSION = "landbridge/1"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one document may take; beyond it the document is refused, never cut.

    `bytes` is the size of the file, `unpacked` what is in a DOCX once unpacked, `characters` the length of the text,
    `pages` those of a PDF. `seconds` of computing are granted to HTML, PDF and DOCX, and twice as many by the clock on
    the wall; `memory` is the address space of the process that reads them, in bytes. Where a system has no such
    limits (Windows), the clock alone counts.
    """

    bytes: int = 50 * MIB
    characters: int = 5_000_000
    pages: int = 5_000
    seconds: int = 60
    memory: int = 1024 * MIB
    unpacked: int = 200 * MIB


LIMITS = Limits()
