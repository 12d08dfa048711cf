"""What removing an obstacle is worth: worked scenarios between the two countries, with ranges, verdicts and limits."""

from __future__ import annotations

import math

from landbridge.brief.document import (
    Block,
    Chart,
    Effect,
    Paragraph,
    Refusal,
    Section,
    Spread,
    Table,
)
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Code, Date, Name, Part, Sentence
from landbridge.codes import Place
from landbridge.provenance import Figure
from landbridge.release.worked import (
    DOLLARS,
    GAIN,
    HOLDS_ZERO,
    LOSS,
    PERCENT,
    REAL_INCOME,
    SOURCES_OF_VARIANCE,
    TOO_SMALL,
    TRADE,
    UNDETERMINED,
    WITHIN_SPREAD,
    Where,
)

# Reaches further apart than this do not share a scale: the smaller one would be a dot.
_WIDEST = 12.0


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
    slugs = setting.data.worked.between(setting.a.code, setting.b.code)
    if not slugs:
        return Section("worth", title, (_none(setting),))
    blocks: list[Block] = [Paragraph((_what_it_is(setting),))]
    for place in (setting.a, setting.b):
        effects = _effects(setting, slugs, place)
        if effects:
            blocks.append(_chart(setting, effects, place))
    blocks += [
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
        "it. Real income is what the final spending of a country buys. Where a scenario puts an obstacle in the way, being "
        "without it is worth the loss shown.",
        year=Date(str(setting.data.accounts.year)),
    )


def _name(setting: Setting, slug: str) -> Name:
    return Name(setting.data.worked.title(slug), f"scenario {slug}")


def _held(setting: Setting, slug: str, measure: str, where: Where, unit: str) -> Figure | None:
    found = setting.data.worked.figure(slug, measure, where, unit)
    return found if isinstance(found, Figure) else None


def _effects(setting: Setting, slugs: tuple[str, ...], place: Place) -> list[Effect]:
    """The scenarios by the change of real income, those of one scale together, in the order of their first scenario."""
    worked, asked = setting.data.worked, (REAL_INCOME, place.code, DOLLARS)
    found: list[tuple[float, Effect]] = []
    for slug in slugs:
        figure, methods = worked.figure(slug, *asked), worked.imputations(slug, *asked)
        if isinstance(figure, Figure) and isinstance(methods, Figure):
            numbers = (figure.value, figure.low, figure.high, methods.low, methods.high)
            reach = max(abs(number) for number in numbers if number is not None)
            found.append((reach, Effect(_name(setting, slug), figure, methods, worked.verdict(slug, *asked))))
    scales: list[list[tuple[float, Effect]]] = []
    for item in sorted(found, key=lambda item: item[0], reverse=True):
        if scales and item[0] * _WIDEST >= scales[-1][0][0]:
            scales[-1].append(item)
        else:
            scales.append([item])
    out = []
    order: list[Part] = [_name(setting, slug) for slug in slugs]
    for scale in sorted(scales, key=lambda scale: min(order.index(effect.label) for _, effect in scale)):
        group = _scale(setting, scale[0][0]) if len(scales) > 1 else None
        effects = sorted((effect for _, effect in scale), key=lambda effect: -effect.figure.point)
        out += [Effect(row.label, row.figure, row.methods, row.verdict, group) for row in effects]
    return out


def _scale(setting: Setting, reach: float) -> Sentence:
    """What the widest number of a scale is counted in."""
    say = setting.say
    match math.floor(math.log10(reach)) if reach > 0 else 0:
        case 5:
            return say("Scale of hundreds of thousands of dollars")
        case 6:
            return say("Scale of millions of dollars")
        case 7:
            return say("Scale of tens of millions of dollars")
        case 8:
            return say("Scale of hundreds of millions of dollars")
        case 9:
            return say("Scale of billions of dollars")
        case 10:
            return say("Scale of tens of billions of dollars")
        case 11:
            return say("Scale of hundreds of billions of dollars")
        case power if power < 5:
            return say("Scale of thousands of dollars")
        case _more:
            return say("Scale of trillions of dollars")


def _chart(setting: Setting, effects: list[Effect], place: Place) -> Chart:
    say = setting.say
    return Chart(
        f"worth-{place.code}",
        say("{place}: what each scenario does to real income", place=setting.place(place.code)),
        _see(setting, effects),
        say(
            "For each scenario a band of draws, a thin line over imputations and a mark for the central change of real "
            "income, left of zero a loss, right of it a gain; the table below holds every number."
        ),
        Spread(tuple(effects), say("loses"), say("gains")),
    )


def _see(setting: Setting, effects: list[Effect]) -> Sentence:
    """The unit, and what is largest on either side among what is determined."""
    say = setting.say
    year = Date(str(setting.data.accounts.year))
    gains = [effect for effect in effects if effect.verdict == GAIN]
    losses = [effect for effect in effects if effect.verdict == LOSS]
    parts: list[Sentence] = [say("US dollars a year, in prices of {year}.", year=year)]
    if gains:
        best = max(gains, key=lambda effect: effect.figure.point)
        parts.append(say("Largest gain: {name}, {figure}.", name=best.label, figure=best.figure))
    if losses:
        worst = min(losses, key=lambda effect: effect.figure.point)
        parts.append(say("Largest loss: {name}, {figure}.", name=worst.label, figure=worst.figure))
    if len({effect.group for effect in effects}) > 1:
        parts.append(say("Each block has a scale of its own."))
    out = parts[0]
    for part in parts[1:]:
        out = say("{first} {second}", first=out, second=part)
    return out


def _undetermined(setting: Setting, slugs: tuple[str, ...]) -> list[Sentence]:
    """Which verdicts on real income are undetermined, by reason."""
    say, worked = setting.say, setting.data.worked
    found: dict[str, list[Part]] = {TOO_SMALL: [], WITHIN_SPREAD: [], HOLDS_ZERO: []}
    for slug in slugs:
        for place in (setting.a.code, setting.b.code):
            asked = (slug, REAL_INCOME, place, DOLLARS)
            if worked.verdict(*asked) == UNDETERMINED and _held(setting, *asked) is not None:
                reason = worked.reason(*asked)
                # The first reason is the one that more draws cannot mend.
                first = next((text for text in found if text in reason), WITHIN_SPREAD)
                found[first].append(
                    say("{scenario} ({place})", scenario=_name(setting, slug), place=setting.place(place))
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


def _verdict(setting: Setting, verdict: str) -> Sentence:
    say = setting.say
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
            sold = _held(setting, slug, TRADE, (place.code, other.code), PERCENT)
            if figure is None and sold is None:
                continue
            rows.append(
                (
                    _name(setting, slug),
                    setting.place(place.code),
                    figure,
                    None if figure is None else ends(figure),
                    methods if isinstance(methods, Figure) else None,
                    None if figure is None else _verdict(setting, worked.verdict(*asked)),
                    sold,
                )
            )
    return Table(
        "worth",
        say("What each scenario does to the two, in the long run"),
        (
            say("Scenario"),
            say("country"),
            say("real income"),
            say("draws, from and to"),
            say("imputations, from and to"),
            say("verdict"),
            say("sales to the other"),
        ),
        tuple(rows),
        note=say(
            "Real income in dollars a year. Draws are joint over elasticities, sizes, parameters and imputation; from the "
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
                cells = [shares.get(name) for name in SOURCES_OF_VARIANCE]
                rows.append((_name(setting, slug), setting.place(place), *cells))
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
            "up to more than the whole. An empty cell is a source that the scenario does not draw."
        ),
        fold=True,
    )


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
                (_name(setting, slug), Name(item.change, figure.cell), words, figure, ends(figure), who)
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
        (_name(setting, slug), Name(words, f"scenario {slug}"))
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
        tuple((_name(setting, slug), Code(worked.command(slug)), Code(worked.run(slug))) for slug in slugs),
        note=say("The id of a run is the hash of all that goes into it: the same id is the same question."),
        fold=True,
    )
