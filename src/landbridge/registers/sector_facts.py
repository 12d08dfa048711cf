"""What one record of a dossier comes to, in a few words."""

from __future__ import annotations

from landbridge.ledger import Record, Statement
from landbridge.registers.depth import last_stage
from landbridge.registers.moments import in_words
from landbridge.registers.timeline_words import amount

# Per kind: properties whose words or numbers say most, in order; at most `_MOST` statements are shown.
_TELLING: dict[str, tuple[str, ...]] = {
    "trade": ("exports", "imports", "turnover", "share", "growth"),
    "project": ("disbursed", "contracted", "committed", "announced", "capacity"),
    "document": ("signed", "in_force", "expires", "outcome"),
    "mechanism": ("since", "sector"),
    "event": ("date", "result"),
    "target": ("value", "announcer"),
    "barrier": ("form", "side", "since", "until", "equivalent", "size"),
    "measure": ("addressee", "effect"),
    "step": ("side", "electronic"),
    "corridor": ("volume", "transit_time", "rate"),
    "crossing": ("opened", "cargo", "capacity"),
    "fund": ("capital", "invested"),
    "zone": ("since", "residents"),
    "actor": ("role",),
    "people": ("definition", "number", "share"),
    "information": ("topic", "language"),
}
_MOST = 3


def detail(record: Record, today: str) -> str:
    """The most telling of what is said of a record: its stage by a day, newest figures, dates."""
    parts: list[str] = []
    if record.kind == "project" and (stage := last_stage(record, today)):
        parts.append(f"last seen {stage}")
    for name in _TELLING[record.kind]:
        stated = record.all(name)
        numbers = [said for said in stated if said.is_quantity]
        # Of a series the newest, which may be several rates of one day; of words each once.
        newest = [said for said in numbers if _time(said) == _time(numbers[-1])] if numbers else []
        parts += [_said(said) for said in (newest or stated)]
    return "; ".join(list(dict.fromkeys(filter(None, parts)))[: _MOST + 1])


def _said(said: Statement) -> str:
    label = said.property.replace("_", " ")
    if not said.is_quantity:
        return f"{label} {in_words(said.text)}" if said.property in _DATES else f"{label}: {said.text}"
    period = said.period or said.valid_from or said.as_of
    told = filter(None, (in_words(period) if period else "", said.note.partition(";")[0]))
    inside = ", ".join(told)
    return f"{label} {amount(said)}{f' ({inside})' if inside else ''}"


def _time(said: Statement) -> tuple[str, str]:
    return (said.period or said.as_of, said.valid_from)


_DATES = frozenset(("signed", "in_force", "expires", "since", "until", "opened", "date"))
