"""Stages in the life of a document: which are known, which are not, and which a source should have shown by a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from landbridge.ledger import Record, Statement
from landbridge.provenance import Status
from landbridge.registers.before import began_before
from landbridge.registers.moments import Dated, after, counted, dated, day, in_words, on_or_in
from landbridge.registers.promises import happened

State = Literal["known", "ahead", "unknown", "overdue", "none"]

# A treaty between states waits for two parliaments or governments; two years are taken to be enough. Documents below that
# level, and memoranda at any, take effect with their signature as a rule, so that a missing date is no delay.
FORCE_YEARS = 2.0
_RATIFIED = ("treaty", "agreement", "protocol")
# Something should be done under a document, and be told by somebody, within two years of its signature.
ACTIVITY_YEARS = 2.0
_OLDER = "What a source names began before it, and is no sign of life of it"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: `known` (it happened), `ahead` (a day is set), `unknown` (nothing is said), `overdue` (by the rule in
    `why` a source should have shown it by now), `none` (the document has no such stage). `statements` say so.
    """

    name: str
    state: State
    period: str
    why: str
    statements: tuple[Statement, ...]

    @property
    def short(self) -> str:
        """The date of a stage that is known, else its state."""
        if self.state in ("known", "ahead") and self.period:
            return self.period if self.state == "known" else f"{self.period} (ahead)"
        return self.state

    def row(self) -> dict[str, str | None]:
        """Plain columns; the ids lead to the statements."""
        return {
            "stage": self.name,
            "state": self.state,
            "date": self.period or None,
            "why": self.why,
            "ids": " ".join(said.id for said in self.statements) or None,
        }


def stages(
    record: Record, under: Sequence[Statement], replaced_by: Sequence[Record], today: str
) -> tuple[Stage, ...]:
    """The five stages of a document on a day; `under` is what other records show as done under it."""
    now = day(today)
    signed = _signed(record, now)
    force = _in_force(record, signed, now)
    outcome = _outcome(record, today)
    activity = _activity(record, under, _begun(signed, force), outcome, today)
    if force.state == "overdue" and "known" in (activity.state, outcome.state):
        why = "No source held says when it entered into force, but something was done under it."
        force = Stage(force.name, "unknown", "", why, ())
    return (
        signed,
        force,
        activity,
        outcome,
        _expiry(record, replaced_by, now),
    )


def _signed(record: Record, now: date) -> Stage:
    found = _own(record, "signed")
    if record.intended:
        return Stage("signed", "none", "", "It is only wished or planned.", record.all("intended"))
    if not found:
        return Stage("signed", "unknown", "", "No source held gives the day of signature.", ())
    return _by_date("signed", found, now)


def _in_force(record: Record, signed: Stage, now: date) -> Stage:
    name = "in force"
    if record.intended:
        return Stage(name, "none", "", "It is not signed.", ())
    found = _own(record, "in_force")
    if found:
        return _by_date(name, found, now)
    needs = record.text("type") in _RATIFIED and record.text("level") in ("state", "world")
    begun = _day_of(signed)
    if not needs or begun is None:
        return Stage(name, "unknown", "", "No source held says when or whether it entered into force.", ())
    limit = after(begun, FORCE_YEARS)
    since = f"It was signed {on_or_in(signed.period)}; {counted(FORCE_YEARS)} are taken to be enough for such a document"
    if limit < now:
        return Stage(name, "overdue", "", f"{since}, and no source held says that it is in force.", ())
    return Stage(name, "unknown", "", f"{since}.", ())


def _activity(
    record: Record, under: Sequence[Statement], begun: date | None, outcome: Stage, today: str
) -> Stage:
    name, now = "activity", day(today)
    if record.intended:
        return Stage(name, "none", "", "It is not signed.", ())
    own = [
        said for said in record.all("activity") if happened(said, today) and not began_before(record, said)
    ]
    older = tuple(said for said in record.all("activity") if began_before(record, said))
    done = [*own, *(said for said in under if _begun_by(said, now))]
    if done:
        return Stage(name, "known", _latest(done), "Something was done under it.", tuple(done))
    if outcome.state == "known":
        return Stage(name, "unknown", "", "An outcome is named, but nothing on the way to it.", ())
    if begun is not None and after(begun, ACTIVITY_YEARS) < now:
        why = f"No source held names anything done under it, more than {counted(ACTIVITY_YEARS)} after it began."
        return Stage(name, "overdue", "", why, ())
    if older:
        return Stage(name, "unknown", "", f"{_OLDER} ({in_words(_latest(older))}).", older)
    return Stage(name, "unknown", "", "No source held names anything done under it.", ())


def _outcome(record: Record, today: str) -> Stage:
    name = "outcome"
    if record.intended:
        return Stage(name, "none", "", "It is not signed.", ())
    every = tuple(said for said in record.all("outcome") if happened(said, today))
    told = tuple(said for said in every if not began_before(record, said))
    if told:
        return Stage(name, "known", _latest(told), "A source says what came of it.", told)
    hoped = tuple(said for said in record.all("outcome") if said.status is Status.FORECAST)
    missed = tuple(
        said
        for said in (*record.all("obligation"), *hoped)
        if said.period and (when := dated(said)) and when.days.last and when.last < day(today)
    )
    if missed:
        latest = in_words(_latest(missed))
        why = f"A deadline has passed ({latest}), and no source held says what came of it."
        why += f" {_OLDER} ({in_words(_latest(every))})." if every else ""
        return Stage(name, "overdue", "", why, missed)
    if every:
        return Stage(name, "unknown", "", f"{_OLDER} ({in_words(_latest(every))}).", every)
    why = (
        "Somebody expects an outcome; no source held names one."
        if hoped
        else "No source held names an outcome."
    )
    return Stage(name, "unknown", "", why, hoped)


def _expiry(record: Record, replaced_by: Sequence[Record], now: date) -> Stage:
    name = "expiry"
    found = _own(record, "expires")
    if record.intended:
        return Stage(name, "none", "", "It is not signed.", ())
    if not found:
        return Stage(name, "unknown", "", "No source held says when it ends, or whether it does.", ())
    last = found[-1]
    said = tuple(item.statement for item in found)
    if replaced_by:
        return Stage(name, "known", last.period, f"Renewed by {replaced_by[0].name}.", said)
    if last.last >= now:
        return Stage(
            name, "ahead", last.period, f"It ends {on_or_in(last.period)} unless it is prolonged.", said
        )
    if last.statement.status is Status.FORECAST:
        why = f"It was to end {on_or_in(last.period)}; no source held says whether it did or was prolonged."
        return Stage(name, "overdue", last.period, why, said)
    return Stage(
        name, "known", last.period, f"It ended {on_or_in(last.period)}; no prolongation is held.", said
    )


def _by_date(name: str, found: Sequence[Dated], now: date) -> Stage:
    """A stage with dates: known once one has come that a source tells as done."""
    told = [item for item in found if item.first <= now and item.statement.status is not Status.FORECAST]
    if told:
        at = told[0]
        assumed = " (assumed, without a source)" if at.statement.status is Status.ASSUMED else ""
        why = f"{name.capitalize()} {on_or_in(at.period)}{assumed}."
        return Stage(name, "known", at.period, why, tuple(item.statement for item in told))
    last = found[-1]
    said = tuple(item.statement for item in found)
    if last.last >= now:
        return Stage(name, "ahead", last.period, f"Set for {in_words(last.period)}.", said)
    why = f"Expected for {in_words(last.period)}; no source held says that it happened."
    return Stage(name, "overdue", last.period, why, said)


def _own(record: Record, name: str) -> list[Dated]:
    """The dates that a property states, earliest first."""
    found = [item for said in record.all(name) if (item := dated(said, own=True)) is not None]
    return sorted(found, key=lambda item: (item.last, item.statement.id))


def _begun(signed: Stage, force: Stage) -> date | None:
    days = [found for stage in (signed, force) if (found := _day_of(stage)) is not None]
    return max(days, default=None)


def _day_of(stage: Stage) -> date | None:
    """The last day that a known stage may mean."""
    if stage.state != "known" or not stage.statements:
        return None
    found = dated(stage.statements[0], own=True)
    return None if found is None else found.last


def _begun_by(said: Statement, now: date) -> bool:
    when = _when(said)
    return when is not None and when.first <= now


def _latest(statements: Iterable[Statement]) -> str:
    """The latest date among statements; empty where none is dated."""
    found = [when for said in statements if (when := _when(said)) is not None]
    return max(found, key=lambda item: item.last).period if found else ""


def _when(said: Statement) -> Dated | None:
    return dated(said, own=said.property == "signed")
