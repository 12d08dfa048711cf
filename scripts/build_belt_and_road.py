"""Follow the Belt and Road from shipment times to income, beside what was published: tables of a page.

    python scripts/build_belt_and_road.py

Published falls of shipment time (tables/belt_and_road.csv) times days under way times the value of a day are falls of trade
cost; the sectoral equilibrium turns them into trade and real income. Writes the parts of
docs/explanation/belt-and-road.md between its markers. Nothing is drawn, so the same release gives the same page.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from landbridge import equilibrium
from landbridge.provenance import Figure
from landbridge.release import Data, load

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tables" / "belt_and_road.csv"
PAGE = ROOT / "docs" / "explanation" / "belt-and-road.md"
BLOCK = re.compile(
    r"<!-- table: (?P<name>[\w-]+) -->\n(?P<body>.*?)<!-- end of table: (?P=name) -->", re.DOTALL
)
# The economies that the World Bank's studies of 2018 to 2020 count as corridor economies, China among them. Assumed:
# written down from memory, no list of theirs is held.
_CODES = (
    "AFG ALB ARE ARM AZE BGD BGR BHR BIH BLR BRN BTN CHN CZE DJI EGY EST GEO GRC HKG HRV HUN IDN IND IRN IRQ ISR JOR KAZ "
    "KEN KGZ KHM KWT LAO LBN LKA LTU LVA MDA MDV MKD MMR MNE MNG MYS NPL OMN PAK PHL POL PSE QAT ROU RUS SAU SGP SRB SVK "
    "SVN SYR THA TJK TKM TLS TUR TWN TZA UKR UZB VNM YEM"
)
MEMBERS = tuple(_CODES.split())
# Length of a shipment's way over the great circle between the people of two economies. Assumed.
DETOUR = (1.2, 1.5, 2.0)
LOW, CENTRAL, HIGH = range(3)
OWN, HUMMELS_SCHAUR = "the release's values of a day", "Hummels and Schaur's for all goods"
AMONG, EVERYWHERE, CORRIDOR = "participants", "participants and world", "largest fall everywhere"
# Pairs whose days are shown, and the ends of a route on the network beside them.
SHOWN = (
    ("CHN", "RUS", "CN-BJ", "RU-MOW"),
    ("CHN", "BLR", "CN-BJ", "BY-HM"),
    ("CHN", "KAZ", "CN-BJ", "almaty"),
    ("CHN", "POL", "CN-BJ", "warsaw"),
    ("CHN", "DEU", "CN-BJ", "duisburg"),
)
Array = NDArray[np.float64]
Ends = tuple[float, float, float]


@dataclass(frozen=True)
class Result:
    """Per cent: change of the cost of what participants trade among themselves, of that trade, of the real income of
    participants together, of their mean when each counts once, of the world, and of the participants that gain least and
    most.
    """

    cost: float
    trade: float
    income: float
    mean: float
    world: float
    least: tuple[str, float]
    most: tuple[str, float]


class Showcase:
    """The chain on one release. Arrays are over the places of the accounts, (N, N), and (S, N, N) by sector."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.accounts = data.accounts
        self.places: tuple[str, ...] = tuple(data.accounts.places)
        self.held = [place for place in self.places if place in MEMBERS]
        self.member = np.array([place in MEMBERS for place in self.places])
        self.missing = sorted(set(MEMBERS) - set(self.held))
        self.published = published()
        self.flows = np.asarray(data.accounts.flows)

    @cached_property
    def abroad(self) -> NDArray[np.bool_]:
        """(N, N): whether two places are different."""
        return np.asarray(~np.eye(len(self.places), dtype=bool))

    @cached_property
    def among(self) -> NDArray[np.bool_]:
        """(N, N): whether both are participants, and different."""
        return np.asarray(self.member[:, None] & self.member[None, :] & self.abroad)

    @cached_property
    def days(self) -> Array:
        """(3, N, N): days under way: the distance with detours at a ship's speed, and the two ends; low, central, high.

        Ships carry most of this trade; land takes about as long (the page compares). 0 where no distance is known, which is
        the rest of the world.
        """
        network = self.data.corridors.network
        speed = network.parameter("sea", "ALL", "speed_km_day").ends[::-1]
        port = network.transfer("road", "sea", "ALL")
        assert port is not None
        pairs = self.data.pairs
        known = {
            (i, j): float(km) for i, j, km in pairs.select("exporter", "importer", "distance_km").iter_rows()
        }
        km = np.array([[known.get((i, j), 0.0) for j in self.places] for i in self.places])
        ends = [
            km * detour / pace + 2 * hours / 24
            for detour, pace, hours in zip(DETOUR, speed, port.hours.ends, strict=True)
        ]
        return np.where((km > 0) & self.abroad, np.array(ends), 0.0)

    @cached_property
    def values(self) -> Mapping[str, Array]:
        """(3, S): per cent of value a day, by the two readings; nothing for services."""
        low, high = self.published["value of a day", "goods"]
        own, same = [], []
        for sector in self.accounts.sectors:
            found = self.data.time_values.per_day(sector)
            if isinstance(found, Figure) and found.low is not None and found.high is not None:
                # Where only a range was published the centre is its middle, as in scenarios.
                centre = (found.low + found.high) / 2 if found.value is None else found.value
                own.append((found.low, centre, found.high))
                same.append((low, (low + high) / 2, high))
            else:
                own.append((0.0, 0.0, 0.0))
                same.append((0.0, 0.0, 0.0))
        return {OWN: np.array(own).T, HUMMELS_SCHAUR: np.array(same).T}

    @cached_property
    def goods(self) -> NDArray[np.bool_]:
        """(S,): sectors whose goods are under way for days."""
        return np.asarray(self.values[OWN][HIGH] > 0)

    def times(self, reach: str, end: int) -> Array:
        """(N, N): published change of shipment time as a fraction; of ranges the smaller fall at the low `end`."""
        among = self._end("shipment time", "corridors" if reach == CORRIDOR else "participants", end)
        world = self._end("shipment time", "world", end) if reach == EVERYWHERE else 0.0
        return np.asarray(np.where(self.among, among, np.where(self.abroad, world, 0.0)) / 100)

    def ours(self, reach: str, values: str, end: int, days: Array | None = None) -> Array:
        """(S, N, N): new over old cost from time saved and the value of a day, all at the same `end` of their ranges."""
        held = self.days if days is None else days
        saved = held[end] * self.times(reach, end)
        return np.asarray(1.0 + self.values[values][end][:, None, None] / 100 * saved[None])

    def theirs(self, reach: str, end: int) -> Array:
        """(S, N, N): new over old cost, if the published fall of trade costs is one of the value of the goods."""
        among = self._end("trade costs", "participants", end)
        world = self._end("trade costs", "world", end) if reach == EVERYWHERE else 0.0
        fall = np.where(self.among, among, np.where(self.abroad, world, 0.0)) / 100
        return 1.0 + np.where(self.goods[:, None, None], fall[None], 0.0)

    def solved(self, cost_hat: Array, variant: str | None = None) -> Result:
        """The equilibrium after these costs, on the central account or under another imputation of final demand."""
        held = self.accounts if variant is None else self.accounts.variant(variant)
        base = equilibrium.baseline(held.flows, held.inputs, final_share=held.final_share)
        theta = np.array([self.data.elasticities.theta(sector).value for sector in held.sectors])
        found = equilibrium.solve(base, theta=theta, cost_hat=cost_hat)
        hat = found.real_income_hat
        spending = np.asarray(base.spending)
        change = 100 * (hat - 1)
        mine = sorted((float(change[at]), place) for at, place in enumerate(self.places) if self.member[at])
        traded = np.asarray(base.flows)[:, self.among]
        return Result(
            self.cost_change(cost_hat),
            100 * float((traded * found.flows_hat[:, self.among]).sum() / traded.sum() - 1),
            float(change[self.member] @ spending[self.member] / spending[self.member].sum()),
            float(change[self.member].mean()),
            float(change @ spending / spending.sum()),
            mine[0][::-1],
            mine[-1][::-1],
        )

    def cost_change(self, cost_hat: Array) -> float:
        """Per cent of value, mean over the goods that participants trade among themselves."""
        weights = self.flows[self.goods][:, self.among]
        return 100 * float((weights * (cost_hat[self.goods][:, self.among] - 1)).sum() / weights.sum())

    def mean_days(self, end: int) -> float:
        """Days under way, mean over the value of the goods that participants trade among themselves."""
        weights = self.flows[self.goods].sum(axis=0)[self.among]
        return float(weights @ self.days[end][self.among] / weights.sum())

    def _end(self, measure: str, scope: str, end: int) -> float:
        """Published ranges are of falls: the low end is the small one."""
        most, least = self.published[measure, scope]
        return (least, (least + most) / 2, most)[end]


def published() -> dict[tuple[str, str], tuple[float, float]]:
    """What was published: (measure, scope) to low and high, per cent."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (row["measure"], row["scope"]): (float(row["low"]), float(row["high"]))
            for row in csv.DictReader(file)
        }


def words(value: float, digits: int = 2) -> str:
    """A number with its sign, at so many significant digits, with the minus sign of print."""
    text = f"{value:+.{digits}g}" if value else "0"
    if "e" in text:
        text = f"{value:+.{digits + 3}f}"
    return text.replace("-", "−")


def span(low: float, high: float, digits: int = 2) -> str:
    """Both ends of a range; once, where they read the same."""
    ends = words(low, digits), words(high, digits)
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines: list[Sequence[str]] = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def days_table(show: Showcase) -> str:
    """Days under way of some pairs: by distance, and by the network (rail and sea, for electronics)."""
    at = {place: position for position, place in enumerate(show.places)}
    cargo = show.data.corridors.cargo("CHN", "RUS", "C26")
    rows = []
    for exporter, importer, origin, destination in SHOWN:
        low, central, high = (float(show.days[end][at[exporter], at[importer]]) for end in range(3))
        (route,) = show.data.corridors.routes(
            origin, destination, best=1, cargo=cargo, modes=("rail", "sea")
        ).routes
        hours = route.hours
        rows.append(
            (
                f"{exporter} to {importer}",
                f"{central:.0f} ({low:.0f} to {high:.0f})",
                f"{hours.value / 24:.0f} ({hours.low / 24:.0f} to {hours.high / 24:.0f})",
                f"{origin} to {destination}, {', '.join(route.modes)}",
            )
        )
    mean = [show.mean_days(end) for end in range(3)]
    rows.append(
        ("mean of what participants trade", f"{mean[1]:.0f} ({mean[0]:.0f} to {mean[2]:.0f})", "", "")
    )
    return table(("pair", "days by distance, used here", "days by the network", "route of the network"), rows)


def ratio_table(show: Showcase) -> str:
    """Published cost over published time, and the days at which a day's value would make that ratio."""
    low_value, high_value = show.published["value of a day", "goods"]
    rows = []
    for scope in ("world", "participants", "corridors"):
        times, costs = (show.published[measure, scope] for measure in ("shipment time", "trade costs"))
        ratios = [cost / time for cost, time in zip(costs, times, strict=True)]
        few, many = (
            min(ratios) / (high_value / 100),
            max(ratios) / (low_value / 100),
        )
        ends = sorted({f"{ratio:.2f}" for ratio in ratios})
        rows.append(
            (
                scope,
                span(times[1], times[0], 3),
                span(costs[1], costs[0], 3),
                " to ".join(ends),
                f"{few:.0f} to {many:.0f}",
            )
        )
    return table(("scope", "time, %", "trade costs, %", "ratio", "days at which the ratio is of value"), rows)


def cost_table(show: Showcase) -> str:
    """Change of cost among participants, theirs and ours, per cent."""
    rows = []
    for reach, scope in ((AMONG, "participants"), (CORRIDOR, "corridors")):
        theirs = show.published["trade costs", scope]
        mine = []
        for values in (OWN, HUMMELS_SCHAUR):
            low, central, high = (show.cost_change(show.ours(reach, values, end)) for end in range(3))
            mine.append(f"{words(central)} ({span(low, high)})")
        rows.append((reach, span(theirs[1], theirs[0], 3), *mine))
    return table(("fall of time", "published, %", f"ours, {OWN}", f"ours, {HUMMELS_SCHAUR}"), rows)


def outcome_table(show: Showcase) -> str:
    """Trade and income, theirs and ours, per cent."""
    chain = [
        (f"our costs, {values}; {reach}", [show.solved(show.ours(reach, values, end)) for end in range(3)])
        for values in (OWN, HUMMELS_SCHAUR)
        for reach in (AMONG, EVERYWHERE)
    ]
    given = [
        (f"their costs; {reach}", [show.solved(show.theirs(reach, end)) for end in range(3)])
        for reach in (AMONG, EVERYWHERE)
    ]
    trade, welfare = show.published["trade", "participants"][1], show.published["welfare", "participants"][1]
    rows = [("published", f"up to {words(trade)}", words(welfare), "", "")]
    for label, (low, central, high) in (*chain, *given):
        rows.append(
            (
                label,
                f"{words(central.trade)} ({span(low.trade, high.trade)})",
                f"{words(central.income)} ({span(low.income, high.income)})",
                f"{words(central.mean)} ({span(low.mean, high.mean)})",
                f"{high.most[0]} {words(high.most[1])}",
            )
        )
    head = (
        "change in, %",
        "trade among participants",
        "real income of participants",
        "mean of participants",
        "most, at the high end",
    )
    return table(head, rows)


def scale_text(show: Showcase) -> str:
    """How far the published gain is from what the model gives for the published costs."""
    welfare = show.published["welfare", "participants"][1]
    low, high = (show.solved(show.theirs(reach, HIGH)) for reach in (AMONG, EVERYWHERE))
    together = f"{welfare / high.income:.1f} to {welfare / low.income:.1f}"
    each = f"{welfare / high.mean:.1f} to {welfare / low.mean:.1f}"
    return (
        f"The published gain of {words(welfare)} % is {together} times what our model gives participants together for the "
        f"high end of their costs ({words(high.income)} and {words(low.income)} %), and {each} times the mean in which each "
        "counts once.\n"
    )


def spread_text(show: Showcase) -> str:
    """What imputation of final demand does to the central result."""
    costs = show.ours(AMONG, OWN, CENTRAL)
    found = [show.solved(costs, variant) for variant in show.accounts.variants]
    trades, incomes = [one.trade for one in found], [one.income for one in found]
    return (
        f"Under the {len(found)} imputations of final demand the central result (our costs, {OWN}; {AMONG}) is "
        f"{span(min(trades), max(trades))} % of trade and {span(min(incomes), max(incomes))} % of real income.\n"
    )


def places_text(show: Showcase) -> str:
    """Which participants the accounts hold."""
    return (
        f"Of {len(MEMBERS)} economies the accounts hold {len(show.held)}: {', '.join(show.held)}. Missing are "
        f"{len(show.missing)}: {', '.join(show.missing)}.\n"
    )


PARTS = {
    "places": places_text,
    "days": days_table,
    "ratio": ratio_table,
    "costs": cost_table,
    "outcomes": outcome_table,
    "scale": scale_text,
    "imputations": spread_text,
}


def refreshed(text: str, show: Showcase) -> str:
    """The page with its parts written anew."""

    def part(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- table: {name} -->\n\n{PARTS[name](show)}\n<!-- end of table: {name} -->"

    return BLOCK.sub(part, text)


def main() -> None:
    """Write the page."""
    page = PAGE.read_text("utf-8")
    PAGE.write_text(refreshed(page, Showcase(load())), "utf-8")


if __name__ == "__main__":
    main()
