"""Which pairs of regions councils and commissions cover twice, once or not at all, beside what the regions weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from landbridge import codes
from landbridge.errors import BadUsage
from landbridge.ledger import Record, Statement
from landbridge.registers.dormancy import Dormancy
from landbridge.registers.dormancy_rules import FOUNDING
from landbridge.registers.meetings import state
from landbridge.registers.membership import REGIONAL, Membership, once, reach, require_two_countries
from landbridge.registers.moments import day
from landbridge.registers.weights import Weights, weights
from landbridge.release.data import Data

TWICE, ONCE, NOTHING = "twice or more", "once", "nothing"
ALIVE, SILENT = "a body seen alive", "a body seen, but silent or in doubt"
UNSEEN = "only a body that nobody has seen meet"
# What covers a pair → the column of the summary that counts such pairs.
LIVES: Mapping[str, str] = MappingProxyType(
    {ALIVE: "seen_alive", SILENT: "seen_silent", UNSEEN: "never_seen"}
)


@dataclass(frozen=True, slots=True)
class Reached:
    """One mechanism and the regions of both sides that belong to it as regions; `state` is that of its dormancy.

    `seen` is false where no source held shows it at work: nobody has seen it meet.
    """

    record: Record
    a: dict[str, Membership]
    b: dict[str, Membership]
    state: str
    seen: bool


@dataclass(frozen=True, slots=True)
class PairCoverage:
    """One pair of regions: the mechanisms that cover it and what it weighs.

    `share_a` and `share_b` are the regions' shares of their sides, `weight` their product: the share of the pair in what the
    sides would trade if size alone decided. `rank` is its place by weight. All are None where a weight is not known.
    """

    a: str
    b: str
    mechanisms: tuple[Reached, ...]
    share_a: float | None
    share_b: float | None
    rank: int | None

    @property
    def weight(self) -> float | None:
        """Share of the pair, 0 to 1."""
        return None if self.share_a is None or self.share_b is None else self.share_a * self.share_b

    @property
    def covered(self) -> str:
        """`twice or more`, `once` or `nothing`."""
        return (NOTHING, ONCE, TWICE)[min(2, len(self.mechanisms))]

    @property
    def life(self) -> str:
        """By what kind of body it is covered, the liveliest of several: one of `LIVES`; empty where by none."""
        if not self.mechanisms:
            return ""
        if any(item.state == "alive" and item.seen for item in self.mechanisms):
            return ALIVE
        return SILENT if any(item.seen for item in self.mechanisms) else UNSEEN

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What says that the regions belong to the mechanisms."""
        found = (
            side[code].statement for m in self.mechanisms for side, code in ((m.a, self.a), (m.b, self.b))
        )
        return once(found)

    def row(self) -> dict[str, Any]:
        """Plain columns; an unknown weight is None and `weight_note` says of whom."""
        unknown = [code for code, share in ((self.a, self.share_a), (self.b, self.share_b)) if share is None]
        weight = self.weight
        return {
            "a": self.a,
            "a_name": codes.place(self.a).name,
            "b": self.b,
            "b_name": codes.place(self.b).name,
            "covered": self.covered,
            "by": self.life or None,
            "mechanisms": "; ".join(m.record.name for m in self.mechanisms) or None,
            "states": "; ".join(m.state for m in self.mechanisms) or None,
            "assumed": any(m.a[self.a].assumed or m.b[self.b].assumed for m in self.mechanisms),
            "share_a_pct": None if self.share_a is None else 100 * self.share_a,
            "share_b_pct": None if self.share_b is None else 100 * self.share_b,
            "pair_weight_pct": None if weight is None else 100 * weight,
            "rank": self.rank,
            "weight_note": f"weight not known for {', '.join(unknown)}" if unknown else None,
            "ids": " ".join(statement.id for statement in self.statements) or None,
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every pair of two sides on a date, heaviest first and pairs of unknown weight last.

    `everywhere` are mechanisms that cover all pairs alike, because they stand for whole countries; they are not counted.
    """

    on: str
    pairs: tuple[PairCoverage, ...]
    everywhere: tuple[Record, ...]
    weights_a: Weights
    weights_b: Weights

    def of(self, covered: str) -> tuple[PairCoverage, ...]:
        """The pairs covered `twice or more`, `once` or by `nothing`."""
        return tuple(pair for pair in self.pairs if pair.covered == covered)

    def summary(self) -> tuple[dict[str, Any], ...]:
        """One row for each extent of coverage: how many pairs, and how much of the known weight, it takes.

        The pairs stand again by whether a body that covers them was seen alive, fell silent, or was never seen to meet.
        """
        total = sum(pair.weight or 0.0 for pair in self.pairs)
        rows = []
        for covered in (TWICE, ONCE, NOTHING):
            chosen = self.of(covered)
            known = [pair for pair in chosen if pair.weight is not None]
            weight = sum(pair.weight or 0.0 for pair in known)
            heaviest = min(known, key=lambda pair: pair.rank or 0, default=None)
            rows.append(
                {
                    "covered": covered,
                    "pairs": len(chosen),
                    "pairs_pct": 100 * len(chosen) / len(self.pairs),
                    **{
                        column: sum(pair.life == life for pair in chosen) if covered != NOTHING else None
                        for life, column in LIVES.items()
                    },
                    "weight_pct": 100 * weight / total if total > 0 else None,
                    "weight_unknown": len(chosen) - len(known),
                    "heaviest": f"{heaviest.a} {heaviest.b}" if heaviest else None,
                }
            )
        return tuple(rows)

    def _by(self, life: str) -> int:
        return sum(pair.life == life for pair in self.pairs)

    def regions(self) -> tuple[dict[str, Any], ...]:
        """One row for each region: how many mechanisms it belongs to with any region of the other side, and its weight."""
        sides = (("a", self.weights_a), ("b", self.weights_b))
        found: dict[tuple[str, str], dict[str, str]] = {}
        for pair in self.pairs:
            for side, code in (("a", pair.a), ("b", pair.b)):
                named = found.setdefault((side, code), {})
                named.update({m.record.subject: m.record.name for m in pair.mechanisms})
        rows: list[dict[str, Any]] = [
            {
                "region": code,
                "name": codes.place(code).name,
                "covered": (NOTHING, ONCE, TWICE)[min(2, len(found[side, code]))],
                "mechanisms": "; ".join(sorted(found[side, code].values())) or None,
                "share_of_side_pct": 100 * held.shares[code] if code in held.shares else None,
            }
            for side, held in sides
            for code in sorted(code for which, code in found if which == side)
        ]
        return tuple(rows)

    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the table."""
        listed = ", ".join(record.name for record in self.everywhere)
        return (
            f"Weight of the first side: {self.weights_a.words()}; of the second: {self.weights_b.words()}. The weight of a "
            "pair is the product of both shares: its part of the trade if size alone decided. It is no measure of need.",
            "Counted are mechanisms that name regions or macro-regions."
            + (
                f" Not counted, because they cover every pair alike through the countries: {listed}."
                if listed
                else ""
            ),
            f"Of the pairs covered, {self._by(ALIVE)} are by {ALIVE}, {self._by(SILENT)} by {SILENT}, {self._by(UNSEEN)} by "
            f"{UNSEEN}: no source held shows it at work.",
            "A pair covered by nothing is one of which the ledger holds no mechanism; there may be others.",
        )


def coverage(data: Data, side_a: str | Sequence[str], side_b: str | Sequence[str], on: str) -> Coverage:
    """Which pairs of regions mechanisms cover on a date, against what the regions weigh.

    A side is a country, a macro-region, or a list of regions of one country. Raises `UnknownLabel` for a code that no list
    holds and `BadUsage` where a side has no regions or both sides lie in one country.
    """
    regions_a, regions_b = _regions(side_a), _regions(side_b)
    require_two_countries(codes.place(regions_a[0]), codes.place(regions_b[0]))
    day(on)
    reached, everywhere = _reached(data, regions_a, regions_b, on)
    weigh_a, weigh_b = weights(data, regions_a, on), weights(data, regions_b, on)
    found = []
    for a in regions_a:
        ours = [item for item in reached if a in item.a]
        for b in regions_b:
            theirs = tuple(item for item in ours if b in item.b)
            found.append((a, b, theirs, weigh_a.shares.get(a), weigh_b.shares.get(b)))
    found.sort(
        key=lambda row: (-row[3] * row[4] if row[3] is not None and row[4] is not None else 1.0, row[:2])
    )
    pairs = tuple(
        PairCoverage(*row, rank if row[3] is not None and row[4] is not None else None)
        for rank, row in enumerate(found, start=1)
    )
    return Coverage(on, pairs, everywhere, weigh_a, weigh_b)


def _reached(
    data: Data, regions_a: Sequence[str], regions_b: Sequence[str], on: str
) -> tuple[list[Reached], tuple[Record, ...]]:
    reached, everywhere = [], []
    for held in data.ledger.on(on).records("mechanism"):
        whole = data.ledger.record(held.subject)
        belong = reach(held, whole, (*regions_a, *regions_b))
        regional = {code: item for code, item in belong.items() if item.path in REGIONAL}
        a = {code: regional[code] for code in regions_a if code in regional}
        b = {code: regional[code] for code in regions_b if code in regional}
        if a and b:
            life = state(data.ledger, whole, on, data.as_of)
            reached.append(Reached(held, a, b, life.state, _seen(life)))
        elif all(code in belong for code in (*regions_a, *regions_b)):
            everywhere.append(held)
    reached.sort(key=lambda item: (item.record.name, item.record.subject))
    return reached, tuple(everywhere)


def _seen(life: Dormancy) -> bool:
    """Whether a source shows a mechanism at work; that it was founded shows no meeting."""
    return life.last_sign is not None and life.last_sign.property not in FOUNDING


def _regions(side: str | Sequence[str]) -> tuple[str, ...]:
    """The regions of a side, each once, all of one country."""
    named = (side,) if isinstance(side, str) else tuple(side)
    found = dict.fromkeys(
        region for place in map(codes.place, named) for region in (place.members or (place.code,))
    )
    regions = tuple(code for code in found if codes.place(code).kind == "region")
    if not regions or len(regions) < len(found):
        lacking = ", ".join(code for code in found if code not in regions) or "nothing"
        raise BadUsage(
            f"no regions are held for {lacking}.",
            cause="Coverage is asked pair by pair of regions.",
            remedy="Name a country whose regions are held (CHN, RUS, BLR), a macro-region or regions.",
        )
    if len({codes.place(code).country for code in regions}) > 1:
        raise BadUsage(
            f"the regions {', '.join(regions)} lie in more than one country.",
            remedy="Ask one country a side.",
        )
    return regions
