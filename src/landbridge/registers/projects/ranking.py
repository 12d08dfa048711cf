"""Projects in order of size. Like every order of projects it stands behind the gate of safety."""

from __future__ import annotations

from landbridge.errors import UnknownLabel
from landbridge.ledger import Ledger, Record
from landbridge.registers.projects.gate import Ranking, rank
from landbridge.registers.projects.money import KINDS, claims, latest


def largest(ledger: Ledger, kind: str, unit: str, today: str) -> Ranking:
    """Projects by the lower end of one kind of sum in one currency; headline sets are no projects and have no
    place in it.

    A large sum is no merit: the order answers which projects weigh most, not which are best.
    """
    if kind not in KINDS:
        raise UnknownLabel("kind of sum", kind, KINDS)
    records = [r for r in ledger.records("project") if r.text("umbrella") != "true"]

    def sum_of(record: Record) -> float | None:
        found = latest(claims(ledger, record.subject, today)).get((kind, unit))
        return None if found is None else found.low

    return rank(records, today, sum_of, unit)
