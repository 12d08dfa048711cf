"""The questions an interviewer asks a regional analyst, in order, each answered from what is held or refused.

The order follows an interview on a region's ties with the provinces of a partner country: relations, shocks, recent
events, trade, products, interests beyond trade, prospects. Each answer names whose word it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from landbridge import codes
from landbridge.brief.document import Block, Heading, Paragraph, Points, Refusal, Section
from landbridge.brief.sections.claims import asserted
from landbridge.brief.sections.regions import between_the_two, partner_trade, regional_trade
from landbridge.brief.setting import Setting, dated, name, said_by, who_says
from landbridge.brief.text import Date, Sentence
from landbridge.ledger import Record, Statement
from landbridge.planning import targets
from landbridge.planning.targets import growth_between
from landbridge.provenance import Figure

_LIMIT = 12
# Years back that still count as lately, and figures of a region that fit beside the talk.
_LATELY = 5
_NEWEST = 5


def section(setting: Setting) -> Section:
    """The seven questions, for a pair that names a region."""
    say = setting.say
    asked: tuple[tuple[Sentence, Callable[[Setting], list[Block]]], ...] = (
        (say("How can relations between the two be described?"), _relations),
        (say("Did the pandemic and other shocks affect them?"), _shocks),
        (say("What has happened lately in economic contacts?"), _events),
        (say("How is trade, how stable and how profitable?"), _trade),
        (say("How attractive are they to each other, what is bought, and has that changed?"), _products),
        (say("What is of interest besides trade?"), _beyond_trade),
        (say("What are the prospects for cooperation?"), _prospects),
    )
    blocks: list[Block] = []
    for question, answer in asked:
        found = answer(setting)
        blocks.append(Heading(question))
        blocks += found or [
            Refusal(
                question,
                say("The ledger holds nothing on it for these two places, and no statistics measure it."),
            )
        ]
    return Section("interview", say("An interviewer's questions, in order"), tuple(blocks))


def _regions(setting: Setting) -> set[str]:
    return {place.code for place in (setting.a, setting.b) if place.kind == "region"}


def _claims(setting: Setting, systems: Iterable[int], kinds: Iterable[str] = ()) -> list[Statement]:
    """Claims about either region under some systems of cooperation."""
    wanted, regions, allowed = {str(number) for number in systems}, _regions(setting), set(kinds)
    pair = {setting.a.code, setting.b.code}
    found = []
    for record in setting.ledger.records("claim"):
        statement = record.statements[0]
        detail = statement.detail
        parties = detail.get("parties", "").split()
        # A claim about this region and a third one says nothing of the two.
        others = {code for code in parties if codes.place(code).kind != "country"} - pair
        about = detail["system"] in wanted and regions & set(parties) and not others
        if about and (not allowed or detail["kind"] in allowed):
            found.append(statement)
    return sorted(found, key=lambda item: (item.source, item.start or 0))


def _as_claims(setting: Setting, statements: Iterable[Statement]) -> list[Block]:
    """Claims under the name of whoever makes them."""
    say = setting.say
    by_voice: dict[tuple[str, str], list[Statement]] = {}
    for item in statements:
        by_voice.setdefault((item.source, item.speaker), []).append(item)
    out: list[Block] = []
    for said in by_voice.values():
        out.append(Paragraph((say("Claimed by {who}:", who=said_by(setting, said[0])),)))
        out.append(Points(tuple(say("{claim}", claim=asserted(setting, item)) for item in said[:_LIMIT])))
    return out


def _as_ties(setting: Setting, records: Iterable[Record]) -> list[Block]:
    say = setting.say
    items = []
    for record in records:
        if record.text("umbrella") == "true":
            continue
        date = record.first("date") or record.first("since") or record.first("signed")
        who = who_says(setting, record)
        if date is not None:
            items.append(say("{name}, {date} ({who})", name=name(record), date=dated(setting, date), who=who))
        elif record.intended:
            items.append(say("{name}, intended, not signed ({who})", name=name(record), who=who))
        else:
            items.append(say("{name} ({who})", name=name(record), who=who))
    return [Points(tuple(items[:_LIMIT]))] if items else []


def _ties_of(setting: Setting, *kinds: str) -> list[Record]:
    return [*setting.naming_both(*kinds), *setting.naming_one(*kinds)]


def _relations(setting: Setting) -> list[Block]:
    """Ties of the two by name; then those of each with others of the partner's country; then what is claimed."""
    say, kinds = setting.say, ("twinning", "document", "mechanism")
    own = [record for kind in kinds for record in setting.naming_both(kind)]
    wider = [record for kind in kinds for record in setting.naming_one(kind)]
    out = _as_ties(setting, own)
    if wider:
        lead = say("With others in the partner's country:")
        out += [Paragraph((lead,)), *_as_ties(setting, wider)]
    return out + _as_claims(setting, _claims(setting, (1, 3, 4)))


def _shocks(setting: Setting) -> list[Block]:
    say = setting.say
    out: list[Block] = []
    for counted, years in setting.series.items():
        if {"2019", "2020"} <= years.keys():
            change = growth_between(years["2019"], years["2020"])
            if isinstance(change, Figure):
                out.append(
                    Paragraph(
                        (
                            say(
                                "Between the countries, trade both ways changed by {change} in {year}, by the count of "
                                "{who}; what the shock itself did cannot be told from two years.",
                                change=change,
                                year=Date("2020"),
                                who=setting.counter(counted),
                            ),
                        )
                    )
                )
    return out + _as_claims(setting, _claims(setting, (27,)))


def _events(setting: Setting) -> list[Block]:
    """Events and signatures, newest first; what lies more than a few years back is history, and shocks come before."""
    say = setting.say
    oldest = str(int(setting.data.as_of[:4]) - _LATELY)
    dated_ones = [
        (record.text("date") or record.text("signed"), record)
        for record in _ties_of(setting, "event", "document")
        if record.text("form") != "shock" and (record.text("date") or record.text("signed")) >= oldest
    ]
    dated_ones.sort(key=lambda item: item[0], reverse=True)
    if not dated_ones:
        return _as_claims(setting, _claims(setting, (5,)))
    last = Paragraph((say("Nothing later than {date} is held.", date=Date(dated_ones[0][0])),))
    return [*_as_ties(setting, [record for _, record in dated_ones]), last]


def _trade(setting: Setting) -> list[Block]:
    say = setting.say
    out: list[Block] = partner_trade(setting)
    for region in (setting.a, setting.b):
        said = [
            (statement.period or statement.as_of, record, statement)
            for record in regional_trade(setting)
            if region.code in record.parties and between_the_two(setting, record)
            for statement in record.quantities("turnover")
            if not record.text("product") and (statement.period or statement.as_of)
        ]
        said.sort(key=lambda item: (item[0], item[2].id), reverse=True)
        items = [
            say(
                "{name}: turnover of {figure} in {when} ({who})",
                name=name(record),
                figure=record.figure(statement),
                when=Date(when),
                who=said_by(setting, statement),
            )
            for when, record, statement in said[:_NEWEST]
        ]
        if items:
            out.append(Points(tuple(items)))
        if len(said) > _NEWEST:
            out.append(Paragraph((say("Older ones stand in the table of single published figures below."),)))
    out += _as_claims(setting, _claims(setting, (6,)))
    profit = Refusal(
        say("How profitable the trade is."),
        say(
            "Nobody publishes costs or margins of a region's trade by partner; turnover says nothing of them."
        ),
    )
    return [*out, profit]


def _products(setting: Setting) -> list[Block]:
    say = setting.say
    claims = _as_claims(setting, _claims(setting, (8, 9)))
    why = Refusal(
        say("How attractive each is to the other, and products traded between the two, by year."),
        say(
            "Attraction is not measured; what is bought would be its nearest sign, and no side publishes it by region. The "
            "basket of the two countries stands below."
        ),
    )
    return [why, *claims]


def _beyond_trade(setting: Setting) -> list[Block]:
    return _as_claims(setting, _claims(setting, (22, 23, 24, 25)))


def _prospects(setting: Setting) -> list[Block]:
    say = setting.say
    out: list[Block] = []
    newest = targets.newest_value(setting.turnover)
    if newest is not None:
        until = int(newest[0]) + 5
        outlook = targets.outlook(newest[1], setting.continued, until)
        if isinstance(outlook, Figure):
            out.append(
                Paragraph(
                    (
                        say(
                            "Around them, past growth repeated would bring the countries' trade to {outlook} in "
                            "{year}; for the two themselves no series exists.",
                            outlook=outlook,
                            year=Date(str(until)),
                        ),
                    )
                )
            )
    return out + _as_claims(setting, _claims(setting, (17, 19, 26, 29)))
