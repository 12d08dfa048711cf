"""What the network says of a crossing: which flows use it, pair by pair."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from landbridge.errors import Problem, nearest
from landbridge.scenarios.changes import BorderTime, Change
from landbridge.scenarios.plan import Context, Use


@dataclass(frozen=True, slots=True)
class Users:
    """Flows of one pair that use a crossing, in the order of sectors."""

    crossing: str
    exporter: str
    importer: str
    uses: tuple[Use, ...]


def needed(changes: Iterable[Change]) -> bool:
    """Whether some change leaves it to the network who crosses where."""
    return any(isinstance(change, BorderTime) and change.by_network for change in changes)


def places(changes: Iterable[Change], context: Context) -> tuple[str, ...]:
    """The countries whose flows use the crossings that changes name, in the order of the account."""
    found: set[str] = set()
    for change in changes:
        if isinstance(change, BorderTime) and change.by_network:
            crossings = named(change.crossing, context)
            for crossing in crossings if isinstance(crossings, list) else ():
                found |= {end for use in context.crossings[crossing] for end in (use.exporter, use.importer)}
    return tuple(place for place in context.places if place in found)


def named(word: str, context: Context) -> list[str] | Problem:
    """The crossing of that name, or those of every mode at the place of that name; what is wrong where there is none."""
    held = context.crossings
    found = [word] if word in held else [name for name in held if name.rpartition("-")[0] == word]
    if found:
        return found
    close = nearest(word, held)
    return Problem(
        f"the network holds no users of a crossing called {word!r}.",
        "",
        f"Nearest held: {', '.join(close)}." if close else "",
        "Name one of the network (`landbridge crossings`), or give places and share_pct.",
    )


def users(
    crossings: Sequence[str],
    context: Context,
    sectors: Sequence[int],
    pairs: Sequence[tuple[int, int]] | None,
) -> list[Users]:
    """Who uses these crossings in some sectors (positions), for all pairs or those given (positions)."""
    wanted = {context.sectors[at] for at in sectors}
    named_pairs = None if pairs is None else {(context.places[i], context.places[j]) for i, j in pairs}
    found: dict[tuple[str, str, str], list[Use]] = {}
    for crossing in crossings:
        for use in context.crossings[crossing]:
            pair = use.exporter, use.importer
            if use.sector in wanted and (named_pairs is None or pair in named_pairs):
                found.setdefault((crossing, *pair), []).append(use)
    return [
        Users(*key, tuple(sorted(uses, key=lambda use: context.sectors.index(use.sector))))
        for key, uses in found.items()
    ]


def priced(use: Use, sizes: Collection[str], context: Context) -> bool:
    """Whether it is known what a day, and a tonne, of a flow is worth, so far as the `sizes` of a change need it."""
    timed = "hours" not in sizes or use.sector in context.time_values
    weighed = "charge_usd_t" not in sizes or (use.exporter, use.importer, use.sector) in context.tonnes
    return timed and weighed
