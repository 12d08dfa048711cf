"""What removing an obstacle is worth: worked scenarios between the two countries, with ranges, verdicts and limits."""

from __future__ import annotations

from landbridge.brief.document import (
    Block,
    Paragraph,
    Points,
    Refusal,
    Section,
    Table,
)
from landbridge.brief.sections.worth_chart import OBSTACLES, called, chart, what_kind
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Code, Date, Name, Part, Sentence
from landbridge.provenance import Figure
from landbridge.release.worked import (
    ADDED,
    DOLLARS,
    GAIN,
    HOLDS_ZERO,
    LOSS,
    NOT_FEASIBLE,
    PERCENT,
    REAL_INCOME,
    REMOVED,
    SOURCES_OF_VARIANCE,
    STRESS,
    TOO_SMALL,
    TRADE,
    UNDETERMINED,
    WHAT_IF,
    WITHIN_SPREAD,
    Where,
)

_BLOCKS = {REMOVED: 0, ADDED: 0, WHAT_IF: 1, STRESS: 2, NOT_FEASIBLE: 3}


def section(setting: Setting) -> Section:
    """Real income of both countries by scenario, what the ranges come from, and what is left out."""
    setting = setting.nations
    say = setting.say
    title = say("What removing an obstacle is worth")
    missing = [place for place in (setting.a, setting.b) if place.code not in setting.data.accounts.places]
    if missing:
        refusal = Refusal(
            say("What removing an obstacle would be worth."),
            say(
                "The model needs the accounts of both sides, which are held for eighty economies; not among them: "
                "{missing}.",
                missing=tuple(setting.place(place.code) for place in missing),
            ),
        )
        return Section("worth", title, (refusal,))
    slugs = _ordered(setting, setting.data.worked.between(setting.a.code, setting.b.code))
    if not slugs:
        return Section("worth", title, (_none(setting),))
    blocks: list[Block] = [Paragraph((_what_it_is(setting), *_without(setting, slugs), _no_ranking(setting)))]
    for place in (setting.a, setting.b):
        drawn = chart(setting, slugs, place)
        if drawn is not None:
            blocks.append(drawn)
    blocks += [
        Points(tuple(_caveats(setting, slugs))),
        Paragraph(tuple(_undetermined(setting, slugs))),
        _results(setting, slugs),
        _causes(setting, slugs),
        _sizes(setting, slugs),
        _left_out(setting, slugs),
        _again(setting, slugs),
    ]
    return Section("worth", title, tuple(blocks))


def _none(setting: Setting) -> Refusal:
    say = setting.say
    return Refusal(
        say(
            "What removing an obstacle between {a} and {b} would be worth.",
            a=setting.place(setting.a.code),
            b=setting.place(setting.b.code),
        ),
        say("No scenario between them has been worked out for this release."),
        say(
            "Write one: a file with a name and a list of changes, each with place, size and source, in the words of the "
            "reference page on scenarios; then {command} gives real income and trade of both, with ranges.",
            command=Code("landbridge solve scenario.yaml --draws 500"),
        ),
    )


def _what_it_is(setting: Setting) -> Sentence:
    return setting.say(
        "Each scenario changes a cost or a duty in the world of {year} and lets all markets clear again, in a "
        "general-equilibrium model of fifty sectors that buy from each other. The answer is for the long run, with "
        "everybody employed and all adjustment done. It is not a forecast: who reads it as what happens next year misreads "
        "it. Real income is what the final spending of a country buys.",
        year=Date(str(setting.data.accounts.year)),
    )


def _without(setting: Setting, slugs: tuple[str, ...]) -> list[Sentence]:
    """How to read scenarios that add an obstacle."""
    added = tuple(called(setting, slug) for slug in slugs if setting.data.worked.role(slug) == ADDED)
    if not added:
        return []
    return [
        setting.say(
            "One kind of scenario puts an obstacle in the way instead of taking it away: {which}. There, being without the "
            "obstacle is worth the loss shown.",
            which=added,
        )
    ]


def _no_ranking(setting: Setting) -> Sentence:
    return setting.say(
        "Rows stand by kind and by name, those about trade of the two themselves first. Their order is no "
        "ranking, and neither is the length of a bar: the sizes rest on evidence of different kinds, some of it assumed."
    )


def _caveats(setting: Setting, slugs: tuple[str, ...]) -> list[Sentence]:
    """What decides how each scenario is read; what is no obstacle says so."""
    say, worked = setting.say, setting.data.worked
    out = []
    for slug in slugs:
        role, why = worked.role(slug), worked.caveat(slug)
        label, words = called(setting, slug), Name(why, f"scenario {slug}")
        if role in OBSTACLES and why:
            out.append(say("{scenario}: {why}.", scenario=label, why=words))
        elif role not in OBSTACLES:
            kind = what_kind(setting, role, why)
            if role == NOT_FEASIBLE or not why:
                out.append(say("{scenario}. {kind}.", scenario=label, kind=kind))
            else:
                out.append(say("{scenario}. {kind}; {why}.", scenario=label, kind=kind, why=words))
    return out


def _held(setting: Setting, slug: str, measure: str, where: Where, unit: str) -> Figure | None:
    found = setting.data.worked.figure(slug, measure, where, unit)
    return found if isinstance(found, Figure) else None


def _ordered(setting: Setting, slugs: tuple[str, ...]) -> tuple[str, ...]:
    """Obstacles first, then what is none; their own trade first, then by name: an order that ranks nothing."""
    worked = setting.data.worked

    def own(slug: str) -> bool:
        ways = ((setting.a.code, setting.b.code), (setting.b.code, setting.a.code))
        return any(_held(setting, slug, TRADE, way, PERCENT) is not None for way in ways)

    return tuple(
        sorted(slugs, key=lambda slug: (_BLOCKS[worked.role(slug)], not own(slug), worked.title(slug)))
    )


def _undetermined(setting: Setting, slugs: tuple[str, ...]) -> list[Sentence]:
    """Which verdicts on real income are undetermined, by reason."""
    say, worked = setting.say, setting.data.worked
    found: dict[str, list[Part]] = {TOO_SMALL: [], WITHIN_SPREAD: [], HOLDS_ZERO: []}
    for slug in slugs:
        for place in (setting.a.code, setting.b.code):
            asked = (slug, REAL_INCOME, place)
            if worked.agreed(*asked) == UNDETERMINED and _held(setting, *asked, DOLLARS) is not None:
                reason = worked.doubt(*asked)
                # The first reason is the one that more draws cannot mend.
                first = next((text for text in found if text in reason), WITHIN_SPREAD)
                found[first].append(
                    say("{scenario} ({place})", scenario=called(setting, slug), place=setting.place(place))
                )
    out = []
    if found[WITHIN_SPREAD]:
        out.append(
            say(
                "Undetermined, because smaller than the spread between imputations of final use: {which}. What is bought "
                "for final use across borders is imputed, and the methods disagree by more than the scenario moves.",
                which=tuple(found[WITHIN_SPREAD]),
            )
        )
    if found[HOLDS_ZERO]:
        out.append(
            say(
                "Undetermined, because the draws lie on both sides of zero: {which}.",
                which=tuple(found[HOLDS_ZERO]),
            )
        )
    if found[TOO_SMALL]:
        out.append(
            say(
                "Undetermined, because smaller than what the solver resolves: {which}.",
                which=tuple(found[TOO_SMALL]),
            )
        )
    return out or [say("Every verdict on real income of the two is determined.")]


def _verdict(setting: Setting, role: str, verdict: str) -> Sentence:
    """The verdict in words, after what the scenario is where that decides how to read it."""
    say = setting.say
    if role == NOT_FEASIBLE:
        return say("not feasible; {verdict}", verdict=_verdict(setting, REMOVED, verdict))
    if role == STRESS:
        return say("stress; {verdict}", verdict=_verdict(setting, REMOVED, verdict))
    match verdict:
        case _ if verdict == GAIN:
            return say("gain")
        case _ if verdict == LOSS:
            return say("loss")
        case _other:
            return say("undetermined")


def _results(setting: Setting, slugs: tuple[str, ...]) -> Table:
    say, worked = setting.say, setting.data.worked
    rows: list[tuple[Part | None, ...]] = []
    for slug in slugs:
        for place, other in ((setting.a, setting.b), (setting.b, setting.a)):
            asked = (slug, REAL_INCOME, place.code, DOLLARS)
            figure, methods = _held(setting, *asked), worked.imputations(*asked)
            verdict = worked.agreed(slug, REAL_INCOME, place.code)
            sold = _held(setting, slug, TRADE, (place.code, other.code), PERCENT)
            if figure is None and sold is None:
                continue
            rows.append(
                (
                    called(setting, slug),
                    None if figure is None else _verdict(setting, worked.role(slug), verdict),
                    setting.place(place.code),
                    figure,
                    None if figure is None else ends(figure),
                    methods if isinstance(methods, Figure) else None,
                    sold,
                )
            )
    return Table(
        "worth",
        say("What each scenario does to the two, in the long run"),
        (
            say("Scenario"),
            say("verdict"),
            say("country"),
            say("real income"),
            say("draws, from and to"),
            say("imputations, from and to"),
            say("sales to the other"),
        ),
        tuple(rows),
        note=say(
            "Real income in dollars a year. A verdict is undetermined if it is so in dollars or in per cent. Central values "
            "are solved on the central account and can lie at the end of the range over imputations; the median of draws is "
            "another number. Draws are joint over elasticities, sizes, parameters and imputation; from the "
            "tenth to the ninetieth percentile. Sales are in values, with world output as the measure. An empty cell was "
            "not kept, because the scenario does not name that trade or that country."
        ),
    )


def _causes(setting: Setting, slugs: tuple[str, ...]) -> Table:
    say, worked = setting.say, setting.data.worked
    rows: list[tuple[Part | None, ...]] = []
    for slug in slugs:
        for place in (setting.a.code, setting.b.code):
            shares = worked.shares(slug, REAL_INCOME, place, DOLLARS)
            if shares:
                errors = worked.errors(slug, REAL_INCOME, place, DOLLARS)
                cells = [
                    _with_error(setting, shares.get(name), errors.get(name)) for name in SOURCES_OF_VARIANCE
                ]
                rows.append((called(setting, slug), setting.place(place), *cells))
    return Table(
        "worth uncertainty",
        say("What the uncertainty comes from"),
        (
            say("Scenario"),
            say("real income of"),
            say("trade elasticities"),
            say("sizes of the changes"),
            say("other parameters"),
            say("imputation of final use"),
        ),
        tuple(rows),
        note=say(
            "Share of the variance of draws by source, each with all it does together with others, so that a row may add "
            "up to more than the whole; after ± its standard error. A single share above the whole is "
            "sampling error. An empty cell is a source that the scenario does not draw."
        ),
        fold=True,
    )


def _with_error(setting: Setting, share: Figure | None, error: Figure | None) -> Part | None:
    if share is None or error is None:
        return share
    return setting.say("{share} ± {error}", share=share, error=error)


def _sizes(setting: Setting, slugs: tuple[str, ...]) -> Table:
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    for slug in slugs:
        for item in setting.data.worked.assumptions(slug):
            figure = item.figure
            words = Name(figure.measure.removeprefix(f"{item.change}: "), figure.cell)
            source = None if figure.citation is None else figure.citation.source
            who: Part = say("assumed") if source is None else Name(source.publisher, source.id)
            rows.append(
                (called(setting, slug), Name(item.change, figure.cell), words, figure, ends(figure), who)
            )
    return Table(
        "worth assumptions",
        say("What each scenario changes, by how much, and who says so"),
        (
            say("Scenario"),
            say("change"),
            say("size of"),
            say("central"),
            say("from and to"),
            say("source"),
        ),
        tuple(rows),
        note=say("The reasons for every size stand in the scenario's file."),
        fold=True,
    )


def _left_out(setting: Setting, slugs: tuple[str, ...]) -> Table:
    say = setting.say
    rows = tuple(
        (called(setting, slug), Name(words, f"scenario {slug}"))
        for slug in slugs
        for words in setting.data.worked.not_captured(slug)
    )
    return Table(
        "worth left out",
        say("What the scenarios do not capture"),
        (say("Scenario"), say("not captured")),
        rows,
        fold=True,
    )


def _again(setting: Setting, slugs: tuple[str, ...]) -> Table:
    say, worked = setting.say, setting.data.worked
    return Table(
        "worth commands",
        say("How to solve each scenario again"),
        (say("Scenario"), say("command"), say("run")),
        tuple((called(setting, slug), Code(worked.command(slug)), Code(worked.run(slug))) for slug in slugs),
        note=say("The id of a run is the hash of all that goes into it: the same id is the same question."),
        fold=True,
    )
