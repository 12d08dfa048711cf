"""Tables of a run. Every one names the concept, the closure, the residual and the horizon of its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from landbridge import codes
from landbridge.errors import UnknownLabel
from landbridge.scenarios.outcomes import WORLD

if TYPE_CHECKING:
    from landbridge.scenarios.central import Central

HORIZON = "long-run, full employment"
REST = "ROW"


@dataclass(frozen=True, slots=True)
class View:
    """Rows of an answer and what must be known before they are read."""

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()

    def table(self) -> pl.DataFrame:
        """The rows as a flat frame."""
        return self.frame

    def __str__(self) -> str:
        return "\n".join([*self.notes, str(self.frame)])


def view(
    rows: Sequence[dict[str, Any]],
    central: Central,
    notes: tuple[str, ...] = (),
    schema: dict[str, type[pl.DataType]] | None = None,
) -> View:
    """Rows with the columns that every table of a run ends in."""
    found = central.found
    frame = pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None).with_columns(
        pl.lit(found.concept).alias("concept"),
        pl.lit(found.closure).alias("closure"),
        pl.lit(float(central.residuals.max())).alias("residual"),
        pl.lit(HORIZON).alias("horizon"),
    )
    return View(frame, notes)


def names() -> dict[str, str]:
    """The English name of every place of an account, and of the world."""
    held = {place.code: place.name for place in codes.places()}
    return {**held, WORLD: "the world", REST: "the rest of the world"}


def position(central: Central, place: str) -> int:
    """Where a place stands on the axes; raises `UnknownLabel`."""
    if place not in central.places:
        raise UnknownLabel(
            "place of the run", place, central.places, remedy="Economies not listed are inside ROW."
        )
    return central.places.index(place)


def sectors(central: Central, place: str) -> View:
    """Gross output of every sector of a place: base value and change, largest loss first."""
    at = position(central, place)
    base = 1e6 * central.flows.sum(axis=2)[:, at]
    hat = central.found.output_hat.reshape(len(central.sectors), -1)[:, at]
    called = {item.code: item.name for item in codes.sectors()} | {"all": "all sectors"}
    rows: list[dict[str, Any]] = [
        {
            "place": place,
            "sector": code,
            "name": called.get(code, code),
            "base_output_usd": float(value),
            "change_usd": float(value * (change - 1.0)),
            "change_pct": float(100.0 * (change - 1.0)),
        }
        for code, value, change in zip(central.sectors, base, hat, strict=True)
        if value > 0
    ]
    rows.sort(key=lambda row: float(row["change_usd"]))
    note = "Output at current prices with world output as numeraire: a change is one of value, not of volume."
    return view(rows, central, (note,))


def diversion(central: Central, exporter: str, importer: str) -> View:
    """Who sells more and less in a market once trade of a pair changes, and where the exporter's other sales go."""
    a, b = position(central, exporter), position(central, importer)
    base, new = 1e6 * central.pairs[0, 0], 1e6 * central.pairs[0, 1]
    rows = []
    for question, old, now, hold in (
        ("sellers in the market", base[:, b], new[:, b], "seller"),
        ("sales of the exporter", base[a], new[a], "buyer"),
    ):
        own = b if hold == "seller" else a
        for at in np.argsort(-np.abs(now - old), kind="stable"):
            if old[at] <= 0:
                continue
            code = central.places[at]
            pair = at == (a if hold == "seller" else b)
            rows.append(
                {
                    "view": question,
                    "exporter": code if hold == "seller" else exporter,
                    "importer": importer if hold == "seller" else code,
                    "role": "the pair" if pair else "at home" if at == own else "third country",
                    "base_usd": float(old[at]),
                    "change_usd": float(now[at] - old[at]),
                    "change_pct": float(100.0 * (now[at] / old[at] - 1.0)),
                }
            )
    note = "Values with world output as numeraire, all sectors together, on the central imputation of final demand."
    return view(rows, central, (note,))


def decomposition(central: Central, place: str) -> View:
    """The exact change in real income beside the first-order parts, which differ from it by what they leave out."""
    at = position(central, place)
    exact = float(100.0 * (central.found.real_income_hat[at] - 1.0))
    terms, volume, delivery = (float(part[at]) for part in central.first_order)
    parts = (
        ("exact change in real income", exact),
        ("first-order: terms of trade", terms),
        ("first-order: volume of trade", volume),
        ("first-order: cost of delivery", delivery),
        ("exact less first-order parts", exact - terms - volume - delivery),
    )
    spending = 1e6 * float(central.spending[at])
    rows = [
        {"place": place, "part": part, "change_pct": value, "change_usd": value / 100.0 * spending}
        for part, value in parts
    ]
    notes = (
        "Terms and volume of trade are the first-order parts of Caliendo and Parro (2015, equation 15), cost of delivery "
        "what a change of trade cost or productivity saves at once. They leave out everything of higher order.",
    )
    return view(rows, central, notes)


def shadow(central: Central) -> View:
    """The cost behind every capacity, with the change of its flow."""
    rows = [
        {
            "exporter": item.exporter,
            "importer": item.importer,
            "sectors": ", ".join(item.sectors),
            "flow_change_pct": 100.0 * (item.flow_hat - 1.0),
            "shadow_cost_pct": item.cost_pct,
        }
        for item in central.shadow
    ]
    types: dict[str, type[pl.DataType]] = dict.fromkeys(("exporter", "importer", "sectors"), pl.String)
    types |= dict.fromkeys(("flow_change_pct", "shadow_cost_pct"), pl.Float64)
    if not rows:
        return View(
            view([dict.fromkeys(types)], central, (), types).frame.clear(),
            ("The scenario sets no capacity.",),
        )
    note = "Ad-valorem, in per cent of the cost of delivery; below zero it is what more capacity would have to save."
    return view(rows, central, (note,), types)
