"""`bottlenecks`: from two countries to a ranking, reusing whatever of it is already kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from landbridge import codes
from landbridge.codes import Place
from landbridge.errors import BadUsage, NotHeld, Problem, nearest
from landbridge.planning.bottlenecks import judging, obstacles, regional
from landbridge.planning.bottlenecks.candidate import Candidate
from landbridge.planning.bottlenecks.derived import derived
from landbridge.planning.bottlenecks.effects import gains
from landbridge.planning.bottlenecks.programme import Programme, programme
from landbridge.planning.bottlenecks.result import Bottlenecks
from landbridge.planning.bottlenecks.solving import Answer, Progress, Question, answer, question
from landbridge.provenance import Citation, Figure
from landbridge.release import Data
from landbridge.scenarios import spec
from landbridge.scenarios.context import context as context_of
from landbridge.scenarios.inputs import code_digest
from landbridge.scenarios.making import ACCOUNTS, economy_of
from landbridge.scenarios.store import Store

DRAWS = 200
MOST_DRAWS = 5_000
FOLDER = Path("runs") / "bottlenecks"
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
    """Rank what stands in the way between two places by what relaxing it brings both together.

    Two countries: their real income, in general equilibrium. Where one of them is a region: what traders of the two save on
    their own routes, in per cent of the value of what moves, to first order.

    `candidates`: by default everything that network, tariffs and the release's obstacles hold for the pair. All are drawn
    alike `draws` times; work runs on `executor` or on `workers` processes of our own, is kept in `runs` if that is given,
    and goes on from there after an interrupt. `progress` is called with a stage, portions done and wanted.

    Raises `UnknownLabel` for a place that is none, `NotHeld` where the accounts lack a country or nothing is held for
    the pair, `NotConverged` where more than one draw in twenty does not clear its markets.
    """
    _check_call(draws, seed, workers)
    ends = _ends(data, a, b)
    own = None if candidates is None else tuple(candidates)
    if any(end.kind != "country" for end in ends):
        return _regional(data, ends, own, draws, seed)
    places = ends[0].code, ends[1].code
    found = gathered(data, *places) if own is None else own
    made = programme(_some(found, places), context_of(data))
    economies = {name: economy_of(data, name) for name in data.accounts.variants}
    asked = question(made, places, economies, draws, seed)
    store = None if runs is None else Store.begin(Path(runs), _described(asked, data))
    held = answer(asked, store=store, executor=executor, workers=workers, progress=progress)
    medians = np.median(held.final[held.kept].sum(axis=2), axis=0)
    return replace(
        _ranking(data, asked, held, places),
        together=tuple(judging.together(asked, medians)),
        spending_usd=1e6 * float(np.median(held.slopes.spending.sum(axis=1))),
        evidence=_evidence(data, made),
        said=(_SHARES,),
    )


def _regional(
    data: Data, ends: tuple[Place, Place], own: tuple[Candidate, ...] | None, draws: int, seed: int
) -> Bottlenecks:
    """The ranking of two places of which one is a region, by what their traders save."""
    way = regional.way(data, *ends)
    places = ends[0].code, ends[1].code
    found = regional.candidates(data, *ends, way) if own is None else own
    made = programme(_some(found, places), regional.context(data, way))
    asked = question(made, places, {}, draws, seed)
    slopes = regional.slopes(made, way, draws)
    first, anew = (gains(made, slopes, values) for values in (asked.values, asked.anew))
    held = Answer(first, first, anew, (), (), np.ones(draws, dtype=bool), (), slopes)
    ranking = _ranking(data, asked, held, places)
    said = regional.words(data, way, *ends)
    return replace(ranking, concept=regional.CONCEPT, in_pct=True, said=said)


def _some(found: Sequence[Candidate], places: tuple[str, str]) -> Sequence[Candidate]:
    """The candidates, those that are ranked first; raises `NotHeld` where there is none."""
    if not found:
        raise NotHeld(
            f"no obstacle with a defensible cost is held between {places[0]} and {places[1]}.",
            remedy="Give candidates of your own, or write a scenario and `landbridge solve` it.",
        )
    named = Counter(one.id for one in found)
    twice = [name for name, count in named.items() if count > 1]
    problems = [
        Problem(f"two candidates are called {name!r}.", remedy="An id is used once.") for name in twice
    ]
    for one in found:
        problems += [
            Problem(
                f"{one.id} names {part!r}, which is no candidate.",
                cause=f"Nearest: {', '.join(nearest(part, named))}.",
            )
            for part in (*one.joins, *one.also)
            if part not in named
        ]
    if all(one.joins for one in found):
        problems.append(Problem("every candidate joins others, so nothing is ranked."))
    if problems:
        raise BadUsage(problems)
    return sorted(found, key=lambda one: bool(one.joins))


def _ranking(data: Data, asked: Question, held: Answer, places: tuple[str, str]) -> Bottlenecks:
    """What draws say of ranks, and what the ranks rest on."""
    found = tuple(one.candidate for one in asked.programme.compiled)
    share, interval = judging.assumed_share(held)
    return Bottlenecks(
        places=places,
        names={place: codes.place(place).name for place in places},
        candidates=found[: asked.ranked],
        gains=held.final[held.kept],
        solved=held.solved,
        assumed_share=share,
        interval=interval,
        topics=judging.topics(asked, held),
        error=judging.error(held),
        contenders_error=judging.contenders_error(held),
        together=(),
        uncosted=tuple(judging.uncosted(data, places, found)),
        dropped=held.failures,
        seed=asked.seed,
        year=data.accounts.year,
        spending_usd=None,
        accounts=Citation(data.sources[ACCOUNTS], f"closed account of {data.accounts.year}"),
        evidence=(),
    )


def gathered(data: Data, a: str, b: str) -> tuple[Candidate, ...]:
    """Every candidate that the release holds for two countries."""
    return (*obstacles.for_pair(data.obstacles, a, b), *derived(data, a, b))


def _ends(data: Data, a: str, b: str) -> tuple[Place, Place]:
    """The two places; raises for one that is unknown or not held, or twice the same country."""
    places = codes.place(a), codes.place(b)
    missing = [place.country for place in places if place.country not in data.accounts.places]
    if missing:
        raise NotHeld(
            [
                Problem(f"the accounts hold no {code}.", remedy="Economies not listed are inside ROW.")
                for code in missing
            ]
        )
    if places[0].country == places[1].country:
        raise BadUsage(
            f"{a} and {b} are in one country.", remedy="Name places of two countries, such as CHN RUS."
        )
    return places


def _evidence(data: Data, made: Programme) -> tuple[Figure, ...]:
    """Trade elasticities and values of a day of the sectors whose costs some candidate moves."""
    sectors = _sectors(made)
    days = (data.time_values.per_day(sector) for sector in sectors)
    return (
        *(data.elasticities.theta(sector) for sector in sectors),
        *(figure for figure in days if isinstance(figure, Figure)),
    )


def _sectors(made: Programme) -> list[str]:
    """Sectors whose costs some candidate moves, in the order of the accounts."""
    costs, rates = made.cells
    return [made.context.sectors[at] for at in sorted({cell[0] for cell in (*costs, *rates)})]


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
