"""Projects in order of size or delay. Like every order of projects it stands behind the gate of safety."""

from __future__ import annotations

from landbridge.errors import UnknownLabel
from landbridge.ledger import Ledger, Record, schema
from landbridge.registers.projects.gate import Ranking, rank
from landbridge.registers.projects.money import KINDS, claims, latest
from landbridge.registers.projects.slippage import longest_delays
from landbridge.units import CURRENCIES


def ranked(ledger: Ledger, by: str, unit: str, today: str) -> Ranking:
    """Projects by one kind of sum in one currency, or by `delay`, which is in months whatever `unit` says."""
    if by == "delay":
        return longest_delays(ledger, today)
    if by not in KINDS:
        orders = (*KINDS, "delay")
        raise UnknownLabel("order", by, orders, remedy=f"Valid: {', '.join(orders)}.")
    return largest(ledger, by, unit, today)


def largest(ledger: Ledger, kind: str, unit: str, today: str) -> Ranking:
    """Projects by the lower end of one kind of sum in one currency; headline sets are no projects and have no
    place in it.

    A large sum is no merit: the order answers which projects weigh most, not which are best.
    """
    if kind not in KINDS:
        raise UnknownLabel("kind of sum", kind, KINDS)
    held = schema.kind("project").property(kind)
    if not held.takes(unit):
        raise UnknownLabel("currency", unit, CURRENCIES, remedy=f"Valid: {held.allowed}.")
    records = [r for r in ledger.records("project") if r.text("umbrella") != "true"]

    def sum_of(record: Record) -> float | None:
        found = latest(claims(ledger, record.subject, today)).get((kind, unit))
        return None if found is None else found.low

    return rank(records, today, sum_of, unit)
