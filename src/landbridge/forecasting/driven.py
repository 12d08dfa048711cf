"""Gravity-driven forecasts: trade moves with the incomes of both sides, relative to the world's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import BadSample, BadUsage

NAME = "gravity"
WORDS = "trade moves with both incomes over the world's, unit elasticities (Anderson and van Wincoop 2003)"
DAMPING = 0.9
"""Share of the growth of one period that is left in the next, fixed a priori inside the 0.8 to 0.98 to which damped trends
are commonly held. `assumed`: nothing here estimates it."""
LEAST = 5


def carried_on(
    income_logs: NDArray[np.float64], horizon: int, damping: float = DAMPING
) -> NDArray[np.float64]:
    """Income logs float64[T] carried on by their mean growth g, damped: l_T + g (d + d^2 + ... + d^h), float64[horizon]."""
    growth = (income_logs[-1] - income_logs[0]) / (len(income_logs) - 1)
    return np.asarray(
        income_logs[-1] + growth * np.cumsum(damping ** np.arange(1, horizon + 1)), dtype=np.float64
    )


def driven(
    logs: NDArray[np.float64],
    exporter_income_logs: NDArray[np.float64],
    importer_income_logs: NDArray[np.float64],
    world_logs: NDArray[np.float64],
    horizon: int,
    *,
    damping: float = DAMPING,
) -> NDArray[np.float64]:
    """Median logs of trade, float64[horizon]: l_T + change of (y_i + e_j - y_w) since the origin.

    All four rows are float64[T] of the same periods, known at the origin; no income of a later period enters.
    Structural gravity, X_ij = Y_i E_j / Y_w (t_ij / (P_i P_j))^(1 - sigma) (Anderson and van Wincoop 2003, equation 9,
    https://doi.org/10.1257/000282803321455214), with trade costs and resistances held where they are: elasticities of one
    for both incomes.
    """
    if horizon < 1:
        raise BadUsage(f"horizon {horizon}: it is at least 1.", remedy="Ask for one period ahead or more.")
    rows = {
        "trade": np.asarray(logs, dtype=np.float64),
        "income of the exporter": np.asarray(exporter_income_logs, dtype=np.float64),
        "income of the importer": np.asarray(importer_income_logs, dtype=np.float64),
        "income of the world": np.asarray(world_logs, dtype=np.float64),
    }
    length = len(rows["trade"])
    wrong = [f"{what}: {len(row)} values" for what, row in rows.items() if row.shape != (length,)]
    if wrong:
        raise BadSample(
            f"{length} values of trade, but {', '.join(wrong)}.", remedy="Give all four for the same periods."
        )
    holes = [what for what, row in rows.items() if not np.all(np.isfinite(row))]
    if holes:
        raise BadSample(
            f"not finite: {', '.join(holes)}.",
            cause="An income is missing, zero or negative in some period.",
            remedy="Begin where all four are held, or use a model that needs no incomes.",
        )
    if length < LEAST:
        raise BadSample(
            f"{length} values, and the model {NAME!r} needs {LEAST}.",
            remedy="Use naive or drift, or load longer series.",
        )
    exporter, importer, world = (
        carried_on(row, horizon, damping) - row[-1] for what, row in rows.items() if what != "trade"
    )
    return np.asarray(rows["trade"][-1] + exporter + importer - world, dtype=np.float64)
