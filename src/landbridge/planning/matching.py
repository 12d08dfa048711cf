"""Which regions of a country fit a place: candidates with what speaks for and against each, never one score for all.

The order is by *reach*: a candidate's economic size over its distance, the part of a gravity model that two places
do not choose. Ties, crossings and published trade stand beside it as reasons; they are not added up with it, because
nothing measures what one tie is worth in kilometres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import polars as pl

from landbridge import codes
from landbridge.codes import Place
from landbridge.errors import BadUsage, NotHeld
from landbridge.flows.distance import Array, great_circle_km
from landbridge.ledger import Record
from landbridge.potential.countries import potential
from landbridge.provenance import Citation, Figure, Status, derive
from landbridge.release import Data

# How fast trade falls with distance, as a range without a source of its own: the sectors' estimates of the country-pair
# model lie about it (docs/explanation/matching.md). A ranking that holds at one end only is shown as a range of ranks.
DISTANCE_ELASTICITIES = (0.6, 0.9, 1.2)
_SIZES = ("output", "gdp_share", "population")
_TIES = ("twinning", "document", "mechanism", "event", "project", "zone")
# Two seats in one city are not at no distance.
_NEAREST_KM = 50.0
_CODE = "landbridge.planning.matching.match"


class Reason(StrEnum):
    """What speaks for a candidate, or against it."""

    LARGE = "among the largest quarter by economic size"
    NEAR = "among the nearest quarter"
    TIED = "a tie of the two by name stands in the ledger"
    CROSSING = "a border crossing with the other country lies there"
    TRADES = "its trade with the other country is published"
    SMALL = "among the smallest quarter by economic size"
    FAR = "among the farthest quarter"
    UNTIED = "no tie of the two by name is held"
    UNKNOWN_TRADE = "no figure of its trade with the other country is held"
    CROWDED = "already tied by name to several other regions of that country"


FOR = (Reason.LARGE, Reason.NEAR, Reason.TIED, Reason.CROSSING, Reason.TRADES)
_CROWDED = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One region that was considered.

    `reach` is its share in per cent of the size over distance of all candidates, with the range over the distance
    elasticities; `rank` its place by reach, from `best_rank` to `worst_rank` over the same range. `ties` are records that
    name both places, `crossings` border crossings that lie in it, `trade` published records of its trade with the other
    country.
    """

    place: Place
    rank: int
    best_rank: int
    worst_rank: int
    reach: Figure
    size: Figure
    distance: Figure
    ties: tuple[Record, ...]
    crossings: tuple[Record, ...]
    trade: tuple[Record, ...]
    reasons: tuple[Reason, ...]

    @property
    def sources(self) -> int:
        """How many different sources speak of it and the place: the evidence behind ties, crossings and trade."""
        records = (*self.ties, *self.crossings, *self.trade)
        return len({said.source for record in records for said in record.statements})

    @property
    def counter_reasons(self) -> tuple[Reason, ...]:
        """What speaks against it."""
        return tuple(reason for reason in self.reasons if reason not in FOR)

    @property
    def supporting(self) -> tuple[Reason, ...]:
        """What speaks for it."""
        return tuple(reason for reason in self.reasons if reason in FOR)


@dataclass(frozen=True, slots=True)
class Match:
    """The regions of `country` as partners of `place`, in the order of reach; `left_out` lacks a size."""

    place: Place
    country: Place
    candidates: tuple[Candidate, ...]
    left_out: tuple[Place, ...] = field(default=())

    def table(self) -> pl.DataFrame:
        """One row a candidate, best reach first."""
        rows = [
            {
                "rank": item.rank,
                "best_rank": item.best_rank,
                "worst_rank": item.worst_rank,
                "place": item.place.code,
                "name": item.place.name,
                "reach_pct": item.reach.value,
                "reach_low_pct": item.reach.low,
                "reach_high_pct": item.reach.high,
                "size": item.size.value,
                "size_unit": item.size.unit,
                "size_period": item.size.period,
                "distance_km": item.distance.value,
                "ties": len(item.ties),
                "sources": item.sources,
                "reasons": "; ".join(item.supporting),
                "counter_reasons": "; ".join(item.counter_reasons),
                "records": " ".join(record.subject for record in (*item.ties, *item.crossings, *item.trade)),
                "status": item.reach.status.value,
                "id": item.reach.id,
            }
            for item in self.candidates
        ]
        return pl.DataFrame(rows)


def match(
    data: Data,
    place: str,
    country: str,
    *,
    elasticities: tuple[float, float, float] = DISTANCE_ELASTICITIES,
) -> Match:
    """The first-level regions of `country` as partners of `place`, a region or country elsewhere.

    `elasticities` are the low, central and high values by which trade falls with distance. Raises `BadUsage` where the
    two are in one country or `country` is none, and `NotHeld` where its regions or their sizes are not held.
    """
    here, there = codes.place(place), codes.place(country)
    _refuse(here, there, elasticities)
    sizes = _sizes(data, there)
    left_out = tuple(codes.place(code) for code in there.members if code not in sizes)
    regions = [codes.place(code) for code in there.members if code in sizes]
    origin = _origin(data, here)
    cited = Citation(data.sources["geonames"], "points of regional seats")
    away = {region.code: _distance(here, region, *origin, cited) for region in regions}
    size = np.array([sizes[region.code].point for region in regions])
    km = np.array([away[region.code].point for region in regions])
    shares = np.array([_reach(size, km, power) for power in elasticities])
    ranks = np.array([_ranks(share) for share in shares])
    order = np.argsort(ranks[1])
    return Match(
        here,
        there,
        tuple(
            _candidate(data, here, regions[i], shares[:, i], ranks[:, i], sizes, away) for i in order.tolist()
        ),
        left_out,
    )


def sectors(data: Data, place: str, country: str) -> pl.DataFrame:
    """Sectors in which the countries of the two places trade less than expected, both ways, largest gain first.

    Columns of `CountryPotential.opportunities` after exporter and importer. It says nothing of the regions themselves.
    Raises `NotHeld` where the accounts do not hold one of the countries.
    """
    home = codes.place(place).country
    parts = []
    for seller, buyer in ((home, country), (country, home)):
        found = potential(data, seller, buyer).opportunities()
        parts.append(
            found.select(pl.lit(seller).alias("exporter"), pl.lit(buyer).alias("importer"), pl.all())
        )
    return pl.concat(parts).sort("gain_usd", "item", descending=[True, False])


def _refuse(here: Place, there: Place, elasticities: Sequence[float]) -> None:
    if there.kind != "country":
        raise BadUsage(
            f"{there} is not a country.", remedy=f"Name the country to search in, such as {there.country}."
        )
    if here.kind == "macro":
        raise BadUsage(
            f"{here} is a group of regions.", remedy=f"Name one of them: {', '.join(here.members)}."
        )
    if here.country == there.code:
        raise BadUsage(
            f"{here} lies in {there}.",
            remedy="Landbridge compares places across a border: name another country.",
        )
    if not there.members:
        raise NotHeld(
            f"the regions of {there} are not held.",
            remedy="Regions are held for China, Russia and Belarus (CHN, RUS, BLR).",
        )
    if not all(np.isfinite(elasticities)) or not 0 <= elasticities[0] <= elasticities[1] <= elasticities[2]:
        raise BadUsage(
            f"distance elasticities {tuple(elasticities)} are not a rising range of numbers from 0.",
            remedy="Give low, central and high, such as 0.6, 0.9, 1.2.",
        )


def _sizes(data: Data, country: Place) -> dict[str, Figure]:
    """The economic size of each region by the first indicator that most regions have; one unit and period for all."""
    for indicator in _SIZES:
        found = {
            code: figure
            for code in country.members
            if isinstance(figure := data.observations.latest(code, indicator), Figure) and figure.point > 0
        }
        if len(found) > len(country.members) / 2:
            return found
    raise NotHeld(
        f"no size of the regions of {country} is held.", remedy="See `landbridge sources --places`."
    )


def _origin(data: Data, here: Place) -> tuple[Array, Array]:
    """Where a place is: points (n, 2) in degrees and their shares (n,); a country is where its people live."""
    if here.kind == "region":
        return _points([here]), np.ones(1)
    people = {code: data.observations.latest(code, "population") for code in here.members}
    held = {code: figure.point for code, figure in people.items() if isinstance(figure, Figure)}
    if not held:
        raise NotHeld(
            f"where the people of {here} live is not held.",
            remedy="Name one of its regions, or a country whose regions are held: CHN, RUS, BLR.",
        )
    weight = np.array(list(held.values()))
    return _points([codes.place(code) for code in held]), weight / weight.sum()


def _points(places: Sequence[Place]) -> Array:
    return np.array([(place.lat, place.lon) for place in places], dtype=np.float64)


def _distance(here: Place, region: Place, points: Array, shares: Array, cited: Citation) -> Figure:
    km = np.maximum(great_circle_km(points, _points([region]))[:, 0], _NEAREST_KM)
    # The harmonic mean, for the reason given in `landbridge.flows.distance.weighted_km`.
    return Figure(
        measure=f"Great-circle distance between the seats of {here.name} and {region.name}",
        value=float(1.0 / (shares @ (1.0 / km))),
        unit="km",
        period="",
        status=Status.ESTIMATED,
        citation=cited,
        cell=f"codes.places:{here.code}/{region.code}",
        code="landbridge.flows.distance.great_circle_km",
        note="Computed from the coordinates of the seats in the code list; roads and railways are longer.",
    )


def _reach(size: Array, km: Array, power: float) -> Array:
    """Size over distance, (candidates,), in per cent of the sum."""
    weight = size * km**-power
    return np.asarray(100 * weight / weight.sum(), dtype=np.float64)


def _ranks(share: Array) -> Array:
    """Ranks from 1, largest share first; equal shares keep the order of the code list."""
    ranks = np.empty(share.size)
    ranks[np.argsort(-share, kind="stable")] = np.arange(1, share.size + 1)
    return ranks


def _candidate(
    data: Data,
    here: Place,
    region: Place,
    shares: Array,
    ranks: Array,
    sizes: dict[str, Figure],
    away: dict[str, Figure],
) -> Candidate:
    size, distance = sizes[region.code], away[region.code]
    reach = derive(
        f"Share of {region.name} in the size over distance of all regions considered, seen from {here.name}",
        float(shares[1]),
        "%",
        (size, distance),
        _CODE,
        period=size.period,
        low=float(shares.min()),
        high=float(shares.max()),
        note="Low and high are those of the range of distance elasticities, which is assumed.",
    )
    ledger = data.ledger
    ties = ledger.tying(here.code, region.code, *_TIES)
    crossings = ledger.tying(region.code, here.country, "crossing") or tuple(
        record
        for record in ledger.between((region.code,), _side(here.country), "crossing")
        if region.code in record.text("near").split()
    )
    trade = tuple(
        record
        for record in ledger.between((region.code,), _side(here.country), "trade")
        if record.standing and any(record.quantities("turnover", "exports", "imports"))
    )
    reasons = [
        *_by_quarter(size, list(sizes.values()), Reason.LARGE, Reason.SMALL),
        *_by_quarter(distance, list(away.values()), Reason.FAR, Reason.NEAR),
        Reason.TIED if ties else Reason.UNTIED,
        *([Reason.CROSSING] if crossings else []),
        Reason.TRADES if trade else Reason.UNKNOWN_TRADE,
        *([Reason.CROWDED] if _other_ties(data, here, region) >= _CROWDED else []),
    ]
    return Candidate(
        region,
        int(ranks[1]),
        int(ranks.min()),
        int(ranks.max()),
        reach,
        size,
        distance,
        ties,
        crossings,
        trade,
        tuple(sorted(reasons, key=list(Reason).index)),
    )


def _side(country: str) -> tuple[str, ...]:
    return (country, *codes.place(country).members)


def _by_quarter(own: Figure, all_of_them: list[Figure], high: Reason, low: Reason) -> list[Reason]:
    values = np.array([figure.point for figure in all_of_them])
    lower, upper = np.quantile(values, (0.25, 0.75))
    if lower == upper:
        return []
    return [high] if own.point >= upper else [low] if own.point <= lower else []


def _other_ties(data: Data, here: Place, region: Place) -> int:
    """How many other regions of the country of `here` the candidate is tied to by name."""
    others = [code for code in codes.place(here.country).members if code != here.code]
    return sum(bool(data.ledger.tying(code, region.code, "twinning", "document")) for code in others)
