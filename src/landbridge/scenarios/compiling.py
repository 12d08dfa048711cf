"""A scenario read against what is held: which cells it moves, which parameters it draws, what it cannot know."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from landbridge.errors import BadUsage, NotHeld, Problem, nearest
from landbridge.scenarios import in_force, network, possible
from landbridge.scenarios.changes import (
    Agreement,
    BorderTime,
    Capacity,
    Change,
    Closure,
    DocumentStep,
    Flow,
    Productivity,
    Sanction,
    Settlement,
    Tariff,
    TradeCost,
)
from landbridge.scenarios.plan import (
    ELASTICITIES,
    PARAMETERS,
    SIZES,
    Context,
    CostStep,
    Indices,
    Known,
    Parameter,
    Plan,
    TargetStep,
    TariffStep,
    Use,
)
from landbridge.scenarios.sizes import FITTED
from landbridge.scenarios.spec import Scenario
from landbridge.scenarios.words import ALL, groups

LONG_RUN_NOTE = (
    "Long-run: full employment and finished adjustment; nothing is said about the months after a change."
)
_COST_ADVICE = (
    "Name only sectors whose rate is held, give from_pct with from_source, or write change_pct: a change of cost, "
    "without revenue."
)
_FORMULAS = {
    BorderTime: "waiting",
    Closure: "closing",
    DocumentStep: "waiting",
    Productivity: "producing",
    Settlement: "settling",
    Tariff: "ad_valorem",
    TradeCost: "ad_valorem",
}
_SHOWN = 5


def compile(scenario: Scenario, context: Context) -> Plan:
    """The plan of a scenario. Raises `NotHeld` with everything that the data held do not answer, or `BadUsage` where
    changes contradict each other or a size is impossible together with another.
    """
    return _Compiler(scenario, context).plan()


def parameters(scenario: Scenario, context: Context) -> tuple[Parameter, ...]:
    """What the draws of a scenario vary: elasticities, sizes of its changes, and parameters of the release."""
    return compile(scenario, context).parameters


@dataclass
class _Compiler:
    scenario: Scenario
    context: Context
    drawn: dict[str, Parameter] = field(default_factory=dict)
    costs: list[CostStep] = field(default_factory=list)
    tariffs: list[TariffStep] = field(default_factory=list)
    targets: list[TargetStep] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_held: list[Problem] = field(default_factory=list)
    wrong: list[Problem] = field(default_factory=list)
    _where: str = ""

    def plan(self) -> Plan:
        """All changes in turn, then the problems of all of them."""
        theta = self._elasticities()
        self._setting()
        labels = self.scenario.labels
        for at, (label, change) in enumerate(zip(labels, self.scenario.changes, strict=True), 1):
            self._where = f"changes {at} ({label})"
            self._change(label, change)
        if self.wrong or self.not_held:
            raise (BadUsage if self.wrong else NotHeld)([*self.wrong, *self.not_held])
        return Plan(
            self.scenario.model,
            self.scenario.deficits,
            self.context.sectors,
            self.context.places,
            theta,
            tuple(self.drawn.values()),
            tuple(self.costs),
            tuple(self.tariffs),
            tuple(self.targets),
            (LONG_RUN_NOTE, *dict.fromkeys(self.notes)),
        )

    def _elasticities(self) -> tuple[str, ...]:
        names = []
        for sector, known in zip(self.context.sectors, self.context.theta, strict=True):
            names.append(self._known(f"theta {sector}", ELASTICITIES, known, "1"))
        assumed = sum(known.status == "assumed" for known in self.context.theta)
        if assumed:
            self.notes.append(f"The elasticities of {assumed} of {len(names)} sectors are assumed.")
        return tuple(names)

    def _setting(self) -> None:
        if self.scenario.base_year != self.context.year:
            what = f"the accounts are of {self.context.year}, not of {self.scenario.base_year}."
            self.not_held.append(Problem(what, "base_year", remedy=f"Write base_year: {self.context.year}."))
        self._where = "places"
        for place in self.scenario.places:
            self._place(place)

    def _change(self, label: str, change: Change) -> None:
        if isinstance(change, BorderTime) and change.by_network:
            self._crossing(label, change)
            return
        sectors, pairs = self._sectors(change), self._pairs(change)
        if not sectors or not pairs:
            return
        sizes = {
            name: self._size(label, name, change)
            for name in change.ranges()
            if name not in ("from_pct", "to_pct")
        }
        exporters, importers = _indices(pair[0] for pair in pairs), _indices(pair[1] for pair in pairs)
        if isinstance(change, Capacity):
            self._capacity(sectors, pairs, sizes["flow_change_pct"])
            return
        if isinstance(change, Tariff) and change.to_pct is not None:
            self._tariff(label, change, sectors, pairs)
            return
        if "hours" in sizes and not (sectors := self._timed(label, change, sectors)):
            return
        formula = self._formula(label, change, sizes)
        days = self._days(sectors) if "hours" in sizes else ()
        step = CostStep(formula, _indices(sectors), exporters, importers, sizes, days)
        self._add(step)

    def _add(self, step: CostStep) -> None:
        found = possible.impossible(step, self.drawn)
        if found is not None:
            self.wrong.append(replace(found, where=self._where))
        self.costs.append(step)

    def _crossing(self, label: str, change: BorderTime) -> None:
        """Hours or a charge at a crossing of the network, for the share of each flow that uses it."""
        crossings = network.named(change.crossing, self.context)
        if isinstance(crossings, Problem):
            self.not_held.append(replace(crossings, where=self._where))
            return
        sizes = {name: self._size(label, name, change) for name in change.ranges()}
        if change.hours is not None and change.hours.value > 0.0:
            self.notes.append(
                f"{label}: {change.hours.value:g} hours more at the border; a quicker one has negative hours."
            )
        pairs = self._pairs(change) if change.named() else None
        without: dict[str, None] = {}
        begun = len(self.costs)
        for users in network.users(crossings, self.context, self._sectors(change), pairs):
            uses = [use for use in users.uses if network.priced(use, sizes, self.context)]
            without |= {use.sector: None for use in users.uses if use not in uses}
            if uses:
                step = self._use(users.crossing, uses, sizes)
                self._add(step)
        if without:
            self.notes.append(
                f"{label}: nothing changes in {_shown(list(without))}, where no value of time or of a tonne is held."
            )
        if len(self.costs) == begun:
            what = f"of these flows none is known to use {change.crossing}."
            remedy = "Name other places or sectors, or give share_pct."
            self.not_held.append(Problem(what, self._where, remedy=remedy))

    def _use(self, crossing: str, uses: Sequence[Use], sizes: Mapping[str, str]) -> CostStep:
        """The step of one pair's flows at one crossing."""
        held: dict[str, str | tuple[str, ...]] = dict(sizes)
        shares, tonnes = [], []
        for use in uses:
            flow = f"{use.sector} from {use.exporter} to {use.importer}"
            name, evidence = f"{crossing}: share of {flow}", f"who uses {crossing}"
            shares.append(self._known(name, PARAMETERS, use.share_pct, "%", evidence))
            if "charge_usd_t" in sizes:
                known = self.context.tonnes[use.exporter, use.importer, use.sector]
                tonnes.append(self._known(f"value of a tonne of {flow}", PARAMETERS, known, "USD/t"))
        held |= {"share_pct": tuple(shares)} | ({"usd_t": tuple(tonnes)} if tonnes else {})
        sectors = [self.context.sectors.index(use.sector) for use in uses]
        exporter, importer = (self.context.places.index(end) for end in (uses[0].exporter, uses[0].importer))
        days = self._days(sectors) if "hours" in sizes else ()
        return CostStep("waiting", _indices(sectors), _indices([exporter]), _indices([importer]), held, days)

    def _formula(self, label: str, change: Change, sizes: dict[str, str]) -> str:
        """The formula of a change of cost."""
        if isinstance(change, Agreement):
            note, problem = in_force.bound(label, change, self.context)
            self.notes += [note] if note else []
            self.wrong += [replace(problem, where=self._where)] if problem else []
            if change.coefficient == FITTED:
                sizes["coefficient"] = self._fitted(label)
            return "agreeing" if change.in_force else "leaving"
        if isinstance(change, Sanction):
            return "closing" if change.share_pct is not None else "ad_valorem"
        if isinstance(change, Tariff):
            self.notes.append(f"{label}: a change of cost without revenue, because no base rate is given.")
        return _FORMULAS[type(change)]

    def _size(self, label: str, name: str, change: Change) -> str:
        size, source = change.ranges()[name], str(change.source_of(name))
        unit = change.sizes()[name].unit
        if name == "share_pct" and size.value > 0.0 and size.high < 1.0:
            shown = f"{size.value:g}"
            self.notes.append(f"{label}: share_pct {shown} was read as {shown} %, less than a hundredth.")
        label = self.scenario.shared(change).get(name, label)
        wanted = Parameter(f"{label}: {name}", SIZES, size.low, size.value, size.high, unit, source)
        return self.drawn.setdefault(wanted.name, wanted).name

    def _known(self, name: str, group: str, known: Known, unit: str, linked: str = "") -> str:
        wanted = Parameter(name, group, known.low, known.value, known.high, unit, known.source, linked)
        return self.drawn.setdefault(name, wanted).name

    def _place(self, place: str) -> int | None:
        if place in self.context.places:
            return self.context.places.index(place)
        close = nearest(place, self.context.places)
        hint = f"Nearest held: {', '.join(close)}." if close else ""
        problem = Problem(
            f"the accounts hold no {place}.", self._where, hint, "Economies not listed are inside ROW."
        )
        # A pair names its places twice, once each way.
        if problem not in self.not_held:
            self.not_held.append(problem)
        return None

    def _sectors(self, change: Change) -> list[int]:
        found: set[int] = set()
        for word in change.sectors:
            for code in groups().get(word, (word,)):
                if code in self.context.sectors:
                    found.add(self.context.sectors.index(code))
                elif word == code:
                    what = f"the accounts hold no sector {code}."
                    self.not_held.append(Problem(what, self._where, remedy="Leave it out."))
        return sorted(found)

    def _pairs(self, change: Change) -> list[tuple[int, int]]:
        """Exporter and importer of every flow that a change moves, each once; those at home for productivity alone."""
        found: list[tuple[int, int]] = []
        for ends in _ways(change):
            exporters, importers = (self._held(end) for end in ends)
            found += [(i, j) for i in exporters for j in importers]
        home = isinstance(change, Productivity)
        return list(dict.fromkeys(pair for pair in found if home or pair[0] != pair[1]))

    def _held(self, end: str) -> Sequence[int]:
        if end == ALL:
            return range(len(self.context.places))
        at = self._place(end)
        return [] if at is None else [at]

    def _timed(self, label: str, change: Change, sectors: Sequence[int]) -> list[int]:
        """The sectors whose time has a value; another is refused if named, and left alone, with a note, in a group."""
        missing = [at for at in sectors if self.context.sectors[at] not in self.context.time_values]
        codes = [self.context.sectors[at] for at in missing]
        named = [code for code in codes if code in change.sectors]
        if named or len(missing) == len(sectors):
            what = f"no value of time is held for {_shown(named or codes)}."
            remedy = "Leave these sectors out, or give a cost in per cent."
            self.not_held.append(Problem(what, self._where, remedy=remedy))
            return []
        if codes:
            self.notes.append(f"{label}: nothing changes in {_shown(codes)}, where no value of time is held.")
        return [at for at in sectors if at not in missing]

    def _days(self, sectors: Sequence[int]) -> tuple[str, ...]:
        """The parameter behind the value of a day in each sector; sectors that share evidence share the draw."""
        names, held = [], self.context.time_values
        for code in (self.context.sectors[at] for at in sectors):
            alike = [other for other in self.context.sectors if held.get(other) == held[code]]
            more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
            names.append(self._known(f"value of a day {alike[0]}{more}", PARAMETERS, held[code], "%/day"))
        return tuple(names)

    def _fitted(self, label: str) -> str:
        if self.context.agreement is None:
            self.not_held.append(
                Problem(
                    "no fitted coefficient of agreements is at hand.",
                    self._where,
                    remedy="Write coefficient as a range with its source.",
                )
            )
            return ""
        self.notes.append(
            f"{label}: the coefficient is fitted on one cross-section of trade in goods. It is no effect of signing: pairs "
            "that trade much also sign, and agreements differ in depth."
        )
        return self._known("agreement coefficient (fitted)", PARAMETERS, self.context.agreement, "1")

    def _capacity(self, sectors: list[int], pairs: list[tuple[int, int]], size: str) -> None:
        for exporter, importer in pairs:
            for held in self.targets:
                if (held.exporter, held.importer) == (exporter, importer) and set(held.sectors) & set(
                    sectors
                ):
                    shared = [self.context.sectors[at] for at in sectors if at in held.sectors]
                    what = f"another capacity already fixes {_shown(shared)} of this pair."
                    self.wrong.append(Problem(what, self._where, "A flow has one size.", "Join the two."))
            self.targets.append(TargetStep(tuple(sectors), exporter, importer, size))

    def _tariff(self, label: str, change: Tariff, sectors: list[int], pairs: list[tuple[int, int]]) -> None:
        cells = [(s, i, j) for s in sectors for i, j in pairs]
        taken = {
            cell
            for held in self.tariffs
            for cell in zip(held.sectors, held.exporters, held.importers, strict=True)
        }
        if again := [self.context.sectors[cell[0]] for cell in cells if cell in taken]:
            what = f"another change already sets the tariff of {_shown(again)} on this flow."
            self.wrong.append(
                Problem(what, self._where, "A flow has one tariff.", "Leave the sectors out of one.")
            )
        base: list[str] = []
        unknown: list[str] = []
        overridden: list[str] = []
        for sector, exporter, importer in cells:
            named = self.context.places[importer], self.context.places[exporter], self.context.sectors[sector]
            known = self.context.tariffs.get(named)
            if change.from_pct is not None:
                base.append(self._size(label, "from_pct", change))
                overridden += [] if known is None else [f"{named[0]} on {named[2]} from {named[1]}"]
            elif known is not None:
                name = f"tariff of {named[0]} on {named[1]}, {named[2]}"
                base.append(self._known(name, PARAMETERS, known, "%"))
            else:
                unknown.append(f"{named[0]} on {named[2]} from {named[1]}")
        if unknown:
            what = f"the base tariff is unknown, not zero, in {_shown(unknown)}."
            cause = "A new rate makes revenue only against a rate that is known."
            self.not_held.append(Problem(what, self._where, cause, _COST_ADVICE))
            return
        if overridden:
            self.notes.append(
                f"{label}: from_pct takes the place of base rates that the release cites, {_shown(overridden)}."
            )
        new = self._size(label, "to_pct", change)
        columns = [_indices(cell[axis] for cell in cells) for axis in range(3)]
        self.tariffs.append(TariffStep(columns[0], columns[1], columns[2], tuple(base), new))
        self.notes.append(
            "Base tariffs enter only in the cells whose tariff changes; all others are unknown, sit inside the flows, "
            "and yield no revenue."
        )


def _ways(change: Change) -> list[tuple[str, str]]:
    """Exporter and importer of every flow a change names, `all` still a word."""
    if isinstance(change, Productivity):
        assert change.place is not None
        return [(change.place, ALL)]
    if isinstance(change, Agreement):
        return list(itertools.permutations(change.members or change.between or (), 2))
    assert isinstance(change, Flow)
    if change.between is not None:
        one, other = change.between
        return [(one, other), (other, one)]
    assert change.exporter is not None
    assert change.importer is not None
    return [(change.exporter, change.importer)]


def _indices(numbers: Iterable[int]) -> Indices:
    return np.array(list(numbers), dtype=np.intp)


def _shown(words: Sequence[str]) -> str:
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more
