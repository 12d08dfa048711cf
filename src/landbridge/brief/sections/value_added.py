"""Whose value added stands behind the flow."""

from __future__ import annotations

from landbridge.brief.document import Bar, Bars, Block, Chart, Paragraph, Refusal, Section, Table
from landbridge.brief.setting import Setting
from landbridge.brief.text import Date, Label, Sentence
from landbridge.flows.accounts import REST
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
    blocks: list[Block] = [Paragraph(tuple(_how_much_is_imputed(setting)))]
    sentences: list[Sentence] = []
    charts: list[Block] = []
    for exporter, importer in ((setting.a.code, setting.b.code), (setting.b.code, setting.a.code)):
        bars = _origins(setting, exporter, importer)
        if not bars:
            continue
        own = next(
            (bar.figure for bar in bars if isinstance(bar.label, Label) and bar.label.code == exporter), None
        )
        if own is not None:
            sentences.append(
                say(
                    "Of what {a} sold to {b} in {year}, {share} was value added and taxes at home; the rest came in as "
                    "inputs from elsewhere.",
                    a=setting.place(exporter),
                    b=setting.place(importer),
                    year=Date(str(accounts.year)),
                    share=own,
                )
            )
        charts.append(
            Table(
                f"value added {exporter}-{importer}",
                say(
                    "Origins of value in sales of {a} to {b}",
                    a=setting.place(exporter),
                    b=setting.place(importer),
                ),
                (say("Origin"), say("share of value")),
                tuple((bar.label, bar.figure) for bar in bars),
                fold=True,
                shown=_LISTED,
            )
        )
        charts.insert(
            -1,
            Chart(
                f"origin-{exporter}-{importer}",
                say(
                    "Where the value in sales of {a} to {b} was added, per cent",
                    a=setting.place(exporter),
                    b=setting.place(importer),
                ),
                say("The first bar is home; every other bar is a country whose inputs the sales carry."),
                say(
                    "Bar chart of the shares of countries of origin in the value of the sales of {a} to {b}.",
                    a=setting.place(exporter),
                    b=setting.place(importer),
                ),
                Bars(tuple(bars[:_TOP])),
            ),
        )
    if sentences:
        blocks.append(Paragraph(tuple(sentences)))
    blocks += charts
    blocks.append(
        Refusal(
            say("Value added free of taxes, and of single firms or regions."),
            say(
                "The accounts' share beside intermediate inputs holds value added and taxes less subsidies together; "
                "they know sectors and countries only."
            ),
        )
    )
    return Section("value-added", title, tuple(blocks))


def _how_much_is_imputed(setting: Setting) -> list[Sentence]:
    """How far the accounts of this pair rest on imputation, both ways: nobody should have to look for it."""
    say = setting.say
    year = setting.data.accounts.year
    flows = setting.data.trade.year(year, "sector")
    out = []
    for exporter, importer in ((setting.a.code, setting.b.code), (setting.b.code, setting.a.code)):
        total = flows.explain(exporter, importer)
        if not isinstance(total, Figure) or total.low is None or total.high is None:
            continue
        imputed = next((item for item in total.inputs if item.status is Status.IMPUTED), None)
        if imputed is None or not total.point:
            continue
        share = derive(
            f"Imputed part of {total.measure}",
            100 * imputed.point / total.point,
            "%",
            (imputed, total),
            "landbridge.brief.sections.value_added",
        )
        ends = [
            derive(
                f"{total.measure}: {end} of the methods", number, "USD", (total,), "landbridge.flows.trade"
            )
            for end, number in (("lowest", total.low), ("highest", total.high))
        ]
        out.append(
            say(
                "In the accounts of {year}, {share} of what {a} sold {b}, {total} of goods and services, is imputed: the "
                "publisher gives no final use by destination, and methods of filling it in span {low} to {high}.",
                year=Date(str(year)),
                share=share,
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
            citation=Citation(data.sources[ACCOUNTS_SOURCE], f"{data.accounts.year}, value added by origin"),
            cell=f"origin:{data.accounts.year}/{origin}/{exporter}/{importer}",
            code=_CODE,
            note="Traced through all rounds of supply on the full table; weights include imputed final sales.",
        )
        bars.append(Bar(setting.place(origin), figure))
    return bars
