"""Which project lies under which umbrella, read once from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from landbridge.ledger import Ledger, Record


@dataclass(frozen=True, slots=True)
class Family:
    """The umbrellas of all projects: `parents` by project, `children` by umbrella, both by subject."""

    parents: Mapping[str, str]
    children: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, ledger: Ledger) -> Family:
        """The family ties that the ledger states."""
        parents = {r.subject: r.text("parent") for r in ledger.records("project") if r.text("parent")}
        children: dict[str, list[str]] = {}
        for child, parent in parents.items():
            children.setdefault(parent, []).append(child)
        held = {parent: tuple(sorted(under)) for parent, under in children.items()}
        return cls(MappingProxyType(parents), MappingProxyType(held))

    def above(self, subject: str) -> tuple[str, ...]:
        """The umbrella of a record, its umbrella, and so on; a ring is walked once."""
        found: list[str] = []
        parent = self.parents.get(subject, "")
        while parent and parent != subject and parent not in found:
            found.append(parent)
            parent = self.parents.get(parent, "")
        return tuple(found)

    def below(self, subject: str) -> tuple[str, ...]:
        """The records directly under one; those that a ring also puts above it are not below it."""
        above = self.above(subject)
        return tuple(c for c in self.children.get(subject, ()) if c != subject and c not in above)

    def umbrella(self, record: Record) -> bool:
        """True for what is marked as a headline set, and for what other records name as their umbrella."""
        marked = record.text("umbrella") == "true"
        return record.kind == "project" and (marked or record.subject in self.children)
