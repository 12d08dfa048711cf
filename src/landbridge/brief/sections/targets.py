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
from landbridge.provenance import Figure


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
            "{target} by {year} was missed ({results}) and first reached in {reached}.",
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
    rows: list[tuple[Part | None, ...]] = []
    for item in scored:
        stated = item.record.first("value")
        assert stated is not None
        results: list[Part] = [
            say("{figure} ({who})", figure=figure, who=setting.reporter(who)) for who, figure in item.outcomes
        ]
        stating = (
            name(item.record),
            item.target,
            Date(item.deadline) if item.deadline else None,
            coded(strength) if (strength := item.record.first("strength")) else None,
            say("{who}", who=said_by(setting, stated)),
        )
        judging = (
            tuple(results) if results else None,
            words.get(item.verdict),
            item.needed_growth if isinstance(item.needed_growth, Figure) else None,
        )
        rows.append((*stating, *judging) if measured else stating)
    judged = (say("what happened, by whose count"), say("verdict"), say("growth needed a year"))
    return Table(
        sheet,
        title,
        (
            say("Target"),
            say("value"),
            say("deadline"),
            say("strength of the wording"),
            say("who says so"),
            *(judged if measured else ()),
        ),
        tuple(rows),
        note=say(
            "Agreement, goal, hope or forecast: how firm the source's wording is, as the ledger reads it."
        ),
        fold=sheet != "targets",
    )
