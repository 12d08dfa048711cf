"""Lineage of documents: what a document renews, what it was concluded under, what came after and under it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landbridge.errors import BadFile
from landbridge.ledger import Ledger, Record

LINKS = ("replaces", "parent")


@dataclass(frozen=True, slots=True)
class Lineage:
    """The relatives of one document, each list nearest first.

    `replaces` are the documents that it renews and those that these renewed; `replaced_by` what took its place and the
    place of that; `under` the documents that it was concluded under; `over` those concluded under it, at any depth.
    """

    record: Record
    replaces: tuple[Record, ...]
    replaced_by: tuple[Record, ...]
    under: tuple[Record, ...]
    over: tuple[Record, ...]

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One row for each relative, with what it is to the document."""
        groups = (
            ("renewed by this one", self.replaces),
            ("renews this one", self.replaced_by),
            ("stands above this one", self.under),
            ("concluded under this one", self.over),
        )
        return tuple(
            {
                "document": self.record.subject,
                "relation": relation,
                "relative": relative.subject,
                "name": relative.name,
                "signed": relative.text("signed") or None,
            }
            for relation, relatives in groups
            for relative in relatives
        )


class Families:
    """The links between all documents of a ledger, read once.

    Raises `BadFile` where documents replace, or stand under, themselves by a chain of links, and names the circle.
    """

    def __init__(self, ledger: Ledger) -> None:
        known = {record.subject: record for record in ledger.records("document")}
        self._forth: dict[str, dict[str, list[Record]]] = {name: {} for name in LINKS}
        self._back: dict[str, dict[str, list[Record]]] = {name: {} for name in LINKS}
        for record in known.values():
            for name in LINKS:
                for said in record.all(name):
                    if said.text in known:
                        self._forth[name].setdefault(record.subject, []).append(known[said.text])
                        self._back[name].setdefault(said.text, []).append(record)
        self._refuse_circles()

    def of(self, record: Record) -> Lineage:
        """The relatives of one document."""
        return Lineage(
            record,
            _follow(record, self._forth["replaces"]),
            _follow(record, self._back["replaces"]),
            _follow(record, self._forth["parent"]),
            _follow(record, self._back["parent"]),
        )

    def _refuse_circles(self) -> None:
        links: dict[str, list[str]] = {}
        for name in LINKS:
            for subject, others in self._forth[name].items():
                links.setdefault(subject, []).extend(other.subject for other in others)
        circle = _circle(links)
        if circle:
            raise BadFile(
                f"the documents {' → '.join(circle)} stand in a circle.",
                where="ledger",
                cause="Each of them is said to replace, or to be concluded under, the next.",
                remedy="Supersede the `replaces` or `parent` that is wrong: an older document cannot name a newer one.",
            )


def lineage(ledger: Ledger, record: Record) -> Lineage:
    """The relatives of one document; raises `BadFile` where the links of the ledger run in a circle."""
    return Families(ledger).of(record)


def _circle(links: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """One circle among the links, its first member repeated at the end; empty where there is none."""
    done: set[str] = set()
    for start in sorted(links):
        path: list[str] = []
        on_path: set[str] = set()
        # Depth first with a stack of our own: a chain may be longer than Python likes to recurse.
        waiting: list[tuple[str, bool]] = [(start, True)]
        while waiting:
            subject, entering = waiting.pop()
            if not entering:
                done.add(path.pop())
                on_path.discard(subject)
            elif subject in on_path:
                return (*path[path.index(subject) :], subject)
            elif subject not in done:
                path.append(subject)
                on_path.add(subject)
                waiting.append((subject, False))
                waiting += [(other, True) for other in sorted(links.get(subject, ()), reverse=True)]
    return ()


def _follow(record: Record, links: Mapping[str, Sequence[Record]]) -> tuple[Record, ...]:
    """Everything that links lead to, nearest first, each once."""
    found: dict[str, Record] = {}
    waiting = deque(links.get(record.subject, ()))
    while waiting:
        current = waiting.popleft()
        if current.subject not in found:
            found[current.subject] = current
            waiting.extend(links.get(current.subject, ()))
    return tuple(found.values())
