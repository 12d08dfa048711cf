"""Which regime applies between two places on a date: blocs, unions and agreements in force, and those that are not.

An initiative binds nobody by treaty: two that stand in it take part. Where no source dates the beginning of a membership,
nothing is claimed of any day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from landbridge import codes
from landbridge.codes import Place
from landbridge.ledger import Record, Statement
from landbridge.provenance import Citation, Source, Status
from landbridge.registers.membership import once, require_two_countries
from landbridge.registers.moments import day, span
from landbridge.release.data import Data
from landbridge.release.observations import Membership

FORMS = ("bloc", "union", "agreement-area", "initiative")
State = Literal["in force", "taking part", "no date held", "not yet", "one side only", "over"]
ORDER: tuple[State, ...] = ("in force", "taking part", "no date held", "not yet", "one side only", "over")
_NO_SOURCE = "from general knowledge, no source is held"


@dataclass(frozen=True, slots=True)
class Regime:
    """One bloc or agreement and whether it binds two countries to each other on a date.

    `since` is the later of both beginnings, `until` the earlier of both ends; `since_a` and `since_b` are empty where no
    date is stated or the place is no member. `statements` are those of the ledger; `sources` say so in either; `cell` names
    the row of the table of agreements that does.
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
    cell: str = ""

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
            "cited": "; ".join(str(Citation(source)) for source in self.sources) or None,
            "cell": self.cell or None,
            "ids": " ".join(statement.id for statement in self.statements) or None,
        }


def regime(data: Data, a: str, b: str, on: str) -> tuple[Regime, ...]:
    """The blocs and agreements between the countries of two places, those in force on a date first, then by name.

    Those of which both were, are or will be members are listed with their dates; of blocs and initiatives of the ledger
    also those with one of the two alone. A bloc that both the ledger and the table of agreements hold is one row: of two
    dates one of which lies within the other the finer counts. It is two rows where the dates contradict each other.
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
        elif (one := _finer(twin, item, on)) is not None:
            found[found.index(twin)] = one
        else:
            found.append(item)
    return tuple(sorted(found, key=lambda item: (ORDER.index(item.state), item.name, item.subject)))


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
        table.cell,
    )


def _finer(table: Regime, ledger: Regime, on: str) -> Regime | None:
    """One row out of two that differ only because one of them dates a beginning more coarsely; None where they do not."""
    if "one side only" in (table.state, ledger.state):
        return None
    begins, coarse = [], []
    for place, ours, theirs in (
        (table.a, table.since_a, ledger.since_a),
        (table.b, table.since_b, ledger.since_b),
    ):
        finer, other = sorted((ours, theirs), key=len, reverse=True)
        if not finer.startswith(other):
            return None
        begins.append(finer)
        if other and other != finer:
            by = "the table of agreements" if other == ours else "the ledger"
            coarse.append(f"{codes.place(place).name}: {by} dates only {other}, the finer date counts")
    until = table.until or ledger.until
    one = _joined(table, ledger)
    return replace(
        one,
        since_a=begins[0],
        since_b=begins[1],
        until=until,
        state=_on(begins, until, on, ledger.form),
        note="; ".join(filter(None, dict.fromkeys((one.note, *coarse)))),
        sources=tuple({source.id: source for source in (*ledger.sources, *table.sources)}.values()),
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
        state: State = "in force" if agreement in in_force else _on((ours.begins, theirs.begins), until, on)
        unsourced = not (ours.source or theirs.source)
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
            "; ".join(filter(None, dict.fromkeys((ours.note, theirs.note, _NO_SOURCE if unsourced else "")))),
            tuple(data.sources[name] for name in dict.fromkeys((ours.source, theirs.source)) if name),
            (),
            f"agreements.csv, {agreement}: {one} and {other}",
        )


def _on(begins: Iterable[str], until: str, on: str, form: str = "") -> State:
    """The state between two members on a date, by their beginnings and the end; without a beginning nothing is claimed."""
    end, asked = span(until), span(on)
    assert asked is not None
    if end and end.last and end.last < asked.first:
        return "over"
    starts = [span(moment) for moment in begins]
    dated = [start.first for start in starts if start is not None]
    if asked.last is not None and any(start > asked.last for start in dated):
        return "not yet"
    if len(dated) < len(starts):
        return "no date held"
    return "taking part" if form == "initiative" else "in force"


def _of_ledger(data: Data, pair: tuple[Place, Place], on: str) -> Iterator[Regime]:
    """The blocs, unions and initiatives of the ledger with one or both of the countries."""
    for record in data.ledger.records("mechanism"):
        if record.text("form") in FORMS:
            ever = (_belonging(record, pair[0]), _belonging(record, pair[1]))
            if ever[0] is not None or ever[1] is not None:
                yield _seen(data, record, pair, ever, on)


def _seen(
    data: Data,
    record: Record,
    pair: tuple[Place, Place],
    ever: tuple[Statement | None, Statement | None],
    on: str,
) -> Regime:
    said = [item for item in ever if item is not None]
    own, form = record.text("since"), record.text("form")
    begins = ["" if item is None else item.valid_from or own for item in ever]
    until = min(filter(None, (record.text("until"), *(item.valid_to for item in said))), default="")
    state: State = "one side only" if len(said) < 2 else _on(begins, until, on, form)
    notes = [item.note for item in said]
    notes += ["an initiative: it binds nobody by treaty"] if form == "initiative" else []
    undated = [
        place.name for place, item, moment in zip(pair, ever, begins, strict=True) if item and not moment
    ]
    if undated and len(said) > 1:
        notes.append(
            f"since when {' and '.join(undated)} {'belong' if len(undated) > 1 else 'belongs'} is not held"
        )
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
