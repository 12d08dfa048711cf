"""A document as the grammar sees it: plain text, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its origin.

    `text` is what every offset counts in, in code points. `sha256` is the hash of the bytes that were opened,
    `text_sha256` of `text` in UTF-8. `extractor` names the program and version that made the text out of the bytes:
    the same bytes, extractor and version give the same text. `dated` is the day, month or year at which the text speaks, or
    empty; `dated_by` says how that is known: `given` (by the user), `metadata` (of the file), `ledger` (which holds this
    content with a date) or `text` (worked out from what the text states).
    """

    name: str
    text: str
    sha256: str
    text_sha256: str
    extractor: str
    format: str
    title: str = ""
    dated: str = ""
    dated_by: str = ""
    notes: tuple[str, ...] = field(default=())
