"""The three questions of page one: how do we stand, what is the prospect, what is the bottleneck."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landbridge.brief.document import Answer, Section
from landbridge.brief.likely import between, continued, frequency
from landbridge.brief.sections.corridors import crossings
from landbridge.brief.sections.grades import grade
from landbridge.brief.sections.ranked import Ranked, likeliest, ranked, verdict
from landbridge.brief.setting import Setting, coded, dated, figures_of, name, said_by
from landbridge.brief.text import Date, Part, Sentence
from landbridge.ledger import Record, Statement
from landbridge.planning import targets
from landbridge.provenance import Figure, Status, Unavailable, derive

if TYPE_CHECKING:
    from landbridge.prospects.probability import Target

_OUTCOMES = (Status.REPORTED, Status.CLAIMED, Status.ESTIMATED)
_BINDING = ("twinning", "document", "mechanism", "event", "project", "crossing")
_FRESH_YEARS = 4
_BEYOND = 5
_IN_DAYS = {"h": 1 / 24, "days": 1.0}


def section(setting: Setting) -> Section:
    """Three answers, one sentence each, with range and evidence grade."""
    answers = (_stand(setting), _prospect(setting), _bottleneck(setting))
    return Section("answers", setting.say("In three answers"), answers)


@dataclass(frozen=True, slots=True)
class Spread:
    """The newest count of turnover, and the range that two sides' counts span if they differ as they last did."""

    value: Figure
    low: Figure | None = None
    high: Figure | None = None
    year: str = ""


def spread(setting: Setting) -> Spread | None:
    """The newest turnover with the reporters' own spread in the last year that both sides counted."""
    series = setting.turnover
    newest = targets.newest_value(series)
    if newest is None:
        return None
    value = newest[1]
    named = [years for reporter, years in series.items() if reporter]
    shared = [year for years in named for year in years if sum(year in other for other in named) > 1]
    if not shared:
        return Spread(value)
    last = max(shared)
    both = [years[last] for years in named if last in years]
    low, high = min(item.point for item in both), max(item.point for item in both)
    # Whose count the newest figure is decides to which side the other one may lie; where nobody says, to both.
    own = next((years[last] for years in named if value in years.values() and last in years), None)
    down, up = (low / own.point, high / own.point) if own is not None else (low / high, high / low)
    if value.comparator in (">", ">="):
        down = 1.0
    return Spread(value, _end(value, both, last, down), _end(value, both, last, up), last)


def _end(value: Figure, both: list[Figure], last: str, ratio: float) -> Figure:
    return derive(
        "Trade both ways, newest count, as the other side may count it",
        value.point * ratio,
        value.unit,
        (value, *both),
        "landbridge.brief.sections.answers.spread",
        period=value.period,
        status=Status.ESTIMATED,
        note=f"The newest count times the ratio of the two sides' counts in {last}, the last year that both counted.",
    )


def _stand(setting: Setting) -> Answer:
    say = setting.say
    question = say("How do we stand?")
    held = spread(setting)
    if held is None:
        return _stand_on_accounts(setting, question)
    value = held.value
    counts = {who: years[value.period] for who, years in setting.turnover.items() if value.period in years}
    basis = [figure for figure in (value, held.low, held.high) if figure is not None]
    letter, why = grade(setting, basis, counts)
    known: dict[str, Part] = {
        "a": setting.place(setting.nation_a.code),
        "b": setting.place(setting.nation_b.code),
        "value": value,
        "year": Date(value.period),
    }
    if held.low is not None and held.high is not None and value.comparator in (">", ">="):
        body = say(
            "trade between {a} and {b} was {value} in {year}, and up to {high} if the two sides' counts differ as they "
            "did in {last}",
            **known,
            high=held.high,
            last=Date(held.year),
        )
    elif held.low is not None and held.high is not None and held.low.point < held.high.point:
        body = say(
            "trade between {a} and {b} was {value} in {year}, between {low} and {high} if the two sides' counts differ "
            "as they did in {last}",
            **known,
            low=held.low,
            high=held.high,
            last=Date(held.year),
        )
    else:
        body = say("trade between {a} and {b} was {value} in {year}, by one side's count", **known)
    if not setting.regional:
        return Answer(question, say("On the newest count, {body}.", body=body), letter, why)
    ties = [record for kind in _BINDING for record in setting.tying(kind)]
    umbrellas = [record for record in setting.naming_both("mechanism") if record.standing]
    if not ties and umbrellas:
        answer = say(
            "Trade between the two is not published; no tie of their own is held, only a common frame, {frame}; around "
            "them {body}.",
            frame=name(umbrellas[0]),
            body=body,
        )
    elif ties:
        answer = say(
            "Trade between the two is not published; they are tied by {ties}; around them {body}.",
            ties=tuple(_tie(setting, record) for record in ties[:2]),
            body=body,
        )
    else:
        answer = say(
            "Trade between the two is not published and the ledger holds no tie that names both; around them "
            "{body}.",
            body=body,
        )
    return Answer(question, answer, letter, why)


def _stand_on_accounts(setting: Setting, question: Sentence) -> Answer:
    say = setting.say
    a, b = setting.nation_a.code, setting.nation_b.code
    accounts = setting.data.accounts
    if not {a, b} <= set(accounts.places):
        letter, why = grade(setting, ())
        return Answer(
            question, say("Nothing that this release holds measures trade between them."), letter, why
        )
    flows = setting.data.trade.year(accounts.year, "sector")
    there, back = flows.explain(a, b), flows.explain(b, a)
    letter, why = grade(setting, [figure for figure in (there, back) if isinstance(figure, Figure)])
    none = say("nothing that is recorded")
    answer = say(
        "By the world's input-output accounts {a} sold {there} of goods and services to {b} in {year} and bought {back}; "
        "part of both is imputed.",
        a=setting.place(a),
        b=setting.place(b),
        there=there if isinstance(there, Figure) else none,
        back=back if isinstance(back, Figure) else none,
        year=Date(str(accounts.year)),
    )
    return Answer(question, answer, letter, why)


def _tie(setting: Setting, record: Record) -> Part:
    say = setting.say
    since = record.first("since") or record.first("signed") or record.first("date")
    tie: Part = (
        say("the twinning of {name}", name=name(record))
        if record.kind == "twinning" and record.text("form") == "sister"
        else say("the partnership of {name}", name=name(record))
        if record.kind == "twinning"
        else name(record)
    )
    if since is not None:
        return say("{name} ({since})", name=tie, since=dated(setting, since))
    return tie


def _prospect(setting: Setting) -> Answer:
    say = setting.say
    question = say("What is the prospect?")
    newest = targets.newest_value(setting.turnover)
    if newest is None:
        letter, why = grade(setting, ())
        return Answer(question, say("No series is held, and no open target."), letter, why)
    year, last = newest
    item = next((item for item in reversed(setting.targets) if item.verdict == targets.OPEN), None)
    until = int(item.deadline) if item is not None else int(year) + _BEYOND
    outlook = targets.outlook(last, setting.continued, until)
    past = targets.past_growth(setting.continued, until - int(year))
    repeated: Part = (
        say(
            "past growth repeated, slowest to fastest of the spans that the count of {who} holds within {years}, would "
            "bring the trade of {a} and {b} to {outlook}",
            who=_who(setting),
            years=Date(past.period),
            a=setting.place(setting.nation_a.code),
            b=setting.place(setting.nation_b.code),
            outlook=outlook,
        )
        if isinstance(outlook, Figure) and isinstance(past, Figure)
        else say("no series is long enough to say what past growth would bring")
    )
    chance = next((found for found in setting.likely if found.scored is item), None)
    if item is not None and chance is not None and not isinstance(chance.answer, Unavailable):
        return _likely(setting, item, chance.answer)
    if item is not None and isinstance(item.needed_growth, Figure):
        basis = [item.target, *([outlook] if isinstance(outlook, Figure) else [])]
        letter, why = grade(setting, basis)
        strength = item.record.first("strength")
        answer = say(
            "{target} by {year}, stated as a {strength}, would need {needed} a year, where past spans of that length "
            "brought {past} by the count of {who}; {repeated}.",
            who=_who(setting),
            target=item.target,
            year=Date(item.deadline),
            strength=coded(strength) if strength else say("target"),
            needed=item.needed_growth,
            past=past if isinstance(past, Figure) else say("an unknown growth"),
            repeated=repeated,
        )
        return Answer(question, answer, letter, why)
    letter, why = grade(setting, [outlook] if isinstance(outlook, Figure) else [])
    answer = say(
        "No open target for their turnover is held; by {year} {repeated}.",
        year=Date(str(until)),
        repeated=repeated,
    )
    return Answer(question, answer, letter, why)


def _who(setting: Setting) -> Part:
    """Who counts the series that the newest count belongs to."""
    counted = next(iter(setting.continued), None)
    return setting.say("nobody") if counted is None else setting.counter(counted)


def _likely(setting: Setting, item: targets.Scored, target: Target) -> Answer:
    """An open target with its probability, and the growth it needs beside past growth of the series carried on."""
    say = setting.say
    probability, (counted, years) = target.probability, continued(target.basis)
    past = targets.past_growth({counted: years}, target.by - target.basis.series.last)
    letter, why = grade(setting, [item.target, probability])
    strength = item.record.first("strength")
    answer = say(
        "{target} by {year}, stated as a {strength}, has a chance of {chance} (range {range}), by how trade of other pairs "
        "moved. It would need {needed} a year, where past spans of that length brought {past} by the count of {who}.",
        who=setting.counter(counted),
        target=item.target,
        year=Date(item.deadline),
        strength=coded(strength) if strength else say("target"),
        chance=frequency(probability),
        range=between(probability) or frequency(probability),
        needed=item.needed_growth if isinstance(item.needed_growth, Figure) else say("an unknown growth"),
        past=past if isinstance(past, Figure) else say("an unknown growth"),
    )
    return Answer(say("What is the prospect?"), answer, letter, why)


def _bottleneck(setting: Setting) -> Answer:
    """What the ranking of the two countries allows to conclude; without one, what is on record of waits and payment."""
    held = ranked(setting)
    return _recorded(setting) if held is None or not held.rows else _ranked(setting, held)


def _ranked(setting: Setting, held: Ranked) -> Answer:
    """The headline of the ranking and the likeliest; between regions it is that of their countries, and said to be."""
    say = setting.say
    told, row, share = verdict(held), held.likeliest, held.share()
    figures = [*([held.gain(row)] if row else []), *([share] if share else [])]
    if setting.regional:
        found, sizes = _on_record(setting)
        figures += sizes
        told = say(
            "Of {a} and {b}, the countries: {told}",
            a=setting.place(setting.nation_a.code),
            b=setting.place(setting.nation_b.code),
            told=told,
        )
        if found:
            told = say("{told} On record with a size: {found}.", told=told, found=tuple(found))
    elif (first := likeliest(held)) is not None:
        told = say("{first} {second}", first=told, second=first)
    letter, why = grade(setting, figures)
    return Answer(say("What is the bottleneck?"), told, letter, why)


def _recorded(setting: Setting) -> Answer:
    """What is on record, for a pair that nobody has ranked."""
    say = setting.say
    found, figures = _on_record(setting)
    letter, why = grade(setting, figures)
    obstacles = setting.obstacles()
    if found:
        answer = say(
            "No ranking by worth is held for this pair; on record with a size: {found}.", found=tuple(found)
        )
    elif obstacles:
        answer = say(
            "No ranking by worth is held for this pair; named, without a size that compares, are {what}.",
            what=tuple(name(record) for record in obstacles[:3]),
        )
    else:
        answer = say(
            "No ranking is held for this pair and the ledger names no obstacle between the two, so no bottleneck can be "
            "named."
        )
    return Answer(say("What is the bottleneck?"), answer, letter, why)


def _on_record(setting: Setting) -> tuple[list[Part], list[Figure]]:
    """The newest waits and the best evidenced cost of payment, in words, and their figures."""
    say = setting.say
    found: list[Part] = []
    figures: list[Figure] = []
    waits = newest_waits(setting)
    if waits:
        record, said = waits[0][0], [(statement, figure) for _, statement, figure in waits]
        message = (
            say(
                "waiting, not at a crossing of theirs but elsewhere on the way, at {crossing}",
                crossing=name(record),
            )
            if setting.regional and not _at_hand(setting, record)
            else say("waiting at {crossing}", crossing=name(record))
        )
        found.append(
            say(
                "{where} in {when}: {waits}",
                where=message,
                when=Date(said[0][0].period or said[0][0].as_of),
                waits=tuple(
                    say("{figure} ({who})", figure=figure, who=said_by(setting, statement))
                    for statement, figure in said
                ),
            )
        )
        figures += [figure for _, figure in said]
    payment = _payment(setting)
    if payment is not None:
        record, statement, figure = payment
        found.append(
            say(
                "payment: {what}, {size} ({who})",
                what=name(record),
                size=figure,
                who=said_by(setting, statement),
            )
        )
        figures.append(figure)
    return found, figures


def newest_waits(setting: Setting) -> list[tuple[Record, Statement, Figure]]:
    """What is said of waiting at one crossing in one month, every voice of it.

    A crossing at one of the two places comes before one on the border of either country, and that before one on the way
    between them; within these the newest on record.
    """
    found = [
        (record, statement, figure)
        for record in crossings(setting)
        for statement, figure in figures_of(record, "waiting")
        if figure.status in _OUTCOMES and _stands(setting, record, statement)
    ]
    if not found:
        return []
    ends = {setting.nation_a.code, setting.nation_b.code}

    def nearness(item: tuple[Record, Statement, Figure]) -> tuple[bool, int, str]:
        record, statement, _ = item
        return _at_hand(setting, record), len(ends & set(record.parties)), statement.period or statement.as_of

    best = max(map(nearness, found))
    level = [item for item in found if nearness(item) == best]
    # Of crossings that are equally near and of one time, the one with the longest wait.
    longest = max(level, key=lambda item: (item[2].point * _IN_DAYS[item[2].unit], item[0].subject))[0]
    return [item for item in level if item[0] is longest]


def _at_hand(setting: Setting, record: Record) -> bool:
    """Whether a crossing lies at one of the two places themselves."""
    return bool({setting.a.code, setting.b.code} & set(record.text("near").split()))


def _payment(setting: Setting) -> tuple[Record, Statement, Figure] | None:
    """The best evidenced size of an obstacle to payment: by status, then by newness."""
    found = [
        (record, statement, figure)
        for record in setting.obstacles()
        if record.text("form") == "payment"
        for statement, figure in figures_of(record, "size")
        if figure.status in _OUTCOMES and figure.unit == "%" and _stands(setting, record, statement)
    ]
    return max(
        found,
        key=lambda item: (-item[2].status.rank, item[1].period or item[1].as_of, item[1].id),
        default=None,
    )


def _stands(setting: Setting, record: Record, statement: Statement) -> bool:
    """Whether something still stands as far as the ledger knows, with a size that is dated and not from long ago."""
    year = int(setting.data.as_of[:4])
    ends = record.text("until") or statement.valid_to
    if ends and int(ends[:4]) < year:
        return False
    if statement.valid_from:
        return True
    years = re.findall(r"\d{4}", statement.period or statement.as_of or record.text("since"))
    return bool(years) and int(years[-1]) >= year - _FRESH_YEARS
