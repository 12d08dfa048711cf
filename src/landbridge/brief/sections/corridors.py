"""Corridors and crossings: volumes, hours, rates and capacity, as published, and routes over the network."""

from __future__ import annotations

from collections import Counter

from landbridge.brief.document import Bar, Bars, Block, Chart, Refusal, Section
from landbridge.brief.sections import routes
from landbridge.brief.sections.projects import quantities
from landbridge.brief.setting import Setting, figures_of, name, when
from landbridge.brief.text import Code, Date, Name
from landbridge.ledger import Record
from landbridge.planning.ways import borders_between
from landbridge.provenance import Figure, Status, derive

_OUTCOMES = (Status.REPORTED, Status.CLAIMED, Status.ESTIMATED)


def section(setting: Setting) -> Section:
    """Crossings between the two countries (or on the way between them) and the corridors that use them."""
    say = setting.say
    nations = setting.nations
    held = crossings(setting)
    corridors = nations.between("corridor")
    blocks: list[Block] = routes.blocks(setting)
    blocks += [chart for chart in (_cargo(setting, held), _waits(setting, held)) if chart is not None]
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
            say(
                "Without arrivals and hours as a series a crossing gets a range, not a curve of delay over load; what the "
                "network takes for each, with its status: {command}.",
                command=Code("landbridge crossings"),
            ),
        )
    )
    return Section("corridors", say("Corridors and crossings"), tuple(blocks))


def crossings(setting: Setting) -> tuple[Record, ...]:
    """The crossings between the two countries or, for countries that share none, those on land ways between them."""
    a, b = setting.nation_a.code, setting.nation_b.code
    direct = setting.nations.between("crossing")
    if direct:
        return direct
    borders = borders_between(setting.data.pairs, a, b)
    return tuple(
        record
        for record in setting.ledger.records("crossing")
        if any(border <= set(record.parties) for border in borders)
    )


def _cargo(setting: Setting, records: tuple[Record, ...]) -> Chart | None:
    """Crossings side by side in the period and direction that most of them share: only those bars compare."""
    say = setting.say
    found = [
        (figure.period, statement.note, record, figure)
        for record in records
        for statement, figure in figures_of(record, "cargo")
        if figure.unit == "t" and figure.status in _OUTCOMES and " only" not in statement.note
    ]
    count = Counter(group[:2] for group in {(when, what, record.subject) for when, what, record, _ in found})
    if not count:
        return None
    period, note = max(count, key=lambda group: (count[group], group))
    bars = {
        record.subject: Bar(name(record), figure)
        for when, what, record, figure in found
        if (when, what) == (period, note)
    }
    if len(bars) < 2:
        return None
    return Chart(
        "crossing-cargo",
        say("Cargo through crossings, {what}, {when}", what=Name(note, "note"), when=Date(period)),
        say("Longer bars carry more tonnes. Crossings without a figure of this period are left out."),
        say("Bar chart of cargo by crossing in one period and direction."),
        Bars(tuple(sorted(bars.values(), key=lambda bar: -bar.figure.point))),
    )


def _waits(setting: Setting, records: tuple[Record, ...]) -> Chart | None:
    say = setting.say
    bars = [
        Bar(say("{name}, {when}", name=name(record), when=moment), _in_days(figure))
        for record in records
        for statement, figure in figures_of(record, "waiting")
        if figure.unit in ("days", "h")
        and figure.status in _OUTCOMES
        and (moment := when(statement)) is not None
    ]
    if len(bars) < 2:
        return None
    return Chart(
        "crossing-waiting",
        say("Waiting at crossings, everything on record"),
        say(
            "Averages of sampled shipments and waits of congested weeks stand side by side; each figure's note says which."
        ),
        say("Bar chart of published waiting times by crossing and period."),
        Bars(tuple(bars)),
    )


def _in_days(figure: Figure) -> Figure:
    if figure.unit == "days":
        return figure
    value, low, high = (None if end is None else end / 24 for end in (figure.value, figure.low, figure.high))
    return derive(
        f"{figure.measure}, in days",
        value,
        "days",
        (figure,),
        "landbridge.brief.sections.corridors",
        low=low,
        high=high,
        comparator=figure.comparator,
    )
