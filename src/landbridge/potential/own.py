"""What the user's own files say of trade between two places, and whether they say all of it. Missing is not zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from landbridge import codes
from landbridge.errors import BadSample, NotHeld, Problem
from landbridge.flows.loaded import one_account
from landbridge.potential.margins import National
from landbridge.provenance import Citation, Figure, Source, Status

if TYPE_CHECKING:
    from landbridge.release import Data

Array = NDArray[np.float64]

# A file with this share of the chapters in which the two countries trade is taken as whole; assumed.
WHOLE = 0.9
# How far the count of a chapter may be above the reconciled one beyond what the totals differ; assumed.
CHAPTER_SLACK = 0.15
# Rounding between a stated total and the sum of chapters.
ROUNDING = 0.005
# A code of zeros alone is no chapter: files use it for the total.
_TOTALS = r"^(TOTAL|0+)$"
_SHOWN = 5
_REMEDY = (
    "Check currency and scale under `value` in the map and the year of the file, then load it again; or ask for a year "
    "that the file does not hold."
)


@dataclass(frozen=True, slots=True)
class Own:
    """Trade of one place with another by the user's files: `chapters` they hold, `stated` total if they have one.

    `present` of `expected` chapters in which the two countries trade are held. A chapter that is not held is unknown,
    unless the file is taken as whole.
    """

    exporter: str
    importer: str
    year: int
    chapters: Mapping[str, float] = field(repr=False)
    stated: float | None
    present: int
    expected: int
    source: Source = field(repr=False)

    @property
    def sum(self) -> float:
        """The chapters held: the least that the total can be."""
        return float(sum(self.chapters.values()))

    @property
    def total(self) -> float | None:
        """The total as far as it is known: as stated, or the sum of a file that is taken as whole."""
        if self.stated is not None:
            return max(self.stated, self.sum)
        return self.sum if self.present >= WHOLE * self.expected else None

    @property
    def closed(self) -> bool:
        """Whether chapters that are not held count as zero."""
        total = self.total
        return total is not None and total <= self.sum * (1 + ROUNDING)

    def held(self, items: Iterable[str]) -> NDArray[np.bool_]:
        """Which of the items the files hold."""
        return np.array([item in self.chapters for item in items], dtype=bool)

    def values(self, items: Iterable[str]) -> Array:
        """What the files say of each item; zero where they say nothing (see `held`)."""
        return np.array([self.chapters.get(item, 0.0) for item in items], dtype=np.float64)

    def most(self, items: tuple[str, ...], national: Array) -> float:
        """The most that the total can be: what is not held is at most the national chapter; infinite without chapters."""
        if self.total is not None:
            return self.total
        return self.sum + float(national[~self.held(items)].sum()) if items else float("inf")

    def figure(self) -> Figure:
        """What is held as a figure: the total, or the sum of some chapters."""
        part = "all goods" if self.total is not None else f"{len(self.chapters)} chapters alone"
        return Figure(
            f"Trade by your own files, {self.exporter} to {self.importer}, {part}", self.total or self.sum, "USD",
            str(self.year), Status.REPORTED, citation=Citation(self.source),
            cell=f"loaded:{self.source.id}/{self.exporter}>{self.importer}/{self.year}", note=self.note(),
            comparator="=" if self.total is not None else ">=",
        )  # fmt: skip

    def note(self) -> str:
        """What is held, by name, and what follows for chapters that are not."""
        head = (
            f"{self.source.title}, {self.exporter} to {self.importer}, {self.year}: {self.present} of {self.expected} "
            "chapters with trade"
        )
        if self.stated is not None:
            return f"{head} and a stated total, which is taken as whole."
        if self.total is not None:
            return f"{head}; it is taken as whole, so the chapters that it lacks count as zero."
        return f"{head}; it may be partial: their sum is the least of the total, and the other chapters stay unknown."


def read(
    data: Data, whole: National, exporters: Iterable[str], importers: Iterable[str]
) -> dict[tuple[str, str], Own]:
    """The user's own rows of the year from any of `exporters` to any of `importers`, by pair.

    Raises `BadSample` where a figure is above what the two countries trade in all.
    """
    space = data.workspace
    if space is None or whole.year not in space.years() or not whole.goods:
        return {}
    here = pl.col("exporter").is_in(list(exporters)) & pl.col("importer").is_in(list(importers))
    rows = space.trade(whole.year).filter(here)
    total = pl.col("product").str.contains(_TOTALS)
    chapters = _account(rows.filter(~total), whole.year)
    stated = _account(rows.filter(total).with_columns(product=pl.lit("00")), whole.year)
    totals = {(x, y): (source, value) for x, y, source, _, value in stated}
    found: dict[tuple[str, str], dict[str, float]] = {pair: {} for pair in totals}
    sources = {pair: source for pair, (source, _) in totals.items()}
    for x, y, source, item, value in chapters:
        held = found.setdefault((x, y), {})
        held[item] = held.get(item, 0.0) + value
        sources[x, y] = source
    out = {}
    for pair, held in sorted(found.items()):
        direction = int(codes.place(pair[0]).country != whole.countries[0])
        traded = [item for item, v in zip(whole.items, whole.values[direction], strict=False) if v > 0]
        traded = traded or [chapter.code for chapter in codes.chapters()]
        # A total out of another file says nothing of how whole this one is.
        said = totals[pair][1] if pair in totals and totals[pair][0] == sources[pair] else None
        present = len(held.keys() & set(traded))
        cited = space.sources()[sources[pair]]
        out[pair] = Own(*pair, whole.year, held, said, present, len(traded), cited)
    check(out.values(), whole)
    return out


def _account(rows: pl.LazyFrame, year: int) -> list[tuple[str, str, str, str, float]]:
    try:
        found = one_account(rows, year, "hs2")
    except NotHeld:
        return []
    return list(found.select("exporter", "importer", "source", "item", "value_usd").iter_rows())


def check(owns: Iterable[Own], whole: National) -> None:
    """Raises `BadSample` for figures above the national ones by more than the counts of the two sides differ."""
    problems: list[Problem] = []
    sums: dict[tuple[str, int], float] = {}
    for own in owns:
        direction = int(codes.place(own.exporter).country != whole.countries[0])
        # In its own count a side can have this many times the national total used here.
        above = 1 / min(whole.scale.get((country, direction), (1.0, 1.0))[0] for country in whole.countries)
        most = float(whole.totals[direction])
        for item, nation in zip(whole.items, whole.values[direction], strict=False):
            value = own.chapters.get(item, 0.0)
            if nation > 0 and value > nation * above * (1 + CHAPTER_SLACK):
                problems.append(_above(own, f"chapter {item}", value, nation, whole))
        least = own.total or own.sum
        if least > most * above * (1 + ROUNDING):
            problems.append(_above(own, "all chapters", least, most, whole))
        if own.stated is not None and own.stated < own.sum * (1 - ROUNDING):
            problems.append(
                Problem(
                    f"the stated total of {own.stated:,.0f} dollars is below the sum of its chapters, {own.sum:,.0f}.",
                    where=f"{own.source.title}, {own.exporter} to {own.importer}, {own.year}",
                    remedy=_REMEDY,
                )
            )
        for end, other in ((own.exporter, own.importer), (own.importer, own.exporter)):
            if codes.place(end).kind == "region" and codes.place(other).kind == "country":
                key = codes.place(end).country, direction
                sums[key] = sums.get(key, 0.0) + least
                if sums[key] - least <= most * above * (1 + ROUNDING) < sums[key] and least < sums[key]:
                    problems.append(_above(own, f"the regions of {key[0]} together", sums[key], most, whole))
    if problems:
        raise BadSample(problems[:_SHOWN])


def _above(own: Own, what: str, value: float, nation: float, whole: National) -> Problem:
    return Problem(
        f"{what}: {value:,.0f} dollars, but the two countries together trade {nation:,.0f} there.",
        where=f"{own.source.title}, {own.exporter} to {own.importer}, {own.year}",
        cause=f"A wrong unit, currency or year, as a rule; the national total is that of {whole.figures[0].period}.",
        remedy=_REMEDY,
    )
