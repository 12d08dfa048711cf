"""What a baseline and a shock must be before anything is solved; all that is wrong is said at once.

    found = Findings()
    flows = found.flows(flows, sectors=False)
    theta = found.elasticity(theta)
    cost_hat = found.costs(cost_hat, flows.shape)
    found.settle()

Each check returns a float64 array that is safe to compute with only after `settle`, which raises when anything was wrong.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge.equilibrium.result import DEFICITS, Array
from landbridge.errors import BadBaseline, BadUsage, Problem, UnknownLabel

SHOWN = 5


def deficits(word: str) -> str:
    """The word for what becomes of deficits, if it is one; else `UnknownLabel` with the nearest."""
    if word not in DEFICITS:
        raise UnknownLabel("treatment of deficits", str(word), DEFICITS, where="deficits")
    return word


def cells(wrong: NDArray[np.bool_], values: Array | None = None) -> str:
    """The first five cells that are wrong, with their values, and how many more there are."""
    where = np.argwhere(wrong)
    named = []
    for index in where[:SHOWN]:
        place = f"[{', '.join(str(i) for i in index)}]"
        named.append(place if values is None else f"{place} = {values[tuple(index)]:g}")
    more = f" and {len(where) - SHOWN:,} more" if len(where) > SHOWN else ""
    return ", ".join(named) + more


class Findings:
    """Collects what is wrong with a baseline and with a call. `settle` raises `BadBaseline` if the baseline is wrong,
    else `BadUsage` if the call is; either lists all problems.
    """

    def __init__(self) -> None:
        self.of_baseline: list[Problem] = []
        self.of_call: list[Problem] = []

    def settle(self) -> None:
        """Raises if anything was found."""
        found = [*self.of_baseline, *self.of_call]
        if self.of_baseline:
            raise BadBaseline(found)
        if found:
            raise BadUsage(found)

    def flows(self, flows: Any, *, sectors: bool) -> Array:
        """Sales by exporter and importer, (N, N), or (S, N, N) with `sectors`: finite, not negative, everyone sells and
        buys something.
        """
        axes = "[sector, exporter, importer]" if sectors else "[exporter, importer]"
        made = self._numbers(flows, "flows", self.of_baseline)
        if made is None:
            return np.ones((1, 1, 1) if sectors else (1, 1))
        if made.ndim != (3 if sectors else 2) or made.shape[-1] != made.shape[-2] or made.size == 0:
            what = f"shape {made.shape}; flows{axes} has as many exporters as importers."
            self.of_baseline.append(Problem(what, "flows", remedy="Domestic sales belong on the diagonal."))
            return np.ones((1, 1, 1) if sectors else (1, 1))
        if not (made.min() >= 0 and made.max() < math.inf):
            wrong = ~((made >= 0) & (made < math.inf))
            what = f"a sale is a finite number, 0 or more; {axes} {cells(wrong, made)}."
            self.of_baseline.append(
                Problem(what, "flows", remedy="Mend the cells; a missing flow is not zero.")
            )
            return made
        table = made.sum(axis=0) if sectors else made
        for total, verb, axis in (
            (table.sum(axis=1), "sells", "exporter"),
            (table.sum(axis=0), "buys", "importer"),
        ):
            if not total.min() > 0:
                what = f"a place that {verb} nothing: {axis} {cells(total <= 0)}."
                self.of_baseline.append(
                    Problem(what, "flows", remedy="Leave the place out, or mend its flows.")
                )
        return made

    def elasticity(self, theta: Any, sectors: int | None = None) -> Array:
        """The trade elasticity: one finite number above 0, shape (); or, with `sectors`, one for each, shape (S,)."""
        made = self._numbers(theta, "theta", self.of_call)
        wanted = () if sectors is None else (sectors,)
        if made is None:
            return np.ones(wanted)
        if sectors is None and made.shape == (1,):
            made = made.reshape(())
        if made.shape not in ((), wanted):
            each = "one number" if sectors is None else f"one number or {sectors}, one per sector"
            self.of_call.append(Problem(f"shape {made.shape}; the trade elasticity is {each}.", "theta"))
            return np.ones(wanted)
        wrong = ~((made > 0) & (made < math.inf))
        if wrong.any():
            values = f"{made:g}" if made.ndim == 0 else cells(wrong, made)
            what = f"{values}: the trade elasticity is a finite number above 0."
            remedy = "Trade moves by cost_hat**-theta, so write 4, not -4; with substitution sigma, theta = sigma - 1."
            self.of_call.append(Problem(what, "theta", remedy=remedy))
            return np.ones(wanted)
        return np.broadcast_to(made, wanted)

    def costs(self, cost_hat: Any, shape: tuple[int, ...]) -> Array:
        """New over old iceberg cost, above 0; infinity closes the flow. None is no change."""
        if cost_hat is None:
            return np.ones(shape)
        made = self._shaped(cost_hat, "cost_hat", shape)
        if not made.min() > 0:
            what = f"a cost factor is above 0 (1 for no change, inf to close); {cells(~(made > 0), made)}."
            self.of_call.append(Problem(what, "cost_hat", remedy="Write 1.1 for a cost up by a tenth."))
            return np.ones(shape)
        return made

    def rates(self, rates: Any, shape: tuple[int, ...], name: str) -> Array:
        """Tariffs as fractions of value, finite and above -1; None is no tariff."""
        if rates is None:
            return np.zeros(shape)
        made = self._shaped(rates, name, shape)
        if not (made.min() > -1 and made.max() < math.inf):
            wrong = ~((made > -1) & (made < math.inf))
            what = f"a tariff is a finite fraction above -1; {cells(wrong, made)}."
            self.of_call.append(Problem(what, name, remedy="Write 0.05 for five per cent."))
            return np.zeros(shape)
        return made

    def shares(self, shares: Any, shape: tuple[int, ...], name: str) -> Array:
        """Shares between 0 and 1, finite."""
        made = self._shaped(shares, name, shape)
        if not (made.min() >= 0 and made.max() <= 1 + 1e-12):
            wrong = ~((made >= 0) & (made <= 1 + 1e-12))
            self.of_baseline.append(Problem(f"a share lies between 0 and 1; {cells(wrong, made)}.", name))
        return made

    def positive(self, values: Any, shape: tuple[int, ...], name: str) -> Array:
        """Finite numbers above 0, such as people."""
        made = self._shaped(values, name, shape)
        if not (made.min() > 0 and made.max() < math.inf):
            wrong = ~((made > 0) & (made < math.inf))
            self.of_call.append(Problem(f"finite numbers above 0 are needed; {cells(wrong, made)}.", name))
            return np.ones(shape)
        return made

    def _shaped(self, values: Any, name: str, shape: tuple[int, ...]) -> Array:
        made = self._numbers(values, name, self.of_call)
        if made is None:
            return np.ones(shape)
        if made.shape != shape:
            self.of_call.append(Problem(f"shape {made.shape}, where {shape} is needed.", name))
            return np.ones(shape)
        return made

    @staticmethod
    def _numbers(values: Any, name: str, problems: list[Problem]) -> Array | None:
        if np.ma.is_masked(values):
            problems.append(
                Problem("some cells are masked.", name, remedy="Fill them, or leave the places out.")
            )
            return None
        try:
            given = np.asarray(values)
            if given.dtype.kind not in "iufO":
                raise TypeError
            return np.ascontiguousarray(given, dtype=np.float64).reshape(given.shape)
        except (TypeError, ValueError):
            problems.append(Problem("not an array of real numbers.", name))
            return None
