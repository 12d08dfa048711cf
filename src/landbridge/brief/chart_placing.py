"""Where words beside a path stand: moved clear of each other, and tied to their place by a line where they are far off."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from landbridge.brief.chart_lines import Box

Point = tuple[float, float]
# Px from a place beyond which words are tied to it by a line.
_FAR = 34.0
# So many words are tried in every order of giving way, more of them in two.
_TRIED = 5
_STEP = 3.0


@dataclass(frozen=True, slots=True)
class Spot:
    """Where words stand and the `place` that they are about (px). `crossed`: a line there would run through other words."""

    box: Box
    place: Point
    crossed: bool = False

    @property
    def near(self) -> Point:
        """Where a line from the place meets the words."""
        edge = self.box.bottom + 2 if self.box.bottom < self.place[1] else self.box.top - 2
        return min(max(self.place[0], self.box.left), self.box.right), edge

    @property
    def length(self) -> float:
        """How far the words are from their place."""
        return math.dist(self.place, self.near)

    @property
    def tied(self) -> bool:
        """Whether a line leads to the place: one that is far off, unless other words are in the way."""
        return self.length > _FAR and not self.crossed

    def crosses(self, box: Box) -> bool:
        """Whether a line to the place would run through a box."""
        if self.length <= _FAR:
            return False
        (x, y), (last_x, last_y) = self.place, self.near
        return any(
            box.holds((x + (last_x - x) * part / 20, y + (last_y - y) * part / 20)) for part in range(21)
        )


def arranged(wanted: Sequence[Spot], *, within: tuple[float, float], up: bool) -> list[Spot]:
    """The same spots moved up or down until no words cover others, in the order of giving way that looks best.

    Best is first to stay inside `within` (px, from and to), then to cross few words with lines, then to be near.
    """
    places = range(len(wanted))
    orders = itertools.permutations(places) if len(wanted) <= _TRIED else (places, places[::-1])
    top, bottom = sorted(within)

    def cost(spots: Sequence[Spot]) -> float:
        outside = sum(spot.box.top < top or spot.box.bottom > bottom for spot in spots)
        return sum(spot.length + 300.0 * spot.crossed for spot in spots) + 1000.0 * outside

    return min((_moved(wanted, tuple(order), up) for order in orders), key=cost)


def _moved(wanted: Sequence[Spot], order: Sequence[int], up: bool) -> list[Spot]:
    """The spots placed in this order, each moved clear of those before it."""
    out: dict[int, Spot] = {}
    for at in order:
        spot, step = wanted[at], -_STEP if up else _STEP
        while any(spot.box.meets(other.box) for other in out.values()):
            box = replace(spot.box, top=spot.box.top + step, bottom=spot.box.bottom + step)
            spot = replace(spot, box=box)
        out[at] = spot
    spots = [out[at] for at in range(len(wanted))]
    return [
        replace(spot, crossed=any(spot.crosses(other.box) for other in spots if other is not spot))
        for spot in spots
    ]
