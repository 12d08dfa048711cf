"""Which regime applies between two places on a date: blocs, unions and agreements in force, and those that are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from landbridge import codes
from landbridge.codes import Place
from landbridge.ledger import Record, Statement
from landbridge.provenance import Source, Status
from landbridge.registers.membership import once, require_two_countries
from landbridge.registers.moments import day, span
from landbridge.release.data import Data
from landbridge.release.observations import Membership

FORMS = ("bloc", "union", "agreement-area", "initiative")
State = Literal["in force", "not yet", "over", "one side only"]
_ORDER: tuple[State, ...] = ("in force", "not yet", "one side only", "over")


@dataclass(frozen=True, slots=True)
class Regime:
    """One bloc or agreement and whether it binds two countries to each other on a date.

    `since` is the later of both beginnings, `until` the earlier of both ends; `since_a` and `since_b` are empty where no
    date is stated or the place is no member. `statements` are those of the ledger; `sources` say so in either.
    """

    subject: str
    name: str
    form: str
    state: State
    a: str
    b: str
    since_a: str
    since_b: str
    until: str
    status: Status
    note: str
    sources: tuple[Source, ...]
    statements: tuple[Statement, ...]

    @property
    def since(self) -> str:
        """The later beginning."""
        return max(self.since_a, self.since_b)

    def row(self) -> dict[str, Any]:
        """Plain columns; the ids lead to the statements, where the ledger has any."""
        return {
            "regime": self.subject,
            "name": self.name,
            "form": self.form,
            "state": self.state,
            "since": self.since or None,
            "until": self.until or None,
            "a": self.a,
            "since_a": self.since_a or None,
            "b": self.b,
            "since_b": self.since_b or None,
            "status": self.status.value,
            "note": self.note or None,
            "sources": "; ".join(source.id for source in self.sources) or None,
            "ids": " ".join(statement.id for statement in self.statements) or None,
        }


def regime(data: Data, a: str, b: str, on: str) -> tuple[Regime, ...]:
    """The blocs and agreements between the countries of two places, those in force on a date first, then by name.

    Those of which both were, are or will be members are listed with their dates; of blocs and initiatives of the ledger
    also those with one of the two alone. A bloc that both the ledger and the table of agreements hold is one row, unless
    they differ on whether it is in force.
    """
    here, there = codes.place(a), codes.place(b)
    require_two_countries(here, there)
    day(on)
    pair = (codes.place(here.country), codes.place(there.country))
    found = list(_of_table(data, pair, on))
    known = {item.subject.partition("/")[2]: item for item in found}
    for item in _of_ledger(data, pair, on):
        twin = known.get(item.subject.partition("/")[2])
        if twin is None:
            found.append(item)
        elif twin.state == item.state:
            # The ledger has the statements behind it, the table the form as trade economists name it.
            found[found.index(twin)] = _joined(twin, item)
        else:
            found.append(item)
    return tuple(sorted(found, key=lambda item: (_ORDER.index(item.state), item.name, item.subject)))


def _joined(table: Regime, ledger: Regime) -> Regime:
    return Regime(
        ledger.subject,
        ledger.name,
        table.form,
        ledger.state,
        ledger.a,
        ledger.b,
        ledger.since_a,
        ledger.since_b,
        ledger.until,
        ledger.status,
        "; ".join(filter(None, dict.fromkeys((table.note, ledger.note)))),
        table.sources,
        ledger.statements,
    )


def _of_table(data: Data, pair: tuple[Place, Place], on: str) -> Iterator[Regime]:
    """The agreements of the table to which both ever belonged, bound to each other."""
    one, other = pair[0].code, pair[1].code
    spells: dict[str, dict[str, list[Membership]]] = {}
    for item in data.agreements.memberships:
        if item.member in (one, other):
            spells.setdefault(item.agreement, {}).setdefault(item.member, []).append(item)
    in_force = {ours.agreement: (ours, theirs) for ours, theirs in data.agreements.in_force(one, other, on)}
    for agreement, members in spells.items():
        if len(members) < 2:
            continue
        bound = [
            (ours, theirs)
            for ours in members[one]
            for theirs in members[other]
            if not ours.side or ours.side != theirs.side
        ]
        if not bound:
            continue
        ours, theirs = in_force.get(agreement, bound[-1])
        until = min(filter(None, (ours.ends, theirs.ends)), default="")
        state: State = "in force" if agreement in in_force else _past(until, on)
        yield Regime(
            f"agreement/{agreement}",
            ours.name,
            ours.form,
            state,
            one,
            other,
            ours.begins,
            theirs.begins,
            until,
            max((ours.status, theirs.status), key=lambda status: status.rank),
            "; ".join(filter(None, dict.fromkeys((ours.note, theirs.note)))),
            tuple(data.sources[name] for name in dict.fromkeys((ours.source, theirs.source)) if name),
            (),
        )


def _past(until: str, on: str) -> State:
    """Whether something that does not hold on a date is over by then, or has yet to begin."""
    end, asked = span(until), span(on)
    return "over" if end and end.last and asked and end.last < asked.first else "not yet"


def _of_ledger(data: Data, pair: tuple[Place, Place], on: str) -> Iterator[Regime]:
    """The blocs, unions and initiatives of the ledger with one or both of the countries."""
    held = {record.subject: record for record in data.ledger.on(on).records("mechanism")}
    for record in data.ledger.records("mechanism"):
        if record.text("form") in FORMS:
            ever = (_belonging(record, pair[0]), _belonging(record, pair[1]))
            narrowed = held.get(record.subject)
            both = narrowed is not None and all(_belonging(narrowed, place) for place in pair)
            if ever[0] is not None or ever[1] is not None:
                yield _seen(data, record, pair, ever, both, on)


def _seen(
    data: Data,
    record: Record,
    pair: tuple[Place, Place],
    ever: tuple[Statement | None, Statement | None],
    both: bool,
    on: str,
) -> Regime:
    said = [item for item in ever if item is not None]
    own, form = record.text("since"), record.text("form")
    begins = ["" if item is None else item.valid_from or own for item in ever]
    until = min(filter(None, (record.text("until"), *(item.valid_to for item in said))), default="")
    state: State = "one side only" if len(said) < 2 else "in force" if both else _past(until, on)
    notes = [item.note for item in said]
    notes += ["an initiative: it binds nobody by treaty"] if form == "initiative" else []
    notes += [
        f"{place.name} is not among its members"
        for place, item in zip(pair, ever, strict=True)
        if item is None
    ]
    sources = data.ledger.sources
    return Regime(
        record.subject,
        record.name,
        form,
        state,
        pair[0].code,
        pair[1].code,
        begins[0],
        begins[1],
        until,
        max((item.status for item in said), key=lambda status: status.rank),
        "; ".join(filter(None, dict.fromkeys(notes))),
        tuple(sources[name] for name in dict.fromkeys(item.source for item in said) if name in sources),
        once(said),
    )


def _belonging(record: Record, place: Place) -> Statement | None:
    """What says that a country belongs: a statement of membership, else that it is a party without one."""
    stated = [said for said in record.all("member") if said.text == place.code]
    if stated:
        return stated[-1]
    parties = [said for said in record.all("parties") if place.code in said.places]
    # Where the members are listed, a party that is not among them does not belong yet.
    return parties[0] if parties and not record.all("member") else None
