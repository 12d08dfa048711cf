"""A brief on two places: a document model first, then one page, a workbook or JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from landbridge.brief.catalogue import catalogue
from landbridge.brief.compose import compose
from landbridge.brief.document import Document
from landbridge.brief.setting import setting
from landbridge.brief.text import Writer
from landbridge.release import Data

__all__ = ["Brief", "Document", "brief"]


@dataclass(frozen=True)
class Brief:
    """A composed brief. Rendering happens when it is asked for."""

    document: Document
    _pictures: Mapping[str, Future[str]] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def html(self) -> str:
        """One self-contained page; raises `UntracedDigit` if any number in it has no origin."""
        from landbridge.brief import page

        return page.render(self.document, locale=self.document.language, pictures=self._pictures)

    def write(self, path: str | Path) -> Path:
        """Write the page to `path` and return it; what was there stays if writing fails."""
        from landbridge.brief import page

        target = Path(path)
        page.write(self.html, target)
        return target

    def write_xlsx(self, path: str | Path) -> Path:
        """Write every table of the brief with its sources to a workbook."""
        from landbridge.brief import workbook

        target = Path(path)
        workbook.write(self.document, target)
        return target

    def to_dict(self) -> dict[str, Any]:
        """The document model as plain data."""
        return self.document.to_dict()


def brief(
    data: Data,
    place_a: str,
    place_b: str,
    *,
    language: str = "en",
    as_of: str | None = None,
    drawn: bool = False,
) -> Brief:
    """The brief on two places, countries (ISO 3166-1 alpha-3) or first-level regions (ISO 3166-2).

    `as_of` (YYYY-MM-DD) shows the ledger as it was recorded by that date. `drawn` begins to draw charts while the rest is
    composed, for those who will ask for the page. Raises `UnknownLabel` for a code that no
    list holds and `BadUsage` for a pair that has no border between it.
    """
    say = Writer(catalogue(language))
    pair = setting(data if as_of is None else data.at(as_of), say, place_a, place_b)
    if not drawn:
        return Brief(compose(pair, language))
    from landbridge.brief import page

    pictures: dict[str, Future[str]] = {}
    return Brief(
        compose(pair, language, lambda section: pictures.update(page.begun([section], language))), pictures
    )


class _Room(ModuleType):
    """The package called by its own name: `landbridge.brief(data, "CHN", "RUS")` is `landbridge.brief.brief(...)`."""

    def __call__(self, *places: Any, **options: Any) -> Brief:
        return brief(*places, **options)


sys.modules[__name__].__class__ = _Room
