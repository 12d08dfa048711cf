"""Page one: how do we stand, what is the prospect, what is the bottleneck; what cannot be known; what to ask next."""

from __future__ import annotations

import re

from landbridge.brief.document import Answer, Points, Refusal, Section
from landbridge.brief.sections.corridors import crossings
from landbridge.brief.sections.grades import grade
from landbridge.brief.sections.regions import no_partner_trade
from landbridge.brief.setting import Setting, figures_of, name
from landbridge.brief.text import Date, Part, Sentence
from landbridge.ledger import Record, Statement
from landbridge.planning import targets
from landbridge.provenance import Figure, Status, derive

_OUTCOMES = (Status.REPORTED, Status.CLAIMED, Status.ESTIMATED)
_BINDING = ("twinning", "document", "mechanism", "event")
_BOTTLENECKS = 3
_FRESH_YEARS = 4


def sections(setting: Setting) -> tuple[Section, ...]:
    """The front page."""
    say = setting.say
    return (
        Section(
            "answers", say("In three answers"), (_stand(setting), _prospect(setting), _bottleneck(setting))
        ),
        Section("unknowable", say("What cannot be known from what is published"), _unknowable(setting)),
        Section("next", say("Questions for the next meeting"), (Points(tuple(_questions(setting))),)),
    )


def spread(setting: Setting, series: dict[str, dict[str, Figure]]) -> Figure | None:
    """The newest turnover with a range: its reporters' own spread in the last year that both sides counted."""
    newest = targets.newest_value(series)
    if newest is None:
        return None
    year, figure = newest
    named = {reporter: years for reporter, years in series.items() if reporter}
    shared = [y for y in figure_years(named) if sum(y in years for years in named.values()) > 1]
    if not shared:
        return figure
    last = max(shared)
    both = [years[last] for years in named.values() if last in years]
    low, high = min(item.point for item in both), max(item.point for item in both)
    # Whose count the newest figure is decides to which side the other one may lie; where nobody says, to both.
    own = next((years[last] for years in named.values() if figure in years.values() and last in years), None)
    down, up = (low / own.point, high / own.point) if own is not None else (low / high, high / low)
    return derive(
        "Trade both ways, newest count, with the range that two reporters' counts span",
        figure.point,
        figure.unit,
        (figure, *both),
        "landbridge.brief.sections.answers.spread",
        period=year,
        low=figure.point * down,
        high=figure.point * up,
        note=f"Range: spread between the reporters in {last}, the last year that both counted, applied to {year}.",
        comparator=figure.comparator,
    )


def figure_years(series: dict[str, dict[str, Figure]]) -> set[str]:
    """Every year that any series holds."""
    return {year for years in series.values() for year in years}


def _stand(setting: Setting) -> Answer:
    say = setting.say
    question = say("How do we stand?")
    a, b = setting.nation_a.code, setting.nation_b.code
    series = setting.turnover
    value = spread(setting, series)
    if value is None:
        return _stand_on_accounts(setting, question)
    letter, why = grade(setting, _counts(series, value.period))
    known: dict[str, Part] = {
        "a": setting.place(a),
        "b": setting.place(b),
        "value": value,
        "year": Date(value.period),
    }
    if value.low is not None and value.high is not None and value.low < value.high:
        ends = [_end(value, end) for end in ("low", "high")]
        known |= {"low": ends[0], "high": ends[1]}
        body = say(
            "trade between {a} and {b} was {value} in {year}, between {low} and {high} if the two sides' counts differ "
            "as they last did",
            **known,
        )
    else:
        body = say("trade between {a} and {b} was {value} in {year}, by one side's count", **known)
    if setting.regional:
        ties = [record for kind in _BINDING for record in setting.naming_both(kind)]
        if ties:
            answer = say(
                "Trade between the two regions is not published; they are tied by {ties}; around them {body}.",
                ties=tuple(_tie(setting, record) for record in ties[:2]),
                body=body,
            )
        else:
            answer = say(
                "Trade between the two regions is not published and the ledger holds no tie that names both; around them "
                "{body}.",
                body=body,
            )
    else:
        answer = say("On the newest count, {body}.", body=body)
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


def _end(value: Figure, end: str) -> Figure:
    return derive(
        f"{value.measure}: {end} end of the range",
        value.low if end == "low" else value.high,
        value.unit,
        (value,),
        "landbridge.brief.sections.answers.spread",
        note=value.note,
    )


def _counts(series: dict[str, dict[str, Figure]], year: str) -> list[Figure]:
    return [years[year] for years in series.values() if year in years]


def _tie(setting: Setting, record: Record) -> Part:
    say = setting.say
    since = record.first("since") or record.first("signed") or record.first("date")
    tie: Part = (
        say("the twinning of {name}", name=name(record)) if record.kind == "twinning" else name(record)
    )
    if since is not None:
        return say("{name} ({since})", name=tie, since=Date(since.text))
    return tie


def _prospect(setting: Setting) -> Answer:
    say = setting.say
    question = say("What is the prospect?")
    series = setting.turnover
    _, years = targets.longest(series)
    scored = setting.targets
    open_ones = [
        item for item in scored if item.verdict == targets.OPEN and isinstance(item.needed_growth, Figure)
    ]
    until = int(open_ones[-1].deadline) if open_ones else (int(max(years)) + 5 if years else 0)
    outlook = targets.outlook(series, until) if years else None
    if isinstance(outlook, Figure) and open_ones:
        item = open_ones[-1]
        assert isinstance(item.needed_growth, Figure)
        past = targets.past_growth(series, until - int(max(years)))
        letter, why = grade(setting, (outlook, item.target))
        answer = say(
            "{target} by {year} would need {needed} a year, where past spans of that length brought {past} a year; "
            "past growth repeated would give {outlook}.",
            target=item.target,
            year=Date(item.deadline),
            needed=item.needed_growth,
            past=past if isinstance(past, Figure) else say("an unknown growth"),
            outlook=outlook,
        )
        return Answer(question, answer, letter, why)
    if isinstance(outlook, Figure):
        letter, why = grade(setting, (outlook,))
        answer = say(
            "No open target is held; past growth repeated, slowest to fastest, would bring trade both ways to {outlook} "
            "in {year}.",
            outlook=outlook,
            year=Date(str(until)),
        )
        return Answer(question, answer, letter, why)
    letter, why = grade(setting, ())
    return Answer(question, say("No series is long enough to say, and no open target is held."), letter, why)


def _bottleneck(setting: Setting) -> Answer:
    """What is documented of obstacles, without a ranking by worth, which present evidence does not allow."""
    say = setting.say
    question = say("What is the bottleneck?")
    found: list[tuple[Part, Figure]] = []
    waits = _longest_wait(setting)
    if waits is not None:
        record, statement, figure = waits
        what = say(
            "waiting at {crossing}, {figure} in {when}",
            crossing=name(record),
            figure=figure,
            when=Date(statement.period or statement.as_of),
        )
        found.append((what, figure))
    obstacles = setting.nations.between("barrier")
    for form, message in (
        ("payment", say("payment")),
        ("quota", say("market access")),
        ("tariff", say("duties")),
    ):
        sized = [
            (record, figure)
            for record in obstacles
            if record.text("form") == form
            for statement, figure in figures_of(record, "size")
            if figure.status in _OUTCOMES and figure.unit == "%" and _stands(setting, record, statement)
        ]
        if sized and len(found) < _BOTTLENECKS:
            record, figure = max(sized, key=lambda item: item[1].point)
            found.append(
                (say("{form} ({what}, {size})", form=message, what=name(record), size=figure), figure)
            )
    letter, why = grade(setting, [figure for _, figure in found])
    if found:
        answer = say(
            "Present evidence does not allow a ranking by worth; best documented: {found}.",
            found=tuple(item for item, _ in found),
        )
    elif obstacles:
        answer = say(
            "Present evidence does not allow a ranking: {what} are named, but no source gives them a size.",
            what=tuple(name(record) for record in obstacles[:3]),
        )
    else:
        answer = say("The ledger names no obstacle between the two, so no bottleneck can be named.")
    return Answer(question, answer, letter, why)


def _stands(setting: Setting, record: Record, statement: Statement) -> bool:
    """Whether an obstacle still stands as far as the ledger knows, with a size that is dated and not from long ago."""
    year = int(setting.data.as_of[:4])
    ends = record.text("until") or statement.valid_to
    if ends and int(ends[:4]) < year:
        return False
    if statement.valid_from:
        return True
    years = re.findall(r"\d{4}", statement.period or statement.as_of or record.text("since"))
    return bool(years) and int(years[-1]) >= year - _FRESH_YEARS


def _longest_wait(setting: Setting) -> tuple[Record, Statement, Figure] | None:
    """The longest wait on record at a crossing between the two countries, or on the way where they share none."""
    found = [
        (record, statement, figure)
        for record in crossings(setting)
        for statement, figure in figures_of(record, "waiting")
        if figure.status in _OUTCOMES
    ]
    in_days = {"h": 1 / 24, "days": 1.0}
    return max(found, key=lambda item: item[2].point * in_days[item[2].unit], default=None)


def _unknowable(setting: Setting) -> tuple[Refusal, ...]:
    say = setting.say
    out = [no_partner_trade(setting)] if setting.regional else []
    out += [
        Refusal(
            say("What goods were bought for final use, by sector and partner."),
            say(
                "The accounts publish deliveries between industries only; final use by destination is imputed and marked so."
            ),
        ),
        Refusal(
            say("How probable a target is."),
            say(
                "A probability needs a published record of forecasts that came true or did not; none is in this release."
            ),
        ),
        Refusal(
            say("Which obstacle costs most."),
            say(
                "Waiting hours, refusals of payment and rules are reported as incidents, not as series with a value."
            ),
        ),
    ]
    return tuple(out)


def _questions(setting: Setting) -> list[Sentence]:
    say = setting.say
    nations = setting.nations
    series = setting.turnover
    newest = max(figure_years(series), default="")
    out = []
    for place in (nations.a, nations.b):
        held = series.get(place.code, {})
        if not held:
            out.append(
                say("Will {place} share its own yearly count of this trade?", place=setting.place(place.code))
            )
        elif max(held) < newest:
            out.append(
                say(
                    "Will {place} share its own count of this trade for the years after {year}?",
                    place=setting.place(place.code),
                    year=Date(max(held)),
                )
            )
    scored = setting.targets
    for item in scored:
        if item.verdict == targets.OPEN and not item.record.text("definition"):
            out.append(
                say(
                    "By whose statistics, and in which prices, will {target} by {year} be judged?",
                    target=item.target,
                    year=Date(item.deadline),
                )
            )
    umbrellas = [record for record in nations.between("project") if record.text("umbrella") == "true"]
    if umbrellas:
        out.append(say("Which projects stand behind the headline sum of {name}?", name=name(umbrellas[-1])))
    if setting.regional:
        out.append(
            say(
                "Can customs of both sides give the trade of {a} and of {b} by partner country and product?",
                a=setting.place(setting.a.code),
                b=setting.place(setting.b.code),
            )
        )
        ties = [record for record in setting.naming_both("twinning", "document") if not record.all("active")]
        out += [say("When was {tie} last used, and for what?", tie=name(record)) for record in ties[:2]]
    waits = _longest_wait(setting)
    if waits is not None:
        out.append(say("Can hours at {crossing} be published as a series?", crossing=name(waits[0])))
    out.append(say("Which document steps at the border are electronic on both sides?"))
    return out
