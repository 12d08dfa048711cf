"""People and minds: trips, students, flights, visas, surveys, content."""

from __future__ import annotations

from landbridge.brief.document import Bar, Bars, Block, Chart, Refusal, Section, Table
from landbridge.brief.sections.projects import quantities
from landbridge.brief.setting import Setting, name, said_by, words
from landbridge.brief.text import Date, Part
from landbridge.ledger import Record, Statement
from landbridge.provenance import Figure, Status
from landbridge.registers.people_words import counted


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
    bars = _students(setting, records)
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
    blocks.append(quantities(setting, records, say("Every figure held on people"), "people", counted=counted))
    rules: list[tuple[Part | None, ...]] = []
    for record in records:
        if record.text("form") not in ("visa", "flights", "tourism"):
            continue
        for statement in record.all("regime"):
            span = "/".join(
                filter(None, (statement.valid_from, statement.valid_to or (statement.valid_from and "..")))
            )
            valid = Date(span) if span else None
            now = _standing(setting, statement)
            rules.append((name(record), words(statement), valid, now, said_by(setting, statement)))
    if rules:
        blocks.append(
            Table(
                "regimes",
                say("Rules of travel"),
                (say("What"), say("Rule"), say("Valid"), say("Now"), say("Who says so")),
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


def _students(setting: Setting, records: tuple[Record, ...]) -> list[Bar]:
    """The newest count of students in each direction, the widest of equals; parts of a count are left out."""
    held: dict[tuple[str, ...], Figure] = {}
    for record in records:
        if record.text("form") != "students":
            continue
        for statement in record.quantities("number"):
            figure = record.figure(statement)
            best = held.get(record.parties)
            if figure.unit == "persons" and (
                best is None or (figure.period[:4], figure.point) > (best.period[:4], best.point)
            ):
                held[record.parties] = figure
    return [
        Bar(
            setting.say(
                "from {origin} in {country}, {when}",
                origin=setting.place(parties[0]),
                country=setting.place(parties[1]),
                when=Date(figure.period),
            ),
            figure,
        )
        for parties, figure in held.items()
        if len(parties) == 2 and figure.period
    ]


def _standing(setting: Setting, statement: Statement) -> Part:
    """Whether a rule holds on the date of the brief, as far as its source says."""
    say, today = setting.say, setting.data.as_of
    if statement.status is Status.FORECAST:
        return say("expected, not confirmed")
    if statement.valid_to and statement.valid_to < today[: len(statement.valid_to)]:
        return say("ended, unless prolonged")
    if statement.valid_from and statement.valid_from > today[: len(statement.valid_from)]:
        return say("not yet")
    return say("as stated")
