"""Duties on a page of a sector: a country's own, that of its customs union, and duties on single goods."""

from __future__ import annotations

from landbridge import codes
from landbridge.ledger import Record
from landbridge.provenance import Figure, Unavailable
from landbridge.release.data import Data

# Unions of the table of agreements whose members levy one tariff on everybody else. The form does not tell them: the Union
# State of Belarus and Russia had none, and that of the European Union with Türkiye leaves farm goods out.
_ONE_TARIFF = ("eaeu", "eaeu-customs-union", "eu")


def rate_of(data: Data, buyer: str, seller: str, code: str, today: str) -> tuple[Figure | Unavailable, str]:
    """The duty of a country, else that of a member of its customs union, and in words whose it is."""
    own = data.tariffs.rate(buyer, seller, code)
    if isinstance(own, Figure):
        return own, ""
    for other in sorted(set(data.tariffs.frame["importer"].to_list()) - {buyer, seller}):
        shared = [
            ours for ours, _ in data.agreements.in_force(buyer, other, today) if ours.agreement in _ONE_TARIFF
        ]
        inside = any(
            ours.agreement in _ONE_TARIFF for ours, _ in data.agreements.in_force(buyer, seller, today)
        )
        rate = data.tariffs.rate(other, seller, code)
        if shared and not inside and isinstance(rate, Figure):
            return rate, f", the common tariff of the {shared[0].name}, cited of {other}"
    return own, ""


def is_duty(record: Record, buyer: str, seller: str) -> bool:
    """Whether a barrier is a duty of a country on goods of another."""
    levies = record.kind == "barrier" and record.text("form") == "tariff"
    side = record.text("side")
    return levies and bool(side) and codes.place(side).country == buyer and seller in record.parties
