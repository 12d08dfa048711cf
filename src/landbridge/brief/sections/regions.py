"""Two regions: what is known of each, of the ties between them, and three peer pairs beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from landbridge import codes
from landbridge.brief.document import Block, Paragraph, Refusal, Section, Table
from landbridge.brief.sections.projects import quantities
from landbridge.brief.sections.ties import table as tie_table
from landbridge.brief.setting import Setting, dated, name
from landbridge.brief.text import Code, Date, Name, Part, Sentence
from landbridge.codes import Place
from landbridge.errors import NotHeld
from landbridge.ledger import Record
from landbridge.provenance import Figure
from landbridge.release.observations import INDICATORS

PEERS = 3
_TIES = ("twinning", "document", "mechanism", "event", "project", "zone")


def section(setting: Setting) -> Section:
    """The two regions themselves. Only for pairs that name a region."""
    say = setting.say
    blocks: list[Block] = [_profile(setting), *partner_trade(setting)]
    facts = regional_trade(setting)
    if facts:
        blocks.append(
            quantities(
                setting, facts, say("Single published figures on the regions' trade"), "regional trade"
            )
        )
    for records, title, sheet in (
        (setting.naming_both(*_TIES), say("Ties that name both places"), "direct ties"),
        (setting.naming_one(*_TIES), say("Ties of one of them with the other's country"), "one-sided ties"),
    ):
        if records:
            blocks.append(tie_table(setting, records, title, sheet))
        else:
            blocks.append(Refusal(title, say("The ledger holds none.")))
    blocks += _peers(setting)
    return Section("regions", say("The two places"), tuple(blocks))


def _profile(setting: Setting) -> Table:
    say = setting.say
    observations = setting.data.observations
    rows: list[tuple[Part | None, ...]] = []
    for indicator in INDICATORS:
        held = [observations.latest(place.code, indicator) for place in (setting.a, setting.b)]
        if any(isinstance(item, Figure) for item in held):
            cells: list[Part | None] = [Name(INDICATORS[indicator], indicator)]
            for item in held:
                cells.append(item if isinstance(item, Figure) else None)
                cells.append(Date(item.period) if isinstance(item, Figure) else None)
            rows.append(tuple(cells))
    return Table(
        "profile",
        say("The two places side by side"),
        (
            say("Measure"),
            say("{place}", place=setting.place(setting.a.code)),
            say("as of"),
            say("{place}", place=setting.place(setting.b.code)),
            say("as of"),
        ),
        tuple(rows),
        note=say(
            "An empty cell is a figure that is not published or not held, not zero. Russian regional exports are counted "
            "where the head office declares them; Chinese provinces publish two concepts that differ."
        ),
    )


def partner_trade(setting: Setting) -> list[Block]:
    """What the user's own files hold on the regions' trade, and why the rest is not shown, in plain words."""
    say = setting.say
    loaded = _loaded(setting)
    if loaded and not setting.two_regions:
        return loaded
    why = say(
        "{whether} {practice}.",
        whether=say("Nobody publishes it: no customs service counts region by region.")
        if setting.two_regions
        else say("No source that may be passed on counts it."),
        practice=tuple(
            _practice(setting, place.country) for place in (setting.a, setting.b) if place.kind == "region"
        ),
    )
    refusal = Refusal(
        say("Trade between {a} and {b}.", a=setting.place(setting.a.code), b=setting.place(setting.b.code)),
        why,
        say(
            "Load your own customs file: {command}.",
            command=Code("landbridge load csv FILE --map china-customs-province"),
        ),
    )
    return [*loaded, refusal]


def _practice(setting: Setting, country: str) -> Sentence:
    """What the customs of a country publish of its regions' trade."""
    say = setting.say
    match country:
        case "CHN":
            return say("Chinese customs can be asked for province by partner country")
        case "RUS":
            return say(
                "Russian customs published region by partner country until the end of {year}",
                year=Date("2021"),
            )
        case "BLR":
            return say("Belarus publishes no trade of its regions by partner")
        case _other:
            return say(
                "what {country} publishes of its regions' trade is not known here",
                country=setting.place(country),
            )


def regional_trade(setting: Setting) -> tuple[Record, ...]:
    """Single published figures on the trade of either region."""
    wanted = {place.code for place in (setting.a, setting.b) if place.kind == "region"}
    return tuple(record for record in setting.ledger.records("trade") if wanted & set(record.parties))


def between_the_two(setting: Setting, record: Record) -> bool:
    """Whether a figure on a region's trade is about the other region's country."""
    touched = {codes.place(code).country for code in record.parties}
    return {setting.a.country, setting.b.country} <= touched


def _loaded(setting: Setting) -> list[Block]:
    """Trade of either region with the other's country, where the user's own files hold it."""
    say = setting.say
    sentences = []
    for region, nation in ((setting.a, setting.nation_b), (setting.b, setting.nation_a)):
        if region.kind != "region":
            continue
        try:
            flows = setting.data.trade.best(region.code, nation.code)
        except NotHeld:
            continue
        there, back = flows.explain(region.code, nation.code), flows.explain(nation.code, region.code)
        none = say("nothing that is recorded")
        sentences.append(
            say(
                "By the files in your workspace, {region} sold {nation} {there} in {year} and bought {back}.",
                region=setting.place(region.code),
                nation=setting.place(nation.code),
                there=there if isinstance(there, Figure) else none,
                back=back if isinstance(back, Figure) else none,
                year=Date(str(flows.year)),
            )
        )
    return [Paragraph(tuple(sentences))] if sentences else []


def _peers(setting: Setting) -> list[Block]:
    say = setting.say
    chosen = peers(setting)
    if not chosen:
        return [
            Refusal(
                say("Peer pairs."), say("A peer pair needs the population of two regions; one is missing.")
            )
        ]
    pairs = [(setting.a, setting.b), *chosen]
    rows: list[tuple[Part | None, ...]] = []
    for first, second in pairs:
        own = Setting(setting.data, say, first, second)
        ties = own.tying("twinning", "document")
        trade = [
            (
                statement,
                say(
                    "{name}, {when}: {figure}",
                    name=name(record),
                    when=Date(statement.period or statement.as_of),
                    figure=record.figure(statement),
                ),
            )
            for record in regional_trade(own)
            if between_the_two(own, record) and not record.text("product")
            for statement in record.quantities("turnover")
            if statement.period or statement.as_of
        ]
        rows.append(
            (
                say("{a} and {b}", a=setting.place(first.code), b=setting.place(second.code)),
                _population(setting, first),
                _population(setting, second),
                tuple(name(record) for record in ties) or None,
                _since(setting, ties),
                max(trade, key=lambda item: item[0].period or item[0].as_of)[1] if trade else None,
            )
        )
    columns: tuple[Sentence, ...] = (
        say("Pair"),
        say("population of the first"),
        say("population of the second"),
        say("ties that name both"),
        say("oldest tie"),
        say("newest published turnover of one of them with the other's country"),
    )
    lead = say(
        "The peers are the pairs of the same two countries that a twinning or document names, nearest in population; "
        "where fewer than wanted are tied, untied pairs of like size fill the list."
    )
    return [Paragraph((lead,)), Table("peer pairs", say("Peer pairs beside this one"), columns, tuple(rows))]


def peers(setting: Setting) -> tuple[tuple[Place, Place], ...]:
    """Three pairs of regions of the same two countries: tied ones first, then nearest in population (in logs)."""
    own = (_size(setting, setting.a), _size(setting, setting.b))
    if None in own:
        return ()
    scored = []
    for first, second in _candidates(setting):
        sizes = (_size(setting, first), _size(setting, second))
        if None in sizes:
            continue
        distance = math.hypot(*(math.log(here / there) for here, there in zip(sizes, own, strict=True)))  # type: ignore[operator]
        tied = bool(Setting(setting.data, setting.say, first, second).tying("twinning", "document"))
        scored.append((not tied, distance, first.code, second.code, (first, second)))
    ranked = [item[4] for item in sorted(scored, key=lambda item: item[:4])]
    # Each region once, so that three peers are three comparisons; what is left over fills the list.
    chosen: list[tuple[Place, Place]] = []
    for pair in ranked:
        if not any(place in other and place.kind == "region" for other in chosen for place in pair):
            chosen.append(pair)
    return tuple([*chosen, *(pair for pair in ranked if pair not in chosen)][:PEERS])


def _candidates(setting: Setting) -> Iterator[tuple[Place, Place]]:
    firsts = codes.places("region", setting.a.country) if setting.a.kind == "region" else (setting.a,)
    seconds = codes.places("region", setting.b.country) if setting.b.kind == "region" else (setting.b,)
    for first in firsts:
        for second in seconds:
            if (first.code, second.code) != (setting.a.code, setting.b.code):
                yield first, second


def _population(setting: Setting, place: Place) -> Figure | None:
    found = setting.data.observations.latest(place.code, "population")
    return found if isinstance(found, Figure) else None


def _size(setting: Setting, place: Place) -> float | None:
    if place.kind == "country":
        return 1.0
    figure = _population(setting, place)
    return figure.point if figure else None


def _since(setting: Setting, records: tuple[Record, ...]) -> Part | None:
    said = [s for record in records for prop in ("since", "signed") for s in record.all(prop)]
    return dated(setting, min(said, key=lambda s: (s.text, s.id))) if said else None
