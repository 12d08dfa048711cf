"""What the registers say of a pair: mechanisms, documents, ties, projects and border steps, each in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from landbridge.brief.document import Block, Heading, Paragraph, Points, Refusal, Section, Table
from landbridge.brief.sections.registers_border import border
from landbridge.brief.sections.registers_works import ROWS, counted, first, projects, touching
from landbridge.brief.setting import Setting, name, said_by
from landbridge.brief.text import Date, Name, Part, Sentence
from landbridge.ledger import Record
from landbridge.registers.documents import Document, documents, expiring
from landbridge.registers.dormancy import Dormancy
from landbridge.registers.membership import PATHS, REGIONAL, Cover, Membership, covers
from landbridge.registers.promises import Obligation
from landbridge.registers.twins import LEVELS, Tie, between

_STATES = ("dormant", "unknown", "alive", "ended")
_LISTED = 3
# Rows with a long reason each are closed sooner.
_LONG = 3
_YEAR_DAYS = 365
_PROMISES = (
    "past, nothing named",
    "ahead",
    "no deadline stated",
    "past; an outcome is named, whether it answers this promise is not stated",
    "no deadline; an outcome is named, whether it answers this promise is not stated",
)


def section(setting: Setting) -> Section:
    """The registers in short, as they stood on the date of the brief."""
    blocks = (
        *_mechanisms(setting),
        *_documents(setting),
        *_ties(setting),
        *projects(setting),
        *border(setting),
    )
    return Section("registers", setting.say("What the registers say"), blocks)


def _state(setting: Setting, state: str) -> Sentence:
    say = setting.say
    return {
        "alive": say("alive"),
        "dormant": say("dormant"),
        "unknown": say("not known"),
        "ended": say("ended"),
    }[state]


def _why(life: Dormancy, record: Record) -> Name:
    """The reason of a state, leading to the last sign of life where there is one."""
    return Name(life.why, life.last_sign.id if life.last_sign else record.subject)


def _mechanisms(setting: Setting) -> Iterator[Block]:
    say, today = setting.say, setting.data.as_of
    yield Heading(say("Mechanisms that cover the pair"))
    found = covers(setting.data, setting.a.code, setting.b.code, today)
    if not found:
        yield Refusal(say("Mechanisms."), say("The ledger holds none that covers this pair today."))
        return

    def how_many(what: str, chosen: Sequence[Cover]) -> Part:
        return counted(setting, f"Mechanisms that cover the pair: {what}", [item.record for item in chosen])

    by_state = {state: [item for item in found if item.dormancy.state == state] for state in _STATES}
    yield Paragraph(
        (
            say(
                "Mechanisms that cover the pair on {date}: {all}; alive {alive}, dormant {dormant}, "
                "state not known {unknown}.",
                date=Date(today),
                all=how_many("all", found),
                alive=how_many("alive", by_state["alive"]),
                dormant=how_many("dormant", by_state["dormant"]),
                unknown=how_many("state unknown", by_state["unknown"]),
            ),
            say("A state is not known where the ledger's silence need not be that of the mechanism."),
        )
    )
    if setting.a.kind == setting.b.kind == "region":
        yield _as_regions(setting, found)
    ordered = sorted(found, key=lambda item: (PATHS.index(item.path), _STATES.index(item.dormancy.state)))
    yield Table(
        "mechanisms today",
        say("By which path, and with what sign of life"),
        (say("Mechanism"), say("Path"), say("State"), say("Why"), say("Who says that they belong")),
        tuple(
            (
                name(item.record),
                _path(setting, item),
                _state(setting, item.dormancy.state),
                _why(item.dormancy, item.record),
                tuple(dict.fromkeys(said_by(setting, said) for said in item.statements)),
            )
            for item in ordered
        ),
        fold=len(ordered) > _LONG,
        shown=ROWS,
    )


def _as_regions(setting: Setting, found: Sequence[Cover]) -> Paragraph:
    """How often mechanisms reach the two regions as regions, and how many ties there are between them."""
    say = setting.say
    own = [item for item in found if item.path in REGIONAL]
    wide = [item.record for item in found if item.path not in REGIONAL]
    which = tuple(name(item.record) for item in own)
    told = {
        0: say(
            "As regions the two are covered by nothing: no mechanism held names both, or their macro-regions."
        ),
        1: say("As regions the two are covered once: {which}.", which=which),
    }.get(len(own), say("As regions the two are covered twice or more: {which}.", which=which))
    alike = say(
        "Mechanisms of their countries alone, which cover all their regions alike: {number}.",
        number=counted(setting, "Mechanisms that cover the pair through the countries alone", wide),
    )
    ties = between(setting.data, setting.a.code, setting.b.code, setting.data.as_of)
    how_many = {
        level: counted(setting, f"Ties between the two regions: {level}", [tie.record for tie in held])
        for level, held in (
            ("regions", ties.region_ties),
            ("cities", ties.city_ties),
            ("districts", ties.district_ties),
        )
    }
    twinned = say(
        "Ties between them: of the regions {regions}, of cities {cities}, of districts {districts}.",
        **how_many,
    )
    return Paragraph((told, alike, twinned))


def _path(setting: Setting, item: Cover) -> Part:
    if item.a.path == item.b.path == "named" and not (item.a.assumed or item.b.assumed):
        return setting.say("both are named")
    return tuple(_belongs(setting, side) for side in (item.a, item.b))


def _belongs(setting: Setting, side: Membership) -> Part:
    say = setting.say
    place, via = setting.place(side.place), setting.place(side.via)
    if side.path == "named":
        told = say("{place} is named", place=place)
    elif side.path == "in part":
        told = say("{place} in part, such as {via}", place=place, via=via)
    else:
        told = say("{place} through {via}", place=place, via=via)
    return say("{told} (assumed)", told=told) if side.assumed else told


def _documents(setting: Setting) -> Iterator[Block]:
    say, today = setting.say, setting.data.as_of
    near, asked = touching(setting, "document"), setting
    setting = setting.nations
    yield Heading(say("Documents of the two countries and their regions, by stage of life"))
    subjects = {record.subject for record in setting.between("document")}
    found = [item for item in documents(setting.data, today) if item.record.subject in subjects]
    if not found:
        yield Refusal(say("Documents."), say("The ledger holds none for this pair."))
        return
    found.sort(key=lambda item: item.record.subject not in near)
    if asked.regional:
        yield Paragraph(
            (
                say(
                    "These are the documents of the two countries and all their regions, not of this pair alone."
                ),
                first(asked, [item.record for item in found]),
            )
        )
    yield _stages(setting, found)
    yield Points((*_overdue(setting, found), _ending(setting, found)))
    promises = [promise for item in found for promise in item.obligations]
    if promises:
        yield _promised(setting, promises, near)
    else:
        yield Paragraph((say("No promise in any of them is held in words."),))


def _stages(setting: Setting, found: Sequence[Document]) -> Table:
    say = setting.say
    stages: Mapping[str, Sentence] = {
        "signed": say("signed, nothing more known"),
        "in force": say("in force"),
        "active": say("something was done under it"),
        "with an outcome": say("with an outcome"),
        "over": say("over"),
        "replaced": say("replaced"),
        "intended": say("only intended"),
        "unknown": say("stage not known"),
    }
    held = {stage: [item.record for item in found if item.reached == stage] for stage in stages}
    rows = tuple(
        (
            stages[stage],
            counted(setting, f"Documents between the two countries: {stage}", records),
            _few(setting, records),
        )
        for stage, records in held.items()
        if records
    )
    return Table(
        "document stages",
        say("How far the documents came"),
        (say("Stage"), say("Documents"), say("Which")),
        rows,
        fold=len(rows) > ROWS,
        shown=ROWS,
    )


def _few(setting: Setting, records: Sequence[Record]) -> Part:
    """The first of some records by name, and that there are others."""
    named: list[Part] = [name(record) for record in records[:_LISTED]]
    return (*named, setting.say("others")) if len(records) > _LISTED else tuple(named)


def _overdue(setting: Setting, found: Sequence[Document]) -> Iterator[Sentence]:
    say = setting.say
    late = {
        "activity": say("anything done under it"),
        "in force": say("entry into force"),
        "outcome": say("an outcome after a deadline"),
        "expiry": say("an end or a prolongation"),
    }
    held = {
        stage: [i.record for i in found if any(s.name == stage and s.state == "overdue" for s in i.stages)]
        for stage in late
    }
    for stage, records in held.items():
        if records:
            yield say(
                "Overdue, as no source shows {what}: {number} ({which}).",
                what=late[stage],
                number=counted(setting, f"Documents overdue: {stage}", records),
                which=_few(setting, records),
            )
    if not any(held.values()):
        yield say("None is overdue by the rules of the register.")


def _ending(setting: Setting, found: Sequence[Document]) -> Sentence:
    say, today = setting.say, setting.data.as_of
    subjects = {item.record.subject for item in found}
    due = [item for item in expiring(setting.data, today, _YEAR_DAYS) if item.record.subject in subjects]
    if not due:
        return say("No source sets an end or a deadline within a year of {date}.", date=Date(today))
    return say(
        "Ending or falling due within a year of {date}: {which}.",
        date=Date(today),
        which=tuple(
            say("{document} ({when})", document=name(item.record), when=Date(item.period)) for item in due
        ),
    )


def _promised(setting: Setting, promises: Sequence[Obligation], near: frozenset[str]) -> Table:
    say = setting.say
    states: Mapping[str, Sentence] = {
        "past, nothing named": say("deadline past, nothing named"),
        "ahead": say("deadline ahead"),
        "no deadline stated": say("no deadline stated"),
        "past; an outcome is named, whether it answers this promise is not stated": say(
            "deadline past; an outcome is named, whether it answers this promise is not stated"
        ),
        "no deadline; an outcome is named, whether it answers this promise is not stated": say(
            "no deadline; an outcome is named, whether it answers this promise is not stated"
        ),
    }
    ordered = sorted(
        promises,
        key=lambda item: (item.record.subject not in near, _PROMISES.index(item.state), item.record.subject),
    )
    return Table(
        "promises",
        say("What they promise"),
        (say("Document"), say("Promise"), say("Until"), say("Where it stands"), say("Who says so")),
        tuple(
            (
                name(item.record),
                Name(item.statement.text, item.statement.id),
                Date(item.deadline) if item.deadline else None,
                states[item.state],
                said_by(setting, item.statement),
            )
            for item in ordered
        ),
        note=say("An outcome is one of the document; the ledger does not say which promise it answers."),
        fold=len(ordered) > ROWS,
        shown=ROWS,
    )


def _ties(setting: Setting) -> Iterator[Block]:
    say = setting.say
    yield Heading(say("Twinned regions, cities and districts, rolled up"))
    held = between(setting.data, setting.a.code, setting.b.code, setting.data.as_of)
    if not held.ties:
        yield Refusal(say("Twinned places."), say("The ledger holds no tie of this pair."))
        return
    words = {"region": say("regions"), "city": say("cities"), "district": say("districts")}

    def how_many(level: str, what: str, chosen: Sequence[Tie]) -> Part:
        return counted(setting, f"Ties of the pair, {level}: {what}", [tie.record for tie in chosen])

    def standing(level: str, ties: Sequence[Tie]) -> Part:
        by_state = {state: [tie for tie in ties if tie.life.state == state] for state in _STATES}
        return tuple(
            say("{number} {state}", number=how_many(level, state, chosen), state=_state(setting, state))
            for state, chosen in by_state.items()
            if chosen
        )

    by_level = {level: [tie for tie in held.ties if tie.level == level] for level in LEVELS}
    yield Table(
        "ties rolled up",
        say("Ties by level"),
        (say("Between"), say("Ties"), say("How they stand")),
        tuple(
            (words[level], how_many(level, "all", ties), standing(level, ties))
            for level, ties in by_level.items()
            if ties
        ),
        note=say(
            "Levels are never added; a tie promises contact, and no effect of it is estimated. Of a level that is not "
            "listed no tie is held."
        ),
    )
    asleep = [tie for tie in held.ties if tie.life.state == "dormant"]
    if not asleep:
        yield Paragraph((say("None of them looks dormant by the rule."),))
        return
    yield Table(
        "dormant ties",
        say("Ties that look dormant"),
        (say("Tie"), say("Level"), say("Why")),
        tuple(
            (Name(tie.name, tie.record.subject), words[tie.level], _why(tie.life, tie.record))
            for tie in asleep
        ),
        fold=len(asleep) > _LONG,
        shown=ROWS,
    )
