"""The series that the release holds of a flow of goods, each under its own definition, none mixed with another.

Default definitions: trade both ways is goods, exports f.o.b. and imports c.i.f. as one reporter counts them; exports are
counted by the exporter and imports by the importer. The other side's count of the same flow is its mirror.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from landbridge.claims.verdicts.context import Context, is_country
from landbridge.claims.verdicts.flow import TURNOVER, Flow
from landbridge.claims.verdicts.measured import GOODS, GOODS_AND_SERVICES
from landbridge.claims.verdicts.spans import Span, span
from landbridge.claims.verdicts.tolerance import REVISION, REVISION_OF_MONTHS
from landbridge.claims.verdicts.verdict import Held, cut
from landbridge.flows.totals import Total
from landbridge.provenance import Figure, Status, derive
from landbridge.release.region_trade import (
    ALL_GOODS,
    EXPORTS,
    IMPORTS,
    YUAN_PER_DOLLAR,
    RegionFigure,
)
from landbridge.release.region_trade import TURNOVER as BOTH_WAYS
from landbridge.units import PriceBasis

CODE = "landbridge.claims.verdicts.series"
_BASES = {
    PriceBasis.FOB: "f.o.b.",
    PriceBasis.CIF: "c.i.f.",
    PriceBasis.MIXED: "exports f.o.b. + imports c.i.f.",
    PriceBasis.BASIC: "basic prices",
    PriceBasis.UNSTATED: "price basis not stated",
}
_MONTHLY = "customs statistics, monthly reports"
# What totals.csv says of totals that may count services in.
_UNSTATED = "goods, or goods with services: not stated"


def levels(context: Context, flow: Flow, period: Span | None = None) -> tuple[Held, ...]:
    """Every value of a flow that is held: of all periods, and for part of a year `period` the months of it added."""
    kept = context.kept
    if (flow, period) not in kept:
        kept[flow, period] = tuple(cut(item, context.day) for item in _levels(context, flow, period))
    return kept[flow, period]


def _levels(context: Context, flow: Flow, period: Span | None) -> Iterator[Held]:
    yield from _published(context, flow)
    if period is not None and not period.whole_years and not period.open:
        yield from _by_month(context, flow, period)
    yield from _regional(context, flow)
    yield from _registered(context, flow)


def _published(context: Context, flow: Flow) -> Iterator[Held]:
    totals = context.data.totals
    if flow.measure == TURNOVER:
        yield from (_total(context, total) for total in totals.turnover(*flow.ends))
        yield from _sums(context, flow)
    else:
        yield from (_total(context, total) for total in totals.flow(*flow.ends))


def _total(context: Context, total: Total) -> Held:
    figure, reporter = total.figure, total.reporter
    when = span(total.period)
    unstated = "goods with services" in figure.note
    note = (
        "out of line, as its table marks: not compared"
        if total.suspect
        else "goods only or goods with services is not stated"
        if unstated
        else ""
        if reporter
        else "whose count it is, is not stated"
    )
    what = _UNSTATED if unstated else GOODS
    return Held(
        definition=_goods(context, reporter, total.series, _side(context, total), when, what),
        figure=figure,
        span=None if total.suspect else when,
        reporter=reporter,
        series=f"{total.series}|{_source(figure)}",
        basis=_BASES[total.basis],
        main=bool(reporter) and not unstated,
        slack=REVISION * figure.point,
        note=note,
        refutes=bool(reporter) and not unstated,
    )


def _side(context: Context, total: Total) -> str:
    words = _BASES[total.basis]
    if total.measure == "turnover":
        return words
    return _one_way(context, Flow("exports", total.exporter, total.importer), total.reporter, words)


def _one_way(context: Context, flow: Flow, reporter: str, basis: str) -> str:
    """What a reporter counts of a flow: its exports, or as the buyer the mirror of them."""
    seller, buyer = context.name(flow.exporter), context.name(flow.importer)
    if reporter == flow.importer:
        return f"imports of {buyer} from {seller} {basis}, the mirror of the exports"
    return f"exports of {seller} to {buyer} {basis}"


def _goods(
    context: Context, reporter: str, series: str, side: str, when: Span | None, what: str = GOODS
) -> str:
    who = f"{context.name(reporter)} ({series})" if reporter else f"counted by nobody named ({series})"
    parts = [what, who, side, when.words() if when else ""]
    return ", ".join(part for part in parts if part)


def _sums(context: Context, flow: Flow) -> Iterator[Held]:
    """Both flows as one reporter counts them in one publication, added."""
    first, second = flow.ends
    totals = context.data.totals
    kept: dict[tuple[str, str, str, str], dict[str, Total]] = defaultdict(dict)
    for total in (*totals.flow(first, second), *totals.flow(second, first)):
        if total.reporter and not total.suspect:
            key = (total.reporter, total.series, total.period, _source(total.figure))
            kept[key][total.exporter] = total
    printed = {(t.reporter, t.period, _source(t.figure)) for t in totals.turnover(first, second)}
    for (reporter, series, period, source), both in sorted(kept.items()):
        # A publication that prints the turnover itself is not added up besides.
        if len(both) < 2 or (reporter, period, source) in printed:
            continue
        figures = [both[place].figure for place in (first, second)]
        stated = all(total.basis is not PriceBasis.UNSTATED for total in both.values())
        basis = PriceBasis.MIXED if stated else PriceBasis.UNSTATED
        figure = _added(
            f"Trade between {context.name(first)} and {context.name(second)}, both ways, "
            f"as counted by {context.name(reporter)} ({series})",
            figures,
            period,
        )
        yield Held(
            definition=_goods(context, reporter, series, _BASES[basis], span(period)),
            figure=figure,
            span=span(period),
            reporter=reporter,
            series=f"{series}|{source}",
            basis=_BASES[basis],
            slack=REVISION * figure.point,
        )


def _added(measure: str, figures: list[Figure], period: str) -> Figure:
    exact = all(item.comparator == "=" for item in figures)
    return derive(
        measure,
        sum(item.point for item in figures),
        figures[0].unit,
        figures,
        CODE,
        period=period,
        comparator="=" if exact else "~",
    )


def _by_month(context: Context, flow: Flow, period: Span) -> Iterator[Held]:
    """The monthly reports of the period added; nothing where one month is missing."""
    directions = [flow.ends, flow.ends[::-1]] if flow.measure == TURNOVER else [flow.ends]
    figures: list[Figure] = []
    for ends in directions:
        by_month = {item.period: item for item in context.data.monthly.series(*ends)}
        if any(month not in by_month for month in period.months):
            return
        figures += [by_month[month] for month in period.months]
    reporter = _reporter_of_months(context, figures[0], flow)
    both = " and ".join(context.name(place) for place in flow.ends)
    measure = f"Trade between {both}" if flow.measure == TURNOVER else f"Exports, {' to '.join(flow.ends)}"
    months = f"{period.months[0]}/{period.months[-1]}"
    figure = _added(
        f"{measure}, {period.words()}, monthly reports of {context.name(reporter)} added", figures, months
    )
    basis = _month_basis(flow, reporter)
    side = basis if flow.measure == TURNOVER else _one_way(context, flow, reporter, basis)
    yield Held(
        definition=_goods(context, reporter, _MONTHLY, side, period),
        figure=figure,
        span=period,
        reporter=reporter,
        series=_MONTHLY,
        basis=basis,
        slack=REVISION_OF_MONTHS * figure.point,
    )


def _reporter_of_months(context: Context, figure: Figure, flow: Flow) -> str:
    """Who reports the months: the reporter of the yearly totals that come from the same source."""
    totals = context.data.totals
    both = (*totals.flow(*flow.ends), *totals.flow(*flow.ends[::-1]))
    return next((total.reporter for total in both if _source(total.figure) == _source(figure)), "")


def _month_basis(flow: Flow, reporter: str) -> str:
    if flow.measure == TURNOVER:
        return _BASES[PriceBasis.MIXED]
    return _BASES[PriceBasis.FOB if reporter == flow.exporter else PriceBasis.CIF]


def _regional(context: Context, flow: Flow) -> Iterator[Held]:
    """What is published of a region with a country; `World` stands for all partners."""
    for place, partner, measure in _views(flow):
        if place == "World" or is_country(place):
            continue
        for item in context.data.region_trade.of(place, "" if partner == "World" else partner):
            if item.figure.period and item.figure.unit in ("USD", "CNY") and _measures(item, measure):
                yield from _of_region(context, item)


def _views(flow: Flow) -> tuple[tuple[str, str, str], ...]:
    first, second = flow.ends
    if flow.measure == TURNOVER:
        return (first, second, BOTH_WAYS), (second, first, BOTH_WAYS)
    return (first, second, EXPORTS), (second, first, IMPORTS)


def _measures(item: RegionFigure, measure: str) -> bool:
    return item.figure.cell.split("/")[2] == measure


def _of_region(context: Context, item: RegionFigure) -> Iterator[Held]:
    figure = item.figure
    speaker = figure.citation.speaker if figure.citation else ""
    publisher = figure.citation.source.publisher if figure.citation else ""
    who = f"{context.name(item.place)} ({speaker or publisher or 'press'})"
    when = span(figure.period)
    words = ["goods" if item.scope == ALL_GOODS else item.scope, who, when.words() if when else ""]
    yield Held(
        definition=", ".join(filter(None, words)),
        figure=figure,
        span=None if item.suspect else when,
        reporter=item.place,
        series=f"{_source(figure)}|{figure.unit}",
        basis=_BASES[PriceBasis.UNSTATED],
        main=item.scope == ALL_GOODS and not item.weak,
        slack=(REVISION if item.whole_year else REVISION_OF_MONTHS) * figure.point,
        note="out of line, as its table marks: not compared" if item.suspect else "",
        refutes=item.scope == ALL_GOODS,
        scope=GOODS if item.scope == ALL_GOODS else item.scope,
    )


def _registered(context: Context, flow: Flow) -> Iterator[Held]:
    """Values of the ledger's records of trade in all goods that no table of flows holds."""
    first, second = flow.ends
    for record in context.data.ledger.records("trade"):
        # What is recorded of regions stands in the table of their trade too, there with its scope.
        if (
            record.text("product")
            or set(record.parties) != {first, second}
            or not all(map(is_country, flow.ends))
        ):
            continue
        names = ("turnover",) if flow.measure == TURNOVER else _directed(record.parties, flow)
        for statement in record.quantities(*names):
            if statement.source in context.texts or statement.status is Status.FORECAST:
                continue
            figure, when = record.figure(statement), span(statement.period)
            services = GOODS_AND_SERVICES in statement.note
            reporter = _counter(context, statement.note, flow)
            who = f"{context.name(reporter)} (" if reporter else "count not stated ("
            what = GOODS_AND_SERVICES if services else GOODS if reporter else _UNSTATED
            words = [what, f"{who}{statement.speaker or 'press'})"]
            yield Held(
                definition=", ".join([*words, when.words() if when else ""]),
                figure=figure,
                span=when,
                reporter=reporter,
                series=f"ledger|{statement.source}",
                basis=_BASES[PriceBasis.UNSTATED],
                main=bool(reporter) and not services,
                slack=REVISION_OF_MONTHS * figure.point,
                note=statement.note,
                refutes=bool(reporter) and not services,
                scope=GOODS_AND_SERVICES if services else GOODS,
            )


def _directed(parties: tuple[str, ...], flow: Flow) -> tuple[str, ...]:
    return ("exports",) if parties[0] == flow.exporter else ("imports",)


def _counter(context: Context, note: str, flow: Flow) -> str:
    """The side whose statistics a note names: `statistics of China`, `customs of China`."""
    return next((end for end in flow.ends if f"of {context.name(end)}" in note), "")


def _source(figure: Figure) -> str:
    return figure.citation.source.id if figure.citation else ""


def in_unit(held: Iterable[Held], unit: str) -> tuple[Held, ...]:
    """The same values in dollars or yuan: at the yearly range of rates where they are published in the other."""
    return tuple(changed for item in held if (changed := _exchanged(item, unit)) is not None)


def _exchanged(held: Held, unit: str) -> Held | None:
    figure = held.figure
    if figure is None or figure.unit == unit:
        return held
    if {figure.unit, unit} != {"USD", "CNY"} or held.span is None or not held.span.within:
        return None
    if int(held.span.within) not in YUAN_PER_DOLLAR:
        return None
    rates = YUAN_PER_DOLLAR[int(held.span.within)]
    ends = [figure.point * rate if unit == "CNY" else figure.point / rate for rate in rates]
    changed = derive(
        f"{figure.measure}, in {unit}",
        sum(ends) / 2,
        unit,
        [figure],
        CODE,
        low=min(ends),
        high=max(ends),
        status=Status.ESTIMATED,
        comparator=figure.comparator,
        note=f"At {rates[0]} to {rates[1]} yuan for a dollar, an assumed range for the year.",
    )
    return replace(
        held,
        definition=f"{held.definition}, converted at {rates[0]} to {rates[1]} yuan for a dollar",
        figure=changed,
        series=f"{held.series}|converted",
        main=False,
        slack=held.slack / figure.point * changed.point if figure.point else 0.0,
    )
