"""`bottlenecks`: from two countries to a ranking, reusing whatever of it is already kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge import codes
from landbridge.errors import BadUsage, NotHeld, Problem
from landbridge.planning.bottlenecks import obstacles
from landbridge.planning.bottlenecks.candidate import Candidate
from landbridge.planning.bottlenecks.derived import derived
from landbridge.planning.bottlenecks.effects import gains
from landbridge.planning.bottlenecks.programme import Programme, programme
from landbridge.planning.bottlenecks.ranking import Error, first_order_error, ranks, variance_share
from landbridge.planning.bottlenecks.result import Bottlenecks, Together, Uncosted
from landbridge.planning.bottlenecks.solving import (
    Answer,
    Progress,
    Question,
    answer,
    assumed,
    central,
    question,
)
from landbridge.planning.grading import grade
from landbridge.provenance import Citation
from landbridge.release import Data
from landbridge.scenarios import spec
from landbridge.scenarios.context import context as context_of
from landbridge.scenarios.inputs import code_digest
from landbridge.scenarios.making import ACCOUNTS, economy_of
from landbridge.scenarios.store import Store

Array = NDArray[np.float64]

DRAWS = 200
MOST_DRAWS = 5_000
FOLDER = Path("runs") / "bottlenecks"
# So many of the largest are tried in pairs; a pair that brings this part more than its sum is told.
PAIRED = 8
EXTRA = 0.05
TOPICS = 8
_SHARES = (
    "Every part of a flow is drawn on its own, so the parts of one flow need not add up to a whole in a draw."
)


def bottlenecks(
    data: Data,
    a: str,
    b: str,
    *,
    draws: int = DRAWS,
    seed: int = 1,
    candidates: Sequence[Candidate] | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    runs: str | Path | None = None,
    progress: Progress | None = None,
) -> Bottlenecks:
    """Rank what stands in the way between two countries by the real income that relaxing it brings both together.

    `candidates`: by default everything that network, tariffs and the release's obstacles hold for the pair. All are drawn
    alike `draws` times; work runs on `executor` or on `workers` processes of our own, is kept in `runs` if that is given,
    and goes on from there after an interrupt. `progress` is called with a stage, portions done and wanted.

    Raises `UnknownLabel` for a place that is none, `NotHeld` where the accounts lack a country or nothing is held for
    the pair, `NotConverged` where more than one draw in twenty does not clear its markets.
    """
    _check_call(draws, seed, workers)
    places = _countries(data, a, b)
    found = tuple(candidates) if candidates is not None else gathered(data, *places)
    if not found:
        raise NotHeld(
            f"no obstacle with a defensible cost is held between {places[0]} and {places[1]}.",
            remedy="Give candidates of your own, or write a scenario and `landbridge solve` it.",
        )
    made = programme(found, context_of(data))
    economies = {name: economy_of(data, name) for name in data.accounts.variants}
    asked = question(made, places, economies, draws, seed)
    store = None if runs is None else Store.begin(Path(runs), _described(asked, data))
    held = answer(asked, store=store, executor=executor, workers=workers, progress=progress)
    final, kept = held.final[held.kept], held.kept
    ranked = ranks(final.sum(axis=2))
    first = ranks(held.first[kept].sum(axis=2))
    again = ranks(held.anew[kept].sum(axis=2))
    return Bottlenecks(
        places=places,
        names={place: data.names[place] for place in places},
        candidates=found,
        gains=final,
        solved=held.solved,
        assumed_share=variance_share(first, again),
        topics=_topics(asked, held),
        error=_error(held),
        together=tuple(_together(asked, found, np.median(final.sum(axis=2), axis=0), ranked)),
        uncosted=tuple(_uncosted(data, places, found)),
        dropped=held.failures,
        seed=seed,
        year=data.accounts.year,
        spending_usd=1e6 * float(np.median(held.slopes.spending.sum(axis=1))),
        accounts=Citation(data.sources[ACCOUNTS], f"closed account of {data.accounts.year}"),
        evidence=tuple(data.elasticities.theta(sector) for sector in _sectors(made)),
        said=(_SHARES,),
    )


def gathered(data: Data, a: str, b: str) -> tuple[Candidate, ...]:
    """Every candidate that the release holds for two countries."""
    return (*obstacles.for_pair(data.obstacles, a, b), *derived(data, a, b))


def _countries(data: Data, a: str, b: str) -> tuple[str, str]:
    places = codes.place(a), codes.place(b)
    problems = []
    for place in places:
        if place.kind != "country":
            problems.append(Problem(f"{place} is a region.", remedy=f"Name its country, {place.country}."))
        elif place.code not in data.accounts.places:
            problems.append(
                Problem(f"the accounts hold no {place.code}.", remedy="Economies not listed are inside ROW.")
            )
    if problems:
        raise NotHeld(problems)
    if a == b:
        raise BadUsage("a pair is two different places.", remedy="Name two, such as CHN RUS.")
    return places[0].code, places[1].code


def _sectors(made: Programme) -> list[str]:
    """Sectors whose costs some candidate moves, in the order of the accounts."""
    costs, rates = made.cells
    return [made.context.sectors[at] for at in sorted({cell[0] for cell in (*costs, *rates)})]


def _topics(asked: Question, held: Answer) -> tuple[tuple[str, float], ...]:
    """What assumptions are about, by the share of the variance of ranks that each makes alone; the largest first."""
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
        other = gains(made, held.slopes, mixed)[held.kept]
        share = variance_share(first, ranks(other.sum(axis=2)))
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
    return f"size of “{whose}”"


def _error(held: Answer) -> Error | None:
    if not held.checked:
        return None
    first = np.array([held.first[draw, at].sum() for draw, at, _ in held.checked])
    solved = np.array([gain.sum() for _, _, gain in held.checked])
    return first_order_error(first, solved)


def _together(
    asked: Question, found: Sequence[Candidate], medians: Array, ranked: NDArray[np.int64]
) -> Iterator[Together]:
    """Pairs among the largest, and those that limit one flow, that bring more together than alone at central values."""
    largest = np.argsort(-medians, kind="stable")[:PAIRED].tolist()
    named = {one.id: at for at, one in enumerate(found)}
    series = [(at, named[other]) for at, one in enumerate(found) for other in one.also if other in named]
    pairs = dict.fromkeys(tuple(sorted(pair)) for pair in [*itertools.combinations(largest, 2), *series])
    alone = {at: float(central(asked, at).sum()) for at in {at for pair in pairs for at in pair}}
    for one, other in pairs:
        if _clash(found[one], found[other]):
            continue
        both = float(central(asked, one, other).sum())
        made = Together(found[one].id, found[other].id, alone[one], alone[other], both)
        if made.extra_musd > EXTRA * max(abs(both), 1e-9):
            yield made


def _clash(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates relax the same thing, so that both at once have no meaning."""
    changes = [step.change for step in (*one.steps, *other.steps)]
    return (
        len(
            {
                (change.kind, getattr(change, "crossing", ""), change.named(), change.codes)
                for change in changes
            }
        )
        < len(changes)
        and one.kind == other.kind
    )


def _uncosted(data: Data, places: tuple[str, str], found: Sequence[Candidate]) -> Iterator[Uncosted]:
    """Barriers of the ledger between the two that no candidate puts a cost on."""
    costed = {barrier for one in found for barrier in one.barriers}
    sides = [[place, *(item.code for item in codes.places() if item.country == place)] for place in places]
    for record in data.ledger.between(sides[0], sides[1], "barrier"):
        if record.subject not in costed:
            held = grade([record.figure(statement) for statement in record.quantities()])
            yield Uncosted(record.subject, record.name, record.text("form"), held.letter, held.why)


def _described(asked: Question, data: Data) -> dict[str, Any]:
    """Everything a ranking depends on, as plain data: what its folder is named after."""
    return {
        "bottlenecks": list(asked.places),
        "candidates": [
            {
                "id": one.candidate.id,
                "steps": [
                    {
                        "part": step.part,
                        **spec.dump(spec.Scenario(name=one.candidate.id, changes=(step.change,))),
                    }
                    for step in one.candidate.steps
                ],
            }
            for one in asked.programme.compiled
        ],
        "parameters": [asdict(item) for item in asked.programme.parameters],
        "accounts_sha256": data.accounts.fingerprint,
        "imputations": list(asked.economies),
        "draws": int(asked.values.shape[0]),
        "seed": asked.seed,
        "code_sha256": code_digest(("equilibrium", "scenarios", "planning/bottlenecks")),
    }


def _check_call(draws: int, seed: int, workers: int | None) -> None:
    problems = []
    if not 10 <= draws <= MOST_DRAWS:
        what = f"{draws} draws cannot be made."
        problems.append(Problem(what, "draws", remedy=f"From 10 to {MOST_DRAWS:,}: ranks need draws."))
    if seed < 0:
        problems.append(Problem(f"{seed} is no seed.", "seed", remedy="A seed is a whole number from 0."))
    if workers is not None and workers < 1:
        problems.append(Problem(f"{workers} workers cannot work.", "workers", remedy="Ask for one or more."))
    if problems:
        raise BadUsage(problems)
