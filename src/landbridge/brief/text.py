"""Text made of typed parts, so that no number can stand in a brief without its origin.

A sentence is a template from the message catalogue and the parts that fill its slots. Templates hold words only:
a digit in one raises `UntracedDigit`. Numbers come as `Figure`s, everything else that may hold a digit as a `Date`,
`Code`, `Label`, `Name` or `Quote`, each of which names what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from landbridge.brief.catalogue import Catalogue
from landbridge.errors import UntracedDigit
from landbridge.provenance import Figure

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Date:
    """A period as ledger files write it: 2023, 2024-06-24, 2024-H1, 2023-01/2023-08, 2013/.. ."""

    period: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a published list: ISO place, HS chapter, industry, evidence grade."""

    code: str


@dataclass(frozen=True, slots=True)
class Label:
    """The name that a code list gives to a code."""

    text: str
    code: str


@dataclass(frozen=True, slots=True)
class Name:
    """A proper name or words as a record or source gives them; `record` says which."""

    text: str
    record: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source, shown as such; `statement` is the id of the statement they come from."""

    text: str
    statement: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template without digits and what fills its slots."""

    template: str
    slots: tuple[tuple[str, Part], ...] = ()

    def __post_init__(self) -> None:
        refuse_digits(_SLOT.sub("", self.template))
        wanted, given = set(_SLOT.findall(self.template)), {name for name, _ in self.slots}
        if wanted != given:
            raise ValueError(f"{self.template!r} has the slots {sorted(wanted)}, not {sorted(given)}.")
        for name, part in self.slots:
            if not isinstance(part, Figure | Date | Code | Label | Name | Quote | Sentence | tuple):
                raise UntracedDigit(
                    f"slot {name} of {self.template!r} holds {part!r}, which is not a typed part."
                )

    def parts(self) -> Iterator[str | Atom]:
        """Plain words and typed parts in reading order, nested sentences and lists opened up."""
        filled = dict(self.slots)
        for position, piece in enumerate(_SLOT.split(self.template)):
            if position % 2 == 0:
                if piece:
                    yield piece
            else:
                yield from _open(filled[piece])


Atom = Figure | Date | Code | Label | Name | Quote
Part = Atom | Sentence | tuple["Part", ...]


def _open(part: Part) -> Iterator[str | Atom]:
    if isinstance(part, Sentence):
        yield from part.parts()
    elif isinstance(part, tuple):
        opened = [list(_open(item)) for item in part]
        # Composed items, and commas inside one, would run into the next item.
        comma = any(len(item) > 1 or "," in _words(item[0]) for item in opened if item)
        for position, item in enumerate(opened):
            if position:
                yield "; " if comma else ", "
            yield from item
    elif isinstance(part, Atom):
        yield part
    else:
        raise UntracedDigit(
            f"{part!r} is not a typed part.", remedy="Make it a Name, Label, Code, Date or Figure."
        )


def _words(piece: str | Atom) -> str:
    if isinstance(piece, str):
        return piece
    return piece.text if isinstance(piece, Label | Name | Quote) else ""


def atoms(part: Part) -> Iterator[str | Atom]:
    """Words and typed parts of anything a brief may show."""
    yield from _open(part)


def refuse_digits(text: str, where: str = "plain text") -> None:
    """Raise `UntracedDigit` where plain text holds a digit of any script, a fraction or a numbered letter.

    Chinese number words (一, 万) are words, like their English counterparts, and pass.
    """
    for sign in text:
        if sign.isdigit() or (sign.isnumeric() and not sign.isalpha()):
            raise UntracedDigit(
                f"the digit {sign!r} stands in {text!r}.",
                where=where,
                cause="Plain words carry no number.",
                remedy="Make it a Figure, Date, Code, Label, Name or Quote.",
            )


@dataclass(frozen=True, slots=True)
class Writer:
    """Makes sentences in one language: `say(message, slot=part)` looks the message up in the catalogue."""

    catalogue: Catalogue

    def __call__(self, message: str, /, **slots: Part) -> Sentence:
        """The sentence that `message` makes in this language, its slots filled."""
        return Sentence(self.catalogue.gettext(message), tuple(slots.items()))


def plain(part: Part, show: Any) -> str:
    """The words of a part as one string; `show` renders a typed part."""
    return "".join(piece if isinstance(piece, str) else show(piece) for piece in atoms(part))
