"""Barriers, settlement and proposed measures, with who said so."""

from __future__ import annotations

from landbridge.brief.document import Block, Refusal, Section, Table
from landbridge.brief.sections.projects import quantities
from landbridge.brief.setting import Setting, coded, name, remark, said_by, who_says, words
from landbridge.brief.text import Date, Part, Sentence
from landbridge.ledger import Record


def section(setting: Setting) -> Section:
    """What is said to stand in the way, how trade is paid, and what is proposed."""
    say = setting.say
    blocks: list[Block] = []
    for kind, title, sheet in (
        ("barrier", say("Obstacles, with who said so"), "barriers"),
        ("measure", say("Proposed measures, with who said so"), "measures"),
    ):
        records = setting.obstacles() if kind == "barrier" else setting.nations.between(kind)
        if records:
            blocks.append(_table(setting, records, title, sheet))
        else:
            blocks.append(Refusal(title, say("The ledger holds none for this pair.")))
    settlement = setting.nations.between("settlement")
    if settlement:
        blocks.append(quantities(setting, settlement, say("How trade is paid"), "settlement"))
        happened = _happened(setting, settlement)
        if happened is not None:
            blocks.append(happened)
    else:
        blocks.append(Refusal(say("How trade is paid."), say("The ledger holds nothing for this pair.")))
    blocks.append(
        Refusal(
            say("What each obstacle costs, and what removing it is worth."),
            say("Most sources name obstacles without a size; where one is given it is in the table."),
            say("Those with a defensible cost are ranked in the section on the bottleneck."),
        )
    )
    return Section("barriers", say("Barriers, payment and proposed measures"), tuple(blocks))


def _table(setting: Setting, records: tuple[Record, ...], title: Sentence, sheet: str) -> Table:
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    for record in records:
        sizes: list[Part] = [
            say("{figure} ({note})", figure=record.figure(statement), note=note)
            if (note := remark(statement))
            else record.figure(statement)
            for statement in record.quantities("size", "effect")
        ]
        since, until = record.text("since"), record.text("until")
        span = f"{since}/{until or '..'}" if since else until
        form = record.first("form")
        product = record.first("product") or record.first("addressee")
        rows.append(
            (
                name(record),
                coded(form) if form else None,
                words(product) if product else None,
                Date(span) if span else None,
                tuple(sizes) if sizes else None,
                who_says(setting, record),
            )
        )
    return Table(
        sheet,
        title,
        (
            say("What"),
            say("Sort"),
            say("Concerns"),
            say("Valid"),
            say("Size or effect stated"),
            say("Who says so"),
        ),
        tuple(rows),
        fold=len(rows) > 10,
    )


def _happened(setting: Setting, records: tuple[Record, ...]) -> Table | None:
    say = setting.say
    rows: list[tuple[Part | None, ...]] = [
        (
            name(record),
            Date(statement.period) if statement.period else None,
            words(statement),
            said_by(setting, statement),
        )
        for record in records
        for statement in record.all("happened")
    ]
    if not rows:
        return None
    return Table(
        "payment events",
        say("Dated happenings in payment"),
        (say("What"), say("When"), say("What happened"), say("Who says so")),
        tuple(rows),
    )
