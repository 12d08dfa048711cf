"""Corridors and crossings: volumes, hours, rates and capacity, as published."""

from __future__ import annotations

from landbridge.brief.document import Bar, Bars, Block, Chart, Refusal, Section
from landbridge.brief.sections.projects import quantities
from landbridge.brief.setting import Setting, figures_of, name
from landbridge.ledger import Record
from landbridge.provenance import Figure


def section(setting: Setting) -> Section:
    """Crossings between the two countries (or on the way between them) and the corridors that use them."""
    say = setting.say
    nations = setting.nations
    crossings = nations.between("crossing") or _on_the_way(setting)
    corridors = nations.between("corridor")
    blocks: list[Block] = []
    for prop, unit, chart_id, title, see in (
        (
            "cargo",
            "t",
            "crossing-cargo",
            say("Cargo through crossings, newest full year held for each"),
            say("Longer bars carry more tonnes; years and directions differ between crossings, so read each with its note."),
        ),
        (
            "waiting",
            "days",
            "crossing-waiting",
            say("Waiting at crossings as published"),
            say("Peaks that made the news, not averages: they show what can happen, not what usually does."),
        ),
    ):
        chart = _chart(setting, crossings, prop, unit, chart_id, title, see)
        if chart is not None:
            blocks.append(chart)
    if crossings:
        blocks.append(quantities(setting, crossings, say("Every figure held on crossings"), "crossings"))
    else:
        blocks.append(Refusal(say("Crossings."), say("The ledger holds no crossing for this pair.")))
    if corridors:
        blocks.append(quantities(setting, corridors, say("Routes: times, rates, volumes, capacity"), "corridors"))
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


def _on_the_way(setting: Setting) -> tuple[Record, ...]:
    """Crossings that touch either country, for pairs that share no border."""
    ends = {setting.nation_a.code, setting.nation_b.code}
    return tuple(record for record in setting.ledger.records("crossing") if ends & set(record.parties))


def _chart(
    setting: Setting, records: tuple[Record, ...], prop: str, unit: str, chart_id: str, title: object, see: object
) -> Chart | None:
    say = setting.say
    bars = []
    for record in records:
        held = [figure for _, figure in figures_of(record, prop) if figure.unit == unit and _comparable(figure, prop)]
        if held:
            newest = max(held, key=lambda figure: (figure.period[:4], figure.point))
            bars.append(Bar(name(record), newest))
    if len(bars) < 2:
        return None
    bars.sort(key=lambda bar: -bar.figure.point)
    return Chart(
        chart_id,
        title,  # type: ignore[arg-type]
        see,  # type: ignore[arg-type]
        say("Bar chart of the figures that the table below lists for each crossing."),
        Bars(tuple(bars[:12])),
    )


def _comparable(figure: Figure, prop: str) -> bool:
    """For cargo, full years only; plans and parts of a cargo would mislead beside them."""
    if prop != "cargo":
        return True
    whole = len(figure.period) == 4 and " only" not in figure.note
    return whole and figure.status.value in ("reported", "claimed", "estimated")
