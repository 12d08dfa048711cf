"""What began before the document under which it stands: it is told, and is no sign that the document works."""

from __future__ import annotations

from landbridge.ledger import Record, Statement
from landbridge.registers.moments import dated, span

_DONE = ("activity", "outcome")


def began_before(record: Record, said: Statement) -> bool:
    """Whether an activity or outcome of a document surely began before the document was signed.

    A year that holds the day of signature is no proof.
    """
    if record.kind != "document" or said.kind != "document" or said.property not in _DONE:
        return False
    when = dated(said)
    days = [found.first for s in record.all("signed") if (found := dated(s, own=True)) is not None]
    if when is None or not days:
        return False
    begun = span(when.period.partition("/")[0])
    return begun is not None and begun.last is not None and begun.last < min(days)
