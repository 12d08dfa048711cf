"""Turnover by year, each reporter's series side by side, and the gap between mirror figures."""

from __future__ import annotations

from landbridge.brief.document import Block, Chart, Lines, Points, Refusal, Section, Series, Table
from landbridge.brief.setting import Setting
from landbridge.brief.text import Code, Date, Part, Sentence
from landbridge.flows.totals import Counted
from landbridge.planning.targets import growth_between
from landbridge.provenance import Figure


def section(setting: Setting) -> Section:
    """Turnover between the two countries."""
    setting = setting.nations
    say, a, b = setting.say, setting.nation_a.code, setting.nation_b.code
    series = setting.series
    title = say("Turnover by year")
    if not series:
        return Section("turnover", title, (_nothing(setting),))
    blocks: list[Block] = [Points(tuple(_leads(setting, series))), _chart(setting, series)]
    blocks.append(_table(setting, series))
    for exporter, importer in ((a, b), (b, a)):
        mirror = _mirror(setting, exporter, importer)
        if mirror is not None:
            blocks.append(mirror)
    blocks += _silences(setting, series)
    return Section("turnover", title, tuple(blocks))


def _nothing(setting: Setting) -> Refusal:
    say = setting.say
    return Refusal(
        what=say("Turnover by year as each side publishes it."),
        why=say("This release holds no published totals for this pair."),
        remedy=say(
            "Load a year of product trade, {command}; the basket below then covers it.",
            command=Code("landbridge load baci FILE"),
        ),
    )


def _leads(setting: Setting, series: dict[Counted, dict[str, Figure]]) -> list[Sentence]:
    say = setting.say
    out = []
    for counted, years in sorted(series.items(), key=lambda item: max(item[1]), reverse=True):
        if not counted[0] and len(series) > 1:
            continue
        ordered = sorted(years)
        last = ordered[-1]
        if len(ordered) > 1 and int(ordered[-2]) == int(last) - 1:
            change = growth_between(years[ordered[-2]], years[last])
            if isinstance(change, Figure):
                out.append(
                    say(
                        "By the count of {reporter}, trade both ways was {value} in {year}, "
                        "{change} against the year before.",
                        reporter=setting.counter(counted),
                        value=years[last],
                        year=Date(last),
                        change=change,
                    )
                )
                continue
        out.append(
            say(
                "By the count of {reporter}, trade both ways was {value} in {year}, the last year held.",
                reporter=setting.counter(counted),
                value=years[last],
                year=Date(last),
            )
        )
    return out


def _chart(setting: Setting, series: dict[Counted, dict[str, Figure]]) -> Chart:
    say = setting.say
    lines = tuple(
        Series(
            setting.counter(counted),
            tuple((Date(year), figure) for year, figure in sorted(years.items())),
            dashed=position > 0,
        )
        for position, (counted, years) in enumerate(sorted(series.items(), key=lambda item: -len(item[1])))
    )
    years = sorted({year for held in series.values() for year in held})
    return Chart(
        "turnover",
        say("Trade both ways, current prices"),
        say(
            "Where the lines differ, the two sides count differently; where one ends, nothing later of that series is held."
        ),
        say(
            "Line chart of trade between {a} and {b} from {first} to {last}, one line for each reporter.",
            a=setting.place(setting.nation_a.code),
            b=setting.place(setting.nation_b.code),
            first=Date(years[0]),
            last=Date(years[-1]),
        ),
        Lines(lines),
    )


def _table(setting: Setting, series: dict[Counted, dict[str, Figure]]) -> Table:
    say = setting.say
    years = sorted({year for held in series.values() for year in held}, reverse=True)
    columns = (say("Year"), *(say("counted by {who}", who=setting.counter(counted)) for counted in series))
    rows: list[tuple[Part | None, ...]] = [
        (Date(year), *(held.get(year) for held in series.values())) for year in years
    ]
    return Table(
        "turnover",
        say("Trade both ways by year and reporter"),
        columns,
        tuple(rows),
        note=say(
            "Exports are valued free on board and imports with freight and insurance, so a side's turnover mixes both."
        ),
        fold=True,
    )


def _mirror(setting: Setting, exporter: str, importer: str) -> Table | None:
    say = setting.say
    gaps = setting.data.totals.mirror(exporter, importer)
    if not gaps:
        return None
    return Table(
        f"mirror {exporter}-{importer}",
        say("The same flow counted twice: {a} to {b}", a=setting.place(exporter), b=setting.place(importer)),
        (
            say("Year"),
            say("exporter says"),
            say("importer says"),
            say("gap"),
        ),
        tuple(
            (
                Date(item.exporter_report.period),
                item.exporter_report,
                item.importer_report,
                item.gap_pct if isinstance(item.gap_pct, Figure) else None,
            )
            for item in reversed(gaps)
        ),
        note=say(
            "The importer's figure holds freight and insurance, so a small positive gap is normal; "
            "the rest is timing, transit, re-exports and classification, which these data cannot tell apart."
        ),
        fold=True,
    )


def _silences(setting: Setting, series: dict[Counted, dict[str, Figure]]) -> list[Block]:
    say = setting.say
    newest = max(year for held in series.values() for year in held)
    out: list[Block] = []
    for code in (setting.nation_a.code, setting.nation_b.code):
        held = setting.turnover.get(code, {})
        if not held:
            why = say("This release holds no yearly turnover counted by {who}.", who=setting.place(code))
        elif max(held) < newest:
            why = say(
                "The last year held from {who} is {year}; {newest} is counted by {others}.",
                who=setting.place(code),
                year=Date(max(held)),
                newest=Date(newest),
                others=tuple(
                    setting.place(reporter) if reporter else say("a side that the source does not name")
                    for reporter, years in setting.turnover.items()
                    if newest in years
                ),
            )
        else:
            continue
        out.append(Refusal(say("The count of {who} for the newest years.", who=setting.place(code)), why))
    return out
