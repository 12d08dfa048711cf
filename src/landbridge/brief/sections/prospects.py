"""How likely open targets are, what stands behind the number, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator

from landbridge.brief.chart_fan import chart
from landbridge.brief.document import Block, Chart, Heading, Paragraph, Points, Refusal, Section, Table
from landbridge.brief.likely import Likely, askable, between, continued, frequency
from landbridge.brief.sections import prospects_agreements, prospects_record, prospects_shocks
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Code, Date, Name, Part, Sentence
from landbridge.planning import targets
from landbridge.prospects.mirror import Mirror
from landbridge.prospects.probability import State, Target
from landbridge.provenance import Figure, Unavailable
from landbridge.release.prospects import NAMES

_LOW, _HIGH = "a third lower", "a third higher"


def section(setting: Setting) -> Section:
    """Open targets of trade with their probability; without one, what may be said of the future all the same."""
    say = setting.say
    answered = [(item, item.answer) for item in setting.likely if isinstance(item.answer, Target)]
    blocks: list[Block] = [_national(setting)] if setting.regional else []
    if answered:
        blocks += _answers(setting, answered)
        blocks.append(_fan(setting, answered))
        blocks += prospects_record.behind(setting, answered)
        blocks += _changes(setting, answered)
    blocks += _refused(setting)
    blocks += prospects_shocks.earlier(setting)
    blocks += prospects_agreements.agreements(setting)
    return Section("prospects", say("How likely the open targets are"), tuple(blocks))


def _national(setting: Setting) -> Paragraph:
    return Paragraph(
        (
            setting.say(
                "All of this is about {a} and {b}, the countries: no series of the two places asked for is long enough to "
                "be carried on.",
                a=setting.place(setting.nation_a.code),
                b=setting.place(setting.nation_b.code),
            ),
        )
    )


def _answers(setting: Setting, answered: list[tuple[Likely, Target]]) -> list[Block]:
    """One plain answer for each target, and past growth beside what they need."""
    found = [_answer(setting, item, target) for item, target in answered]
    past = list(dict.fromkeys(_past(setting, target) for _, target in answered))
    if len(found) == 1:
        return [Paragraph((*found[0], *past))]
    points = tuple(setting.say("{chance} {needs}", chance=chance, needs=needs) for chance, needs in found)
    return [Points(points), Paragraph(tuple(past))]


def _answer(setting: Setting, item: Likely, target: Target) -> tuple[Sentence, Sentence]:
    say = setting.say
    needed = item.scored.needed_growth
    return say(
        "Trade of {target} in {year} has a chance of {chance} (range {range}).",
        target=item.scored.target,
        year=_by(target),
        chance=frequency(target.probability),
        range=between(target.probability) or say("not told"),
    ), (
        say(
            "It needs {needed} a year from {since} on.",
            needed=needed,
            since=Date(str(target.basis.series.last)),
        )
        if isinstance(needed, Figure)
        else say("What it needs a year cannot be said.")
    )


def _past(setting: Setting, target: Target) -> Sentence:
    """Past growth in the series that the chart shows, and in no other."""
    counted, years = continued(target.basis)
    past = targets.past_growth({counted: years}, target.by - target.basis.series.last)
    if not isinstance(past, Figure):
        return setting.say("The series is too short to set past growth over so many years beside it.")
    return setting.say(
        "Past spans of the same length brought {past} a year, by the count of {who}.",
        past=past,
        who=setting.counter(counted),
    )


def _by(target: Target) -> Date:
    return Date(str(target.by))


def _fan(setting: Setting, answered: list[tuple[Likely, Target]]) -> Chart:
    """One fan for the pair, as far as the farthest deadline; every open target stands in it."""
    farthest = max((target for _, target in answered), key=lambda target: target.by)
    marks = [(_by(target), item.scored.target) for item, target in answered]
    return chart(setting.say, farthest.basis, farthest.fan, marks)


def _changes(setting: Setting, answered: list[tuple[Likely, Target]]) -> list[Block]:
    """What would move the probabilities: a column for each target, and what is behind the rows."""
    say = setting.say
    first = answered[0][1]
    points = [*_links(setting, first), *_untold(setting, first)]
    if first.basis.mirror is not None:
        points.append(_blackout(setting, first.basis.mirror))
    points += _silent(setting, answered)
    points.append(
        say(
            "What either side plans is not in the number. New pipes, payments or sanctions enter it only as far as such "
            "things moved the trade of other pairs."
        )
    )
    rows: dict[str, list[Part | None]] = {}
    for place, (item, target) in enumerate(answered):
        for key, label, chance in _rows(setting, item, target):
            cells = rows.setdefault(key, [label, *[None] * len(answered)])
            cells[place + 1] = frequency(chance)
    table = Table(
        "what would change it",
        say("Chance of each target, as things stand and otherwise"),
        (
            say("If"),
            *(
                say("{target} in {year}", target=item.scored.target, year=_by(target))
                for item, target in answered
            ),
        ),
        tuple(tuple(cells) for cells in rows.values()),
    )
    return [Heading(say("What would change it")), table, Points(tuple(points))]


def _rows(setting: Setting, item: Likely, target: Target) -> Iterator[tuple[str, Sentence, Figure]]:
    """Key, label and probability: as things stand, by state of a driver, after a measured shock."""
    say = setting.say
    yield "now", say("as things stand"), target.probability
    for state in target.states:
        if isinstance(state, State) and state.state in (_LOW, _HIGH):
            driver = Name(NAMES.get(state.driver, state.driver), f"driver {state.driver}")
            label = (
                say("{driver} a third lower by then", driver=driver)
                if state.state == _LOW
                else say("{driver} a third higher by then", driver=driver)
            )
            yield f"{state.driver} {state.state}", label, state.probability
    for row in item.struck:
        label = say(
            "a blow like that of {since} in {year}: {shock}",
            since=Date(row.since),
            year=Date(target.fan[0].year),
            shock=prospects_shocks.named(setting, row.shocks),
        )
        yield f"{row.shocks}", label, row.probability


def _links(setting: Setting, target: Target) -> list[Sentence]:
    """How each driver went along with the trade, and whether that can be told from nothing."""
    say = setting.say
    told = {state.driver: state for state in target.states if isinstance(state, State)}
    out = []
    for driver, state in told.items():
        parts: dict[str, Part] = {
            "driver": Name(NAMES.get(driver, driver), f"driver {driver}"),
            "slope": state.slope,
            "range": ends(state.slope) or state.slope,
        }
        out.append(
            say(
                "{driver}: one per cent of it went along with {slope} of this trade in the past ({range}), for whatever "
                "cause.",
                **parts,
            )
            if state.told
            else say(
                "{driver}: one per cent of it went along with {slope} of this trade in the past ({range}), which cannot be "
                "told from none.",
                **parts,
            )
        )
    return out


def _untold(setting: Setting, target: Target) -> list[Sentence]:
    return [
        setting.say("Not told: {reason}", reason=Name(state.reason, "refusal driver"))
        for state in target.states
        if isinstance(state, Unavailable)
    ]


def _blackout(setting: Setting, mirror: Mirror) -> Sentence:
    return setting.say(
        "{reporter} published nothing comparable after {year}. The count of {partner} stands in; {reporter_too} used to "
        "count {ratio} of it, and what that ratio may be in a new year widens the paths.",
        reporter=setting.place(mirror.reporter),
        reporter_too=setting.place(mirror.reporter),
        year=Date(mirror.silent_since),
        partner=setting.place(mirror.partner),
        ratio=mirror.ratio,
    )


def _silent(setting: Setting, answered: list[tuple[Likely, Target]]) -> list[Sentence]:
    """The same targets by the count of a side that stopped publishing."""
    say = setting.say
    told = [(item, item.silent) for item, _ in answered if item.silent is not None]
    mirror = told[0][1].basis.mirror if told else None
    if mirror is None:
        return []
    chances = tuple(
        say(
            "{chance} for {target} in {year} (range {range})",
            chance=frequency(target.probability),
            target=item.scored.target,
            year=_by(target),
            range=between(target.probability) or say("not told"),
        )
        for item, target in told
    )
    return [
        say(
            "{reporter} stopped publishing after {year}. By its count, carried on by that of {partner}, the chance is "
            "{chances}. In the years that both counted, {reporter_too} counted {ratio} of what {partner_too} did; a new "
            "year may bring {span}.",
            reporter=setting.place(mirror.reporter),
            reporter_too=setting.place(mirror.reporter),
            partner=setting.place(mirror.partner),
            partner_too=setting.place(mirror.partner),
            year=Date(mirror.silent_since),
            chances=chances,
            ratio=mirror.ratio,
            span=ends(mirror.ratio) or say("not told"),
        )
    ]


def _refused(setting: Setting) -> list[Block]:
    """Open targets without a probability, or that there is no open target at all."""
    say = setting.say
    a, b = setting.nation_a.code, setting.nation_b.code
    out: list[Block] = [
        Refusal(
            say(
                "How likely {target} by {year} is.",
                target=item.scored.target,
                year=Date(item.scored.deadline),
            ),
            say("{reason}", reason=_reason(item.answer)),
        )
        for item in setting.likely
        if isinstance(item.answer, Unavailable)
    ]
    if setting.likely:
        return out
    remedy = (
        say(
            "To ask about a level of your own: {command}.",
            command=Code(f"landbridge prospects probability {a} {b} --value LEVEL --by YEAR"),
        )
        if askable(setting.data, a, b)
        else None
    )
    out.append(
        Refusal(
            say("How likely a target of their trade is."),
            say(
                "The ledger holds no open target for the turnover of {a} and {b}.",
                a=setting.place(a),
                b=setting.place(b),
            ),
            remedy,
        )
    )
    return out


def _reason(answer: Unavailable) -> Name:
    text = answer.reason
    return Name(text[:1].upper() + text[1:], "refusal forecast")
