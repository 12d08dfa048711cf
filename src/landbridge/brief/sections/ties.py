"""Ties: mechanisms, twinned regions, documents and events."""

from __future__ import annotations

from collections.abc import Iterable

from landbridge.brief.document import Block, Chart, Happening, Paragraph, Refusal, Section, Table, Timeline
from landbridge.brief.setting import (
    Setting,
    dated,
    name,
    property_name,
    remark,
    when,
    who_says,
    words,
)
from landbridge.brief.text import Date, Name, Part, Sentence
from landbridge.ledger import Record
from landbridge.provenance import Status
from landbridge.release.observations import Membership

_OLDEST = "1990"
_BEGINNINGS = ("since", "signed", "date", "in_force")


def section(setting: Setting) -> Section:
    """What binds the two countries, and anything in them, apart from goods."""
    setting = setting.nations
    say = setting.say
    blocks: list[Block] = []
    groups = (
        (("mechanism",), say("Mechanisms"), "mechanisms"),
        (("twinning",), say("Twinned regions and cities"), "twins"),
        (("document",), say("Documents"), "documents"),
        (("event",), say("Events and visits"), "events"),
    )
    for kinds, title, sheet in groups:
        records = setting.between(*kinds)
        if records:
            blocks.append(table(setting, records, title, sheet))
        else:
            blocks.append(Refusal(title, say("The ledger holds none for this pair.")))
    agreements = _agreements(setting)
    timeline = _timeline(setting)
    lead: list[Block] = [Paragraph((agreements,))]
    if timeline is not None:
        lead.append(timeline)
    return Section("ties", say("Ties: mechanisms, twins, documents, events"), tuple(lead + blocks))


def _agreements(setting: Setting) -> Sentence:
    """Trade agreements and blocs that bind the two countries with each other, as the membership table has them."""
    say = setting.say
    year = setting.data.as_of[:4]
    held = setting.data.agreements.in_force(setting.nation_a.code, setting.nation_b.code, year)
    if not held:
        return say(
            "The membership table of this release shows no trade agreement or bloc to which both belong in {year}.",
            year=Date(year),
        )
    return say(
        "In force between the two in {year}: {blocs}.",
        blocs=tuple(_bloc(setting, *pair) for pair in held),
        year=Date(year),
    )


def _bloc(setting: Setting, ours: Membership, theirs: Membership) -> Part:
    say = setting.say
    named = Name(ours.name, f"agreement/{ours.agreement}")
    remarks: list[Part] = []
    if Status.ASSUMED in (ours.status, theirs.status):
        remarks.append(say("from general knowledge, without a source"))
    if "suspended" in ours.note and "suspended" in theirs.note:
        remarks.append(say("suspended between the two"))
    return say("{bloc} ({remarks})", bloc=named, remarks=tuple(remarks)) if remarks else named


def _span(setting: Setting, record: Record) -> Part | None:
    """When the record began for these two: the later accession of a bloc, else its beginning or its own date."""
    joined = _joined(setting, record)
    if joined:
        return Date(joined)
    for prop in _BEGINNINGS:
        statement = record.first(prop)
        if statement is not None:
            return dated(setting, statement)
    return None


def _joined(setting: Setting, record: Record) -> str:
    """When the later of the two countries became a member, where the ledger dates both memberships."""
    nations = {setting.nation_a.code, setting.nation_b.code}
    since = {s.text: s.valid_from for s in record.all("member") if s.text in nations and s.valid_from}
    return max(since.values()) if since.keys() == nations else ""


def _detail(setting: Setting, record: Record) -> Part | None:
    """What the ledger says beyond name, parties and date: in words, with figures."""
    say = setting.say
    pieces: list[Part] = [say("intended, not signed")] if record.intended else []
    for prop, label in (
        ("meeting", say("meeting")),
        ("subject", say("about")),
        ("in_force", say("in force")),
        ("expires", say("until")),
        ("until", say("until")),
        ("active", say("sign of life")),
        ("result", say("result")),
        ("outcome", say("outcome")),
        ("place", say("held in")),
    ):
        for statement in record.all(prop):
            if (
                "/" in statement.text
                and not statement.text.endswith("..")
                and prop in ("in_force", "expires")
            ):
                # A span here is a day that is not known exactly, not a time of validity.
                pieces.append(say("{what} on a day within {date}", what=label, date=Date(statement.text)))
            elif prop in ("in_force", "expires", "until"):
                pieces.append(say("{what} {date}", what=label, date=Date(statement.text)))
            elif statement.period:
                pieces.append(
                    say(
                        "{what} {date}: {words}",
                        what=label,
                        date=Date(statement.period),
                        words=words(statement),
                    )
                )
            else:
                pieces.append(say("{what}: {words}", what=label, words=words(statement)))
    for statement in record.quantities():
        figure, date, note = record.figure(statement), when(statement), remark(statement)
        about: list[Part] = [part for part in (date, note) if part is not None]
        what = property_name(statement)
        if about:
            pieces.append(say("{what} {figure} ({about})", what=what, figure=figure, about=tuple(about)))
        else:
            pieces.append(say("{what} {figure}", what=what, figure=figure))
    return tuple(pieces) if pieces else None


def table(setting: Setting, records: Iterable[Record], title: Sentence, sheet: str) -> Table:
    """Records one a row: name, parties, date, what is known, who says so."""
    say = setting.say
    rows: list[tuple[Part | None, ...]] = []
    for record in sorted(records, key=lambda item: (_begins(item), item.subject), reverse=True):
        parties = tuple(setting.place(code) for code in dict.fromkeys(record.parties))
        rows.append(
            (
                name(record),
                parties,
                _span(setting, record),
                _detail(setting, record),
                who_says(setting, record),
            )
        )
    return Table(
        sheet,
        title,
        (say("What"), say("Parties"), say("Since or date"), say("What is known"), say("Who says so")),
        tuple(rows),
        fold=len(rows) > 6,
    )


def _begins(record: Record) -> str:
    """When the record began, or its own date, as written; empty where nothing is said."""
    return next((record.text(prop) for prop in _BEGINNINGS if record.text(prop)), "")


def _timeline(setting: Setting) -> Chart | None:
    say = setting.say
    lanes = (
        (("mechanism",), say("mechanisms")),
        (("twinning",), say("twins")),
        (("document",), say("documents")),
        (("event",), say("events")),
    )
    happenings = [
        Happening(Date(begins), name(record), lane)
        for kinds, lane in lanes
        for record in setting.between(*kinds)
        if (begins := _joined(setting, record) or _begins(record)) >= _OLDEST and record.standing
    ]
    if len(happenings) < 3:
        return None
    happenings.sort(key=lambda item: item.date.period)
    return Chart(
        "ties",
        say("Dated ties"),
        say(
            "Each dot is a start, a signature or an event; a thin lane is a thin record, not proof of idleness."
        ),
        say("Timeline of mechanisms, twinned regions, documents and events in the ledger, one dot each."),
        Timeline(tuple(happenings)),
    )
