"""What the extractors give back, and the cleaning that their texts have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime

from landbridge.codes.matching import unfit
from landbridge.errors import BadFile

# What no extracted text needs: control characters, halves of surrogate pairs, soft hyphens. Tabs and line ends stay, and
# so do marks of direction: they are part of what the page says, and what shows them writes them out.
_DROPPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u00ad]")
_SOFT_HYPHEN = "\u00ad"
_BLANKS = re.compile(r"[ \t\r\n\x0b\x0c\x85\u2028\u2029]+")
_DAY = re.compile(r"(\d{4})(?:([-/.]?)(\d{2})(?:\2(\d{2}))?)?(?=$|[T\s])")
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of one file as its extractor found it; the slots are those of `Document`."""

    text: str
    extractor: str
    title: str = ""
    dated: str = ""
    notes: tuple[str, ...] = field(default=())


def line(words: str) -> str:
    """`words` as one line: runs of blanks and line ends become one space. No-break spaces stay."""
    return _BLANKS.sub(" ", words).strip()


def cleaned(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` without the characters that no extracted text needs, and a note of how many were left out."""
    clean = _DROPPED.sub("", text)
    lost = len(text) - len(clean) - text.count(_SOFT_HYPHEN)
    return clean, (f"{lost:,} control characters were left out of the text.",) if lost else ()


def hidden(text: str) -> tuple[str, ...]:
    """A note on the characters that stay in `text` at their place although they cannot be seen."""
    codes = [code for code in unfit("".join(sorted(set(text)))) if code != "U+000D"]
    if not codes:
        return ()
    counts = [f"{code} ({text.count(chr(int(code[2:], 16))):,})" for code in codes[:SHOWN]]
    more = f" and {len(codes) - SHOWN} more kinds" if len(codes) > SHOWN else ""
    what = "control characters and marks of direction, which cannot be seen and are shown written out"
    return (f"The text holds {what}: {', '.join(counts)}{more}.",)


def fits(text: str, most: int) -> str:
    """`text` if it has words and at most `most` characters; raises `BadFile` otherwise."""
    if len(text) > most:
        raise BadFile(
            f"the text has {len(text):,} characters; at most {most:,} are read.", remedy="Split the file."
        )
    if not text.strip():
        raise BadFile("there is no text in the file.", cause="It is empty, or holds only pictures.")
    return text


def day(words: str) -> str:
    """The day, month or year that a date in a file's metadata names, or nothing.

    ISO 8601 forms and those of e-mail are read. A date in other words is left alone: which of its numbers is the month
    would be a guess.
    """
    words = words.strip()[:64]
    if match := _DAY.match(words):
        year, _, month, number = match.groups()
        try:
            date(int(year), int(month or 1), int(number or 1))
        except ValueError:
            return ""
        return "-".join(part for part in (year, month, number) if part)
    try:
        return parsedate_to_datetime(words).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def listed(numbers: Iterable[int]) -> str:
    """Page numbers for a note: `3, 4, 9`, with the first few only where there are many."""
    found = list(numbers)
    more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    return ", ".join(f"{number}" for number in found[:SHOWN]) + more
