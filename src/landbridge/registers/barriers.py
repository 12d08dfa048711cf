"""Barriers: measure, sort, side, goods, dates; whether in force on a day, what it costs, and who asks for relief.

What a barrier costs is given in three ways that are never mixed: the rate itself where it is a duty, the tariff that would
cost as much where a source worked one out, and the duty held for the whole industry as a yardstick.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from landbridge import codes
from landbridge.codes.matching import rows
from landbridge.errors import UnknownLabel
from landbridge.ledger import Record, Statement, schema
from landbridge.provenance import Figure, Status
from landbridge.provenance.status import weakest
from landbridge.registers.moments import dated, day, span
from landbridge.registers.naming import name_of
from landbridge.registers.timeline import touching
from landbridge.registers.timeline_words import amount
from landbridge.release.data import Data

State = Literal["in force", "over", "ahead", "not dated"]
NOT_STATED = "goods not stated"
_HEADING = re.compile(r"\b(?:headings?|lines?)\s+(\d{4,10}(?:(?:,|\s+and)\s+\d{4,10})*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Relief:
    """Someone who asks for a barrier to be lowered: the measure proposed, who is asked, who proposes it."""

    record: Record
    addressee: str
    asked_by: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Plain columns; the ids lead to the statements."""
        return {
            "measure": self.record.subject,
            "name": name_of(self.record),
            "addressee": self.addressee or None,
            "asked_by": "; ".join(self.asked_by),
            "ids": " ".join(item.id for item in self.record.statements),
        }


@dataclass(frozen=True, slots=True)
class Barrier:
    """One barrier as it stood on a day.

    `state` is `not dated` where the ledger states no beginning and no end: nothing then says whether it is in force. `rates`
    are the sizes that hold on the day, `equivalents` what sources worked out as the tariff that would cost as much,
    `yardstick` the duty that the table of tariffs holds for the industry of the goods, by exporter, with a note on it.
    """

    record: Record
    today: str
    state: State
    rates: tuple[Statement, ...]
    equivalents: tuple[Statement, ...]
    yardstick: tuple[Figure, ...]
    relief: tuple[Relief, ...]

    @property
    def product(self) -> str:
        """The goods concerned as the source puts them."""
        return self.record.text("product") or NOT_STATED

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that the ledger says of it."""
        return self.record.statements

    def row(self) -> dict[str, Any]:
        """Plain columns; numbers stand with what they count, for a size may be a duty, a time or a sum."""
        record = self.record
        return {
            "barrier": record.subject,
            "name": name_of(record),
            "form": record.text("form"),
            "side": record.text("side") or None,
            "parties": " ".join(record.parties),
            "product": self.product,
            "since": record.text("since") or None,
            "until": record.text("until") or None,
            "state": self.state,
            "size": "; ".join(_size(item) for item in self.rates) or None,
            "equivalent_pct": "; ".join(_size(item) for item in self.equivalents) or None,
            "duty_of_industry": "; ".join(
                f"{item.measure}: {item.point:g}% ({item.period}; {item.note})" for item in self.yardstick
            )
            or None,
            "relief": "; ".join(name_of(item.record) for item in self.relief) or None,
            "asked_by": "; ".join(dict.fromkeys(who for item in self.relief for who in item.asked_by))
            or None,
            "weakest_status": weakest(item.status for item in record.statements).value,
            "sources": " ".join(dict.fromkeys(item.source for item in record.statements)),
            "figures": " ".join(item.id for item in self.yardstick) or None,
            "ids": " ".join(item.id for item in record.statements),
        }


def barriers(
    data: Data,
    today: str,
    *,
    between: tuple[str, str] | None = None,
    side: str = "",
    form: str = "",
    product: str = "",
    state: str = "",
) -> tuple[Barrier, ...]:
    """The barriers as they stood on a day, by goods and name; those without goods last.

    `between` keeps what stands between two places (their countries' barriers too), `side` what one place imposes, `form` one
    sort, `product` those whose goods hold the words, `state` one of `State`. Raises `UnknownLabel` for what does not exist.
    """
    day(today)
    forms = schema.kind("barrier").property("form").codes
    if form and form not in forms:
        raise UnknownLabel("sort of barrier", form, forms, remedy=f"Valid: {', '.join(forms)}.")
    states = ("in force", "over", "ahead", "not dated")
    if state and state not in states:
        raise UnknownLabel("state", state, states, remedy=f"Valid: {', '.join(states)}.")
    if side:
        codes.place(side)
    asked = _relief(data)
    found = [
        _seen(data, record, today, asked.get(record.subject, ()))
        for record in data.ledger.records("barrier")
        if (between is None or touching(record, *between, wide=True) is not None)
        and (not side or record.text("side") == side)
        and (not form or record.text("form") == form)
        and product.casefold() in record.text("product").casefold()
    ]
    kept = [item for item in found if not state or item.state == state]
    return tuple(sorted(kept, key=_order))


def by_product(found: tuple[Barrier, ...]) -> Mapping[str, tuple[Barrier, ...]]:
    """Goods as the sources put them → barriers on them, in the order given."""
    groups: dict[str, list[Barrier]] = {}
    for item in found:
        groups.setdefault(item.product, []).append(item)
    return MappingProxyType({name: tuple(items) for name, items in groups.items()})


def in_force(record: Record, today: str) -> State:
    """Whether a barrier is in force on a day, by its dates or, without them, by those of its rates."""
    now = day(today)
    begun = [when for said in record.all("since") if (when := dated(said, own=True)) is not None]
    ended = [when for said in record.all("until") if (when := dated(said, own=True)) is not None]
    if not begun and not ended:
        held = [said for said in record.all("size") if said.valid_from or said.valid_to]
        if not held:
            return "not dated"
        if any(_holds(said, today) for said in held):
            return "in force"
        ahead = all((first := span(said.valid_from)) is not None and first.first > now for said in held)
        return "ahead" if ahead else "over"
    if begun and min(when.first for when in begun) > now:
        return "ahead"
    return "over" if ended and max(when.last for when in ended) < now else "in force"


def _seen(data: Data, record: Record, today: str, relief: tuple[Relief, ...]) -> Barrier:
    sizes = record.all("size")
    return Barrier(
        record,
        today,
        in_force(record, today),
        tuple(said for said in sizes if _holds(said, today)),
        record.all("equivalent"),
        tuple(_yardstick(data, record)),
        relief,
    )


def _holds(said: Statement, today: str) -> bool:
    """Whether a size holds on a day: within its validity, not of a time still ahead, and no mere proposal."""
    now = day(today)
    if said.status is Status.FORECAST:
        return False
    first, last, about = span(said.valid_from), span(said.valid_to), span(said.period)
    begun = first is None or first.first <= now
    over = last is not None and last.last is not None and last.last < now
    return begun and not over and (about is None or about.first <= now)


def _yardstick(data: Data, record: Record) -> Iterator[Figure]:
    """What the side levies on the industries to which the goods belong, as the table of tariffs holds it."""
    side = record.text("side")
    if record.text("form") != "tariff" or not side:
        return
    industries = _industries(record.text("product"))
    sellers = dict.fromkeys(codes.place(code).country for code in record.parties)
    for seller in sellers:
        for code in industries if seller != codes.place(side).country else ():
            rate = data.tariffs.rate(codes.place(side).country, seller, code)
            if isinstance(rate, Figure):
                yield rate


def _industries(product: str) -> tuple[str, ...]:
    """The industries of the accounts whose goods a barrier names by heading, where the whole chapter is one industry's.

    Goods without a heading, and those of a chapter that several industries share, tell of none.
    """
    owners: dict[str, list[tuple[str, float]]] = {}
    for row in rows("chapter_to_sector"):
        owners.setdefault(row["chapter"], []).append((row["sector"], float(row["weight"])))
    # One heading or line may be followed by others, joined by `and`.
    named = [number for hit in _HEADING.findall(product) for number in re.findall(r"\d{4,10}", hit)]
    found = [owners.get(number[:2], []) for number in named]
    return tuple(dict.fromkeys(held[0][0] for held in found if len(held) == 1 and held[0][1] == 1))


def _relief(data: Data) -> dict[str, tuple[Relief, ...]]:
    """Barrier → who asks for it to be lowered."""
    found: dict[str, list[Relief]] = {}
    for record in data.ledger.records("measure"):
        for said in record.all("against"):
            who = tuple(dict.fromkeys(_voice(data, item) for item in record.statements))
            found.setdefault(said.text, []).append(Relief(record, record.text("addressee"), who))
    return {subject: tuple(items) for subject, items in found.items()}


def _voice(data: Data, said: Statement) -> str:
    source = data.ledger.sources.get(said.source)
    publisher = (source.publisher or source.id) if source is not None else "assumed, no source"
    return f"{said.speaker}, in {publisher}" if said.speaker else publisher


def _size(said: Statement) -> str:
    told = "; ".join(filter(None, (said.period or said.as_of, said.note)))
    return f"{amount(said)}{f' ({told})' if told else ''}"


def _order(item: Barrier) -> tuple[bool, str, str]:
    return (item.product == NOT_STATED, item.product.casefold(), name_of(item.record).casefold())
