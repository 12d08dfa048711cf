"""The information gap: on each topic what can be read in Russian, Chinese and English, and what nobody has found."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from landbridge.errors import UnknownLabel
from landbridge.ledger import Record, Statement
from landbridge.provenance import Status
from landbridge.registers.naming import name_of
from landbridge.registers.nearness import near
from landbridge.registers.timeline import touching
from landbridge.registers.topic_words import topic_of
from landbridge.release.data import Data

LANGUAGES = MappingProxyType({"ru": "Russian", "zh": "Chinese", "en": "English"})
"""The languages looked at, with their names."""
# A source read in the language is one thing, its original known from a translation another, general knowledge a third; of
# what exists in a language that nobody said, no language can be called one in which nothing is known.
SEEN, TRANSLATED, SUPPOSED = "read", "read in translation only", "supposed"
NOT_SAID, NONE = "exists, language not said", "none known"
_BEST = (SEEN, TRANSLATED, SUPPOSED, NOT_SAID, NONE)


# What the note of a language says where only a translation was read.
_ORIGINAL = "translation"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that can be read on a topic. `states` says for each language what is known of it, one of `_BEST`.

    `topic` is that of the vocabulary (`landbridge.registers.topic_words`); the words of the ledger where it has none.
    """

    record: Record
    topic: str
    states: tuple[tuple[str, str], ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything that the ledger says of it."""
        return self.record.statements

    def row(self) -> dict[str, Any]:
        """Plain columns, one for each language; the ids lead to the statements."""
        return {
            "topic": self.topic,
            "record": self.record.subject,
            "name": name_of(self.record),
            "in_its_words": self.record.text("topic") or None,
            "publisher": self.record.text("publisher") or None,
            "parties": " ".join(self.record.parties),
            **{LANGUAGES[code].casefold(): state for code, state in self.states},
            "ids": " ".join(item.id for item in self.statements),
        }


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic with what was found on it in each language. What was not found may exist: nobody proved that it does not."""

    topic: str
    readings: tuple[Reading, ...]

    def state(self, language: str) -> str:
        """The best that is known of a language: `read`, `read in translation only`, `supposed`, or that none is."""
        states = {dict(item.states)[language] for item in self.readings}
        return next(state for state in _BEST if state in states)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The languages in which nothing on the topic is known."""
        return tuple(code for code in LANGUAGES if self.state(code) == NONE)

    def row(self) -> dict[str, Any]:
        """Plain columns: the state of each language, and what exists."""
        return {
            "topic": self.topic,
            "wordings": "; ".join(dict.fromkeys(item.record.text("topic") for item in self.readings)),
            **{name.casefold(): self.state(code) for code, name in LANGUAGES.items()},
            "nothing_in": ", ".join(LANGUAGES[code] for code in self.lacking) or None,
            "exists": "; ".join(f"{name_of(item.record)} ({_languages(item)})" for item in self.readings),
            "records": " ".join(item.record.subject for item in self.readings),
            "ids": " ".join(said.id for item in self.readings for said in item.statements),
        }


def information(data: Data, *, between: tuple[str, str] | None = None) -> tuple[Reading, ...]:
    """What can be read on cooperation, by topic and name.

    `between` keeps what is about two places, or about one of them alone.
    """
    found = [
        Reading(
            record, topic_of(record.text("topic")), tuple((code, _state(record, code)) for code in LANGUAGES)
        )
        for record in data.ledger.records("information")
        if between is None or _about(record, *between)
    ]
    return tuple(sorted(found, key=lambda item: (item.topic.casefold(), name_of(item.record).casefold())))


def topics(data: Data, *, between: tuple[str, str] | None = None) -> tuple[Topic, ...]:
    """Every topic, of the vocabulary or in the ledger's own words, with what exists in each language; by alphabet."""
    groups: dict[str, list[Reading]] = {}
    for item in information(data, between=between):
        groups.setdefault(item.topic.casefold(), []).append(item)
    return tuple(Topic(items[0].topic, tuple(items)) for items in groups.values())


def gaps(data: Data, *, between: tuple[str, str] | None = None, language: str = "") -> tuple[Topic, ...]:
    """The topics on which nothing is known in one of the languages, or in the one named (ru, zh, en)."""
    if language and language not in LANGUAGES:
        raise UnknownLabel("language", language, LANGUAGES, remedy=f"Valid: {', '.join(LANGUAGES)}.")
    return tuple(
        item
        for item in topics(data, between=between)
        if (language in item.lacking if language else item.lacking)
    )


def _state(record: Record, language: str) -> str:
    every = record.all("language")
    said = [item for item in every if item.text == language and item.status is not Status.ASSUMED]
    if any(_ORIGINAL not in item.note for item in said):
        return SEEN
    if said:
        return TRANSLATED
    if any(item.text == language for item in every):
        return SUPPOSED
    return NONE if every else NOT_SAID


def _languages(item: Reading) -> str:
    """The languages in which something was seen to exist, in words."""
    seen = [LANGUAGES[code] for code, state in item.states if state in (SEEN, TRANSLATED)]
    return ", ".join(seen) or "language not said"


def _about(record: Record, a: str, b: str) -> bool:
    if touching(record, a, b, wide=True) is not None:
        return True
    # A register of one side's law is read by the other; what is about third places as well is not about the pair.
    return len(record.parties) == 1 and (near(record, a) is not None or near(record, b) is not None)
