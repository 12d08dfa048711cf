"""The verbs `potential` and `match`: what would be normal between two places, and which regions fit one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from landbridge import codes
from landbridge.cli.output import Row, answer
from landbridge.errors import BadUsage, UnknownLabel
from landbridge.flows import indicators
from landbridge.potential import countries, inverse, peers, regions
from landbridge.potential import rivals as gap_holders
from landbridge.potential.country_result import CountryPotential
from landbridge.provenance import Figure
from landbridge.release import Data
from landbridge.release import load as load_data


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call of `potential` asks for, beside the two places."""

    year: int | None = None
    by: str | None = None
    to: tuple[str | tuple[str, str], ...] = ()
    item: str | None = None
    assume_output: bool = False


def peers_of(text: str | None) -> tuple[str | tuple[str, str], ...]:
    """Peers as written on the command line: countries, or ordered pairs with a hyphen, apart by commas."""
    if text is not None and not text.strip(" ,"):
        raise BadUsage("--to names no peer.", remedy="Write --to KAZ,VNM, or leave it out for peers by rule.")
    out: list[str | tuple[str, str]] = []
    for word in filter(None, (part.strip() for part in (text or "").split(","))):
        seller, hyphen, buyer = word.partition("-")
        out.append((codes.place(seller).code, codes.place(buyer).code) if hyphen else codes.place(word).code)
    return tuple(out)


def potential(
    a: str, b: str, show: str | None, asked: Asked, *, as_json: bool, workspace: Path | None
) -> None:
    """Dispatch on the kind of places and on what is to be shown."""
    from landbridge.brief import tracing

    data = load_data(workspace)
    kinds = {codes.place(code).kind for code in (a, b)}
    if kinds == {"country"}:
        view = show or "normal"
        if view not in _VIEWS:
            raise UnknownLabel("view of a potential", view, _VIEWS, remedy=f"Valid: {', '.join(_VIEWS)}.")
        _needs(view, asked)
        rows, notes, figures = _VIEWS[view](data, a, b, asked)
    else:
        view = "regions"
        if show is not None or asked.to or asked.item:
            raise BadUsage(
                "--show, --to and --item are about two countries.",
                remedy="For regions leave them out; there are bounds and an estimate only.",
            )
        rows, notes, figures = _regional(data, a, b, asked)
    tracing.remember(data.manifest.id, figures)
    answer("potential", data, rows, as_json=as_json, notes=notes, columns=_COLUMNS.get(view, ()))


_Answer = tuple[Sequence[Row], list[str], list[Figure]]


def _needs(view: str, asked: Asked) -> None:
    """Refuses options that a view would leave unheard."""
    if view in ("peers", "costs", "rivals") and (asked.year is not None or asked.by not in (None, "sector")):
        raise BadUsage(
            f"--show {view} is about the table by sector of one year; --year and --by do not apply.",
            remedy="Leave them out.",
        )
    if asked.assume_output:
        raise BadUsage("--assume-output is about regions without published trade.", remedy="Leave it out.")
    if (view == "rivals") != (asked.item is not None):
        raise BadUsage(
            "--show rivals needs --item, the other views take none.",
            remedy="Name a sector: `landbridge potential RUS CHN --show rivals --item C20`.",
        )
    if asked.to and view not in ("peers", "costs"):
        raise BadUsage("--to names peers for --show peers or --show costs.", remedy="Add one of them.")


def _normal(data: Data, a: str, b: str, asked: Asked) -> _Answer:
    """Every item both ways: sums first, then sectors by their gap, refused ones last."""
    rows: list[Row] = []
    figures: list[Figure] = []
    notes: list[str] = []
    for seller, buyer in ((a, b), (b, a)):
        found = countries.potential(data, seller, buyer, by=asked.by, year=asked.year)
        table = found.table().with_columns(
            pl.col("kind").is_in(["sector", "product", "item"]).alias("single"),
            pl.Series("id", _ids(found, figures), dtype=pl.String),
        )
        ordered = table.sort("single", "gap_usd", descending=[False, True], nulls_last=True)
        rows += [
            {"exporter": seller, "importer": buyer, **row}
            for row in ordered.drop("single").iter_rows(named=True)
        ]
        notes = list(found.notes)
    return (
        rows,
        [*notes, "`landbridge explain ID` walks an expectation back to the cell it is compared with."],
        figures,
    )


def _ids(found: CountryPotential, figures: list[Figure]) -> list[str | None]:
    out: list[str | None] = []
    for line in found.lines:
        figure = found.figure(line.item)
        out.append(figure.id if isinstance(figure, Figure) else None)
        if isinstance(figure, Figure):
            figures.append(figure)
    return out


def _opportunities(data: Data, a: str, b: str, asked: Asked) -> _Answer:
    rows: list[Row] = []
    figures: list[Figure] = []
    notes: list[str] = []
    for seller, buyer in ((a, b), (b, a)):
        found = countries.potential(data, seller, buyer, by=asked.by, year=asked.year)
        for row in found.opportunities().iter_rows(named=True):
            gain = found.figure(row["item"], "gain")
            held = gain if isinstance(gain, Figure) else None
            figures += [held] if held else []
            rows.append({"exporter": seller, "importer": buyer, **row, "id": held.id if held else None})
        notes = list(found.notes[:3])
    return rows, notes, figures


def _peers(data: Data, a: str, b: str, asked: Asked) -> _Answer:
    rows: list[Row] = []
    notes: list[str] = []
    for seller, buyer in ((a, b), (b, a)):
        moved = peers.peers(data, seller, buyer, asked.to)
        rows += [
            {"exporter": seller, "importer": buyer, **row} for row in moved.table().iter_rows(named=True)
        ]
        named = "; ".join(f"{x} to {y}" for x, y in moved.peers)
        notes += [f"{seller} to {buyer}, peers: {named} ({moved.rule}).", *moved.notes]
    return rows, list(dict.fromkeys(notes)), []


def _costs(data: Data, a: str, b: str, asked: Asked) -> _Answer:
    pairs = [word for word in asked.to if not isinstance(word, str)]
    if pairs:
        raise BadUsage("--show costs takes countries, not pairs.", remedy="Write --to KAZ,VNM.")
    named = [word for word in asked.to if isinstance(word, str)]
    found = inverse.tariff_equivalents(data, a, b, peers=named)
    return found.table().to_dicts(), list(found.notes), []


def _rivals(data: Data, a: str, b: str, asked: Asked) -> _Answer:
    assert asked.item is not None
    found = gap_holders.rivals(data, b, asked.item)
    return found.table().to_dicts(), [f"Suppliers of {asked.item} to {b}.", *found.notes], []


def _supply_demand(data: Data, a: str, b: str, asked: Asked) -> _Answer:
    rows: list[Row] = []
    notes: list[str] = []
    flows = data.trade.best(a, b, asked.year, asked.by or "sector")
    for seller, buyer in ((a, b), (b, a)):
        found = indicators.export_potential(
            flows, seller, buyer, intermediates_only=flows.classification == "sector"
        )
        rows += [
            {"exporter": seller, "importer": buyer, **row} for row in found.table().iter_rows(named=True)
        ]
        notes.append(
            f"{seller} to {buyer}, {found.year} by {found.classification}, {found.basis}. {found.note}"
        )
    return rows, notes, []


def _new_products(data: Data, a: str, b: str, asked: Asked) -> _Answer:
    flows = data.trade.best(a, b, asked.year, asked.by or "sector")
    found = indicators.new_products(flows, a, b, intermediates_only=flows.classification == "sector")
    rows = [{"exporter": a, "importer": b, **row} for row in found.table().iter_rows(named=True)]
    return rows, [f"{found.year} by {found.classification}, {found.basis}. {found.note}"], []


# What a table shows; JSON has every column.
_COLUMNS = {
    "normal": (
        *("exporter", "importer", "item", "observed_usd", "expected_usd", "in_sample_usd"),
        *("normal_low_usd", "normal_high_usd", "percentile", "verdict", "reason", "id"),
    ),
    "opportunities": (
        *(
            "exporter",
            "importer",
            "item",
            "name",
            "observed_usd",
            "gain_usd",
            "gain_low_usd",
            "gain_high_usd",
        ),
        *("verdict", "rca", "id"),
    ),
    "peers": (
        *("exporter", "importer", "item", "name", "observed_usd", "counterfactual_usd"),
        *("counterfactual_low_usd", "counterfactual_high_usd", "cost_change_pct", "peers_used", "reason"),
    ),
    "regions": (
        *("exporter", "importer", "item", "lower_bound_usd", "upper_bound_usd", "estimate_usd", "low_usd"),
        *("high_usd", "status", "headline", "id"),
    ),
}
_VIEWS: dict[str, Callable[[Data, str, str, Asked], _Answer]] = {
    "normal": _normal,
    "opportunities": _opportunities,
    "peers": _peers,
    "costs": _costs,
    "rivals": _rivals,
    "supply-demand": _supply_demand,
    "new-products": _new_products,
}


def _regional(data: Data, a: str, b: str, asked: Asked) -> _Answer:
    found = regions.potential(data, a, b, year=asked.year, by=asked.by, assume_output=asked.assume_output)
    rows: list[Row] = []
    figures: list[Figure] = []
    for row in found.table().iter_rows(named=True):
        headline = found.figure(row["exporter"], row["importer"], row["item"])
        if not isinstance(headline, Figure):
            headline = found.figure(row["exporter"], row["importer"], row["item"], of="bounds")
        held = headline if isinstance(headline, Figure) else None
        figures += [held] if held else []
        rows.append({**row, "year": found.year, "id": held.id if held else None})
    reasons = dict.fromkeys(str(row["reason"]) for row in rows if row["reason"])
    return rows, [*reasons, *found.notes], figures


_MATCHES = ("regions", "sectors")
_START = "A start for a conversation: neither a forecast nor a recommendation."


def match(place: str, country: str, show: str, *, as_json: bool, workspace: Path | None) -> None:
    """Regions of a country as partners, or the sectors in which the two countries trade less than expected."""
    from landbridge.brief import tracing
    from landbridge.planning import matching

    if show not in _MATCHES:
        raise UnknownLabel("view of a match", show, _MATCHES, remedy=f"Valid: {', '.join(_MATCHES)}.")
    data = load_data(workspace)
    found = matching.match(data, place, country)
    if show == "sectors":
        rows = matching.sectors(data, place, country).to_dicts()
        notes = [
            "Sectors of the two countries, both ways, by what the expected level of access would add; most may be within "
            "the normal range. Which region makes or buys them is not held, so "
            "the complementarity of regions is not computed.",
            _START,
        ]
        answer("match", data, rows, as_json=as_json, notes=notes, columns=_COLUMNS["opportunities"][:-1])
        return
    tracing.remember(data.manifest.id, [item.reach for item in found.candidates])
    notes = [
        "Ranked by size over distance alone; reasons stand beside the rank and are not added up with it.",
        f"`landbridge match {place} --in {country} --show sectors` lists what the two countries trade less than expected.",
        _START,
    ]
    if found.left_out:
        notes.append(f"Left out for want of a size: {', '.join(item.code for item in found.left_out)}.")
    columns = (
        *("rank", "best_rank", "worst_rank", "place", "name", "reach_pct", "distance_km"),
        *("ties", "sources", "reasons", "counter_reasons"),
    )
    answer("match", data, found.table().to_dicts(), as_json=as_json, notes=notes, columns=columns)
