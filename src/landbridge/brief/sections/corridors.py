"""Corridors and crossings: volumes, hours, rates and capacity, as published."""

from __future__ import annotations

from collections import Counter

from landbridge.brief.document import Bar, Bars, Block, Chart, Refusal, Section
from landbridge.brief.sections.projects import quantities
from landbridge.brief.setting import Setting, figures_of, name
from landbridge.brief.text import Sentence
from landbridge.ledger import Record
from landbridge.provenance import Figure, Status


def section(setting: Setting) -> Section:
    """Crossings between the two countries (or on the way between them) and the corridors that use them."""
    say = setting.say
    nations = setting.nations
    held = crossings(setting)
    corridors = nations.between("corridor")
    blocks: list[Block] = []
    for prop, unit, chart_id, title, see in (
        (
            "cargo",
            "t",
            "crossing-cargo",
            say("Cargo through crossings in one and the same period"),
            say("Longer bars carry more tonnes; each figure tells which direction it counts."),
        ),
        (
            "waiting",
            "days",
            "crossing-waiting",
            say("Waiting at crossings as published"),
            say("Peaks that made the news, not averages: they show what can happen, not what usually does."),
        ),
    ):
        chart = _chart(setting, held, prop, unit, chart_id, title, see)
        if chart is not None:
            blocks.append(chart)
    if held:
        blocks.append(quantities(setting, held, say("Every figure held on crossings"), "crossings"))
    else:
        blocks.append(Refusal(say("Crossings."), say("The ledger holds no crossing for this pair.")))
    if corridors:
        blocks.append(
            quantities(setting, corridors, say("Routes: times, rates, volumes, capacity"), "corridors")
        )
    else:
        blocks.append(Refusal(say("Routes."), say("The ledger holds no route for this pair.")))
    blocks.append(
        Refusal(
            say("Waiting hours at single crossings as a series, and which hours bind which goods."),
            say("No authority publishes them for these borders; only queue reports and daily counts exist."),
            say("A route model with ranges is needed to say what an hour is worth; this release has none."),
        )
    )
    return Section("corridors", say("Corridors and crossings"), tuple(blocks))


def crossings(setting: Setting) -> tuple[Record, ...]:
    """The crossings between the two countries; for countries that share none, those on the way between them.

    A crossing of one end with a third country is on the way when that country lies nearer to the other end.
    """
    direct = setting.nations.between("crossing")
    if direct:
        return direct
    a, b = setting.nation_a.code, setting.nation_b.code
    whole = setting.data.distance_km(a, b)
    if whole is None:
        return ()
    return tuple(
        record
        for record in setting.ledger.records("crossing")
        if any(
            here in record.parties
            and any(_nearer(setting, other, there, whole) for other in record.parties if other != here)
            for here, there in ((a, b), (b, a))
        )
    )


def _nearer(setting: Setting, place: str, end: str, than: float) -> bool:
    distance = setting.data.distance_km(place, end)
    return distance is not None and distance < than


def _chart(
    setting: Setting,
    records: tuple[Record, ...],
    prop: str,
    unit: str,
    chart_id: str,
    title: Sentence,
    see: Sentence,
) -> Chart | None:
    say = setting.say
    held = [
        (
            record,
            [item for _, item in figures_of(record, prop) if item.unit == unit and _comparable(item, prop)],
        )
        for record in records
    ]
    period = _common_period([figures for _, figures in held]) if prop == "cargo" else ""
    bars = []
    for record, figures in held:
        chosen = [figure for figure in figures if not period or figure.period == period]
        if chosen:
            bars.append(Bar(name(record), max(chosen, key=lambda figure: (figure.period[:4], figure.point))))
    if len(bars) < 2:
        return None
    bars.sort(key=lambda bar: -bar.figure.point)
    return Chart(
        chart_id,
        title,
        see,
        say("Bar chart of the figures that the table below lists for each crossing."),
        Bars(tuple(bars[:12])),
    )


def _comparable(figure: Figure, prop: str) -> bool:
    """Outcomes only; plans, sums over several crossings and parts of a cargo would mislead beside them."""
    outcome = figure.status in (Status.REPORTED, Status.CLAIMED, Status.ESTIMATED)
    return outcome and (prop != "cargo" or " only" not in figure.note)


def _common_period(held: list[list[Figure]]) -> str:
    """The period that most crossings share, the newest of equals: only one period makes bars comparable."""
    count = Counter(period for figures in held for period in {figure.period for figure in figures})
    return max(count, key=lambda period: (count[period], period[:4]), default="")
