"""The bottleneck: what relaxing each obstacle alone is worth, how sure its rank is, and what no cost can be put on."""

from __future__ import annotations

from landbridge.brief.document import Block, Paragraph, Points, Refusal, Section, Table
from landbridge.brief.sections.bottlenecks_chart import chart
from landbridge.brief.sections.ranked import Ranked, Row, command, likeliest, ranked, verdict
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Code, Date, Name, Part, Sentence

_LISTED = 15
# A longer list of what has no cost is closed until asked for.
_SHORT = 8
# The first remarks of a ranking are its headline and what a gain is, which the page says itself.
_METHOD = 2


def section(setting: Setting) -> Section:
    """The ranking of the two countries as the release holds it, or what would make one."""
    say = setting.say
    title = say("What the bottleneck is")
    held = ranked(setting)
    if held is None or not held.rows:
        return Section("bottlenecks", title, (_none(setting),))
    blocks: list[Block] = []
    if setting.regional:
        blocks.append(_national(setting))
    said = [verdict(held), *filter(None, [likeliest(held)])]
    blocks += [
        Paragraph((*said, _how(held))),
        chart(held),
        Points(tuple(_not_meant(held))),
        _ranking(held),
        _sizes(held),
    ]
    blocks += _together(held)
    blocks += _topics(held)
    blocks += _uncosted(held)
    return Section("bottlenecks", title, tuple(blocks))


def _none(setting: Setting) -> Refusal:
    """Why no ranking is shown, and what would make it."""
    say = setting.say
    what = say(
        "Which obstacle between {a} and {b} costs most.",
        a=setting.place(setting.a.code),
        b=setting.place(setting.b.code),
    )
    nations = (setting.nation_a, setting.nation_b)
    missing = [place for place in nations if place.code not in setting.data.accounts.places]
    if missing:
        return Refusal(
            what,
            say(
                "A ranking needs the accounts of both sides, which are held for eighty economies; not among them: "
                "{missing}.",
                missing=tuple(setting.place(place.code) for place in missing),
            ),
        )
    return Refusal(
        what,
        say("This release holds no ranking of the obstacles between the two countries."),
        say("To make one, which takes minutes: {command}.", command=Code(command(setting.nations))),
    )


def _national(setting: Setting) -> Paragraph:
    """That what follows is of the countries, and what regions can have."""
    say = setting.say
    return Paragraph(
        (
            say(
                "This ranking is national: it is of {a} and {b}, not of the two places asked for, because no accounts are "
                "held for regions.",
                a=setting.place(setting.nation_a.code),
                b=setting.place(setting.nation_b.code),
            ),
            say(
                "What traders of the two save on their own routes, to first order, is another question: {command}.",
                command=Code(command(setting)),
            ),
        )
    )


def _how(held: Ranked) -> Sentence:
    return held.setting.say(
        "Every obstacle is relaxed alone to a stated benchmark, all in the same draws over everything uncertain, and "
        "all markets clear again in the world of {year}.",
        year=Date(str(held.shipped.year)),
    )


def _not_meant(held: Ranked) -> list[Sentence]:
    """What the ranking must not be read as."""
    say = held.setting.say
    return [
        say(
            "Gains are free of what it would cost to bring them about: no bridge, scanner or treaty is paid for in them."
        ),
        say(
            "They are for the long run, with everybody employed and all adjustment done; they are no forecast."
        ),
        say("Each obstacle is relaxed alone: gains do not add up, and what pays only together stands below."),
        say(
            "Hours touch only cargo that crosses there, by rail or road. Fuels that go by pipe or sea are not touched, and "
            "which part of a flow uses which crossing is mostly assumed."
        ),
        say(
            "A duty taken away moves income between the two places as well as making some: read the columns of each beside "
            "that of both."
        ),
    ]


def _ranking(held: Ranked) -> Table:
    say, setting = held.setting.say, held.setting
    a, b = held.shipped.places
    rows: list[tuple[Part | None, ...]] = [
        (
            held.label(row),
            held.size(row),
            _evidence(held, row),
            held.gain(row),
            ends(held.gain(row)),
            held.own(row, a),
            held.own(row, b),
            held.chance(row, "p_first_pct"),
            held.chance(row, "p_top3_pct"),
            held.break_even(row),
        )
        for row in held.rows
    ]
    return Table(
        "bottlenecks",
        say("Gains a year, and how sure the ranks are"),
        (
            say("Obstacle"),
            say("change"),
            say("size"),
            say("gain of both"),
            say("from and to"),
            say("of {place}", place=setting.place(a)),
            say("of {place}", place=setting.place(b)),
            say("ranks first"),
            say("in the top three"),
            say("break-even"),
        ),
        tuple(rows),
        note=say(
            "Largest median first. Medians of draws; from the tenth to the ninetieth percentile. Medians of the two places "
            "need not add up to that of both. Chances are counted among obstacles whose size has a source. The break-even "
            "is the change at which an assumed one would match the best of those: if it is less than the change, the "
            "obstacle would already rank first; it may be more than there is of the obstacle. It is empty where the size "
            "has a source."
        ),
        shown=_LISTED,
    )


def _evidence(held: Ranked, row: Row) -> Sentence:
    say = held.setting.say
    return say("sourced") if row["evidence"] == "sourced" else say("assumed")


def _sizes(held: Ranked) -> Table:
    """How far each is relaxed, and by which method it was valued: what is needed to do it again."""
    say, setting = held.setting.say, held.setting
    a, b = held.shipped.places
    rows: list[tuple[Part | None, ...]] = []
    for row in held.rows:
        size = held.size(row)
        exactly = say("solved exactly") if row["solved"] == "exactly" else say("first order")
        rows.append(
            (
                held.label(row),
                held.words(row, "kind"),
                held.words(row, "benchmark"),
                size,
                ends(size),
                _evidence(held, row),
                ends(held.own(row, a)),
                ends(held.own(row, b)),
                exactly,
            )
        )
    return Table(
        "bottleneck sizes",
        say("How far each obstacle is relaxed, and to what"),
        (
            say("Obstacle"),
            say("kind"),
            say("relaxed to"),
            say("change"),
            say("from and to"),
            say("size"),
            say("gain of {place}, from and to", place=setting.place(a)),
            say("gain of {place}, from and to", place=setting.place(b)),
            say("method"),
        ),
        tuple(rows),
        note=say(
            "Whatever reaches the top ten in any draw is solved exactly in every draw, the others to first order. {remarks} "
            "To make it again: {command}.",
            remarks=_remarks(held),
            command=Code(command(setting.nations)),
        ),
        fold=True,
        shown=_LISTED,
    )


def _remarks(held: Ranked) -> Sentence:
    """What the ranking says of its own method: how many were solved, how far first order is off, what was dropped."""
    say = held.setting.say
    told = say("In numbers:")
    for note in held.shipped.notes[_METHOD:]:
        told = say("{first} {second}", first=told, second=Name(note, held.pair))
    return told


def _together(held: Ranked) -> list[Block]:
    say = held.setting.say
    if not held.shipped.together:
        none = say(
            "Pairs among the largest, and pairs that limit one flow, were tried: none brings more than its sum."
        )
        return [Paragraph((none,))]
    rows: tuple[tuple[Part | None, ...], ...] = tuple(
        (held.parts(item), *held.together(item)) for item in held.shipped.together
    )
    return [
        Table(
            "bottlenecks together",
            say("What pays more together than alone"),
            (
                say("Relaxed together"),
                say("sum of each alone"),
                say("together"),
                say("beyond the sum"),
            ),
            rows,
            note=say(
                "Gains a year of both places, solved at central values; the largest, and what limits one flow, whose sizes "
                "are assumed."
            ),
        )
    ]


def _topics(held: Ranked) -> list[Block]:
    say = held.setting.say
    topics = held.topics()
    if not topics:
        return []
    return [
        Table(
            "bottlenecks to measure",
            say("What to measure next"),
            (say("What is assumed"), say("part in who is among the first three")),
            topics,
            note=say("Each assumption drawn anew alone. Parts overlap where assumptions work together."),
        )
    ]


def _uncosted(held: Ranked) -> list[Block]:
    """What stands beside the ranking, because no cost of it can be defended."""
    say = held.setting.say
    if not held.shipped.uncosted:
        return []
    rows: tuple[tuple[Part | None, ...], ...] = tuple(
        (
            Name(item["name"], item["record"]),
            Name(item["form"].replace("-", " "), item["record"]) if item["form"] else None,
            Code(item["grade"]),
            Name(item["why"], item["record"]),
        )
        for item in held.shipped.uncosted
    )
    forms = dict.fromkeys(item["form"] for item in held.shipped.uncosted if item["form"])
    told = say(
        "Beside the ranking, never squeezed into it: obstacles on record without a cost that can be defended, of {forms}. "
        "They have no rank, which is not the last one.",
        forms=tuple(Name(form.replace("-", " "), held.pair) for form in forms) or say("no stated form"),
    )
    return [
        Paragraph((told,)),
        Table(
            "bottlenecks without a cost",
            say("Obstacles on record without a defensible cost"),
            (say("Obstacle"), say("form"), say("evidence"), say("why this grade")),
            rows,
            fold=len(rows) > _SHORT,
        ),
    ]
