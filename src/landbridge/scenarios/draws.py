"""Joint draws of a scenario's parameters, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landbridge.errors import BadUsage
from landbridge.scenarios.plan import ELASTICITIES, Array, Parameter

CORRELATION = 0.5
"""Of the scores of any two linked parameters: evidence that overstates one overstates others. Assumed."""


def sample(parameters: Sequence[Parameter], draws: int, seed: int) -> Array:
    """Values (draw, parameter): a Latin hypercube, so that every parameter runs through its whole range evenly.

    Half of each parameter's mass lies evenly between low and value, half between value and high: the central value is the
    median. The ranks of linked parameters follow normal scores with a common factor, so that any two correlate by
    `CORRELATION`: those of one `linked` word, and elasticities. Everything else is independent. A parameter without a
    range takes no part.
    """
    if draws < 1 or seed < 0:
        raise BadUsage(
            f"{draws} draws with seed {seed} cannot be made.",
            remedy="Ask for one or more, with a seed from 0.",
        )
    free = [at for at, parameter in enumerate(parameters) if not parameter.fixed]
    values = np.tile(np.array([float(parameter.value) for parameter in parameters]), (draws, 1))
    if not free:
        return values
    linked: dict[str, list[int]] = {ELASTICITIES: []}
    for at, position in enumerate(free):
        word = parameters[position].linked
        if word or parameters[position].group == ELASTICITIES:
            linked.setdefault(word or ELASTICITIES, []).append(at)
    levels = _levels(len(free), list(linked.values()), draws, seed)
    for at, position in enumerate(free):
        values[:, position] = _placed(parameters[position], levels[:, at])
    return values


def _levels(count: int, linked: Sequence[Sequence[int]], draws: int, seed: int) -> Array:
    """Latin hypercube on the unit cube (draw, count); columns `linked` together are reordered to follow a common factor."""
    from scipy.special import ndtri  # type: ignore[import-untyped]
    from scipy.stats import qmc  # type: ignore[import-untyped]

    # A column more than there are parameters for every factor that is shared.
    cube = np.asarray(qmc.LatinHypercube(count + len(linked), seed=np.random.default_rng(seed)).random(draws))
    for shared, columns in enumerate(linked, count):
        factor = ndtri(cube[:, shared])
        for at in columns:
            score = np.sqrt(CORRELATION) * factor + np.sqrt(1.0 - CORRELATION) * ndtri(cube[:, at])
            # Only the order changes (Iman and Conover 1982), so each column stays evenly spread.
            cube[np.argsort(score, kind="stable"), at] = np.sort(cube[:, at])
    return np.asarray(cube[:, :count])


def _placed(parameter: Parameter, level: Array) -> Array:
    below = parameter.low + (parameter.value - parameter.low) * 2.0 * level
    over = parameter.value + (parameter.high - parameter.value) * (2.0 * level - 1.0)
    return np.where(level < 0.5, below, over)
