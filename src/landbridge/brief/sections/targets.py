"""Stated targets against what happened."""

from __future__ import annotations

from landbridge.brief.document import (
    Block,
    Chart,
    Lines,
    Mark,
    Paragraph,
    Points,
    Refusal,
    Section,
    Series,
    Table,
)
from landbridge.brief.setting import Setting, coded, name, said_by
from landbridge.brief.text import Date, Part, Sentence
from landbridge.planning import targets
from landbridge.prospects.scorecard import CHANGED, MOVED, Entry
from landbridge.provenance import Figure, Unavailable


def section(setting: Setting) -> Section:
    """Targets between the two sides, and the outcome by each reporter."""
    say = setting.say
    scored = setting.targets
    title = say("Stated targets against what happened")
    if not scored:
        refusal = Refusal(
            say("Targets that the two sides set themselves."),
            say("The ledger holds no target for this pair."),
        )
        return Section("targets", title, (refusal,))
    measured = [item for item in scored if item.verdict != targets.UNMEASURED]
    blocks: list[Block] = []
    if measured:
        blocks.append(Points(tuple(_verdict(setting, item) for item in measured)))
        chart = _chart(setting, measured)
        if chart is not None:
            blocks.append(chart)
        blocks.append(_table(setting, measured, say("Targets for trade, with the outcome"), "targets"))
    others = [item for item in scored if item.verdict == targets.UNMEASURED]
    if others:
        blocks.append(
            _table(setting, others, say("Other targets in the ledger, not measured here"), "other targets")
        )
    if any(item.verdict == targets.OPEN for item in scored):
        blocks.append(
            Paragraph(
                (say("How likely the open ones are, and what stands behind that, the next section says."),)
            )
        )
    return Section("targets", title, tuple(blocks))


def _verdict(setting: Setting, item: targets.Scored) -> Sentence:
    say = setting.say
    target, year = item.target, Date(item.deadline)
    if item.verdict == targets.OPEN and isinstance(item.needed_growth, Figure):
        return say(
            "{target} by {year} is open: it needs {growth} a year from the newest count.",
            target=target,
            year=year,
            growth=item.needed_growth,
        )
    results: list[Part] = [
        say("{figure} by {who}", figure=figure, who=setting.reporter(reporter))
        for reporter, figure in item.outcomes
    ]
    if item.verdict == targets.MET:
        return say("{target} by {year} was met: {results}.", target=target, year=year, results=tuple(results))
    if item.verdict == targets.LATE and results:
        return say(
            "{target} by {year} was met late: not in its year ({results}), first in {reached}.",
            target=target,
            year=year,
            results=tuple(results),
            reached=Date(item.reached),
        )
    if item.verdict == targets.LATE:
        return say(
            "{target} by {year}: no count of that year is held; the level is first seen in {reached}.",
            target=target,
            year=year,
            reached=Date(item.reached),
        )
    if item.verdict == targets.DISPUTED:
        return say(
            "{target} by {year} was met by one side's count only: {results}.",
            target=target,
            year=year,
            results=tuple(results),
        )
    if results:
        return say(
            "{target} by {year} was missed: {results}.", target=target, year=year, results=tuple(results)
        )
    return say("{target} by {year} cannot be judged yet.", target=target, year=year)


def _chart(setting: Setting, scored: list[targets.Scored]) -> Chart | None:
    say = setting.say
    lines = tuple(
        Series(
            setting.counter(counted),
            tuple((Date(year), figure) for year, figure in years.items()),
            dashed=position > 0,
        )
        for position, (counted, years) in enumerate(
            sorted(setting.series.items(), key=lambda item: -len(item[1]))
        )
        if counted[0] and len(years) > 2
    )
    if not lines:
        return None
    marks = tuple(Mark(Date(item.deadline), item.target, say("target")) for item in scored)
    return Chart(
        "targets",
        say("Turnover and the targets set for it"),
        say("A diamond above the line is a target that was not, or is not yet, reached in its year."),
        say("Line chart of trade both ways with one diamond for each stated target at its deadline."),
        Lines(lines, marks),
    )


def _table(setting: Setting, scored: list[targets.Scored], title: Sentence, sheet: str) -> Table:
    say = setting.say
    words = {
        targets.MET: say("met"),
        targets.LATE: say("met late"),
        targets.MISSED: say("missed"),
        targets.OPEN: say("open"),
        targets.DISPUTED: say("met by one side's count only"),
        targets.UNCOUNTED: say("deadline passed, not counted yet"),
    }
    measured = any(item.verdict != targets.UNMEASURED for item in scored)
    entries = {entry.record.subject: entry for entry in setting.scorecard}
    rows: list[tuple[Part | None, ...]] = []
    for item in scored:
        stated = item.record.first("value")
        assert stated is not None
        results: list[Part] = [
            say("{figure} ({who})", figure=figure, who=setting.reporter(who)) for who, figure in item.outcomes
        ]
        entry = entries[item.record.subject]
        stating = (
            name(item.record),
            item.target,
            Date(item.deadline) if item.deadline else None,
            Date(entry.announced) if entry.announced else None,
            _announcers(setting, entry) or say("held as told by {who}", who=said_by(setting, stated)),
            coded(strength) if (strength := item.record.first("strength")) else None,
            _revised(setting, entry),
        )
        judging = (
            _growth(entry.needed_then),
            _growth(entry.got),
            tuple(results) if results else None,
            words.get(item.verdict),
            _growth(item.needed_growth) if item.verdict == targets.OPEN else say("deadline passed"),
        )
        rows.append((*stating, *judging) if measured else stating)
    judged = (
        say("growth a year it needed then"),
        say("growth a year that came"),
        say("what happened, by whose count"),
        say("verdict"),
        say("growth a year it needs now"),
    )
    return Table(
        sheet,
        title,
        (
            say("Target"),
            say("value"),
            say("deadline"),
            say("set on"),
            say("set by"),
            say("strength of the wording"),
            say("revisions"),
            *(judged if measured else ()),
        ),
        tuple(rows),
        note=say(
            "Agreement, goal, hope or forecast: how firm the source's wording is, as the ledger reads it."
        ),
        fold=sheet != "targets",
    )


def _growth(found: Figure | Unavailable) -> Figure | None:
    return found if isinstance(found, Figure) else None


def _announcers(setting: Setting, entry: Entry) -> Part | None:
    """Who set the target, which is not always who is quoted on it."""
    # The ledger may hold one announcer from several sources.
    said = {statement.text: statement for statement in entry.record.all("announcer")}
    return tuple(setting.say("{who}", who=coded(statement)) for statement in said.values()) or None


def _revised(setting: Setting, entry: Entry) -> Part:
    """The same value for another year, or another value for the same one."""
    say = setting.say
    found = [
        say("moved to {year}", year=Date(item.deadline))
        if item.kind == MOVED
        else say("changed to {value}", value=item.value)
        if item.kind == CHANGED
        else say(
            "also {value} for {year} (order not held)",
            value=item.value,
            year=Date(item.deadline),
        )
        for item in entry.revisions
    ]
    return tuple(found) or say("none held")
