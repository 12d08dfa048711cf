"""The basket both ways: what is bought and sold, how concentrated it is, what is new and what was lost."""

from __future__ import annotations

import math

import polars as pl

from landbridge import codes
from landbridge.brief.document import Bar, Bars, Block, Chart, Paragraph, Refusal, Section, Table
from landbridge.brief.sections.projects import quantities
from landbridge.brief.setting import Setting
from landbridge.brief.text import Code, Date, Label, Name, Part, Sentence
from landbridge.errors import NotHeld, UnknownLabel
from landbridge.flows.indicators import Basket, basket, change, share
from landbridge.flows.trade import TradeFlows
from landbridge.provenance import Figure, Status, Unavailable, derive

_TOP = 8
_LISTED = 20
_KEPT = 500
# The part of a published total below which a basket by product cannot be whole.
_WHOLE = 0.5
# Dollars below which a chapter that comes, goes or grows is noise.
_WORTH_NAMING = 1e6
_MEASURES = {
    "hhi": "Concentration (Herfindahl–Hirschman index, nought to one)",
    "effective_items": "Effective number of items",
    "effective_items_entropy": "Effective number of items, by entropy",
    "complementarity": "Complementarity of exports and imports",
    "intensity": "Trade intensity",
    "exporter_dependence_pct": "Share of the buyer in all exports of the seller",
    "importer_dependence_pct": "Share of the seller in all imports of the buyer",
    "similarity": "Likeness of the two baskets",
}


def section(setting: Setting) -> Section:
    """Both directions in the finest flows held, then the indices by sector."""
    setting = setting.nations
    say = setting.say
    a, b = setting.a.code, setting.b.code
    title = say("The basket both ways")
    try:
        finest = setting.data.trade.best(a, b)
    except NotHeld as refused:
        why = say("The release and the workspace hold no trade between them by sector or product.")
        remedy = Name(refused.problems[0].remedy, "remedy")
        refusal = Refusal(say("What is bought and sold."), why, say("{remedy}", remedy=remedy))
        return Section("basket", title, (refusal,))
    blocks: list[Block] = [Paragraph((_what_is_counted(setting, finest),))]
    for exporter, importer in ((a, b), (b, a)):
        blocks += _direction(setting, finest, exporter, importer)
    blocks += _news(setting, finest)
    blocks += _indices(setting, finest)
    if finest.classification == "sector":
        blocks += _product_gap(setting)
    return Section("basket", title, tuple(blocks))


def item_label(flows: TradeFlows, item: str) -> Label:
    """A sector, chapter or product by name."""
    if flows.classification == "sector":
        return Label(codes.sector(item).name, item)
    chapter = item[:2]
    try:
        name = codes.chapter(chapter).name
    except UnknownLabel:
        name = item
    # Six-digit names are not shipped; the chapter says what sort of goods it is.
    return Label(name if len(item) == 2 else f"HS {item}, of {name[0].lower()}{name[1:]}", item)


def _what_is_counted(setting: Setting, flows: TradeFlows) -> Sentence:
    say = setting.say
    year = Date(str(flows.year))
    if flows.classification == "sector":
        return say(
            "Counted are goods and services by sector in {year}, from the world's input-output accounts. Deliveries "
            "between industries are the publisher's; final use by destination is imputed, with the spread of the methods "
            "as its range.",
            year=year,
        )
    return say(
        "Counted are goods in {year} by product, from reconciled reports of both sides; valued free on board.",
        year=year,
    )


def _direction(setting: Setting, flows: TradeFlows, exporter: str, importer: str) -> list[Block]:
    say = setting.say
    names: dict[str, Part] = {"a": setting.place(exporter), "b": setting.place(importer)}
    made = basket(flows, exporter, importer)
    if not isinstance(made.total, Figure) or made.frame.is_empty():
        return [
            Refusal(
                say("Sales of {a} to {b} by item.", **names), say("No flow is recorded; missing is not zero.")
            )
        ]
    total = made.total
    rows: list[tuple[Part | None, ...]] = []
    bars: list[Bar] = []
    by_sector = flows.classification == "sector"
    for row in made.frame.head(_KEPT).iter_rows(named=True):
        figure = flows.item(exporter, importer, row["item"])
        if isinstance(figure, Unavailable):
            continue
        label = item_label(flows, row["item"])
        cells = (label, Code(row["item"]), figure, _share(figure, total, label.text))
        rows.append((*cells, _imputed(figure)) if by_sector else cells)
        if len(bars) < _TOP:
            bars.append(Bar(label, figure))
    largest = rows[0]
    lead = say(
        "{a} sold {b} {total}; the largest item, {item}, is {share} of it.",
        **names,
        total=total,
        item=largest[0] or say("unnamed"),
        share=largest[3] or say("an unknown share"),
    )
    chart = Chart(
        f"basket-{exporter}-{importer}",
        say("What {a} sells to {b}", **names),
        say(
            "The longest bars are what the trade rests on; a whisker is the spread between methods of imputation."
        )
        if by_sector
        else say("The longest bars are what the trade rests on."),
        say(
            "Bar chart of the largest items of the exports of {a} to {b}, as listed in the table below.",
            **names,
        ),
        Bars(tuple(bars)),
    )
    heads = (say("Item"), say("code"), say("value"), say("share"))
    table = Table(
        f"basket {exporter}-{importer}",
        say("Largest items, {a} to {b}", **names),
        (*heads, say("imputed part")) if by_sector else heads,
        tuple(rows),
        note=say(
            "Shares are of all that is recorded from {a} to {b}, not only of the items listed.", **names
        ),
        fold=True,
        shown=_LISTED,
    )
    return [Paragraph((lead, *_counted_by_customs(setting, flows, total, exporter, importer))), chart, table]


def _counted_by_customs(
    setting: Setting, flows: TradeFlows, total: Figure, exporter: str, importer: str
) -> tuple[Sentence, ...]:
    """What either side's statistics count in the same year, beside the total of a basket."""
    say, year = setting.say, str(flows.year)
    counts = {
        reporter: years[year]
        for reporter, years in setting.data.totals.flow_by_reporter(exporter, importer).items()
        if year in years
    }
    if not counts:
        return ()
    found: Part = tuple(
        say("{who} counts {figure}", who=setting.reporter(reporter), figure=figure)
        for reporter, figure in counts.items()
    )
    if flows.classification == "sector":
        return (
            say(
                "In statistics of goods of that year, {found}; the accounts differ from them by services, prices and "
                "imputation, and by what nobody explains.",
                found=found,
            ),
        )
    if total.point < _WHOLE * min(figure.point for figure in counts.values()):
        return (
            say("In published totals of that year, {found}: this basket is far from whole.", found=found),
        )
    return (say("In published totals of that year, {found}.", found=found),)


def _share(figure: Figure, total: Figure, item: str) -> Figure | None:
    found = share(f"Share of {item} in {total.measure}", figure, total)
    return found if isinstance(found, Figure) else None


def _imputed(figure: Figure) -> Part | None:
    """The imputed part of a flow by sector, where there is one."""
    imputed = next((item for item in figure.inputs if item.status is Status.IMPUTED), None)
    if imputed is None:
        return None
    found = share(f"Imputed part of {figure.measure}", imputed, figure)
    return found if isinstance(found, Figure) else None


def _news(setting: Setting, flows: TradeFlows) -> list[Block]:
    say = setting.say
    if flows.classification == "sector":
        return []
    years = setting.data.trade.years(flows.classification)
    if len(years) < 2:
        # One year of six-digit products shows no change; the chapters may hold several.
        years = setting.data.trade.years("hs2")
        if len(years) < 2:
            return []
        flows = setting.data.trade.year(years[-1], "hs2")
    first = years[0]
    earlier = setting.data.trade.year(first, flows.classification)
    blocks: list[Block] = []
    for exporter, importer in ((setting.a.code, setting.b.code), (setting.b.code, setting.a.code)):
        if not {exporter, importer} <= set(earlier.places):
            continue
        moved = change(earlier, flows, exporter, importer)
        rows: list[tuple[Part | None, ...]] = []
        worth = pl.max_horizontal("value_before_usd", "value_after_usd") >= _WORTH_NAMING
        for state in ("new", "lost"):
            for row in moved.filter((pl.col("state") == state) & worth).iter_rows(named=True):
                held = flows if state == "new" else earlier
                word = say("new") if state == "new" else say("lost")
                figure = held.item(exporter, importer, row["item"])
                rows.append(
                    (item_label(held, row["item"]), word, figure if isinstance(figure, Figure) else None)
                )
        for item in _movers(moved):
            before = earlier.item(exporter, importer, item)
            after = flows.item(exporter, importer, item)
            if isinstance(before, Figure) and isinstance(after, Figure) and before.point > 0:
                growth = derive(
                    f"Growth of {item}, {exporter} to {importer}",
                    after.point / before.point,
                    "x",
                    (before, after),
                    "landbridge.brief.sections.basket",
                )
                rows.append((item_label(flows, item), say("grew {times}", times=growth), after))
        if rows:
            blocks.append(
                Table(
                    f"news {exporter}-{importer}",
                    say(
                        "New, lost and fastest growing items above a million dollars, {a} to {b}, {first} to {last}",
                        a=setting.place(exporter),
                        b=setting.place(importer),
                        first=Date(str(first)),
                        last=Date(str(flows.year)),
                    ),
                    (say("Item"), say("what happened"), say("value in its year")),
                    tuple(rows),
                    fold=True,
                )
            )
    return blocks


def _movers(moved: pl.DataFrame) -> list[str]:
    """The five items that grew most among those that matter: at least a thousandth of the later basket."""
    whole = math.fsum(moved["value_after_usd"].drop_nulls())
    kept = moved.filter(
        (pl.col("state") == "kept")
        & (pl.col("value_before_usd") >= _WORTH_NAMING)
        & (pl.col("value_after_usd") > 0.001 * whole)
    )
    return kept.sort("change_pct", "item", descending=[True, False]).head(5)["item"].to_list()


def _indices(setting: Setting, finest: TradeFlows) -> list[Block]:
    say = setting.say
    accounts = setting.data.accounts
    a, b = setting.a.code, setting.b.code
    held: list[tuple[Sentence, TradeFlows, bool]] = []
    if finest.classification != "sector":
        held.append((say("by product, {year}", year=Date(str(finest.year))), finest, False))
    if {a, b} <= set(accounts.places):
        flows = setting.data.trade.year(accounts.year, "sector")
        year = Date(str(accounts.year))
        held.append((say("by sector, {year}, with imputed final use", year=year), flows, False))
        held.append((say("by sector, {year}, intermediates only", year=year), flows, True))
    rows: list[tuple[Part | None, ...]] = []
    for label, flows, intermediates in held:
        made = [basket(flows, x, y, intermediates_only=intermediates) for x, y in ((a, b), (b, a))]
        for name, words in _MEASURES.items():
            cells = [_indicator(setting, item, name) for item in made]
            rows.append((Name(words, name), label, *cells))
    if not rows:
        return []
    return [
        Table(
            "indices",
            say("Indices of the two baskets"),
            (
                say("Index"),
                say("counted"),
                say("{a} to {b}", a=setting.place(a), b=setting.place(b)),
                say("{a} to {b}", a=setting.place(b), b=setting.place(a)),
            ),
            tuple(rows),
            note=say(
                "Indices by product and by sector are different things and do not compare; those with imputed final use "
                "rest in part on imputation."
            ),
            fold=True,
        )
    ]


def _indicator(setting: Setting, made: Basket, name: str) -> Part:
    found = made.indicators.get(name)
    if isinstance(found, Figure):
        return found
    return setting.say(
        "not available: {why}", why=Name(str(found) if found else "not computed", f"indicator {name}")
    )


def _product_gap(setting: Setting) -> list[Block]:
    say = setting.say
    records = tuple(record for record in setting.between("trade") if record.text("product"))
    blocks: list[Block] = [
        Refusal(
            say("Trade of these two countries by product of the Harmonized System."),
            say(
                "This release holds none: no redistributable source gives it for this pair, or it is not published."
            ),
            say(
                "Load a BACI year, {command}; the product versions of the indices then appear.",
                command=Code("landbridge load baci FILE"),
            ),
        )
    ]
    if records:
        blocks.append(quantities(setting, records, say("Single published facts by product"), "product facts"))
    return blocks
