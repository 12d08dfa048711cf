"""Part of the register section on projects, and how records are counted in all its parts."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from landbridge.brief.document import Bar, Bars, Block, Chart, Heading, Paragraph, Refusal, Table
from landbridge.brief.setting import Setting, name, said_by
from landbridge.brief.text import Date, Name, Part, Sentence
from landbridge.ledger import Record, Statement
from landbridge.provenance import Citation, Figure, Status, Unavailable, derive
from landbridge.provenance.status import weakest
from landbridge.registers.moments import span
from landbridge.registers.projects.headline import Decomposition, decompose
from landbridge.registers.projects.money import ITSELF
from landbridge.registers.projects.pieces import Remainder
from landbridge.registers.projects.transparency import Transparency, items, transparency

_CODE = "landbridge.brief.sections.registers_works"
ROWS = 6
_MISSING_NAMED = 3


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


def touching(setting: Setting, kind: str) -> frozenset[str]:
    """The records of a kind that name a region of the pair, or a macro-region that holds it; none between two countries."""
    if not setting.regional:
        return frozenset()
    return frozenset(record.subject for record in (*setting.naming_both(kind), *setting.naming_one(kind)))


def first(setting: Setting, held: Sequence[Record]) -> Sentence:
    """How many of the records of the two countries name a region of the pair; lists name them first."""
    say = setting.say
    regions = tuple(setting.place(item.code) for item in (setting.a, setting.b) if item.kind == "region")
    near = touching(setting, held[0].kind)
    own = [record for record in held if record.subject in near]
    if not own:
        return say(
            "Of {all}, none names {regions} or a macro-region that holds it.",
            all=counted(setting, "Records of the two countries", held),
            regions=regions,
        )
    return say(
        "Of {all}, {own} name {regions} or a macro-region that holds it; where a list names any of them, they come first.",
        all=counted(setting, "Records of the two countries", held),
        regions=regions,
        own=counted(setting, "Records that name a region of the pair", own),
    )


def projects(setting: Setting) -> Iterator[Block]:
    """The headline sums of the two countries taken apart, and how much single projects disclose."""
    say, today = setting.say, setting.data.as_of
    near, asked = touching(setting, "project"), setting
    setting = setting.nations
    held = setting.between("project")
    yield Heading(say("Projects: what a headline names, and what is disclosed"))
    if not held:
        yield Refusal(say("Joint projects."), say("The ledger holds none for this pair."))
        return
    if asked.regional:
        yield Paragraph(
            (
                say(
                    "These are the projects of the two countries and all their regions, not of this pair alone."
                ),
                first(asked, held),
            )
        )
    umbrellas = [record for record in held if record.text("umbrella") == "true"]
    found = (decompose(setting.ledger, record.subject, today) for record in umbrellas)
    apart = sorted(found, key=lambda whole: (whole.record not in near, *_newest_first(whole)))
    sums = [
        (whole, remainder)
        for whole in apart
        for remainder in sorted(whole.remainders, key=lambda one: one.claim.kind)
        if not remainder.claim.converted
    ]
    if sums:
        yield from _counts(setting, [whole for whole in apart if whole.counted is not None])
        own = any(whole.record in near for whole, _ in sums)
        if asked.regional and not own:
            yield Paragraph((say("No headline sum held names any of these regions."),))
        yield _headlines(setting, sums, regional=own)
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
    several = len(counted_sets) > 1
    bars = [bar for whole in counted_sets for bar in _bars(setting, whole, several=several)]
    if not bars:
        return
    yield Chart(
        "headline-counts",
        say("How many of the projects counted in a headline anybody names"),
        say(
            "Named with a sum, named without one, or named by no source held: projects as each headline counts them. The "
            "date is that of the newest count held, which may be older than the newest sum."
        ),
        say("Bars of numbers of projects by headline: named with a sum, named without a sum, not named."),
        Bars(tuple(bars)),
    )


def _bars(setting: Setting, whole: Decomposition, *, several: bool) -> Iterator[Bar]:
    """The bars of one headline. Of several headlines each has its bars under its name."""
    say, counts = setting.say, whole.counted
    assert counts is not None
    stated = setting.ledger.record(whole.record).figure(counts.statement)
    headline: Part = Name(whole.name, whole.record)
    if counts.claimed_on:
        headline = say("{date}: {headline}", date=Date(counts.claimed_on), headline=headline)

    def bar(words: Part, figure: Figure) -> Bar:
        if several:
            return Bar(words, figure, headline)
        return Bar(say("{headline}, {what}", headline=headline, what=words), figure, None)

    kinds = (
        ("with a sum", say("named with a sum"), [part.record for part in whole.parts if part.held]),
        ("without", say("named without a sum"), [part.record for part in whole.parts if not part.held]),
    )
    named: list[Figure] = []
    for key, words, records in kinds:
        basis = [setting.ledger.record(record) for record in records]
        if basis:
            said = [record.first("parent") or record.statements[0] for record in basis]
            named.append(number(setting, f"{whole.name}: projects named {key}", said))
            yield bar(words, named[-1])
    if stated.point > sum(figure.point for figure in named):
        left = derive(
            f"{whole.name}: projects counted that no source held names",
            stated.point - sum(figure.point for figure in named),
            "count",
            (stated, *named),
            f"{_CODE}._bars",
            comparator=counts.statement.comparator,
        )
        yield bar(say("named by nobody"), left)


def _newest_first(whole: Decomposition) -> tuple[int, str]:
    found = span(whole.shown[0].claimed_on) if whole.shown else None
    return (0 if found is None else -(found.last or found.first).toordinal(), whole.record)


def _headlines(setting: Setting, sums: Sequence[tuple[Decomposition, Remainder]], *, regional: bool) -> Table:
    say = setting.say
    return Table(
        "headlines apart",
        say("Headline sums taken apart, those of the regions first, then the newest")
        if regional
        else say("Headline sums taken apart, the newest first"),
        (
            say("Headline"),
            say("Claimed"),
            say("Named with a sum"),
            say("Candidates that nobody counts in"),
            say("Who says so"),
        ),
        tuple(_apart(setting, whole, remainder) for whole, remainder in sums),
        note=say(
            "Of each headline the newest claim is shown, whole. Named are projects that a source puts under the "
            "headline and gives a sum for in its own currency; where there are none, all of the sum is unnamed. Nothing "
            "is converted. Candidates are of the same countries and were alive or at work when the sum was claimed: "
            "that they are parts is nobody's statement."
        ),
        fold=len(sums) > ROWS,
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
    elif whole.counted is not None and whole.counted.claimed_on:
        claimed = say(
            "{claimed}, without a number of projects; the newest count is {number}, {date}",
            claimed=claimed,
            number=record.figure(whole.counted.statement),
            date=Date(whole.counted.claimed_on),
        )
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
