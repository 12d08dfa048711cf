"""The closed set of changes: what may be said about an obstacle, in which units and within which bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator, field_validator
from pydantic_core import PydanticCustomError

from landbridge.errors import nearest
from landbridge.scenarios.forms import Fault, Form, refused
from landbridge.scenarios.sizes import FITTED, Bound, Cited, Range, Source, as_source, no_source
from landbridge.scenarios.words import Country, End, Members, Pair, Sectors, expanded, groups

# Beyond a hundredfold rise of costs almost nothing moves: that is a closure, and should be called one.
_COST = Bound(
    "%", -100, 10_000, above=True, why="A cost cannot fall by all of itself; beyond the top, write a closure."
)
_FACTOR = Bound("%", -100, 1_000, above=True, why="At -100 nothing would be left.")
_RATE = Bound("%", 0, 1_000, why="A tariff is a share of the value at the border.")
_SHARE = Bound("%", 0, 100, why="It is a share.")
_CHARGE = Bound("USD/t", -10_000, 10_000, why="Freight itself costs less.")
_HOURS = Bound("h", -8_760, 8_760, why="A year has 8,760 hours.")

Text = Annotated[str, Field(max_length=2_000)]


def _whether(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    raise refused(
        f"{given!r} is neither true nor false.",
        "Write true if the agreement enters into force, false if it is left.",
    )


class Change(Form):
    """What every change has: `label`, `drawn_with`, `sectors`, `source`, `sources`, `note`.

    `source` says who states the sizes, `sources` the same for single sizes that somebody else states. Two changes of one
    label share their draws; `drawn_with` names a change with which sizes that are alike are shared.
    """

    ways: ClassVar[tuple[tuple[str, ...], ...]] = (("between",), ("exporter", "importer"))
    sized: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Alternatives of size: exactly one of these sets of keys must be there."""

    kind: str
    label: Annotated[str, Field(max_length=80)] = ""
    drawn_with: Annotated[str, Field(max_length=80)] = ""
    sectors: Sectors = ("all",)
    source: Source
    sources: dict[str, Cited | str] = Field(default_factory=dict)
    note: Text = ""

    @field_validator("sources", mode="plain")
    @classmethod
    def _sources(cls, given: Any) -> dict[str, Cited | str]:
        """A source for each of some sizes; every field that is none, and every source that is not whole."""
        # A base rate has a key of its own, from_source.
        valid = [name for name in cls.sizes() if name != "from_pct"]
        if not isinstance(given, Mapping) or not given:
            raise refused(
                "sources are a mapping from a size to its source.",
                f"Write it like this: sources: {{{valid[0]}: assumed}}. Valid: {', '.join(valid)}.",
            )
        made: dict[str, Cited | str] = {}
        faults: list[Fault] = []
        for name, source in given.items():
            if name not in valid:
                close = nearest(str(name), valid)
                hint = f"Nearest valid: {', '.join(close)}." if close else ""
                what = f"no size is called {name!r}."
                faults.append(Fault((str(name),), what, hint, f"Valid: {', '.join(valid)}."))
                continue
            try:
                made[name] = as_source(source)
            except PydanticCustomError as error:
                held = error.context or {}
                inner = [fault.under(name) for fault in held["faults"]]
                faults += inner or [Fault((name,), held["what"], held["cause"], held["remedy"])]
        if faults:
            raise refused("some sources are wrong.", faults=faults)
        return made

    def source_of(self, name: str) -> Cited | str:
        """Who states the size in the field `name`: its own source, else that of the change."""
        return self.sources.get(name, self.source)

    @classmethod
    def sizes(cls) -> dict[str, Bound]:
        """The fields that hold a range, with their bounds."""
        fields = cls.model_fields.items()
        return {name: item for name, field in fields for item in field.metadata if isinstance(item, Bound)}

    @classmethod
    def unfit_keys(cls, given: set[str]) -> Iterator[Fault]:
        """Not exactly one way to say where, or how much; no source."""
        yield from cls._one_of(given, cls.ways, "where")
        if cls.sized:
            yield from cls._one_of(given, cls.sized, "how much")

    @classmethod
    def _one_of(cls, given: set[str], ways: tuple[tuple[str, ...], ...], question: str) -> Iterator[Fault]:
        started = [way for way in ways if given & set(way)]
        if len(started) == 1 and set(started[0]) <= given:
            return
        listed = "; or ".join(" and ".join(way) for way in ways)
        if not started:
            what = f"nothing says {question}."
        elif len(started) > 1:
            what = (
                f"{' and '.join(key for way in started for key in way if key in given)} exclude each other."
            )
        else:
            what = f"the key {next(key for key in started[0] if key not in given)!r} is missing."
        yield Fault((), what, f"It is said by: {listed}.", f"Write it like this: {cls.example}")

    def ranges(self) -> dict[str, Range]:
        """The sizes that are given, by field."""
        given = {name: getattr(self, name) for name in self.sizes()}
        return {name: size for name, size in given.items() if isinstance(size, Range)}

    def unfit_values(self) -> Iterator[Fault]:
        """A source of a size that is not there."""
        for name in self.sources:
            if name not in self.ranges():
                yield Fault(
                    ("sources", name),
                    f"{name} has a source and no size.",
                    remedy=f"Write {name}, or leave its source out.",
                )

    @property
    def codes(self) -> tuple[str, ...]:
        """The sector codes behind `sectors`."""
        return expanded(self.sectors)

    def named(self) -> tuple[str, ...]:
        """The places that the change names, `all` left out."""
        found: list[str] = []
        for way in self.ways:
            for key in way:
                value = getattr(self, key)
                found += () if value is None else [value] if isinstance(value, str) else value
        return tuple(dict.fromkeys(place for place in found if place != "all"))

    def _goods_only(self, why: str) -> Iterator[Fault]:
        foreign = [code for code in self.codes if code not in groups()["goods"]]
        if foreign:
            shown = ", ".join(foreign[:5]) + (f" and {len(foreign) - 5} more" if len(foreign) > 5 else "")
            yield Fault(
                ("sectors",), f"{shown}: {why}", remedy="Write `goods`, or codes beginning with A, B or C."
            )


class Flow(Change):
    """A change of trade between places: `between` two (both ways), or from `exporter` to `importer` (one way)."""

    between: Pair | None = None
    exporter: End | None = None
    importer: End | None = None

    def unfit_values(self) -> Iterator[Fault]:
        """A place that trades with itself."""
        yield from super().unfit_values()
        if self.exporter is not None and self.exporter == self.importer != "all":
            yield Fault(
                ("importer",),
                "exporter and importer are the same.",
                "What a place sells at home crosses no border.",
                "Name another place, or write a change of kind productivity.",
            )


class Tariff(Flow):
    """An import tariff: to a rate where the base rate is known, else a change of cost that raises no revenue."""

    sized = (("to_pct",), ("change_pct",))
    example = "{kind: tariff, exporter: CHN, importer: RUS, sectors: [C28], to_pct: 0, source: assumed}"

    kind: Literal["tariff"] = "tariff"
    sectors: Sectors = ("goods",)
    to_pct: Annotated[Range | None, _RATE] = None
    from_pct: Annotated[Range | None, _RATE] = None
    from_source: Source | None = None
    change_pct: Annotated[Range | None, _COST] = None

    @classmethod
    def unfit_keys(cls, given: set[str]) -> Iterator[Fault]:
        """A base rate without its source, or beside a change of cost."""
        yield from super().unfit_keys(given)
        if ("from_pct" in given) != ("from_source" in given):
            there, lacks = ("from_pct", "from_source") if "from_pct" in given else ("from_source", "from_pct")
            yield Fault(
                (there,), f"{there} needs {lacks}.", "A base rate that nobody states cannot be checked."
            )
        if "from_pct" in given and "change_pct" in given:
            yield Fault(
                ("from_pct",),
                "a change of cost has no base rate.",
                remedy="Write to_pct, or leave from_pct out.",
            )

    def source_of(self, name: str) -> Cited | str:
        """Who states a size; the base rate has a key of its own for that."""
        if name == "from_pct" and self.from_source is not None:
            return self.from_source
        return super().source_of(name)

    def unfit_values(self) -> Iterator[Fault]:
        """Services, which pay no tariff."""
        yield from super().unfit_values()
        yield from self._goods_only("services pay no tariff.")


class TradeCost(Flow):
    """Any cost of trade in its ad-valorem equivalent: per cent of the cost of delivery."""

    sized = (("change_pct",),)
    example = "{kind: trade_cost, between: [CHN, BLR], sectors: goods, change_pct: [-5, -2], source: assumed}"

    kind: Literal["trade_cost"] = "trade_cost"
    change_pct: Annotated[Range | None, _COST] = None


class BorderTime(Flow):
    """Hours, or a charge on a tonne, more or less at a border, for the share of the flow that crosses there.

    Without `share_pct` the crossing is one of the network, and who uses it is known from there; without places too, every
    flow that uses it is meant.
    """

    first = ("crossing",)
    sized = (("hours", "share_pct"),)
    example = (
        "{kind: border_time, between: [CHN, RUS], hours: [-9, -6], share_pct: [10, 30], source: assumed}"
    )

    kind: Literal["border_time"] = "border_time"
    sectors: Sectors = ("goods",)
    crossing: Text = ""
    hours: Annotated[Range | None, _HOURS] = None
    charge_usd_t: Annotated[Range | None, _CHARGE] = None
    share_pct: Annotated[Range | None, _SHARE] = None

    @property
    def by_network(self) -> bool:
        """Whether the network says who crosses there."""
        return self.share_pct is None

    @classmethod
    def unfit_keys(cls, given: set[str]) -> Iterator[Fault]:
        """A share without places, or neither a share nor a crossing."""
        if "crossing" not in given or "share_pct" in given:
            yield from super().unfit_keys(given)
            return
        if given & {"between", "exporter", "importer"}:
            yield from cls._one_of(given, cls.ways, "where")
        if not given & {"hours", "charge_usd_t"}:
            yield Fault((), "nothing says how much.", "It is said by: hours; charge_usd_t; or both.")

    def unfit_values(self) -> Iterator[Fault]:
        """Services, which cross no border post, or a charge on a flow whose tonnes are not known."""
        yield from super().unfit_values()
        yield from self._goods_only("services do not wait at a border.")
        if self.charge_usd_t is not None and not self.by_network:
            yield Fault(
                ("charge_usd_t",),
                "a charge on a tonne needs the value of a tonne, which is known for flows of the network.",
                remedy="Leave share_pct out and name a crossing of the network, or write a trade_cost in per cent.",
            )


class DocumentStep(Flow):
    """A paper, inspection or permit: hours, cost in per cent of value, or both, for the share of the flow that needs it."""

    first = ("step",)
    example = (
        "{kind: document_step, step: phytosanitary certificate, exporter: RUS, importer: CHN, sectors: food, "
        "hours: -24, cost_pct: [-1, 0], share_pct: 100, source: assumed}"
    )

    kind: Literal["document_step"] = "document_step"
    sectors: Sectors = ("goods",)
    step: Text = ""
    hours: Annotated[Range | None, _HOURS] = None
    cost_pct: Annotated[Range | None, _COST] = None
    share_pct: Annotated[Range | None, _SHARE] = None

    @classmethod
    def unfit_keys(cls, given: set[str]) -> Iterator[Fault]:
        """Neither time nor cost, or no share."""
        yield from super().unfit_keys(given)
        if not given & {"hours", "cost_pct"}:
            yield Fault(
                (),
                "nothing says how much.",
                "It is said by: hours; cost_pct; or both.",
                f"Example: {cls.example}",
            )
        if "share_pct" not in given:
            yield Fault(
                (), "the key 'share_pct' is missing.", remedy="Write 100 if all of the flow needs the step."
            )


class Settlement(Flow):
    """Friction of payment: a fee, days of delay at a cost of capital, for the share of payments that meet it."""

    example = (
        "{kind: settlement, between: [CHN, RUS], fee_pct: [1, 4], delay_days: [5, 30], capital_cost_pct: [8, 20], "
        "share_pct: [30, 80], source: assumed}"
    )

    kind: Literal["settlement"] = "settlement"
    fee_pct: Annotated[Range | None, _COST] = None
    delay_days: Annotated[Range | None, Bound("d", -365, 365, why="A year has 365 days.")] = None
    capital_cost_pct: Annotated[Range | None, Bound("% a year", 0, 1_000)] = None
    share_pct: Annotated[Range | None, _SHARE] = None

    @classmethod
    def unfit_keys(cls, given: set[str]) -> Iterator[Fault]:
        """Neither fee nor delay, a delay without its price, or no share."""
        yield from super().unfit_keys(given)
        if not given & {"fee_pct", "delay_days"}:
            yield Fault(
                (),
                "nothing says how much.",
                "It is said by: fee_pct; delay_days; or both.",
                f"Example: {cls.example}",
            )
        if ("delay_days" in given) != ("capital_cost_pct" in given):
            yield Fault(
                (),
                "delay_days and capital_cost_pct go together.",
                "Days cost what the capital bound in them costs.",
            )
        if "share_pct" not in given:
            yield Fault((), "the key 'share_pct' is missing.", remedy="Write 100 if all payments meet it.")


class Capacity(Flow):
    """How much the flow of a pair changes when a capacity does; the cost that brings it about is solved for."""

    sized = (("flow_change_pct",),)
    example = (
        "{kind: capacity, exporter: RUS, importer: CHN, sectors: [B06], flow_change_pct: 20, source: assumed}"
    )

    kind: Literal["capacity"] = "capacity"
    sectors: Sectors = ("goods",)
    flow_change_pct: Annotated[Range | None, _FACTOR] = None

    def unfit_values(self) -> Iterator[Fault]:
        """More than one pair: one capacity is solved for one flow."""
        yield from super().unfit_values()
        for key in ("between", "exporter", "importer"):
            if "all" in (getattr(self, key) or ()) or getattr(self, key) == "all":
                yield Fault((key,), "a capacity belongs to one pair.", remedy="Name both places.")


class Closure(Flow):
    """Routes, varieties or firms shut out: all of them (100, the default) or a share of the base flow."""

    example = "{kind: closure, between: [CHN, RUS], sectors: [C26], share_pct: 100, source: assumed}"

    kind: Literal["closure"] = "closure"
    share_pct: Annotated[Range, _SHARE] = Range(100)


class Sanction(Flow):
    """A sanction: a share of the flow shut out, or what getting round it costs."""

    sized = (("share_pct",), ("change_pct",))
    example = (
        "{kind: sanction, exporter: all, importer: RUS, sectors: [C26], share_pct: [40, 90], source: assumed}"
    )

    kind: Literal["sanction"] = "sanction"
    share_pct: Annotated[Range | None, _SHARE] = None
    change_pct: Annotated[Range | None, _COST] = None


class Productivity(Change):
    """Output per unit of inputs of a place, for sales at home and abroad."""

    first = ("place",)
    ways = (("place",),)
    sized = (("change_pct",),)
    example = "{kind: productivity, place: BLR, sectors: [C28], change_pct: [-3, -1], source: assumed}"

    kind: Literal["productivity"] = "productivity"
    place: Country | None = None
    change_pct: Annotated[Range | None, _FACTOR] = None


class Agreement(Change):
    """An agreement entering into force, or leaving it: trade among its members by a coefficient of a gravity equation."""

    ways = (("members",), ("between",))
    sized = (("coefficient",),)
    example = (
        "{kind: agreement, between: [BLR, CHN], sectors: services, coefficient: [0.1, 0.5], source: assumed}"
    )

    kind: Literal["agreement"] = "agreement"
    between: Pair | None = None
    members: Members | None = None
    sectors: Sectors = ("goods",)
    in_force: Annotated[bool, PlainValidator(_whether)] = True
    coefficient: Annotated[
        Range | str | None, Bound("1", -5, 5, words=(FITTED,), why="It is in log points of trade.")
    ] = None
    source: Source | None = None  # type: ignore[assignment]

    def unfit_values(self) -> Iterator[Fault]:
        """A coefficient that nobody states or that is fitted on other sectors, or a pair with `all`."""
        yield from super().unfit_values()
        if self.coefficient == FITTED:
            yield from self._goods_only("the fitted coefficient is that of trade in goods.")
        if self.source is None and self.coefficient != FITTED:
            yield no_source(self.example)
        if self.between and "all" in self.between:
            yield Fault(("between",), "an agreement has named members.", remedy="Name both places.")


KINDS: dict[str, type[Change]] = {
    form.model_fields["kind"].default: form
    for form in (
        Tariff,
        TradeCost,
        BorderTime,
        DocumentStep,
        Settlement,
        Capacity,
        Closure,
        Sanction,
        Productivity,
        Agreement,
    )
}
"""Every kind of change by the word that a file uses."""
