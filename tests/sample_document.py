"""A brief with every kind of block, made of invented numbers whose sources say that they are invented."""

from __future__ import annotations

from landbridge.brief.document import (
    Against,
    Answer,
    Bar,
    Bars,
    Block,
    Chart,
    Contrast,
    Document,
    Happening,
    Lines,
    Mark,
    Paragraph,
    Points,
    Refusal,
    Section,
    Series,
    Table,
    Timeline,
)
from landbridge.brief.text import Code, Date, Label, Name, Part, Quote, Sentence
from landbridge.provenance import Citation, Figure, Source, Span, Status, derive

TEST = Source("test-invented", "Landbridge test suite", "Invented numbers for tests", "2026-01-01",
              "https://example.org/test", "CC0-1.0", "test data")  # fmt: skip
COPY = Source("test-copy", "An anonymous page (test)", "A copy of the invented numbers", "2025-12",
              "https://example.org/copy?a=1&b=2", "unknown", "web page", weak=True)  # fmt: skip

CHINA, RUSSIA = Label("China", "CHN"), Label("Russia", "RUS")


def say(template: str, **slots: Part) -> Sentence:
    return Sentence(template, tuple(slots.items()))


def fig(
    measure: str, value: float | None, unit: str = "USD", period: str = "2023",
    status: Status = Status.REPORTED, **more: object,
) -> Figure:  # fmt: skip
    if status is not Status.ASSUMED:
        more.setdefault("citation", Citation(TEST, f"table, row {measure}"))
        more.setdefault("cell", f"test:{measure}:{period}")
    return Figure(measure, value, unit, period, status, **more)  # type: ignore[arg-type]


TURNOVER = [
    fig("turnover", value * 1e9, period=str(year))
    for year, value in zip(
        range(2013, 2025),
        (88.8, 95.3, 63.6, 69.6, 84.2, 107.1, 110.8, 107.8, 146.9, 190.3, 240.1, 244.8),
        strict=True,
    )
]
EXPORTS = [
    fig("exports", value * 1e9, period=str(year))
    for year, value in zip((2013, 2014, 2018, 2019, 2020, 2021, 2022, 2023, 2024),
                           (39.6, 41.6, 56.1, 61.1, 57.2, 79.3, 114.1, 129.1, 129.3), strict=True)
]  # fmt: skip
MIRROR = [
    fig("exports, mirror", value * 1e9, period=str(year), status=Status.ESTIMATED)
    for year, value in zip((2019, 2020, 2021, 2022, 2023, 2024), (57, 49, 68, 98, 118, 125.5), strict=True)
]
TARGET = fig(
    "target",
    200e9,
    period="2024",
    status=Status.CLAIMED,
    citation=Citation(COPY, speaker="A minister (test)"),
)
FORECAST = fig("expected", 300e9, period="2030", status=Status.FORECAST, low=260e9, high=390e9)
SHARE = derive(
    "share of exports", 100 * 129.3 / 244.8, "%", [EXPORTS[-1], TURNOVER[-1]], "landbridge.test.share"
)
GROWTH = derive(
    "growth", 275.7, "%", [TURNOVER[0], TURNOVER[-1]], "landbridge.test.growth", low=270, high=281
)
DEEP = derive(
    "share of growth", 0.0312, "%", [SHARE, GROWTH], "landbridge.test.deep", status=Status.SIMULATED
)
WAIT = fig("waiting", None, "days", "2024-09", Status.CLAIMED, low=5, high=7, comparator="~")
COST = fig("cost of waiting", None, "USD/500km/20t", "2024", Status.ASSUMED, low=900, high=1500)
FLOW = fig("cargo", 22.0e6, "t", "2023-01/2023-08", citation=Citation(TEST, "characters", Span(12, 40)))
LOSS = fig("change", -4.2, "pp", "2024", Status.RECONCILED)
IMPUTED = fig("services", 3.4e9, "USD", "2022", Status.IMPUTED)

_FRONT = Section(
    "answers",
    say("Three questions"),
    (
        Answer(
            say("How do the two stand?"),
            say(
                "Trade reached {turnover} in {year}, {growth} more than in {first}. {exporter} sold {exports} of it.",
                turnover=TURNOVER[-1], year=Date("2024"), growth=GROWTH, first=Date("2013"), exporter=RUSSIA,
                exports=EXPORTS[-1],
            ),
            Code("B"),
            say("Two customs services report it; they differ by less than a tenth."),
        ),
        Answer(
            say("What can be expected?"),
            say("The two sides expect {forecast} by {year}. That is a plan, not an outcome.",
                forecast=FORECAST, year=Date("2030")),
            Code("D"),
            say("It rests on one statement by an interested party."),
        ),
        Answer(
            say("What stands in the way?"),
            say("Waiting at {crossing} takes {wait}; it costs {cost}.",
                crossing=Name("Zabaikalsk–Manzhouli, rail", "crossing/zabaikalsk-manzhouli-rail"), wait=WAIT, cost=COST),
            Code("C"),
            say("Carriers' own words, and a cost that is assumed."),
        ),
        Refusal(
            say("The trade of {place} with {other} by sector.", place=Label("Vitebsk oblast", "BY-VI"), other=CHINA),
            say("No customs data by region are held."),
            say("Load them with {verb}.", verb=Name("landbridge load csv", "docs/load")),
        ),
    ),
)  # fmt: skip

LINES = Chart(
    "turnover",
    say("Trade between {a} and {b}", a=CHINA, b=RUSSIA),
    say("Trade has doubled since {year}; Russian exports grew fastest.", year=Date("2020")),
    say("A line rises from {low} in {first} to {high} in {last}.", low=TURNOVER[0], first=Date("2013"),
        high=TURNOVER[-1], last=Date("2024")),
    Lines(
        (
            Series(say("Turnover"), tuple((Date(item.period), item) for item in TURNOVER)),
            Series(say("{a} to {b}", a=RUSSIA, b=CHINA), tuple((Date(item.period), item) for item in EXPORTS)),
            Series(say("The same, as {b} reports it", b=CHINA),
                   tuple((Date(item.period), item) for item in MIRROR), dashed=True),
        ),
        (Mark(Date("2024"), TARGET, say("target")), Mark(Date("2030"), FORECAST, say("expected"))),
    ),
)  # fmt: skip

_SECTORS = (
    ("Crude petroleum and natural gas extraction", "B06", 62.3, 55, 70, Status.REPORTED),
    ("Refined petroleum products", "C19", 14.9, 12, 17.5, Status.ESTIMATED),
    ("Basic metals", "C24", 9.8, None, None, Status.REPORTED),
    (
        "Wood and products of wood and cork, except furniture; articles of straw",
        "C16",
        5.1,
        4.5,
        5.9,
        Status.IMPUTED,
    ),
    ("Fishing and aquaculture", "A03", 2.2, None, None, Status.REPORTED),
    ("Food", "C10T12", 0.0, None, None, Status.REPORTED),
)
BARS = Chart(
    "basket",
    say("What {a} sells to {b}", a=RUSSIA, b=CHINA),
    say("Oil and gas make up most of it."),
    say("Six bars, the longest is {name}.", name=Label("oil and gas", "B06")),
    Bars(
        tuple(
            Bar(Label(name, code), fig(name, value * 1e9, status=status,
                                       **({"low": low * 1e9, "high": high * 1e9} if low and high else {})))
            for name, code, value, low, high, status in _SECTORS
        )
    ),
)  # fmt: skip
GROUPED = Chart(
    "change",
    say("Change of shares, both directions"),
    say("Machinery moved most."),
    say("Bars to both sides of zero."),
    Bars(
        tuple(
            Bar(
                Label(name, code),
                fig(f"{name} {group.code}", value, "pp", "2024", status),
                say("{g} sells", g=group),
            )
            for group in (CHINA, RUSSIA)
            for name, code, value, status in (
                ("Machinery", "C28", 6.1 if group is CHINA else -1.2, Status.REPORTED),
                ("Vehicles", "C29", 4.4 if group is CHINA else -0.04, Status.ESTIMATED),
                ("Textiles", "C13T15", -3.3 if group is CHINA else 0.7, Status.REPORTED),
            )
        )
    ),
)
INTERLEAVED = Chart(
    "waits",
    say("Waiting by season"),
    say("Autumn is worst."),
    say("Four bars and a range."),
    Bars(
        (
            *(
                Bar(Name(f"Crossing {name}", f"crossing/{name.lower()}"), fig(f"wait {name} {season}", days, "days"),
                    say(season))
                for name, pair in (("Alpha", (2, 6.5)), ("Beta-Road 9", (1, 3)))
                for season, days in zip(("Spring", "Autumn"), pair, strict=True)
            ),
            Bar(Name("Crossing Gamma", "crossing/gamma"), WAIT, say("Autumn")),
        )
    ),
)  # fmt: skip
CONTRAST = Chart(
    "normal",
    say("Traded and expected"),
    say("Machinery is bought far more than is normal."),
    say("Three rows, one of them outside the band."),
    Contrast(
        tuple(
            Against(
                Label(name, code),
                fig(f"traded {name}", traded * 1e6, status=Status.RECONCILED),
                fig(f"expected {name}", expected * 1e6, status=Status.ESTIMATED),
                fig(f"normal {name}", None, status=Status.ESTIMATED, low=low * 1e6, high=high * 1e6),
            )
            for name, code, traded, expected, low, high in (
                ("Machinery and equipment not elsewhere classified", "C28", 9400, 2100, 400, 5200),
                ("Food", "C10T12", 310, 420, 80, 1900),
                ("Fishing and aquaculture", "A03", 0, 12.5, 0.4, 88),
            )
        ),
        say("traded"),
        say("expected"),
    ),
)  # fmt: skip


def happenings(count: int) -> tuple[Happening, ...]:
    lanes = (say("Agreements"), say("Meetings of heads of government"), say("Twin towns and regions"))
    words = (
        "Treaty of good neighbourliness, friendship and co-operation",
        "28th regular meeting",
        "Harbin–Sverdlovsk twinning",
        "Declaration on a comprehensive strategic partnership for a new era",
        "Protocol on crossings",
    )
    return tuple(
        Happening(
            Date(f"{2001 + (place * 7) % 24}-{1 + place % 12:02d}-{1 + place % 28:02d}"),
            Name(words[place % len(words)], f"document/test-{place}"),
            lanes[(place * 5 + place // 4) % 3],
        )
        for place in range(count)
    )


def timeline(count: int, identifier: str = "ties") -> Chart:
    return Chart(
        identifier,
        say("What was signed and when"),
        say("Most of it after {year}.", year=Date("2014")),
        say("A timeline in three lanes."),
        Timeline(happenings(count)),
    )


PARTNERS = Table(
    "partners",
    say("Trade by year"),
    (say("Year"), say("Turnover"), say("Russian exports"), say("Share"), say("Remarks")),
    (
        *(
            (Date(total.period), total,
             next((item for item in EXPORTS if item.period == total.period), None),
             SHARE if total.period == "2024" else None, Name("revised", "table/turnover"))
            for total in TURNOVER
        ),
        (Date("2030"), FORECAST, None, None, say("a plan of {who}", who=Name("both sides", "document/plan"))),
    ),
    say("Empty cells are unknown, not zero."),
)  # fmt: skip
FOLDED = Table(
    "a very long name of a table that no sheet can have",
    say("Barriers"),
    (say("Barrier"), say("Measure"), say("Size")),
    (
        (Name("Queue at the crossing", "barrier/queue"), say("waiting time"), WAIT),
        (Name("Settlement of payments through third banks", "barrier/payments"), say("cost"), (LOSS, DEEP)),
        (Name("=HYPERLINK(\"http://example.org\",\"x\")", "barrier/formula"), say("price"), COST),
    ),
    fold=True,
)  # fmt: skip


def document(*more: Block, many: int = 60) -> Document:
    """The sample; `more` blocks are put at its end."""
    return Document(
        pair=("CHN", "RUS"),
        title=say("{a} and {b}", a=CHINA, b=RUSSIA),
        subtitle=say("What flows between them, what they promised each other, what stands in the way"),
        front=(_FRONT,),
        body=(
            Section("flows", say("What flows"), (
                Paragraph((
                    say("In {year} the two traded {turnover}.", year=Date("2024"), turnover=TURNOVER[-1]),
                    say("Of this, {share} went from {a} to {b}.", share=SHARE, a=RUSSIA, b=CHINA),
                    say("Services came to {value}; cargo over the border to {cargo} in {period}.", value=IMPUTED,
                        cargo=FLOW, period=Date(FLOW.period)),
                    say("A model gives {deep} and the balance moved by {loss}.", deep=DEEP, loss=LOSS),
                )),
                LINES, PARTNERS, BARS, GROUPED,
            )),
            Section("promises", say("What they promised"), (
                Points((
                    say("{speaker} called it {words}.", speaker=Name("A minister", "person/test"),
                        words=Quote("a partnership without limits", "s-test")),
                    say("The target of {target} was met early.", target=TARGET),
                )),
                timeline(14), timeline(many, "strip"),
            )),
            Section("barriers", say("What stands in the way"), (INTERLEAVED, FOLDED, *more)),
        ),
        sources=(TEST, COPY),
        release="sha256:0f3a9b1c77de",
        as_of="2026-11-21",
        language="en",
        version="0.1.0",
    )  # fmt: skip
