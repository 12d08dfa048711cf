"""Parts of the register section on projects and on steps at the border, and how records are counted there."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from landbridge.brief.document import Bar, Bars, Block, Chart, Heading, Paragraph, Refusal, Table
from landbridge.brief.setting import Setting, name, said_by
from landbridge.brief.text import Date, Name, Part
from landbridge.codes import Place
from landbridge.ledger import Record, Statement, schema
from landbridge.provenance import Citation, Figure, Status, Unavailable, derive
from landbridge.provenance.status import weakest
from landbridge.registers.moments import span
from landbridge.registers.projects.headline import Decomposition, decompose
from landbridge.registers.projects.money import ITSELF
from landbridge.registers.projects.pieces import Remainder
from landbridge.registers.projects.transparency import Transparency, items, transparency
from landbridge.registers.steps import Passage, Step, Steps, along

_CODE = "landbridge.brief.sections.registers_works"
ROWS = 6
_MISSING_NAMED = 3
_MODES = tuple(code for code in schema.kind("step").property("mode").codes if code != "any")


def counted(setting: Setting, measure: str, records: Iterable[Record]) -> Part:
    """How many records these are, each under the source that names its parties; the word for none where there are none."""
    basis = [record.first("parties") or record.statements[0] for record in records]
    return count(setting, measure, basis)


def count(setting: Setting, measure: str, said: Sequence[Statement]) -> Part:
    """How many things these are, one statement each; the word for none where there are none."""
    return number(setting, measure, said) if said else setting.say("none")


def number(setting: Setting, measure: str, said: Sequence[Statement]) -> Figure:
    """How many things these are, from the count under each source; what no source says is counted as assumed."""
    known = setting.ledger.sources
    by_source: dict[str, list[Statement]] = defaultdict(list)
    for statement in said:
        by_source[statement.source].append(statement)
    each = tuple(
        Figure(
            measure=f"{measure}, by one source" if source in known else f"{measure}, without a source",
            value=float(len(found)),
            unit="count",
            period="",
            status=weakest(item.status for item in found) if source in known else Status.ASSUMED,
            citation=Citation(known[source]) if source in known else None,
            cell=f"ledger:records of {source}",
            note="; ".join(sorted({item.subject for item in found})),
        )
        for source, found in sorted(by_source.items())
    )
    return derive(measure, float(len(said)), "count", each, f"{_CODE}.number")


def projects(setting: Setting) -> Iterator[Block]:
    """The headline sums of the two countries taken apart, and how much single projects disclose."""
    say, today = setting.say, setting.data.as_of
    setting = setting.nations
    held = setting.between("project")
    yield Heading(say("Projects: what a headline names, and what is disclosed"))
    if not held:
        yield Refusal(say("Joint projects."), say("The ledger holds none for this pair."))
        return
    umbrellas = [record for record in held if record.text("umbrella") == "true"]
    apart = [decompose(setting.ledger, record.subject, today) for record in umbrellas]
    sums = [
        (whole, remainder)
        for whole in apart
        for remainder in whole.remainders
        if not remainder.claim.converted
    ]
    if sums:
        yield from _counts(setting, [whole for whole in apart if whole.number is not None])
        yield _headlines(setting, sums)
    else:
        yield Paragraph((say("No headline sum is held that could be taken apart."),))
    single = [record for record in held if record not in umbrellas]
    if single:
        yield _disclosed(setting, single)
    else:
        yield Paragraph((say("No single project is held whose disclosure could be looked at."),))


def _counts(setting: Setting, counted_sets: Sequence[Decomposition]) -> Iterator[Chart]:
    """How many of the projects that a headline counts are named with a sum, named without one, or not named at all."""
    say = setting.say
    bars = [bar for whole in sorted(counted_sets, key=_newest_first) for bar in _bars(setting, whole)]
    if not bars:
        return
    yield Chart(
        "headline-counts",
        say("How many of the projects counted in a headline anybody names"),
        say(
            "Named with a sum, named without one, or named by no source held: projects as each headline counts them."
        ),
        say("Bars of numbers of projects by headline: named with a sum, named without a sum, not named."),
        Bars(tuple(bars)),
    )


def _bars(setting: Setting, whole: Decomposition) -> Iterator[Bar]:
    say = setting.say
    assert whole.number is not None
    stated = setting.ledger.record(whole.record).figure(whole.number.statement)
    label = say(
        "{headline}, {date}", headline=Name(whole.name, whole.record), date=Date(whole.number.claimed_on)
    )
    kinds = (
        ("with a sum", say("with a sum"), [part.record for part in whole.parts if part.held]),
        ("without", say("no sum"), [part.record for part in whole.parts if not part.held]),
    )
    named: list[Figure] = []
    for key, words, records in kinds:
        basis = [setting.ledger.record(record) for record in records]
        if basis:
            said = [record.first("parent") or record.statements[0] for record in basis]
            named.append(number(setting, f"{whole.name}: projects named {key}", said))
            yield Bar(label, named[-1], words)
    if stated.point > sum(figure.point for figure in named):
        left = derive(
            f"{whole.name}: projects counted that no source held names",
            stated.point - sum(figure.point for figure in named),
            "count",
            (stated, *named),
            f"{_CODE}._bars",
            comparator=whole.number.statement.comparator,
        )
        yield Bar(label, left, say("not named"))


def _newest_first(whole: Decomposition) -> tuple[int, str]:
    found = span(whole.shown[0].claimed_on) if whole.shown else None
    return (0 if found is None else -(found.last or found.first).toordinal(), whole.record)


def _headlines(setting: Setting, sums: Sequence[tuple[Decomposition, Remainder]]) -> Table:
    say = setting.say
    ordered = sorted(sums, key=lambda pair: (_newest_first(pair[0]), pair[1].claim.kind))
    return Table(
        "headlines apart",
        say("Headline sums taken apart, the newest first"),
        (
            say("Headline"),
            say("Claimed"),
            say("Named with a sum"),
            say("Candidates that nobody counts in"),
            say("Who says so"),
        ),
        tuple(_apart(setting, whole, remainder) for whole, remainder in ordered),
        note=say(
            "Of each headline the newest claim is shown, whole. Named are projects that a source puts under the "
            "headline and gives a sum for in its own currency; where there are none, all of the sum is unnamed. Nothing "
            "is converted. Candidates are of the same countries and were alive or at work when the sum was claimed: "
            "that they are parts is nobody's statement."
        ),
        fold=len(ordered) > ROWS,
        shown=ROWS,
    )


def _apart(setting: Setting, whole: Decomposition, remainder: Remainder) -> tuple[Part | None, ...]:
    say = setting.say
    record, said = setting.ledger.record(whole.record), remainder.claim.statement
    stated = record.figure(said)
    claimed: Part = say("{sum} {kind}", sum=stated, kind=Name(said.property, f"property {said.property}"))
    if remainder.number is not None:
        counts = record.figure(remainder.number.statement)
        claimed = say("{claimed}, {number} projects", claimed=claimed, number=counts)
    date = remainder.claim.claimed_on
    who = _who(setting, said)
    return (
        name(record),
        claimed,
        _named(setting, whole, remainder, stated),
        _possible(setting, remainder),
        say("{who}, {date}", who=who, date=Date(date)) if date else who,
    )


def _who(setting: Setting, said: Statement) -> Part:
    """Who says so. An article that speaks for itself has no name to give, so its publisher stands alone."""
    source = setting.ledger.sources.get(said.source)
    if source is not None and said.speaker == ITSELF:
        publisher = Name(source.publisher.partition(" (")[0], source.id)
        return setting.say("an unsigned article, {publisher}", publisher=publisher)
    return said_by(setting, said)


def _possible(setting: Setting, remainder: Remainder) -> Part:
    """The sum over candidates, and which one makes up most of it."""
    say = setting.say
    figure = remainder.candidates.figure(setting.ledger.sources)
    if isinstance(figure, Unavailable):
        return say("none with a sum")
    if remainder.largest is None or len(remainder.candidates.parts) == 1:
        return figure
    part, held = remainder.largest
    one = setting.ledger.record(part.record)
    return say(
        "{sum}, of which {most} is one: {project}",
        sum=figure,
        most=one.figure(held.claims[-1].statement),
        project=name(one),
    )


def _named(setting: Setting, whole: Decomposition, remainder: Remainder, stated: Figure) -> Part:
    """What is named and what is left of the headline."""
    say = setting.say
    named = remainder.named.figure(setting.ledger.sources)
    if isinstance(named, Unavailable):
        return say("nothing")
    low, high = remainder.unnamed_low, remainder.unnamed_high
    one = low == high
    left = derive(
        f"{whole.name}: sum that no named project accounts for",
        low if one else None,
        stated.unit,
        (stated, named),
        f"{_CODE}._named",
        low=None if one else low,
        high=None if one else high,
        comparator=remainder.comparator,
    )
    return say("{named}; {left} is unnamed", named=named, left=left)


def _disclosed(setting: Setting, single: Sequence[Record]) -> Paragraph:
    """The median share of items that are disclosed, and the items missing most often."""
    say, today = setting.say, setting.data.as_of
    seen = [(record, transparency(record, today)) for record in single]
    scores = [figure for record, found in seen if (figure := _score(setting, record, found)) is not None]
    extent = counted(setting, "Single projects between the two countries", single)
    if not scores:
        nothing = say("Of {number} single projects no item of disclosure that is due is held.", number=extent)
        return Paragraph((nothing,))
    median = derive(
        "Items of disclosure held of a project, median over the single projects",
        statistics.median(figure.point for figure in scores),
        "%",
        scores,
        f"{_CODE}._disclosed",
        period="",
        note="Held ÷ (held + missing), of the items that are due; it counts what the ledger holds and rates nobody.",
    )
    told = say(
        "Of the items of disclosure that are due, the ledger holds {median} (median of {number} single projects); a low "
        "share may be the ledger's own.",
        number=extent,
        median=median,
    )
    titles = {item.id: item.title for listed in items().values() for item in listed}
    lacking = Counter(item.id for _, found in seen for item in found.missing)
    often = sorted(lacking, key=lambda key: (-lacking[key], titles[key]))[:_MISSING_NAMED]
    if not often:
        return Paragraph((told,))
    worst = tuple(
        say(
            "{item} ({number})",
            item=Name(titles[key], f"item {key}"),
            number=counted(
                setting,
                f"Single projects without: {titles[key]}",
                [record for record, found in seen if key in {item.id for item in found.missing}],
            ),
        )
        for key in often
    )
    return Paragraph((told, say("Missing most often: {items}.", items=worst)))


def _score(setting: Setting, record: Record, found: Transparency) -> Figure | None:
    """The share of items held of one project; None where none is held, for then no source is behind it."""
    score, held = found.score_pct, [answer.statements[0] for answer in found.among("held")]
    if isinstance(score, Unavailable) or not held:
        return None
    basis = number(setting, f"{record.name}: items of disclosure held", held)
    measure = f"{record.name}: share of the items due that are held"
    return derive(measure, score, "%", (basis,), f"{_CODE}._score", period="")


def border(setting: Setting) -> Iterator[Block]:
    """How many steps a consignment needs each way, and which go in electronic form on each side."""
    say = setting.say
    yield Heading(say("Steps at the border"))
    rows: list[tuple[Part | None, ...]] = []
    nations = (setting.nation_a, setting.nation_b)
    for origin, destination in (nations, nations[::-1]):
        # No route: which way the goods take is the question of another section. A consignment goes by one mode.
        by_mode = {
            mode: along(
                setting.ledger,
                Passage((origin.code, destination.code), (mode,), ()),
                "",
                setting.data.as_of,
            )
            for mode in _MODES
        }
        for mode, found in by_mode.items():
            if any(_goes_by(step, mode) for step in found.steps):
                rows += (_side(setting, found, origin, destination, at, mode) for at in (origin, destination))
    if not rows:
        yield Refusal(
            say("Which steps a consignment needs."), say("No steps are held on a way between the two.")
        )
        return
    yield Table(
        "border steps",
        say("Documents and procedures that each side asks for"),
        (
            say("Way"),
            say("By"),
            say("Side"),
            say("For every consignment"),
            say("Only for some goods"),
            say("Electronic form accepted"),
            say("Partly or planned"),
            say("On paper, or not known"),
        ),
        tuple(rows),
        note=say(
            "Counted are steps that the ledger holds for this way by the mode, and those that it holds for every mode; "
            "they are not to be added up over modes. Those held for the other way alone, and those of countries that are "
            "only passed, are left out. None held does not mean none needed."
        ),
        fold=len(rows) > ROWS,
        shown=ROWS,
    )


def _goes_by(step: Step, mode: str) -> bool:
    """Whether a step of this way is named for a mode itself: one for all modes does not show that the mode is used."""
    return step.way == "this way" and any(said.text == mode for said in step.record.all("mode"))


def _by(setting: Setting, mode: str) -> Part:
    say = setting.say
    return {"rail": say("rail"), "road": say("road"), "sea": say("sea"), "air": say("air")}[mode]


def _side(
    setting: Setting, found: Steps, origin: Place, destination: Place, at: Place, mode: str
) -> tuple[Part | None, ...]:
    say = setting.say
    own = [step for step in found.steps if step.side == at.country and step.way == "this way"]
    way = say("{origin} to {end}", origin=setting.place(origin.code), end=setting.place(destination.code))

    def how_many(what: str, chosen: Iterable[Step]) -> Part:
        measure = f"Steps of {at.country} from {origin.code} to {destination.code} by {mode}: {what}"
        held = [step.record for step in chosen]
        return counted(setting, measure, held) if held else say("none held")

    states = {"yes": "yes", "partly": "some", "planned": "some"}
    by_form = {step.record.subject: states.get(step.electronic.state, "no") for step in own}
    return (
        way,
        _by(setting, mode),
        setting.place(at.country),
        how_many("for every consignment", (step for step in own if not step.goods)),
        how_many("for some goods", (step for step in own if step.goods)),
        how_many("electronic form accepted", (s for s in own if by_form[s.record.subject] == "yes")),
        how_many("partly or planned", (s for s in own if by_form[s.record.subject] == "some")),
        how_many("on paper or not known", (s for s in own if by_form[s.record.subject] == "no")),
    )
