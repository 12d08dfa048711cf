"""Whose value added stands behind the flow."""

from __future__ import annotations

from landbridge.brief.document import Bar, Bars, Block, Chart, Paragraph, Refusal, Section, Table
from landbridge.brief.setting import Setting
from landbridge.brief.text import Date, Label, Part, Sentence
from landbridge.flows.accounts import REST
from landbridge.flows.indicators import share
from landbridge.flows.trade import ACCOUNTS_SOURCE
from landbridge.provenance import Citation, Figure, Status, derive

_TOP = 6
_LISTED = 20
_CODE = "landbridge.flows.accounts.InputOutput.origin_of"


def section(setting: Setting) -> Section:
    """The origin of value added in the sales of each side to the other, from the accounts."""
    setting = setting.nations
    say = setting.say
    accounts = setting.data.accounts
    title = say("Value added behind the flow")
    missing = [place for place in (setting.a, setting.b) if place.code not in accounts.places]
    if missing:
        refusal = Refusal(
            say("Whose value added the trade carries."),
            say(
                "The accounts hold eighty economies; inside the rest of the world: {missing}.",
                missing=tuple(setting.place(place.code) for place in missing),
            ),
        )
        return Section("value-added", title, (refusal,))
    sentences: list[Sentence] = []
    drawn: list[Block] = []
    for exporter, importer in _ways(setting):
        bars = _origins(setting, exporter, importer)
        sentences += _at_home(setting, exporter, importer, bars)
        if bars:
            drawn += [_chart(setting, exporter, importer, bars), _table(setting, exporter, importer, bars)]
    blocks: list[Block] = [Paragraph(tuple(_how_much_is_imputed(setting)))]
    if sentences:
        blocks.append(Paragraph(tuple(sentences)))
    refusal = Refusal(
        say("Value added free of taxes, and of single firms or regions."),
        say(
            "The accounts' share beside intermediate inputs holds value added and taxes less subsidies together; "
            "they know sectors and countries only."
        ),
    )
    return Section("value-added", title, (*blocks, *drawn, refusal))


def _ways(setting: Setting) -> tuple[tuple[str, str], ...]:
    a, b = setting.a.code, setting.b.code
    return (a, b), (b, a)


def _at_home(setting: Setting, exporter: str, importer: str, bars: list[Bar]) -> list[Sentence]:
    """How much of the sales was value added where they came from."""
    say = setting.say
    own = [bar.figure for bar in bars if isinstance(bar.label, Label) and bar.label.code == exporter]
    return [
        say(
            "Of what {a} sold to {b} in {year}, {share}{range} was value added and taxes at home; the rest came in as "
            "inputs from elsewhere.",
            a=setting.place(exporter),
            b=setting.place(importer),
            year=Date(str(setting.data.accounts.year)),
            share=share_at_home,
            range=_between(setting, share_at_home),
        )
        for share_at_home in own
    ]


def _chart(setting: Setting, exporter: str, importer: str, bars: list[Bar]) -> Chart:
    say, a, b = setting.say, setting.place(exporter), setting.place(importer)
    return Chart(
        f"origin-{exporter}-{importer}",
        say("Where the value in sales of {a} to {b} was added, per cent", a=a, b=b),
        say("The first bar is home; every other bar is a country whose inputs the sales carry."),
        say(
            "Bar chart of the shares of countries of origin in the value of the sales of {a} to {b}.",
            a=a,
            b=b,
        ),
        Bars(tuple(bars[:_TOP])),
    )


def _table(setting: Setting, exporter: str, importer: str, bars: list[Bar]) -> Table:
    say = setting.say
    return Table(
        f"value added {exporter}-{importer}",
        say("Origins of value in sales of {a} to {b}", a=setting.place(exporter), b=setting.place(importer)),
        (say("Origin"), say("share of value")),
        tuple((bar.label, bar.figure) for bar in bars),
        fold=True,
        shown=_LISTED,
    )


def _between(setting: Setting, figure: Figure) -> Part:
    """The range of a figure in brackets, its ends figures of their own; nothing where it has none."""
    if figure.low is None or figure.high is None:
        return ()
    low, high = (
        derive(f"{figure.measure}: {end}", number, figure.unit, (figure,), figure.code)
        for end, number in (("low", figure.low), ("high", figure.high))
    )
    return setting.say(" (between {low} and {high})", low=low, high=high)


def _how_much_is_imputed(setting: Setting) -> list[Sentence]:
    """How far the accounts of this pair rest on imputation, both ways: nobody should have to look for it."""
    say = setting.say
    year = setting.data.accounts.year
    flows = setting.data.trade.year(year, "sector")
    out = []
    for exporter, importer in _ways(setting):
        total = flows.explain(exporter, importer)
        if not isinstance(total, Figure) or total.low is None or total.high is None:
            continue
        imputed = next((item for item in total.inputs if item.status is Status.IMPUTED), None)
        if imputed is None:
            continue
        part = share(f"Imputed part of {total.measure}", imputed, total)
        if not isinstance(part, Figure):
            continue
        ends = [
            derive(
                f"{total.measure}: {end} of the methods", number, "USD", (total,), "landbridge.flows.trade"
            )
            for end, number in (("lowest", total.low), ("highest", total.high))
        ]
        out.append(
            say(
                "In the accounts of {year}, {share}{range} of what {a} sold {b}, {total} of goods and services, is imputed: "
                "the publisher gives no final use by destination, and methods of filling it in span {low} to {high}.",
                year=Date(str(year)),
                share=part,
                range=_between(setting, part),
                a=setting.place(exporter),
                b=setting.place(importer),
                total=total,
                low=ends[0],
                high=ends[1],
            )
        )
    return out


def _origins(setting: Setting, exporter: str, importer: str) -> list[Bar]:
    data = setting.data
    frame = data.accounts.origin_of(exporter, importer).table()
    bars = []
    for row in frame.filter(frame["origin"] != REST).iter_rows(named=True):
        origin = row["origin"]
        figure = Figure(
            measure=f"Share of value added in {origin} in sales of {exporter} to {importer}",
            value=row["share_pct"],
            unit="%",
            period=str(data.accounts.year),
            status=Status.IMPUTED,
            low=row["share_low_pct"],
            high=row["share_high_pct"],
            citation=Citation(data.sources[ACCOUNTS_SOURCE], f"{data.accounts.year}, value added by origin"),
            cell=f"origin:{data.accounts.year}/{origin}/{exporter}/{importer}",
            code=_CODE,
            note="Traced through all rounds of supply on the full table; weights include imputed final sales. Low and "
            "high let the sales of each sector lie anywhere between the extremes of the methods; no one method need "
            "reach them.",
        )
        bars.append(Bar(setting.place(origin), figure))
    return bars
