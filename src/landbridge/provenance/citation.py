"""Sources and the exact place in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One document, data set or page that somebody published. `weak` marks copies, aggregators and anonymous pages."""

    id: str
    publisher: str
    title: str
    published: str
    url: str
    licence: str
    kind: str = ""
    weak: bool = False

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Source:
        """The source in one row of a table of sources."""
        words = {
            name: row[name] for name in ("id", "publisher", "title", "published", "url", "licence", "kind")
        }
        return cls(**words, weak=row["weak"] == "1")


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` to `end` (exclusive) of a text whose content hash is `sha256`."""

    start: int
    end: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A source and where in it: a page, table or cell in words (`locator`), or a character `span`."""

    source: Source
    locator: str = ""
    span: Span | None = None
    speaker: str = ""

    def __str__(self) -> str:
        source = self.source
        parts = [
            self.speaker and f"{self.speaker}, in",
            source.publisher,
            source.title and f"“{source.title}”",
        ]
        parts += [source.published, self.locator]
        if self.span is not None:
            parts.append(f"characters {self.span.start}–{self.span.end}")
        return ", ".join(part for part in parts if part).replace(", in, ", " in ")
