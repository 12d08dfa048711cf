"""People and minds: trips, students, flights, visas, surveys, content."""

from __future__ import annotations

from landbridge.brief.document import Bar, Bars, Block, Chart, Refusal, Section, Table
from landbridge.brief.sections.projects import quantities
from landbridge.brief.setting import Setting, name, said_by, words
from landbridge.brief.text import Date, Part


def section(setting: Setting) -> Section:
    """What is counted of people who travel, study and answer surveys."""
    say = setting.say
    records = setting.nations.between("people")
    blocks: list[Block] = []
    if not records:
        refusal = Refusal(
            say("Trips, students, flights, surveys."), say("The ledger holds nothing for this pair.")
        )
        return Section("people", say("People and minds"), (refusal,))
    bars = []
    for record in records:
        if record.text("form") != "students":
            continue
        held = [record.figure(statement) for statement in record.quantities("number")]
        held = [figure for figure in held if figure.unit == "persons"]
        if held:
            bars.append(Bar(name(record), max(held, key=lambda figure: figure.period)))
    if len(bars) > 1:
        blocks.append(
            Chart(
                "students",
                say("Students, newest count held"),
                say("Counts differ by definition, above all by whether preparatory courses are included."),
                say("Bar chart of the newest number of students in each direction."),
                Bars(tuple(bars)),
            )
        )
    blocks.append(quantities(setting, records, say("Every figure held on people"), "people"))
    rules: list[tuple[Part | None, ...]] = []
    for record in records:
        for statement in record.all("regime"):
            span = "/".join(
                filter(None, (statement.valid_from, statement.valid_to or (statement.valid_from and "..")))
            )
            rules.append(
                (name(record), words(statement), Date(span) if span else None, said_by(setting, statement))
            )
    if rules:
        blocks.append(
            Table(
                "regimes",
                say("Rules of travel"),
                (say("What"), say("Rule"), say("Valid"), say("Who says so")),
                tuple(rules),
            )
        )
    blocks.append(
        Refusal(
            say("One measure of how the two peoples see each other."),
            say(
                "Surveys differ in wording, mode and sample; they are listed with their wording and never averaged."
            ),
        )
    )
    return Section("people", say("People and minds"), tuple(blocks))
