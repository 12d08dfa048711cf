"""What agreements go with in trade, fitted on the account: the coefficient that `coefficient: fitted` takes."""

from __future__ import annotations

import numpy as np
import polars as pl

from landbridge import gravity
from landbridge.potential import panel
from landbridge.release import Data

EQUATION = (
    "PPML of deliveries of goods between the economies of the account on distance, border, language and agreement, with "
    "exporter and importer effects and errors clustered by pair (fitted, one cross-section: not the effect of "
    "signing; pairs that trade much also sign)"
)
_NAMES = ("distance_km", "contiguous", "common_language", "agreement")


def fitted(data: Data) -> tuple[float, float]:
    """The coefficient of an agreement in force, in log points of trade, and its standard error.

    One cross-section of the account's year, `EQUATION` in words: the estimator of Santos Silva and Tenreyro (2006) with the
    effects of Anderson and van Wincoop (2003). The range that draws take is its 95 per cent interval.
    """
    world = panel.of_accounts(data.accounts, data.agreements)
    goods = next(position for position, item in enumerate(world.items) if item.code == "goods")
    one, other = np.nonzero(world.known[goods])
    places = np.array(world.places)
    frame = pl.DataFrame(
        {
            "exporter": places[one],
            "importer": places[other],
            "pair": [f"{min(a, b)}-{max(a, b)}" for a, b in zip(places[one], places[other], strict=True)],
            "trade": world.flows[goods][one, other],
            **{name: world.regressors[k][one, other] for k, name in enumerate(_NAMES)},
        }
    ).with_columns(pl.col("distance_km").exp())
    found = gravity.fit(
        frame,
        "trade ~ log(distance_km) + contiguous + common_language + agreement",
        effects=["exporter", "importer"],
        cluster="pair",
    )
    row = found.table().filter(pl.col("term") == "agreement").row(0, named=True)
    return float(row["estimate"]), float(row["std_error"])
