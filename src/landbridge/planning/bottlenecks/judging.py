"""What a ranking rests on: assumptions behind ranks, errors of first order, what pays only together, what has no cost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from landbridge import codes
from landbridge.planning.bottlenecks.candidate import Candidate
from landbridge.planning.bottlenecks.effects import gains
from landbridge.planning.bottlenecks.programme import Compiled, Programme
from landbridge.planning.bottlenecks.ranking import (
    Error,
    among,
    first_order_error,
    interval,
    ranks,
    variance_share,
)
from landbridge.planning.bottlenecks.result import Together, Uncosted
from landbridge.planning.bottlenecks.solving import TOP, Answer, Question, assumed, central
from landbridge.planning.grading import grade
from landbridge.release import Data

Array = NDArray[np.float64]

# So many of the largest are tried in pairs; a pair that brings this part more than its sum is told.
PAIRED = 8
EXTRA = 0.05
# What decides who is among so many first is worth measuring.
FIRST = 3
TOPICS = 8
# Known rates on single lines: a cost, though none of a sector.
_RATES = ("tariff", "quota")
# What a day is worth stands behind every hour that is relaxed.
_PRICED = ("barrier/time-in-transit", "barrier/delay-before-shipping")
# A barrier of such a form is inside candidates of that kind.
_COSTED = {
    "queue": "hours",
    "payment": "settlement",
    "customs": "documents",
}


def contenders(ranked: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Candidates (C,) that reach the top ten in some draw: how the others trade places at the end matters to nobody."""
    return np.asarray((ranked <= TOP).any(axis=0))


def assumed_share(held: Answer) -> tuple[float | None, tuple[float, float] | None]:
    """Share of the variance of the contenders' ranks that assumed parameters make, and its interval over draws.

    Both rankings are first order, so that nothing but the assumptions differs. None where no rank varies.
    """
    first, again = (ranks(gain[held.kept].sum(axis=2)) for gain in (held.first, held.anew))
    matter = contenders(first)
    mine, other = first[:, matter], again[:, matter]
    return variance_share(mine, other), interval(mine, other)


def topics(asked: Question, held: Answer) -> tuple[tuple[str, float], ...]:
    """What assumptions are about, by how far each alone decides who is among the first three; the largest first.

    The share of variance is that of being among them, so what moves only the end of the ranking does not count.
    """
    made = asked.programme
    about: dict[str, list[int]] = {}
    for at, item in enumerate(made.parameters):
        if assumed(item.source, item.group) and not item.fixed:
            about.setdefault(_topic(item.name, made), []).append(at)
    first = ranks(held.first[held.kept].sum(axis=2))
    found = []
    for topic, columns in about.items():
        mixed = asked.values.copy()
        mixed[:, columns] = asked.anew[:, columns]
        names = {made.parameters[at].name for at in columns}
        other = held.first.copy()
        for at, one in enumerate(made.compiled[: asked.ranked]):
            # Most topics concern few candidates; the gains of the others stay as they are.
            if one.parameters & names:
                other[:, at] = gains(made, held.slopes, mixed, [at])[:, 0]
        share = variance_share(among(first, FIRST), among(ranks(other[held.kept].sum(axis=2)), FIRST))
        if share:
            found.append((topic, share))
    return tuple(sorted(found, key=lambda item: (-item[1], item[0]))[:TOPICS])


def _topic(name: str, made: Programme) -> str:
    """In words, what a parameter is about."""
    head, _, tail = name.partition(": ")
    if tail.startswith("share of "):
        return f"who uses {head}"
    if name.startswith("value of a day"):
        return "what a day under way costs"
    labels = {one.candidate.id: one.candidate.label for one in made.compiled}
    whose = next((label for identifier, label in labels.items() if head == identifier), None)
    whose = whose or next((label for key, label in labels.items() if head.startswith(f"{key} ")), head)
    return f"whom “{whose}” concerns" if tail == "share_pct" else f"size of “{whose}”"


def contenders_error(held: Answer) -> Error | None:
    """How far first order is off for the candidates that were solved, in every draw; None where none was."""
    some = list(held.solved)
    first, solved = (gain[held.kept][:, some].sum(axis=2).ravel() for gain in (held.first, held.final))
    return first_order_error(first, solved) if some else None


def error(held: Answer) -> Error | None:
    """How far first order is off on the cells that were drawn at random; None where none was."""
    if not held.checked:
        return None
    first = np.array([held.first[draw, at].sum() for draw, at, _ in held.checked])
    solved = np.array([gain.sum() for _, _, gain in held.checked])
    return first_order_error(first, solved)


def together(asked: Question, medians: Array) -> Iterator[Together]:
    """What brings more together than alone, at central values: pairs among the largest, and obstacles that join others."""
    every = [one.candidate for one in asked.programme.compiled]
    named = {one.id: at for at, one in enumerate(every)}
    largest = np.argsort(-medians, kind="stable")[:PAIRED].tolist()
    tried: dict[tuple[int, ...], tuple[int, ...]] = {
        tuple(sorted(pair)): pair
        for pair in itertools.combinations(largest, 2)
        if not _clash(*(asked.programme.compiled[at] for at in pair))
    }
    tried |= {tuple(named[part] for part in one.joins): (at,) for at, one in enumerate(every) if one.joins}
    alone = {at: float(central(asked, at).sum()) for at in {at for parts in tried for at in parts}}
    for parts, relaxed in tried.items():
        both = float(central(asked, *relaxed).sum())
        made = Together(tuple(every[at].id for at in parts), sum(alone[at] for at in parts), both)
        if made.extra_musd > EXTRA * max(abs(both), 1e-9):
            yield made


def _clash(one: Compiled, other: Compiled) -> bool:
    """Whether two candidates set the same flow's capacity or rate, or are documents of which one holds the other."""
    if one.candidate.kind == other.candidate.kind == "documents":
        return True
    mine, theirs = (
        {(t.exporter, t.importer, s) for t in it.targets for s in t.sectors} for it in (one, other)
    )
    return bool(mine & theirs or one.cells[1] & other.cells[1])


def uncosted(data: Data, places: tuple[str, str], found: Sequence[Candidate]) -> Iterator[Uncosted]:
    """Barriers of the ledger between the two that no candidate puts a cost on, by name or by their form."""
    kinds = {one.kind for one in found}
    costed = {barrier for one in found for barrier in one.barriers}
    countries = [codes.place(place).country for place in places]
    sides = [[home, *(item.code for item in codes.places() if item.country == home)] for home in countries]
    for record in data.ledger.between(sides[0], sides[1], "barrier"):
        # A barrier that a third country sets up is none of theirs.
        if not set(record.text("side").split()) <= {*sides[0], *sides[1]}:
            continue
        form = record.text("form")
        priced = record.subject in _PRICED or form in _RATES or _COSTED.get(form) in kinds
        if record.subject not in costed and not priced:
            held = grade([record.figure(statement) for statement in record.quantities()])
            yield Uncosted(record.subject, record.name, record.text("form"), held.letter, held.why)
