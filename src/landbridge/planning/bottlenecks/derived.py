"""Candidates that tables make by themselves: hours and gauge of crossings, time on lines, tariffs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from landbridge import codes
from landbridge.corridors.amounts import Amount
from landbridge.corridors.choice import fed_by
from landbridge.corridors.corridors import Corridors
from landbridge.corridors.network import FAMILY, Crossing, Line, Network
from landbridge.planning.bottlenecks.candidate import ASSUMED, SOURCED, Candidate, Step
from landbridge.provenance import Figure, Source
from landbridge.release import Data
from landbridge.scenarios import sizes
from landbridge.scenarios.changes import BorderTime, Tariff
from landbridge.scenarios.sizes import Cited, Range

# A line that carries less of what passes any crossing is no candidate of its own.
LEAST_PART = 0.05
MOST_LINES = 40
# Minutes at a border are no obstacle; a line that loses less is none either.
LEAST_HOURS = 0.25
# Differences of printed numbers have no more decimals than these.
_PLACES = 6
Behind = dict[str, dict[str, float]]
# Members of the Eurasian Economic Union whose common tariff Russia's averages stand for.
CUSTOMS_UNION = ("BLR", "KAZ", "RUS")
_EVIDENCE = ("reported", "estimated", "claimed")


def derived(data: Data, a: str, b: str) -> tuple[Candidate, ...]:
    """Every candidate between two countries that network and tariffs make: hours, gauge, lines, tariffs."""
    corridors = data.corridors
    used = [corridors.network.crossings[name] for name in _used(corridors, a, b)]
    behind = _behind(data, used, a, b)
    return (*on_the_way(data, behind, (a, b)), *tariffs(data, a, b))


def on_the_way(data: Data, behind: Behind, pair: tuple[str, str]) -> tuple[Candidate, ...]:
    """Hours and gauge of the crossings, and time on the lines, that something uses."""
    # What carries next to nothing of what passes any crossing has no step, and is no candidate.
    every = (*_hours(data, behind, pair), *_gauge(data, behind, pair), *_lines(data, behind, pair))
    return tuple(one for one in every if one.steps)


def _behind(data: Data, used: Iterable[Crossing], a: str, b: str) -> Behind:
    """What lies behind each crossing that a flow is known to use: by line or crossing, the part of what passes it."""
    network = data.corridors.network
    behind: Behind = {}
    for crossing in used:
        behind.setdefault(crossing.id, {})[crossing.id] = 1.0
        for country in (crossing.country_a, crossing.country_b):
            regions = weights(data, _end(country, a, b))
            # In transit what passes has crossed another border already; at home it has not.
            transit = country not in (a, b)
            # Lorries come by road; trains too are fed by it where a region has no railway.
            family = FAMILY[crossing.mode_a]
            open_modes = ("road",) if family == "road" else (family, "road")
            fed = fed_by(
                *(network, crossing.id, regions, country), through=transit, modes=open_modes, leave_out=True
            )
            for name, part in fed.items():
                held = behind.setdefault(name, {})
                held[crossing.id] = min(1.0, held.get(crossing.id, 0.0) + part)
    return behind


def _used(corridors: Corridors, a: str, b: str) -> list[str]:
    """Crossings that some flow between the two countries uses."""
    used = {row.crossing for row in corridors.use.rows if {row.exporter, row.importer} == {a, b}}
    return [name for name in corridors.network.crossings if name in used]


def _steps(
    fed: Mapping[str, float],
    pair: tuple[str, str],
    size: Range,
    source: Cited | str,
    charge: Range | None = None,
) -> tuple[Step, ...]:
    """Hours, and a charge on a tonne, for the part of what passes each crossing between the pair that is concerned."""
    return tuple(
        Step(
            BorderTime(crossing=crossing, between=pair, hours=size, charge_usd_t=charge, source=source),
            part,
        )
        for crossing, part in sorted(fed.items())
        if part >= LEAST_PART
    )


def _hours(data: Data, behind: Behind, pair: tuple[str, str]) -> Iterator[Candidate]:
    """Each crossing as quick as the quickest of its kind in its best year, by measured trips where there are any."""
    everywhere = data.corridors.network.crossings.values()
    for crossing in (held for held in everywhere if held.id in behind):
        like = [other for other in everywhere if _mode(other) == _mode(crossing) and other.id != crossing.id]
        # Measured trips first: what is reckoned or told of queues does not compare with them.
        measured = [other for other in like if other.hours.status == "reported"]
        told = [other for other in like if other.hours.status in _EVIDENCE]
        quicker = [other for other in measured or told or like if other.hours.low < crossing.hours.value]
        if not quicker:
            continue
        best = min(quicker, key=lambda other: (other.hours.low, other.id))
        size = _less(crossing.hours, best.hours.low)
        source = _cited(data, crossing.hours, best.hours)
        yield Candidate(
            id=f"hours-{crossing.id}",
            kind="hours",
            label=f"Hours at {crossing.name}",
            benchmark=f"{best.hours.low:g} h, the shortest {best.hours.status} for {best.name}{_by(data, best.hours)}",
            steps=_steps(behind[crossing.id], pair, size, source),
            size=size,
            unit="h",
            evidence=ASSUMED if isinstance(source, str) else SOURCED,
            cited=() if isinstance(source, str) else (source,),
            barriers=("barrier/border-processing",),
            whole=-crossing.hours.high,
        )


def _gauge(data: Data, behind: Behind, pair: tuple[str, str]) -> Iterator[Candidate]:
    """No change of gauge where there is one."""
    for crossing in data.corridors.network.crossings.values():
        if crossing.id not in behind or not crossing.gauge_break or crossing.gauge_hours is None:
            continue
        size = _less(crossing.gauge_hours, 0.0)
        source = _cited(data, crossing.gauge_hours)
        charge = None if crossing.gauge_usd_t is None else _less(crossing.gauge_usd_t, 0.0)
        yield Candidate(
            id=f"gauge-{crossing.id}",
            kind="gauge",
            label=f"Change of gauge at {crossing.name}",
            benchmark="one gauge on both sides, as between Russia and Belarus",
            steps=_steps(behind[crossing.id], pair, size, source, charge),
            size=size,
            unit="h",
            evidence=ASSUMED if isinstance(source, str) else SOURCED,
            cited=() if isinstance(source, str) else (source,),
            note="Hours and the charge for it; trains would still be handed over.",
            whole=-crossing.gauge_hours.high,
        )


def _lines(data: Data, behind: Behind, pair: tuple[str, str]) -> Iterator[Candidate]:
    """Each line behind the crossings at the greatest speed reported of its mode."""
    network = data.corridors.network
    chosen = []
    for name, fed in behind.items():
        if name not in network.lines:
            continue
        line = network.lines[name]
        if FAMILY[line.mode] not in ("rail", "road") or max(fed.values()) < LEAST_PART:
            continue
        speed = network.parameter(line.mode, network.nodes[line.a].country, "speed_km_day")
        benchmark = _fastest(network, line.mode)
        size = _saved(line, speed, benchmark)
        if -size.value >= LEAST_HOURS:
            chosen.append((-size.value * sum(fed.values()), name, fed, size, speed, benchmark))
    for _, name, fed, size, speed, benchmark in sorted(chosen, key=lambda item: (-item[0], item[1]))[
        :MOST_LINES
    ]:
        line = network.lines[name]
        ends = f"{network.nodes[line.a].name}–{network.nodes[line.b].name}"
        source = _cited(data, speed, benchmark)
        yield Candidate(
            id=f"line-{name}",
            kind="line",
            label=f"Time on the line {ends} ({FAMILY[line.mode]})",
            benchmark=f"{benchmark.high:,.0f} km a day, the most reported for {FAMILY[line.mode]}",
            steps=_steps(fed, pair, size, source),
            size=size,
            unit="h",
            evidence=ASSUMED if isinstance(source, str) else SOURCED,
            cited=() if isinstance(source, str) else (source,),
            whole=-24.0 * line.length.high / speed.low,
        )


def tariffs(data: Data, a: str, b: str) -> Iterator[Candidate]:
    """Each tariff that is held, cut to nothing as inside the customs union."""
    for importer, exporter in ((a, b), (b, a)):
        for sector in codes.sectors():
            rate = _rate(data, importer, exporter, sector.code)
            if rate is None or rate.point <= 0.0:
                continue
            citation = next(
                (item.citation for item in (rate, *rate.inputs) if item.citation is not None), None
            )
            source = sizes.ASSUMED if citation is None else _source(citation.source)
            low = rate.point if rate.low is None else rate.low
            high = rate.point if rate.high is None else rate.high
            yield Candidate(
                id=f"tariff-{importer}-{sector.code}".lower(),
                kind="tariff",
                label=f"Tariff of {data.names[importer]} on {sector.name}",
                benchmark="no tariff, as inside the Eurasian Economic Union",
                steps=(
                    Step(
                        Tariff(
                            exporter=exporter,
                            importer=importer,
                            sectors=(sector.code,),
                            to_pct=Range(0),
                            from_pct=Range(low, high, value=rate.point),
                            from_source=source,
                            source=source,
                        )
                    ),
                ),
                size=Range(-high, -low, value=-rate.point),
                unit="%",
                evidence=ASSUMED if isinstance(source, str) else SOURCED,
                cited=() if isinstance(source, str) else (source,),
                whole=-high,
            )


def _rate(data: Data, importer: str, exporter: str, sector: str) -> Figure | None:
    """The tariff of the year next to the accounts; within the customs union that of Russia, which is common."""
    held = data.tariffs.frame
    for levied in dict.fromkeys((importer, *(("RUS",) if importer in CUSTOMS_UNION else ()))):
        if exporter in CUSTOMS_UNION and levied in CUSTOMS_UNION:
            return None
        chosen = (
            (pl.col("importer") == levied) & (pl.col("exporter") == exporter) & (pl.col("sector") == sector)
        )
        years = held.filter(chosen)["year"].to_list()
        if years:
            year = min(years, key=lambda held_year: (abs(held_year - data.accounts.year), held_year))
            rate = data.tariffs.rate(levied, exporter, sector, year=year)
            return rate if isinstance(rate, Figure) else None
    return None


def weights(data: Data, country: str) -> Mapping[str, float]:
    """The part of each region in its country's output, by the node of the region; they add up to one."""
    held: dict[str, float] = {}
    for region in codes.places():
        if region.kind == "country" or region.country != country:
            continue
        for indicator in ("output", "gdp_share"):
            figure = data.observations.latest(region.code, indicator)
            if isinstance(figure, Figure):
                held[region.code] = figure.point
                break
    total = sum(held.values())
    return {node: value / total for node, value in held.items()}


def _end(country: str, a: str, b: str) -> str:
    """Whose regions send or take what passes on that side: those of the country, or of the far end in transit."""
    return country if country in (a, b) else (a if country != "CHN" and a != "CHN" else b)


def _mode(crossing: Crossing) -> tuple[str, bool]:
    return FAMILY[crossing.mode_a], crossing.gauge_break


def _less(now: Amount, then: float) -> Range:
    """Hours fewer: from what is now to `then`, never more."""
    fewer = [round(min(0.0, then - end), _PLACES) for end in (now.high, now.value, now.low)]
    return Range(fewer[0], fewer[2], value=fewer[1])


def _saved(line: Line, speed: Amount, benchmark: Amount) -> Range:
    """Hours fewer on a line at the benchmark's high end instead of its own speed."""
    then = 24.0 * line.length.value / benchmark.high
    now = [24.0 * line.length.value / end for end in (speed.high, speed.value, speed.low)]
    fewer = [round(min(0.0, then - end), _PLACES) for end in now]
    return Range(fewer[2], fewer[0], value=fewer[1])


def _fastest(network: Network, mode: str) -> Amount:
    """The speed with the highest end among rows of the mode's family."""
    held = [
        row.amount
        for row in network.modes.values()
        if row.name == "speed_km_day" and FAMILY[row.mode] == FAMILY[mode]
    ]
    told = [amount for amount in held if amount.status in _EVIDENCE]
    return max(told or held, key=lambda amount: amount.high)


def _cited(data: Data, *amounts: Amount) -> Cited | str:
    """The source of amounts that all have evidence, else the word for what has none."""
    if any(amount.status not in _EVIDENCE or not amount.source for amount in amounts):
        return sizes.ASSUMED
    return _source(data.sources[amounts[0].source[0]])


def _by(data: Data, amount: Amount) -> str:
    """By whom an amount is known, empty where by nobody."""
    return f", by {data.sources[amount.source[0]].publisher}" if amount.source else ""


def _source(source: Source) -> Cited:
    return Cited(
        publisher=source.publisher, title=source.title, date=str(source.published or ""), url=source.url
    )
