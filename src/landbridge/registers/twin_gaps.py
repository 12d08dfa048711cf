"""Pairs of regions that might be twinned and are not, by size over distance, with reasons for and against each.

The order is that of the potential engine (`landbridge.planning.matching`): economic sizes over distance, the part of a
gravity model that two places do not choose. It says where much would flow if nothing else mattered. Ties, crossings, trade
and dormancy stand beside it as reasons and are never added up with it: nothing measures what a tie is worth. No effect of
twinning is estimated, so the list is a list of pairs to look at, not of ties that would pay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge import codes
from landbridge.codes import Place
from landbridge.errors import BadUsage
from landbridge.flows.distance import great_circle_km
from landbridge.ledger import Record
from landbridge.planning.matching import DISTANCE_ELASTICITIES, Candidate, match
from landbridge.provenance import Figure
from landbridge.registers.twin_products import fit
from landbridge.registers.twins import Links, Tie, roll_up, ties, within
from landbridge.release import Data

# So many places at the head of a region's list count as its first partners: few enough that a staff could look after them.
_FIRST = 5
# From this number of ties with one country on, another is one more to look after. The same number as in `match`.
_MANY = 3
# So many times a region may stand in one list: the capital comes first from everywhere, which says that it is large.
EACH = 3


class Ground(StrEnum):
    """What speaks for a tie of two regions, or against it."""

    FIRST_BOTH = "each is among the first five of the other's list by size over distance"
    LARGE = "among the largest quarter of pairs by economic size"
    NEAR = "among the nearest quarter of pairs"
    CROSSING = "a border crossing joins the two"
    TRADES = "trade of one of them with the other country is published"
    PRODUCTS = "what one sells and the other buys by product is held; how far it fits stands beside"
    FAR = "among the farthest quarter of pairs"
    NO_CROSSING = "no border crossing joins the two"
    NO_TRADE = "no figure of the trade of either with the other country is held"
    NO_PRODUCTS = (
        "what both sell and buy by product is not held, so whether they complement each other is unknown"
    )
    CITIES = "cities or districts of the two are twinned already"
    COUNCIL = "a council of many regions takes in both already"
    ENDED = "a tie of the two regions has ended"
    MANY = "one of them is tied to several other regions of that country already"
    DORMANT = "a tie of one of them with another region of that country looks dormant"
    SILENT = "one of them has ties with that country, and no sign of life of any is held"


FOR = (Ground.FIRST_BOTH, Ground.LARGE, Ground.NEAR, Ground.CROSSING, Ground.TRADES, Ground.PRODUCTS)


@dataclass(frozen=True, slots=True)
class Gap:
    """Two regions without a tie of their own.

    `rank` is their place among all pairs of regions of the two countries by size over distance, `best_rank` to
    `worst_rank` over the range of distance elasticities. `rank_of_b` is the place of `b` in the list of `a`, `rank_of_a`
    the other way round, each as central, best and worst. `links` is what ties their cities, None where nothing does;
    `councils` are those of many regions that take in both. `ties_of_a` and `ties_of_b` are what each has with other
    regions of the other's country; `complementarity` is "a to b" and "b to a" where the trade of both by product is held.
    """

    a: Candidate
    b: Candidate
    rank: int
    best_rank: int
    worst_rank: int
    rank_of_a: tuple[int, int, int]
    rank_of_b: tuple[int, int, int]
    distance_km: float
    links: Links | None
    councils: tuple[Tie, ...]
    ties_of_a: tuple[Tie, ...]
    ties_of_b: tuple[Tie, ...]
    complementarity: Mapping[str, Figure]
    grounds: tuple[Ground, ...]

    @property
    def reasons(self) -> tuple[Ground, ...]:
        """What speaks for a tie."""
        return tuple(ground for ground in self.grounds if ground in FOR)

    @property
    def counter_reasons(self) -> tuple[Ground, ...]:
        """What speaks against it, or is not known."""
        return tuple(ground for ground in self.grounds if ground not in FOR)

    @property
    def records(self) -> tuple[str, ...]:
        """The records behind the reasons: city ties, ties with others, crossings, published trade."""
        own = () if self.links is None else self.links.ties
        tied = [tie.record for tie in (*own, *self.councils, *self.ties_of_a, *self.ties_of_b)]
        others = [*_joining(self.a, self.b), *self.a.trade, *self.b.trade]
        return tuple(dict.fromkeys(record.subject for record in (*tied, *others)))

    def row(self) -> dict[str, Any]:
        """Plain columns."""
        return {
            "rank": self.rank,
            "best_rank": self.best_rank,
            "worst_rank": self.worst_rank,
            "a": self.a.place.code,
            "a_name": self.a.place.name,
            "b": self.b.place.code,
            "b_name": self.b.place.name,
            "rank_of_b_for_a": self.rank_of_b[0],
            "rank_of_b_for_a_range": _range(self.rank_of_b),
            "rank_of_a_for_b": self.rank_of_a[0],
            "rank_of_a_for_b_range": _range(self.rank_of_a),
            "distance_km": self.distance_km,
            "size_a": self.a.size.value,
            "size_a_unit": self.a.size.unit,
            "size_b": self.b.size.value,
            "size_b_unit": self.b.size.unit,
            "city_ties": len(self.links.city_ties) if self.links else 0,
            "district_ties": len(self.links.district_ties) if self.links else 0,
            "other_ties_of_a": len(self.ties_of_a),
            "other_ties_of_b": len(self.ties_of_b),
            "complementarity_a_to_b": _value(self.complementarity.get("a to b")),
            "complementarity_b_to_a": _value(self.complementarity.get("b to a")),
            "reasons": "; ".join(self.reasons) or None,
            "counter_reasons": "; ".join(self.counter_reasons) or None,
            "records": " ".join(self.records) or None,
            "size_ids": f"{self.a.size.id} {self.b.size.id}",
        }


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The first untied pairs of two countries. `pairs` is how many there are in all, `tied` how many have a tie of the
    regions that has not ended, a dormant one included; `passed_over` pairs stand before the last one shown and were not
    shown, because one of the two stands in the list often enough; `left_out` are regions whose size is not held.
    """

    gaps: tuple[Gap, ...]
    pairs: int
    tied: int
    passed_over: int
    left_out: tuple[Place, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a pair."""
        return [gap.row() for gap in self.gaps]


@dataclass(frozen=True, slots=True)
class _Field:
    """All pairs of two countries: candidates of each side, distances (n, m), ranks by elasticity (3, n, m).

    `ranks` is over all pairs; `for_a` ranks the second side within each row, `for_b` the first within each column.
    `nearest_km`, `farthest_km` and `large` are the limits of the nearest, farthest and largest quarter of pairs.
    """

    side_a: tuple[Candidate, ...]
    side_b: tuple[Candidate, ...]
    km: NDArray[np.float64]
    joint: NDArray[np.float64]
    ranks: NDArray[np.int64]
    for_a: NDArray[np.int64]
    for_b: NDArray[np.int64]
    nearest_km: float
    farthest_km: float
    large: float


def ought(
    data: Data, a: str, b: str, today: str, *, limit: int = 10, each: int = EACH, years: float | None = None
) -> Shortlist:
    """Pairs of regions of two countries that no tie of regions binds, first by size over distance.

    `a` and `b` are countries, or a region of one of them to see its pairs only; ranks are among all pairs of the two
    countries either way. No region stands in the list more than `each` times but the one that was named. A dormant tie is
    a tie: `twins.dormant` lists those. Raises `BadUsage` where the two lie in one country and `NotHeld` where the regions
    of one or their sizes are not held.
    """
    if min(limit, each) < 1:
        raise BadUsage(f"a list of {min(limit, each)} pairs is none.", remedy="Ask for one or more.")
    first, second = (codes.place(codes.place(code).country).code for code in (a, b))
    matches = match(data, second, first), match(data, first, second)
    field = _field(matches[0].candidates, matches[1].candidates)
    councils = [tie for tie in ties(data, today, between=(first, second), years=years) if tie.of_many]
    linked = {(item.a, item.b): item for item in roll_up(data, first, second, today, years=years)}
    own = [within(code) for code in (a, b)]
    order = np.argsort(field.ranks[1], axis=None)
    gaps: list[Gap] = []
    often: Counter[str] = Counter({place: -len(order) for place in (a, b)})
    passed_over = 0
    for i, j in zip(*np.unravel_index(order, field.km.shape), strict=True):
        pair = (field.side_a[i].place.code, field.side_b[j].place.code)
        links = linked.get(pair)
        if pair[0] not in own[0] or pair[1] not in own[1] or (links is not None and links.region_tie):
            continue
        if max(often[code] for code in pair) >= each:
            passed_over += 1
            continue
        often.update(pair)
        gaps.append(_gap(data, field, (int(i), int(j)), linked, councils))
        if len(gaps) == limit:
            break
    tied = sum(item.region_tie for item in linked.values())
    return Shortlist(
        tuple(gaps), int(field.km.size), tied, passed_over, (*matches[0].left_out, *matches[1].left_out)
    )


def _field(side_a: Sequence[Candidate], side_b: Sequence[Candidate]) -> _Field:
    """All pairs by size over distance, as `match` orders the partners of one place."""
    points = [
        np.array([(c.place.lat, c.place.lon) for c in side], dtype=np.float64) for side in (side_a, side_b)
    ]
    sizes = [np.array([c.size.point for c in side], dtype=np.float64) for side in (side_a, side_b)]
    km = great_circle_km(*points)
    joint = np.outer(*sizes)
    reach = np.array([joint * km**-power for power in DISTANCE_ELASTICITIES])
    return _Field(
        tuple(side_a),
        tuple(side_b),
        km,
        joint,
        np.array([_ranked(layer.ravel()[None, :]).reshape(layer.shape) for layer in reach]),
        np.array([_ranked(layer) for layer in reach]),
        np.array([_ranked(layer.T).T for layer in reach]),
        float(np.quantile(km, 0.25)),
        float(np.quantile(km, 0.75)),
        float(np.quantile(joint, 0.75)),
    )


def _ranked(weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Ranks within each row of (n, m), the largest first; equal ones keep their order."""
    order = np.argsort(-weights, axis=1, kind="stable")
    ranks = np.empty(order.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, np.arange(1, order.shape[1] + 1)[None, :], axis=1)
    return ranks


def _gap(
    data: Data,
    field: _Field,
    at: tuple[int, int],
    linked: Mapping[tuple[str, str], Links],
    councils: Sequence[Tie],
) -> Gap:
    i, j = at
    a, b = field.side_a[i], field.side_b[j]
    pair = (a.place.code, b.place.code)
    others_a = tuple(
        tie for key, item in linked.items() if key[0] == pair[0] and key != pair for tie in _own(item)
    )
    others_b = tuple(
        tie for key, item in linked.items() if key[1] == pair[1] and key != pair for tie in _own(item)
    )
    links = linked.get(pair)
    over = tuple(tie for tie in councils if tie.takes_in(*pair))
    ways = {"a to b": fit(data, *pair), "b to a": fit(data, *reversed(pair))}
    fits = {way: figure for way, figure in ways.items() if figure is not None}
    ranks = field.ranks[:, i, j]
    of_a, of_b = field.for_b[:, i, j], field.for_a[:, i, j]
    first = of_a[1] <= _FIRST and of_b[1] <= _FIRST
    grounds = [
        *([Ground.FIRST_BOTH] if first else []),
        *_by_quarter(field, at),
        Ground.CROSSING if _joining(a, b) else Ground.NO_CROSSING,
        Ground.TRADES if a.trade or b.trade else Ground.NO_TRADE,
        Ground.PRODUCTS if fits else Ground.NO_PRODUCTS,
        *([Ground.COUNCIL] if over else []),
        *_by_ties(links, (others_a, others_b)),
    ]
    return Gap(
        a,
        b,
        int(ranks[1]),
        int(ranks.min()),
        int(ranks.max()),
        _three(of_a),
        _three(of_b),
        float(field.km[i, j]),
        links,
        over,
        others_a,
        others_b,
        fits,
        tuple(sorted(grounds, key=list(Ground).index)),
    )


def _by_quarter(field: _Field, at: tuple[int, int]) -> list[Ground]:
    found = [Ground.LARGE] if field.joint[at] >= field.large else []
    if field.km[at] <= field.nearest_km:
        return [*found, Ground.NEAR]
    return [*found, Ground.FAR] if field.km[at] >= field.farthest_km else found


def _by_ties(links: Links | None, others: tuple[tuple[Tie, ...], tuple[Tie, ...]]) -> list[Ground]:
    found = []
    if links is not None:
        found += [Ground.CITIES] if links.city_ties or links.district_ties else []
        found += [Ground.ENDED] if links.region_ties else []
    found += [Ground.MANY] if max(map(len, others)) >= _MANY else []
    found += [Ground.DORMANT] if any(tie.life.state == "dormant" for side in others for tie in side) else []
    silent = any(side and all(tie.life.state == "unknown" for tie in side) for side in others)
    return [*found, *([Ground.SILENT] if silent else [])]


def _joining(a: Candidate, b: Candidate) -> tuple[Record, ...]:
    """The crossings that lie in both: with one end in each."""
    ends = {record.subject for record in b.crossings}
    return tuple(record for record in a.crossings if record.subject in ends)


def _own(links: Links) -> list[Tie]:
    """The ties of two regions that have not ended."""
    return [tie for tie in links.ties if tie.of_regions and tie.life.state != "ended"]


def _value(figure: Figure | None) -> float | None:
    return None if figure is None else figure.value


def _three(ranks: NDArray[np.int64]) -> tuple[int, int, int]:
    return int(ranks[1]), int(ranks.min()), int(ranks.max())


def _range(ranks: tuple[int, int, int]) -> str:
    return f"{ranks[1]}-{ranks[2]}"
