"""What the trade of two regions can be: bounds from what is published, then an estimate inside them where one stands."""

from __future__ import annotations

from landbridge import codes
from landbridge.brief.document import Block, Paragraph, Refusal, Section, Table
from landbridge.brief.setting import Setting, ends
from landbridge.brief.text import Code, Date, Label, Name, Part, Sentence
from landbridge.errors import NotHeld
from landbridge.potential import regions
from landbridge.potential.regions import RegionPotential
from landbridge.potential.views import BOUNDS, ESTIMATE, OBSERVED, TOTAL
from landbridge.provenance import Figure

_LISTED = 12


def section(setting: Setting) -> Section:
    """Bounds and estimate both ways, item by item, with the published figures that they rest on."""
    say = setting.say
    title = say("What the trade of the two can be")
    try:
        found = regions.potential(setting.data, setting.a.code, setting.b.code)
    except NotHeld as error:
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
            "first and an estimate, if any, second. It is neither a forecast nor a recommendation.",
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
        "Where published trade of a region was held against such a split, most of it lay within the range, but that of "
        "Heilongjiang far above: pipelines, ports and border trade are not in sizes and distances."
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
        out.append(say("{a} to {b}: what is published allows {bounds}.", **names, bounds=bounds))
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
        note=say(
            "Every number is estimated. An item is split like the whole, because no figure of a region by product is held; "
            "an empty cell is an estimate that is refused, not zero."
        ),
        fold=True,
        shown=_LISTED,
    )


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
        return Refusal(title, say("None is held for these places."))
    columns = (say("Place"), say("figure"), say("period"), say("publisher"), say("use"))
    return Table("margins", title, columns, rows, fold=True)
