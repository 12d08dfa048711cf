"""The rest of page one: what cannot be known from what is published, and what to ask at the next meeting."""

from __future__ import annotations

from landbridge.brief.document import Points, Refusal, Section
from landbridge.brief.likely import recorded
from landbridge.brief.sections.answers import newest_waits
from landbridge.brief.sections.ranked import ranked
from landbridge.brief.sections.regions import partner_trade
from landbridge.brief.setting import Setting, name
from landbridge.brief.text import Date, Sentence
from landbridge.planning import targets


def unknowable(setting: Setting) -> Section:
    """What nobody publishes, and why an answer would be a guess."""
    say = setting.say
    found = partner_trade(setting) if setting.regional else []
    out = [block for block in found if isinstance(block, Refusal)]
    out += [
        Refusal(
            say("What goods were bought for final use, by sector and partner."),
            say(
                "The accounts publish deliveries between industries only; final use by destination is imputed and marked so."
            ),
        ),
        _plans(setting),
    ]
    held = ranked(setting)
    if held is None:
        out.append(
            Refusal(
                say("Which obstacle costs most."),
                say(
                    "Waiting hours, refusals of payment and rules are reported as incidents, not as series with a value."
                ),
            )
        )
    elif not held.shipped.rankable:
        out.append(
            Refusal(
                say("Which obstacle costs most."),
                say(
                    "They are valued, but assumptions decide their order; the section on the bottleneck says which."
                ),
            )
        )
    return Section("unknowable", say("What cannot be known from what is published"), tuple(out))


def _plans(setting: Setting) -> Refusal:
    """What no record of forecasts can tell of a target, and that there is no record where a release holds none."""
    say = setting.say
    if not recorded(setting.data):
        return Refusal(
            say("How probable a target is."),
            say(
                "A probability needs a published record of forecasts that came true or did not; none is in this release."
            ),
        )
    return Refusal(
        say("Whether what either side plans makes a target likelier."),
        say(
            "The chances shown rest on how trade of other pairs moved; plans are announced, and nobody keeps a record of "
            "what came of them."
        ),
    )


def questions(setting: Setting) -> Section:
    """Questions that follow from what is missing in the figures and records of this pair."""
    say = setting.say
    out = [*_of_counts(setting), *_of_targets(setting)]
    umbrellas = [record for record in setting.nations.between("project") if record.text("umbrella") == "true"]
    if umbrellas:
        out.append(say("Which projects stand behind this headline: {name}?", name=name(umbrellas[-1])))
    if setting.regional:
        out += _of_regions(setting)
    waits = newest_waits(setting)
    if waits:
        out.append(
            say(
                "Can waiting hours at this crossing be published as a series: {name}?", name=name(waits[0][0])
            )
        )
    if not _one_customs_territory(setting):
        out.append(say("Which document steps at the border are electronic on both sides?"))
    return Section("next", say("Questions for the next meeting"), (Points(tuple(out)),))


def _one_customs_territory(setting: Setting) -> bool:
    """Whether goods pass between the two without customs, as far as the membership table knows."""
    held = setting.data.agreements.in_force(
        setting.nation_a.code, setting.nation_b.code, setting.data.as_of[:4]
    )
    return any(ours.form in ("customs union", "economic union") for ours, _ in held)


def _of_counts(setting: Setting) -> list[Sentence]:
    say = setting.say
    newest = max((year for years in setting.turnover.values() for year in years), default="")
    out = []
    for place in (setting.nation_a, setting.nation_b):
        held = setting.turnover.get(place.code, {})
        if not held:
            out.append(
                say(
                    "This release holds no yearly count of this trade by {place}: where is one to be had?",
                    place=setting.place(place.code),
                )
            )
        elif max(held) < newest:
            out.append(
                say(
                    "Is a count of this trade by {place} published for the years after {year}, and can it be shared?",
                    place=setting.place(place.code),
                    year=Date(max(held)),
                )
            )
    return out


def _of_targets(setting: Setting) -> list[Sentence]:
    return [
        setting.say(
            "By whose statistics, and in which prices, will {target} by {year} be judged?",
            target=item.target,
            year=Date(item.deadline),
        )
        for item in setting.targets
        if item.verdict == targets.OPEN and not item.record.text("definition")
    ]


def _of_regions(setting: Setting) -> list[Sentence]:
    say = setting.say
    out = [
        say(
            "Can customs of both sides give the trade of {a} and of {b} by partner country and product?",
            a=setting.place(setting.a.code),
            b=setting.place(setting.b.code),
        )
    ]
    for record in setting.naming_both("document"):
        if record.intended:
            out.append(say("Is this document still intended, and by when: {name}?", name=name(record)))
    idle = [record for record in setting.tying("twinning", "document") if not record.all("active")]
    out += [say("When was this tie last used, and for what: {tie}?", tie=name(record)) for record in idle[:2]]
    return out
