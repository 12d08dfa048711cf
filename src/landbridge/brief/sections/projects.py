"""Projects, funds and zones: headline sums apart from what is named."""

from __future__ import annotations

from collections.abc import Callable

from landbridge.brief.document import Block, Chart, Lines, Paragraph, Refusal, Section, Series, Table
from landbridge.brief.setting import (
    Setting,
    coded,
    figures_of,
    name,
    property_name,
    remark,
    said_by,
    when,
    who_says,
)
from landbridge.brief.text import Date, Name, Part, Sentence
from landbridge.ledger import Record, Statement
from landbridge.provenance import Status

_SUMS = ("announced", "committed", "contracted", "disbursed", "number", "capacity", "duration")


def section(setting: Setting) -> Section:
    """Projects, funds and zones between the two sides."""
    setting = setting.nations
    say = setting.say
    projects = setting.between("project")
    umbrellas = tuple(record for record in projects if record.text("umbrella") == "true")
    named = tuple(record for record in projects if record not in umbrellas)
    blocks: list[Block] = []
    if umbrellas:
        blocks.append(Paragraph((_headline(setting, umbrellas, named),)))
        blocks.append(quantities(setting, umbrellas, say("Headline sums, as stated"), "headlines", _SUMS))
    if named:
        blocks.append(_named(setting, named))
    if not projects:
        blocks.append(Refusal(say("Joint projects."), say("The ledger holds none for this pair.")))
    zones = setting.between("zone")
    chart = _residents(setting, zones)
    if chart is not None:
        blocks.append(chart)
    for kind, title, sheet in (
        ("fund", say("Funds and credit lines"), "funds"),
        ("zone", say("Zones"), "zones"),
    ):
        records = setting.between(kind)
        if records:
            blocks.append(quantities(setting, records, title, sheet))
        else:
            blocks.append(Refusal(title, say("The ledger holds none for this pair.")))
    return Section("projects", say("Projects, funds and zones"), tuple(blocks))


def _headline(setting: Setting, umbrellas: tuple[Record, ...], named: tuple[Record, ...]) -> Sentence:
    say = setting.say
    names = {record.subject for record in umbrellas}
    parts = [record for record in named if record.text("parent") in names]
    if not parts:
        return say(
            "The headline sums below cannot be taken apart: no source that we hold names the projects inside them. "
            "They are shown as said, and never added to the named projects."
        )
    return say(
        "Sources link {projects} to a headline sum and no other project below; a headline is never added to its parts.",
        projects=tuple(name(record) for record in parts),
    )


def _named(setting: Setting, records: tuple[Record, ...]) -> Table:
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    for record in records:
        stages: list[Part] = [_stage(setting, statement) for statement in record.all("stage")]
        sums: list[Part] = [
            say(
                "{what} {figure} ({note})",
                what=property_name(statement),
                figure=figure,
                note=note,
            )
            if (note := remark(statement))
            else say("{what} {figure}", what=property_name(statement), figure=figure)
            for statement, figure in figures_of(record, *_SUMS)
        ]
        rows.append((name(record), tuple(stages) or None, tuple(sums) or None, who_says(setting, record)))
    return Table(
        "projects",
        say("Projects that a source names"),
        (say("Project"), say("Stage"), say("Sums and sizes"), say("Who says so")),
        tuple(rows),
        note=say(
            "Announced, committed, contracted and disbursed are different sums; an empty cell is unknown."
        ),
        fold=len(rows) > 8,
    )


def _stage(setting: Setting, statement: Statement) -> Part:
    """A stage with its date; one that lies ahead, or lay ahead when it was said, is a plan and no outcome."""
    say = setting.say
    if statement.status is Status.FORECAST:
        if statement.period:
            return say("{stage} planned for {date}", stage=coded(statement), date=Date(statement.period))
        return say("{stage} planned", stage=coded(statement))
    if statement.period:
        return say("{stage} {date}", stage=coded(statement), date=Date(statement.period))
    return coded(statement)


def quantities(
    setting: Setting,
    records: tuple[Record, ...],
    title: Sentence,
    sheet: str,
    properties: tuple[str, ...] = (),
    counted: Callable[[Record, Statement], str] | None = None,
) -> Table:
    """Every quantity of some records, one a row: record, what, value, when, what it counts, who says so.

    `counted` gives the object of a number a column of its own, where the note alone would leave the row unreadable.
    """
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    for record in records:
        for statement, figure in figures_of(record, *properties):
            rows.append(
                (
                    name(record),
                    *((Name(counted(record, statement), statement.id),) if counted else ()),
                    property_name(statement),
                    figure,
                    when(statement),
                    remark(statement),
                    said_by(setting, statement),
                )
            )
    return Table(
        sheet,
        title,
        (
            say("What"),
            *((say("Answer, way or object"),) if counted else ()),
            say("Property"),
            say("Value"),
            say("When"),
            say("What it counts"),
            say("Who says so"),
        ),
        tuple(rows),
        fold=len(rows) > 8,
    )


def _residents(setting: Setting, zones: tuple[Record, ...]) -> Chart | None:
    say = setting.say
    lines = []
    for record in zones:
        points = {
            figure.period[:4]: (Date(figure.period[:4]), figure)
            for statement, figure in figures_of(record, "residents")
            if figure.value is not None
        }
        if len(points) >= 3:
            lines.append(Series(name(record), tuple(points[year] for year in sorted(points))))
    if not lines:
        return None
    return Chart(
        "zones",
        say("Firms registered in the zone"),
        say("The line counts registered residents; registration is not investment."),
        say("Line chart of the number of registered residents by year."),
        Lines(tuple(lines)),
    )
