"""What the trade of two regions can be: bounds from what is published, then an estimate inside them where one stands."""

from __future__ import annotations

import polars as pl

from landbridge import codes
from landbridge.brief.document import Block, Paragraph, Refusal, Section, Table
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Code, Date, Label, Name, Part, Sentence
from landbridge.errors import BadSample, NotHeld
from landbridge.potential import regions
from landbridge.potential.own import Own
from landbridge.potential.regions import RegionPotential
from landbridge.potential.views import BOUNDS, ESTIMATE, OBSERVED, TOTAL
from landbridge.provenance import Figure, Unavailable

_LISTED = 12
_EVERY_PARTNER = ("exports", "imports", "trade_by_trader", "trade_by_origin")


def section(setting: Setting) -> Section:
    """Bounds and estimate both ways, item by item, with the published figures that they rest on."""
    say = setting.say
    title = say("Bounds on the trade of the two")
    try:
        found = regions.potential(setting.data, setting.a.code, setting.b.code)
    except (NotHeld, BadSample) as error:
        what = say("Bounds on the trade of the two.")
        return Section(
            "regional-potential", title, (Refusal(what, say("{why}", why=Name(str(error), "refusal"))),)
        )
    blocks: list[Block] = [Paragraph((_what_it_means(setting, found),))]
    for seller, buyer in (found.places, found.places[::-1]):
        blocks.append(Paragraph(tuple(_direction(setting, found, seller, buyer))))
        table = _items(setting, found, seller, buyer)
        if table is not None:
            blocks.append(table)
    if any(isinstance(found.figure(*way, of=ESTIMATE), Figure) for way in (found.places, found.places[::-1])):
        blocks.append(Paragraph((_where_it_failed(setting),)))
    blocks.append(_published(setting, found))
    return Section("regional-potential", title, tuple(blocks))


def _what_it_means(setting: Setting, found: RegionPotential) -> Sentence:
    say = setting.say
    year = Date(str(found.year))
    if found.classification == "sector":
        return say(
            "No customs service counts the trade of two regions. What follows splits deliveries between the two countries "
            "for use in production in {year}; margins do not say which region deals with which, so sharp bounds come "
            "first and an estimate, if any, second. Goods for final use come on top and are not split. It is neither a "
            "forecast nor a recommendation.",
            year=year,
        )
    return say(
        "No customs service counts the trade of two regions. What follows splits the trade in goods of the two countries in "
        "{year}; margins do not say which region deals with which, so sharp bounds come first and an estimate, if any, "
        "second. It is neither a forecast nor a recommendation.",
        year=year,
    )


def _where_it_failed(setting: Setting) -> Sentence:
    """What the comparison with published turnovers that were held out has shown (docs/explanation/potential-regions.md)."""
    return setting.say(
        "Where published trade of a region was held against such a split, most of it lay within the range, but several "
        "provinces came out too low, Heilongjiang by far: pipelines, ports and border trade are not in sizes and distances."
    )


def _direction(setting: Setting, found: RegionPotential, seller: str, buyer: str) -> list[Sentence]:
    say = setting.say
    names: dict[str, Part] = {"a": setting.place(seller), "b": setting.place(buyer)}
    counted = found.figure(seller, buyer, of=OBSERVED) if _counted(found, seller, buyer) else None
    if isinstance(counted, Figure):
        return [say("By the files in your workspace, {a} sold {b} {value}.", **names, value=counted)]
    bounds, estimate = (found.figure(seller, buyer, of=of) for of in (BOUNDS, ESTIMATE))
    out = []
    if isinstance(bounds, Figure):
        out.append(_bounded(setting, found, names, bounds))
    if isinstance(estimate, Figure):
        out.append(
            say(
                "Size, distance and published sums suggest about {estimate}, {range} in four of five cases of known trade "
                "split in the same way.",
                estimate=estimate,
                range=ends(estimate) or say("a range that is not known"),
            )
        )
    else:
        why = found.row(seller, buyer)["reason"]
        out.append(say("An estimate inside them is refused: {why}", why=Name(str(why), "refusal")))
    return out


def _bounded(setting: Setting, found: RegionPotential, names: dict[str, Part], bounds: Figure) -> Sentence:
    say = setting.say
    if found.classification == "sector":
        return say(
            "{a} to {b}, deliveries for use in production: what is published allows {bounds}; goods for final use come on "
            "top.",
            **names,
            bounds=bounds,
        )
    return say(
        "{a} to {b}, goods by customs count: what is published allows {bounds}.", **names, bounds=bounds
    )


def _counted(found: RegionPotential, seller: str, buyer: str) -> bool:
    return found.row(seller, buyer)["headline"] == OBSERVED


def _items(setting: Setting, found: RegionPotential, seller: str, buyer: str) -> Table | None:
    say = setting.say
    names: dict[str, Part] = {"a": setting.place(seller), "b": setting.place(buyer)}
    way = (found.frame["exporter"] == seller) & (found.frame["importer"] == buyer)
    items = [item for item in found.frame.filter(way)["item"].to_list() if item != TOTAL]
    rows: list[tuple[Part | None, ...]] = []
    for item in items:
        bounds, estimate = (found.figure(seller, buyer, item, of=of) for of in (BOUNDS, ESTIMATE))
        if found.row(seller, buyer, item)["headline"] == OBSERVED:
            # Counted: there is nothing to bound, and a range of one value would say otherwise.
            bounds = Unavailable("Counted.")
        rows.append(
            (
                _label(found, item),
                Code(item),
                bounds if isinstance(bounds, Figure) else None,
                estimate if isinstance(estimate, Figure) else None,
                ends(estimate) if isinstance(estimate, Figure) else None,
            )
        )
    if not rows:
        return None
    return Table(
        f"bounds {seller}-{buyer}",
        say("{a} to {b}, item by item", **names),
        (say("Item"), say("Code"), say("bounds"), say("estimate"), say("estimate, from and to")),
        tuple(rows),
        note=_table_note(setting, found, seller, buyer),
        fold=True,
        shown=_LISTED,
    )


def _table_note(setting: Setting, found: RegionPotential, seller: str, buyer: str) -> Sentence:
    """What is counted and what is not, as it is in this table."""
    say = setting.say
    way = found.frame.filter((pl.col("exporter") == seller) & (pl.col("importer") == buyer))
    kinds = set(way.filter(pl.col("item") != TOTAL)["headline"])
    if kinds == {OBSERVED}:
        return say("Every number is counted in the files of your workspace.")
    if OBSERVED in kinds:
        return say(
            "Items without bounds are counted in the files of your workspace; the others are estimated, because your files "
            "do not hold them, which does not make them zero."
        )
    if any(_same_way(own, seller) for own in found.own):
        return say(
            "Every number is estimated, but bounds and estimates rest on your own files for the items that they hold; other "
            "items are split like the whole. An empty cell is an estimate that is refused, not zero."
        )
    return say(
        "Every number is estimated. An item is split like the whole, because no figure of a region by product is held; "
        "an empty cell is an estimate that is refused, not zero."
    )


def _same_way(own: Own, seller: str) -> bool:
    """Whether what the user's files hold goes the way of this seller."""
    return codes.place(own.exporter).country == codes.place(seller).country


def _label(found: RegionPotential, item: str) -> Label:
    named = codes.sector(item) if found.classification == "sector" else codes.chapter(item)
    return Label(named.name, item)


def _published(setting: Setting, found: RegionPotential) -> Block:
    """The published figures on the two regions, and what was made of each."""
    say = setting.say
    title = say("Published figures on the trade of either side, and what was made of them")
    rows = tuple(
        (
            setting.place(margin.place),
            figure,
            Date(figure.period),
            Name(figure.citation.source.publisher, figure.citation.source.id) if figure.citation else None,
            Name(margin.use, f"margin {margin.place}"),
        )
        for margin in found.margins
        for figure in (margin.figure,)
    )
    if not rows:
        return Refusal(title, _none(setting, found))
    columns = (say("Place"), say("figure"), say("period"), say("publisher"), say("use"))
    return Table("margins", title, columns, rows, fold=True)


def _none(setting: Setting, found: RegionPotential) -> Sentence:
    """Why no published figure is listed: those held are no values of this kind, or totals of all partners, or none."""
    say, data = setting.say, setting.data
    sides = ((setting.a, setting.b), (setting.b, setting.a))
    ways = [(x.code, y.country) for x, y in sides if x.kind == "region"]
    if any(data.region_trade.of(place, partner) for place, partner in ways):
        return say(
            "Those held are customs values of goods; they are not set against deliveries for use in production. They stand "
            "in the section on the two places."
        )
    every = pl.col("place").is_in([place for place, _ in ways]) & pl.col("indicator").is_in(_EVERY_PARTNER)
    if not data.observations.frame.filter(every).is_empty():
        return say(
            "None by partner is held for these places; totals of all partners stand in the section on the two places."
        )
    return say("None is held for these places.")
