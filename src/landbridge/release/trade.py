"""Trade by year: which classification answers, from the release or from the user's own files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from landbridge.errors import NotHeld, UnknownLabel
from landbridge.flows.trade import CLASSIFICATIONS, TradeFlows

if TYPE_CHECKING:
    from landbridge.release.data import Data

_FINEST = ("hs6", "hs2", "sector")


@dataclass(frozen=True, slots=True)
class Trade:
    """Trade by year, in the classification asked for or in what is held."""

    data: Data

    def year(self, year: int, by: str | None = None) -> TradeFlows:
        """The flows of one year; `by` is `sector`, `hs2` or `hs6`, and without it what covers most places comes first.

        Raises `NotHeld`, naming what is held and what to load.
        """
        if by is not None and by not in CLASSIFICATIONS:
            raise UnknownLabel(
                "classification of trade", by, CLASSIFICATIONS, remedy=f"Valid: {', '.join(CLASSIFICATIONS)}."
            )
        for classification in (by,) if by else CLASSIFICATIONS:
            if year in self.years(classification):
                return self._flows(year, classification)
        raise NotHeld(
            f"no flows of {year}{f' by {by}' if by else ''} are held.",
            cause=f"Held: {'; '.join(self.held())}.",
            remedy="Load a BACI year with `landbridge load baci FILE`.",
        )

    def years(self, by: str) -> tuple[int, ...]:
        """The years held in one classification."""
        if by == "sector":
            return (self.data.accounts.year,)
        loaded = set(self.data.workspace.years()) if self.data.workspace else set()
        shipped = set(self.data.basket["year"].to_list()) if by == "hs2" else set()
        return tuple(sorted(loaded | shipped))

    def held(self) -> tuple[str, ...]:
        """What is held, in words."""
        return tuple(
            f"by {by} {', '.join(map(str, years))}" for by in CLASSIFICATIONS if (years := self.years(by))
        )

    def best(self, place_a: str, place_b: str, year: int | None = None, by: str | None = None) -> TradeFlows:
        """The finest flows that hold trade between two places, in the newest year that does; raises `NotHeld`."""
        if by is not None and by not in CLASSIFICATIONS:
            raise UnknownLabel(
                "classification of trade", by, CLASSIFICATIONS, remedy=f"Valid: {', '.join(CLASSIFICATIONS)}."
            )
        for classification in (by,) if by else _FINEST:
            for held in sorted(self.years(classification), reverse=True):
                if year is not None and held != year:
                    continue
                flows = self._flows(held, classification)
                if {place_a, place_b} <= set(flows.places):
                    return flows
        wanted = " ".join([*([f"by {by}"] if by else []), *([f"in {year}"] if year else [])])
        raise NotHeld(
            f"no trade between {place_a} and {place_b} {wanted}".rstrip() + " is held by sector or product.",
            cause=f"Held: {'; '.join(self.held())}.",
            remedy="Load a BACI year with `landbridge load baci FILE`; trade of regions comes with `landbridge load csv`.",
        )

    def _flows(self, year: int, classification: str) -> TradeFlows:
        data = self.data
        if classification == "sector":
            return TradeFlows.from_accounts(data.accounts, data.sources)
        if data.workspace is not None and year in data.workspace.years():
            return TradeFlows.from_loaded(
                data.workspace.trade(year), year, classification, data.workspace.sources()
            )
        return TradeFlows.from_basket(data.basket.filter(pl.col("year") == year), year, data.sources)
