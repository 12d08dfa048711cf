"""New statements into the ledger of a workspace: added or put in the place of others, never changed.

A write waits for its turn, looks at the ledger as it then stands, and goes to disk in one transaction: it is there whole, or
not at all. What was acknowledged is on disk. What others added meanwhile is seen, so that two people cannot both replace
the same statement without knowing of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from landbridge.errors import BadFile, BadUsage, Problem, UnknownLabel
from landbridge.ledger import Ledger, LedgerFile, Record, Statement, schema
from landbridge.ledger.admitting import examine
from landbridge.ledger.soundness import oddities
from landbridge.provenance import Source
from landbridge.registers.entries import Form, Origin, Value, file_of, incomplete, keys_of, read_values
from landbridge.registers.naming import name_of
from landbridge.registers.nouns import KINDS
from landbridge.registers.turns import turn
from landbridge.release.data import Data
from landbridge.release.own_ledger import beside_held, broken_by
from landbridge.release.workspace import Workspace
from landbridge.sources.guard import all_there

_REASON = "Replaced because: "
# What belongs to the thing said and stays with it; what belongs to how one source said it stays with that source.
_OF_THING = ("unit", "period", "valid_from", "valid_to")
_OF_SOURCE = ("as_of", "speaker", "locator", "comparator")
_KEYS = {"valid_from": "from", "valid_to": "to"}
_TYPED = {"as_of": "said_on", "speaker": "speaker", "locator": "locator"}
_NO_ORIGIN = Origin()


@dataclass(frozen=True, slots=True)
class Report:
    """What a write did: the statements asked for, which of them were new, and what the user should know."""

    statements: tuple[Statement, ...]
    new: frozenset[str]
    notes: tuple[str, ...] = ()

    @property
    def added(self) -> int:
        """How many statements were new."""
        return len(self.new)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One row for each statement."""
        return tuple(
            {
                "record": item.subject,
                "property": item.property,
                "value": item.text or item.number,
                "low": item.low,
                "high": item.high,
                "unit": item.unit or None,
                "period": item.period or None,
                "status": item.status.value,
                "source": item.source,
                "recorded": item.recorded,
                "supersedes": item.supersedes or None,
                "new": item.id in self.new,
                "id": item.id,
            }
            for item in self.statements
        )


def add(workspace: Workspace, data: Data, form: Form, *, recorded: str = "") -> Report:
    """Add what a form says of one record, new or known.

    `data` is what is held, the workspace included; `recorded` the day of entry, today if not given. Raises `BadFile` with
    everything that is wrong; nothing is written then. A second value of a property that has one, such as the level of a
    tie, is refused too unless the form says that it may stand beside the first: everybody who reads the record sees it. So
    is a name for a record that goes by the places it joins.
    """
    known = next((r for r in data.ledger.records(form.kind) if r.subject == form.subject), None)
    properties = {item.property for item in known.statements} if known else set()
    made = file_of(form, data.names, data.ledger.sources, recorded or _today(), properties)
    told = (f"{form.subject} is {'known' if known else 'new'}.",)
    clashes = _otherwise(known, made.statements) if known else []
    if not form.beside and clashes:
        raise BadFile(clashes)
    return _write(workspace, data, lambda _: made, (*told, *beside_held(data.ledger, made.statements)))


def _otherwise(known: Record, statements: Sequence[Statement]) -> list[Problem]:
    """A problem for each new value of a property that has one value, which is another."""
    told = []
    for item in statements:
        first = known.first(item.property)
        computed = name_of(known)
        if first is None and item.property == "name" and item.text != computed:
            what = f"{known.subject} has no name of its own and goes by {computed}; another would stand for it everywhere."
            remedy = "If sources call it so, repeat this with --beside."
            told.append(Problem(what, f"--set name={item.text}", remedy=remedy))
        if first is None or schema.kind(known.kind).property(item.property).many or known.says(item):
            continue
        remedy = (
            f"If that is wrong, replace it: `landbridge {_noun(first)} supersede {first.id} --value ... --reason ...`. "
            "If sources differ and both are to stand, repeat this with --beside."
        )
        what = f"{item.property} of {known.subject} is held as {_value(first)} ({first.source}, {first.id})."
        told.append(Problem(what, f"--set {item.property}={_value(item)}", remedy=remedy))
    return told


def add_files(
    workspace: Workspace, data: Data, kind: str, files: Sequence[Path], *, recorded: str = ""
) -> Report:
    """Add the entries of ledger files on one kind of record, all of them or none.

    Their statements count as recorded on the day of entry, whatever the files say: what was known by an earlier date
    does not change afterwards. Raises `BadFile` with the problems of all files.
    """
    all_there(files)
    day = recorded or _today()
    looked = examine(files, data.names, data.ledger, today=day)
    problems = [*looked.problems]
    statements: list[Statement] = []
    sources: list[Source] = []
    earlier = set()
    for path, found in looked.found:
        problems += _foreign(found, kind, path.name)
        earlier |= {item.recorded for item in found.statements} - {day}
        statements += [replace(item, recorded=day) for item in found.statements]
        sources += found.sources
    if problems:
        raise BadFile(problems)
    dated = f"Recorded as of {day}, the day of entry; the files say {', '.join(sorted(earlier))}."
    made = LedgerFile(tuple(statements), tuple(sources))
    notes = (*((dated,) if earlier else ()), *beside_held(data.ledger, statements))
    return _write(workspace, data, lambda _: made, notes)


def supersede(
    workspace: Workspace,
    data: Data,
    statement_id: str,
    *,
    value: str,
    by: str,
    source: str,
    reason: str,
    kind: str = "",
    origin: Origin = _NO_ORIGIN,
    locator: str = "",
    speaker: str = "",
    status: str = "",
    said_on: str = "",
    recorded: str = "",
) -> Report:
    """Put a new statement in the place of another; the old one stays in the ledger, as superseded.

    `value` is what holds instead, as in `entries`. Unit, period and time of validity are kept unless given anew; the
    speaker, place, date and hedge of the source only where it is the same source. The reason is kept in the note.
    Raises `UnknownLabel` for an unknown statement, `BadUsage` for one of another `kind` or one that is superseded
    already, and `BadFile` with everything else that is wrong.
    """

    def made(held: Ledger) -> LedgerFile:
        old = _replaceable(held, statement_id, kind)
        form = Form(
            *(old.kind, old.subject, (f"{old.property}={value}",), by, source, origin),
            *(locator, speaker, status or (old.status.value if source == old.source else ""), said_on),
        )
        file = _replacement(form, old, value, reason, data, held, max(recorded or _today(), old.recorded))
        (new,) = file.statements
        newer = _newest(held, old)
        if newer.id not in (old.id, new.id):
            raise BadUsage(
                f"{old.id} was superseded already, by {newer.id} ({newer.recorder}, {newer.recorded}): "
                f"{_value(newer)}.",
                remedy=f"Look at `landbridge {_noun(old)} show {old.subject}`, then supersede {newer.id} if it is wrong.",
            )
        return file

    return _write(workspace, data, made, (f"{statement_id} stays in the ledger, as superseded.",))


def _replacement(
    form: Form, old: Statement, value: str, reason: str, data: Data, held: Ledger, recorded: str
) -> LedgerFile:
    """The statement that takes the place of another, with everything that is wrong found at once."""
    problems: list[Problem] = []
    if not form.source and not form.origin.publisher:
        remedy = f"The old statement cites {old.source}; write --source {old.source} if it is that one again."
        problems.append(Problem("nothing says who says so.", "--source", remedy=remedy))
        form = replace(form, source=old.source)
    if not reason.strip():
        problems.append(Problem("--reason is missing.", remedy="Say why the old statement does not hold."))
    if not value.strip():
        problems.append(Problem("--value is missing.", remedy="Say what holds instead."))
    problems += incomplete(form, held.sources)
    try:
        keys = keys_of(schema.kind(old.kind).property(old.property), value.strip()) if value.strip() else {}
        keys |= _kept(form, old, keys)
        note = str(keys.get("note") or old.note.partition(_REASON)[0].rstrip("; "))
        told = " ".join(reason.split())
        keys |= {"note": "; ".join(filter(None, (note, _REASON + told))), "supersedes": old.id}
        typed = [Value("--value", old.property, keys)] if value.strip() else []
        made = read_values(form, typed, data.names, recorded)
    except BadFile as error:
        problems += [replace(item, where=item.where or "--value") for item in error.problems]
    if problems:
        raise BadFile(problems)
    slots = ("note", "supersedes")
    if _without(made.statements[0], slots) == _without(old, slots):
        raise BadFile("the new statement says what the old one says; nothing was added.", where=old.id)
    return made


def _kept(form: Form, old: Statement, keys: Mapping[str, Any]) -> dict[str, Any]:
    """What the new statement takes over from the old one, by key."""
    same = form.source == old.source and not form.origin.publisher
    return {
        _KEYS.get(name, name): getattr(old, name)
        for name in (*_OF_THING, *(_OF_SOURCE if same else ()))
        if getattr(old, name)
        and _KEYS.get(name, name) not in keys
        and not (name in _TYPED and getattr(form, _TYPED[name]))
    }


def _without(statement: Statement, slots: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in statement.content().items() if name not in slots}


def _replaceable(held: Ledger, statement_id: str, kind: str) -> Statement:
    """The statement of that id, if a register may replace it."""
    old = held.statement(statement_id)
    if old is None:
        valid = [item.id for item in held.history if not kind or item.kind == kind]
        remedy = "`show ID` of the register lists the statements of a record with their ids."
        raise UnknownLabel("statement", statement_id, valid, remedy=remedy)
    if old.kind == "claim":
        raise BadUsage(
            f"{old.id} is a claim of a text.",
            remedy="Claims are decided about with `landbridge claims review`.",
        )
    if kind and old.kind != kind:
        remedy = f"Use `landbridge {_noun(old)} supersede`." if old.kind in KINDS else "No register keeps it."
        raise BadUsage(f"{old.id} speaks of {old.subject}, which is of the kind {old.kind}.", remedy=remedy)
    return old


def _newest(held: Ledger, old: Statement) -> Statement:
    """What stands in the place of a statement now: itself, or the last of those that replaced it in turn."""
    by = {item.supersedes: item for item in held.history if item.supersedes}
    while (newer := by.get(old.id)) is not None:
        old = newer
    return old


def _noun(statement: Statement) -> str:
    found = KINDS.get(statement.kind)
    return found.noun if found else statement.kind


def _value(statement: Statement) -> str:
    if statement.text:
        return statement.text
    number = statement.number
    shown = f"{statement.low:g} to {statement.high:g}" if number is None else f"{number:g}"
    return f"{shown} {statement.unit}".strip()


def _foreign(found: LedgerFile, kind: str, name: str) -> list[Problem]:
    others = dict.fromkeys((item.kind, item.subject) for item in found.statements if item.kind != kind)
    return [
        Problem(
            f"{subject} is of the kind {other}, not {kind}.",
            name,
            remedy=f"Use `landbridge {KINDS[other].noun} add`."
            if other in KINDS
            else "Use `landbridge load ledger`.",
        )
        for other, subject in others
    ]


def _write(
    workspace: Workspace, data: Data, make: Callable[[Ledger], LedgerFile], notes: tuple[str, ...]
) -> Report:
    """Append what `make` makes of the ledger as it stands when this writer's turn has come."""
    if data.valid_on or data.recorded_by != "9999":
        raise BadUsage("a ledger narrowed to a date cannot be added to.", remedy="Open it without a date.")
    base = data.ledger
    if not workspace.exists:
        # What is refused leaves no empty workspace behind.
        _sound(base, make)
    with turn(workspace.folder) as store:
        own = store.statements()
        held = Ledger([*base.history, *own], {**base.sources, **store.sources()})
        file = _sound(held, make)
        known = {item.id for item in held.history}
        whole = Ledger([*held.history, *file.statements], {**held.sources, **{s.id: s for s in file.sources}})
        usual = {*oddities(held)}
        odd = tuple(f"odd: {what}" for what in oddities(whole) if what not in usual)
        store.append(file.statements, file.sources)
    unique = tuple({item.id: item for item in file.statements}.values())
    new = frozenset(item.id for item in unique) - known
    replaced = {item.supersedes for item in held.history if item.supersedes}
    gone = [item.id for item in unique if item.id in replaced]
    told = [f"{name} was held before and has been superseded since; it stays superseded." for name in gone]
    told += ["Nothing was new: all of it was held already."] if not new else []
    return Report(unique, new, (*notes, *odd, *told))


def _sound(held: Ledger, make: Callable[[Ledger], LedgerFile]) -> LedgerFile:
    """What `make` makes of a ledger; raises `BadFile` where it does not fit into it."""
    file = make(held)
    if problems := _inconsistent(held, file):
        raise BadFile(problems)
    return file


def _inconsistent(held: Ledger, file: LedgerFile) -> list[Problem]:
    """What new statements and sources break that was whole before."""
    brought = {source.id: source for source in file.sources}
    problems = [
        Problem(
            f"source {name} is already held with other content.", remedy="Give your source an id of its own."
        )
        for name, source in brought.items()
        if held.sources.get(name, source) != source
    ]
    by = {item.supersedes: item.id for item in held.history if item.supersedes}
    for item in file.statements:
        old = held.statement(item.supersedes) if item.supersedes else None
        if old is not None and (old.subject, old.property) != (item.subject, item.property):
            told = f"{item.subject}, {item.property}: supersedes {old.id}, which is about {old.subject}, {old.property}."
            problems.append(Problem(told))
        if by.get(item.supersedes, item.id) != item.id:
            newer = by[item.supersedes]
            told = f"{item.subject}, {item.property}: {item.supersedes} was superseded already, by {newer}."
            problems.append(Problem(told, remedy=f"Supersede {newer} if it is wrong."))
    return problems + [Problem(what) for what in broken_by(held, file.statements, brought)]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
