"""The small objects of the standard: sums, instants, observations, and the words of a milestone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from landbridge.ledger import Statement
from landbridge.provenance import Source
from landbridge.registers.moments import span
from landbridge.registers.oc4ids import mapping
from landbridge.registers.projects.money import claimed_on, said_by


def told(statement: Statement, when: str, sources: Mapping[str, Source]) -> str:
    """What the dates of the standard cannot hold, in a fixed order that the way back reads."""
    moment, _ = claimed_on(statement, sources)
    parts = (
        f"Stated time: {when or 'none'}.",
        f"Stated as of: {statement.as_of or 'none'}.",
        f"Status: {statement.status.value}.",
        f"Source: {statement.source}.",
        statement.comparator != "=" and f"Comparator: {statement.comparator}.",
        statement.speaker and f"Speaker: {statement.speaker}.",
        statement.locator and f"Place in the source: {statement.locator}.",
        f"Said {f'in {moment} ' if moment else ''}by {said_by(statement, sources)}.",
        statement.note and f"Note: {statement.note}",
    )
    return " ".join(part for part in parts if part)


def observations(statement: Statement) -> Iterator[dict[str, Any]]:
    """One observation for a value, two for the ends of a range."""
    points = [("value", statement.number), ("low", statement.low), ("high", statement.high)]
    dimensions = {
        "status": statement.status.value,
        "comparator": statement.comparator,
        "statedPeriod": statement.period,
        "claimedOn": statement.as_of,
        "source": statement.source,
        "speaker": statement.speaker,
        "locator": statement.locator,
    }
    covered = span(statement.period)
    for bound, number in points:
        if number is None:
            continue
        money = statement.unit in mapping.LISTED
        yield {
            "id": statement.id if bound == "value" else f"{statement.id}-{bound}",
            **(
                {
                    "period": {
                        "startDate": instant(covered.first),
                        "endDate": instant(covered.last, end=True),
                    }
                }
                if covered is not None and covered.last is not None
                else {}
            ),
            **(
                {"value": value(number, statement.unit)}
                if money
                else {"measure": plain(number), "unit": {"name": statement.unit}}
            ),
            "dimensions": {"bound": bound, **{key: item for key, item in dimensions.items() if item}},
            **({"notes": statement.note} if statement.note else {}),
        }


def value(amount: float, unit: str) -> dict[str, Any]:
    """A sum of money."""
    return {"amount": plain(amount), "currency": unit}


def plain(number: float) -> int | float:
    """A number without a needless decimal point."""
    return int(number) if number == int(number) else number


def exact(period: str) -> str | None:
    """A time as the standard writes it, where it is known to the day."""
    found = span(period)
    return instant(found.first) if found is not None and found.first == found.last else None


def instant(moment: date, *, end: bool = False) -> str:
    """The beginning or the end of a day."""
    return f"{moment.isoformat()}T{'23:59:59' if end else '00:00:00'}Z"
