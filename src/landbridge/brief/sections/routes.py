"""The cheapest routes of one cargo over the network: time, money and emissions, with what each is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landbridge import codes
from landbridge.brief.document import Bar, Bars, Block, Chart, Refusal, Table
from landbridge.brief.numbers import show
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Code, Label, Name, Part, Sentence, plain
from landbridge.errors import BadUsage, NotHeld
from landbridge.provenance import Citation, Figure, Status, derive

if TYPE_CHECKING:
    # Routing brings SciPy along, which pairs without a network do without.
    from landbridge.corridors.amounts import Amount
    from landbridge.corridors.corridors import Corridors
    from landbridge.corridors.cost import Leg
    from landbridge.corridors.routing import Route, Routes

_BEST, _DAY = 3, 24
_BY_LAND = ("rail", "road")
# The page is about crossings, and what goes by air crosses none.
_MODES = (*_BY_LAND, "sea")
_CODE = "landbridge.corridors.routing.routes"


def blocks(setting: Setting) -> list[Block]:
    """The routes from the first place to the second, or why there are none."""
    say = setting.say
    what = say(
        "Routes from {a} to {b}, with time and cost.",
        a=setting.place(setting.a.code),
        b=setting.place(setting.b.code),
    )
    try:
        corridors = setting.data.corridors
        found = corridors.routes(
            setting.a.code, setting.b.code, best=_BEST, sector=_cargo(setting, corridors), modes=_MODES
        )
    except (NotHeld, BadUsage):
        return [
            Refusal(
                what,
                say(
                    "The network that this release holds does not join the two, or nothing is held on what a tonne between "
                    "them is worth."
                ),
                say(
                    "With a network and a cargo of your own: {command}.",
                    command=Code("landbridge route --help"),
                ),
            )
        ]
    if not found.routes:
        return [Refusal(what, say("{why}", why=Name(found.why, "network")))]
    told = _Told(setting, corridors, found)
    return [told.chart(), told.table()]


def _cargo(setting: Setting, corridors: Corridors) -> str | None:
    """The goods of which most goes by rail and road from the first country to the second, by value; None if unknown."""
    pair = (setting.nation_a.code, setting.nation_b.code)
    flows = setting.data.trade.year(setting.data.accounts.year, "sector").between(*pair)
    values = dict(flows.select("item", "value_usd").rows())
    by_land: dict[str, float] = {}
    for row in corridors.use.rows:
        if (row.exporter, row.importer) == pair and row.mode in _BY_LAND:
            moved = row.share.value * values.get(row.sector, 0.0)
            by_land[row.sector] = by_land.get(row.sector, 0.0) + moved
    return max(by_land, key=lambda sector: (by_land[sector], sector), default=None)


@dataclass(frozen=True, slots=True)
class _Told:
    """Routes found, in typed parts."""

    setting: Setting
    corridors: Corridors
    found: Routes

    @property
    def goods(self) -> str:
        """What is carried."""
        return codes.sector(self.found.cargo.sector).name

    def chart(self) -> Chart:
        """Where the time of the cheapest route goes, largest part first."""
        say, best = self.setting.say, self.found.routes[0]
        parts = sorted(self._parts(best, "hours", "h", self._time(best)), key=lambda part: -part[1].point)
        over = tuple(self._over(best))
        between = {"a": self._end(self.found.origin), "b": self._end(self.found.destination)}
        title = (
            say("From {a} to {b} over {over}, the cheapest route: where the time goes", **between, over=over)
            if over
            else say("From {a} to {b}, the cheapest route: where the time goes", **between)
        )
        time = self._ranged(self._days(best))
        return Chart(
            "route-time",
            title,
            say(
                "All of it takes {time}. A border adds waiting, formalities and a change of gauge.", time=time
            )
            if over
            else say("All of it takes {time}. There is no border with controls on the way.", time=time),
            say("Bar chart of the hours of a route by what they are spent on."),
            Bars(tuple(Bar(label, figure) for label, figure in parts)),
        )

    def table(self) -> Table:
        """One row a route, the cheapest first."""
        setting, say = self.setting, self.setting.say
        places = {"a": self._end(self.found.origin), "b": self._end(self.found.destination)}
        return Table(
            "routes",
            say(
                "From {a} to {b}: the cheapest routes of a tonne of {goods}",
                **places,
                goods=Label(self.goods, self.found.cargo.sector),
            ),
            (
                say("Over"),
                say("by"),
                say("would take it"),
                say("length"),
                say("time"),
                say("freight and charges"),
                say("part of the value of the cargo"),
                say("greenhouse gas of a thousand tonnes"),
            ),
            tuple(self._row(route) for route in self.found.routes),
            note=say(
                "The goods are those of which most goes by rail and road from {a} to {b}; routes by air are left out."
                " Routes differ in the crossings they use and are ordered by freight, charges and the worth of time "
                "together; the part of the value holds all three. In brackets all parts low together and all high "
                "together, which is wider than likely. Who would take which route is what a logit over these few "
                "says, not a count. Each leg: {command}.",
                a=setting.place(setting.nation_a.code),
                b=setting.place(setting.nation_b.code),
                command=Code(f"landbridge route {setting.a.code} {setting.b.code}"),
            ),
        )

    def _row(self, route: Route) -> tuple[Part | None, ...]:
        words, days = self._words(route), self._days(route)
        money = self._sum(f"Freight and charges of a tonne, {words}", route, "usd_t", "USD")
        value = self._figure(
            f"Time and money as part of the value of the cargo, {words}",
            route.ad_valorem_pct,
            "%",
            (days, money, *self._worth()),
        )
        return (
            tuple(self._over(route)) or self.setting.say("no crossing"),
            tuple(Name(family, "network modes") for family in _families(route)),
            None if route.share is None else self._share(route.share, words, value),
            self._sum(f"Length, {words}", route, "length_km", "km"),
            self._ranged(days),
            self._ranged(money),
            self._ranged(value),
            self._sum(f"Emissions of a thousand tonnes, CO2 equivalent, {words}", route, "kg_t", "t"),
        )

    def _days(self, route: Route) -> Figure:
        hours = self._sum(self._time(route), route, "hours", "h")
        low, value, high = (
            None if end is None else end / _DAY for end in (hours.low, hours.value, hours.high)
        )
        return derive(f"{self._time(route)}, in days", value, "days", (hours,), _CODE, low=low, high=high)

    def _time(self, route: Route) -> str:
        return f"Time, {self._words(route)}"

    def _words(self, route: Route) -> str:
        """What tells a route from the others, in the measures of its figures."""
        over = " and ".join(name.text for name in self._over(route))
        return f"over {over}" if over else f"by {' and '.join(_families(route))}"

    def _worth(self) -> tuple[Figure, Figure]:
        """What a tonne of the cargo is worth, and a day of it."""
        cargo = self.found.cargo
        return (
            self._figure(f"Value of a tonne: {self.goods}", cargo.usd_t, "USD"),
            self._figure(f"Value of a day under way: {self.goods}", cargo.day_pct, "%/day"),
        )

    def _ranged(self, figure: Figure) -> Sentence:
        span = ends(figure)
        if span is None:
            return self.setting.say("{value}", value=figure)
        return self.setting.say("{value} ({span})", value=figure, span=span)

    def _share(self, share: float, words: str, value: Figure) -> Figure:
        return Figure(
            f"Part of such cargo that would take it, over {words}",
            100 * share,
            "%",
            "",
            Status.SIMULATED,
            inputs=(value,),
            code="landbridge.corridors.choice",
        )

    def _sum(self, measure: str, route: Route, name: str, unit: str) -> Figure:
        """A sum over legs with its parts under it."""
        parts = tuple(figure for _, figure in self._parts(route, name, unit, measure))
        return self._figure(measure, getattr(route, name), unit, parts)

    def _parts(self, route: Route, name: str, unit: str, measure: str) -> list[tuple[Sentence, Figure]]:
        """What each way of moving, each crossing and each handling adds to a sum over legs."""
        from landbridge.corridors.amounts import total

        parts: dict[Sentence, list[Amount]] = {}
        for leg in route.legs:
            amount: Amount = getattr(leg, name)
            if amount.high:
                parts.setdefault(self._what(leg), []).append(amount)
        return [
            (what, self._figure(f"{measure}: {plain(what, show)}", total(amounts, unit), unit))
            for what, amounts in parts.items()
        ]

    def _what(self, leg: Leg) -> Sentence:
        """What a leg is spent on."""
        say = self.setting.say
        match leg.kind:
            case "line":
                return say("under way by {mode}", mode=Name(_family(leg.mode), "network modes"))
            case "crossing":
                return say("waiting and formalities: {crossing}", crossing=self._crossing(leg.id))
            case "gauge":
                return say("change of gauge: {crossing}", crossing=self._crossing(leg.id))
            case "transfer":
                return say("reloading: {node}", node=self._end(leg.id))
            case _terminal:
                return say("loading or unloading: {node}", node=self._end(leg.id))

    def _figure(self, measure: str, amount: Amount, unit: str, inputs: tuple[Figure, ...] = ()) -> Figure:
        """An amount of the network: with the first of its sources, or assumed."""
        known = [source for source in amount.source if source in self.corridors.sources]
        status = Status(amount.status or Status.ASSUMED)
        if status is not Status.ASSUMED and not known and not inputs:
            status = Status.ASSUMED
        cited = bool(known) and not inputs and status is not Status.ASSUMED
        others = f"Also from {', '.join(known[1:])}" if cited and known[1:] else ""
        certain = amount.low == amount.high
        return Figure(
            measure,
            amount.value,
            unit,
            "",
            status,
            low=None if certain else amount.low,
            high=None if certain else amount.high,
            citation=Citation(self.corridors.sources[known[0]]) if cited else None,
            cell=f"network:{self.found.origin}-{self.found.destination}/{self.found.cargo.sector}",
            inputs=inputs,
            code=_CODE,
            note=others,
        )

    def _over(self, route: Route) -> list[Name]:
        return [self._crossing(crossing) for crossing in route.crossings]

    def _crossing(self, crossing: str) -> Name:
        return Name(self.corridors.network.crossings[crossing].name, f"crossing {crossing}")

    def _end(self, node: str) -> Name:
        return Name(self.corridors.network.nodes[node].name, f"node {node}")


def _family(mode: str) -> str:
    """A mode without its gauge."""
    return mode.split("-")[0] if mode.startswith("rail") else mode.replace("-", " ")


def _families(route: Route) -> tuple[str, ...]:
    """The modes in order, without gauges, each once."""
    return tuple(dict.fromkeys(_family(mode) for mode in route.modes))
