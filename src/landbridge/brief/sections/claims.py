"""What the source articles assert, shown as their speakers' words, beside what the statistics say."""

from __future__ import annotations

import re

from landbridge import codes
from landbridge.brief.document import Block, Refusal, Section, Table
from landbridge.brief.sections import checked
from landbridge.brief.setting import Setting, said_by
from landbridge.brief.text import Code, Date, Label, Name, Part, Sentence
from landbridge.ledger import Record, Statement
from landbridge.provenance import Figure

_SLOT = re.compile(r"(\{value\}|\{period\})")


def section(setting: Setting) -> Section:
    """The claims that concern the two sides, by system of cooperation."""
    say = setting.say
    claims = concerning(setting)
    title = say("What the source articles claim")
    if not claims:
        return Section(
            "claims",
            title,
            (Refusal(say("Claims about this pair."), say("No article in the ledger speaks of it.")),),
        )
    judged = checked.check(setting, claims)
    outcomes = {statement.id: verdict for statement, verdict in judged.verdicts}
    rows: list[tuple[Part | None, ...]] = []
    for statement in claims:
        number = int(statement.detail["system"])
        period = statement.period or statement.detail.get("period_inferred", "")
        rows.append(
            (
                Label(codes.system(number).name, f"system {number}"),
                asserted(setting, statement),
                Date(period) if period else None,
                told_by(setting, statement),
                beside(setting, statement)
                or (checked.outcome(setting, outcomes[statement.id]) if statement.id in outcomes else None),
            )
        )
    blocks: list[Block] = [
        *checked.blocks(setting, judged, asserted, told_by),
        Table(
            "claims",
            say("Asserted by the texts, in our words"),
            (say("System"), say("Claim"), say("About"), say("Who says so"), say("What the statistics say")),
            tuple(rows),
            note=say(
                "The articles argue for cooperation, and their figures stand here as claims of their speakers. A target, "
                "project or document that only an article names appears above with the status claimed. Where the last cell "
                "has no figure, it holds the verdict; not checkable means that no series held measures the claim."
            ),
            fold=True,
        ),
    ]
    return Section("claims", title, tuple(blocks))


def concerning(setting: Setting) -> list[Statement]:
    """The claims whose parties touch the two sides, ordered by system."""
    found = [record.statements[0] for record in setting.nations.between("claim")]
    return sorted(found, key=lambda item: (int(item.detail["system"]), item.source, item.start or 0))


def asserted(setting: Setting, statement: Statement) -> Part:
    """A claim in our words, its number as a figure and its period as a date."""
    record = Record(statement.subject, "claim", (statement,), setting.ledger.sources)
    label = statement.detail["indicator"].replace("_", " ")
    pieces: list[Part] = []
    for piece in _SLOT.split(statement.text):
        if piece == "{value}":
            pieces.append(statement.figure(f"Claim: {label}", record.sources))
        elif piece == "{period}":
            pieces.append(Date(statement.period or statement.detail.get("period_inferred", "")))
        elif piece:
            pieces.append(Name(piece, statement.id))
    slots = {f"part_{chr(97 + position)}": piece for position, piece in enumerate(pieces)}
    return Sentence("".join(f"{{{slot}}}" for slot in slots), tuple(slots.items()))


def told_by(setting: Setting, statement: Statement) -> Part:
    """Who says so; for a document read in the workspace its file and title, and who accepted the claim."""
    if checked.accepted(setting, statement) is None:
        return said_by(setting, statement)
    say = setting.say
    source, reviewer = checked.document(setting, statement.source), Name(statement.recorder, statement.id)
    if not statement.speaker:
        return say("{document}; accepted by {reviewer}", document=source, reviewer=reviewer)
    return say(
        "{speaker}, in {document}; accepted by {reviewer}",
        speaker=Name(statement.speaker, statement.id),
        document=source,
        reviewer=reviewer,
    )


def beside(setting: Setting, statement: Statement) -> Part | None:
    """What the published totals say of the same quantity and year, by each reporter."""
    wanted = statement.detail.get("beside", "").split()
    if len(wanted) != 4:
        return None
    measure, first, second, year = wanted
    totals = setting.data.totals
    by = (
        totals.turnover_by_reporter(first, second)
        if measure == "turnover"
        else totals.flow_by_reporter(first, second)
    )
    found: list[Part] = [
        setting.say("{figure} by {who}", figure=years[year], who=setting.reporter(reporter))
        for reporter, years in by.items()
        if year in years and isinstance(years[year], Figure)
    ]
    return tuple(found) if found else setting.say("no count of {year} is held", year=Code(year))
