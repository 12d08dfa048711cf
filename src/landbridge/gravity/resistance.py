"""Multilateral resistances out of the effects of a Poisson fit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from landbridge.errors import BadUsage, NotHeld, OutsideSupport, UnknownLabel
from landbridge.gravity.levels import SHOWN, Levels, sides
from landbridge.gravity.prediction import FREE, unidentified
from landbridge.gravity.result import Array, Fit


@dataclass(frozen=True, slots=True)
class Resistances:
    """Outward and inward multilateral resistances as powers 1 - sigma, so that costs count with their trade effect.

    With fitted trade X[i,j] = exp(e[i] + m[j]) t[i,j], and Y, E the sums of observed trade of an exporter and an importer,

        outward[i] = sum_j t[i,j] E[j] / inward[j] = Y[i] exp(-e[i]) E[r] exp(-m[r])
        inward[j]  = sum_i t[i,j] Y[i] / outward[i] = E[j] exp(-m[j]) / (E[r] exp(-m[r]))

    where r, the importer `normalised_by`, has inward resistance 1 in every group (year, sector). The equalities hold
    because Poisson fits reproduce Y and E (Fally, 2015, Journal of International Economics 97).

    Effects of pairs beside those of countries leave the split between the two open: a country's effects may be raised
    in all years and those of its pairs lowered. Changes since the year `base`, which are ratios, do not depend on it.
    """

    outward: pl.DataFrame
    inward: pl.DataFrame
    normalised_by: str
    base: str | None = None

    def table(self) -> pl.DataFrame:
        """`side, place`, the group, `trade`, `resistance`, `index` if sigma was given, `normalised_by`, and `base` if
        changes were asked for.
        """
        both = [("outward", self.outward), ("inward", self.inward)]
        made = pl.concat(
            [held.insert_column(0, pl.lit(side).alias("side")) for side, held in both]
        ).with_columns(normalised_by=pl.lit(self.normalised_by))
        return made if self.base is None else made.with_columns(base=pl.lit(self.base))


def resistances(fit: Fit, importer: str | None, sigma: float | None, base: Any = None) -> Resistances:
    """The resistances of a fit, with `importer` (else the one that buys most) as the normalisation.

    With `base` each is divided by that of the same place in this year, and null where the place has none then. Raises
    `BadUsage` for least squares, weights and elasticities up to 1, `NotHeld` without both effects, `OutsideSupport` for
    what the effects do not identify.
    """
    if fit.estimator != "ppml" or fit.request.weights is not None:
        what = "multilateral resistances come from the effects of an unweighted PPML fit."
        raise BadUsage(what, cause="Only Poisson effects reproduce the sums of trade.", remedy="Fit by PPML.")
    if sigma is not None and not _elasticity(sigma):
        what = f"sigma={sigma!r}: the elasticity of substitution is a number that exceeds 1."
        raise BadUsage(what, remedy="Write 5, say.")
    sellers, buyers = _sides(fit)
    group = [column for column in sellers.columns if column != fit.request.exporter]
    names = [effect.name for effect in fit.absorbed]
    effects = dict(zip(names, zip(fit.level_effects(), unidentified(fit), strict=True), strict=True))
    sold = _side(fit, sellers, fit.request.exporter, *effects[sellers.name])
    bought = _side(fit, buyers, fit.request.importer, *effects[buyers.name])
    chosen = _normaliser(bought, group, None if importer is None else str(importer))
    reference = bought.filter(pl.col("place").cast(pl.String) == chosen)
    reference = reference.select(*group, scale="log", loose="free")
    here: dict[str, Any] = {"on": group, "how": "left"} if group else {"how": "cross"}
    columns = ["place", *group, "trade", "log", "free"]
    outward = sold.join(reference, **here).with_columns(
        log=pl.col("log") + pl.col("scale"), free=pl.col("free") + pl.col("loose")
    )
    inward = bought.join(reference, **here).with_columns(
        log=pl.col("log") - pl.col("scale"), free=pl.col("free") - pl.col("loose")
    )
    sides = [outward.select(columns), inward.select(columns)]
    if base is not None:
        sides = [_since(side, group, base) for side in sides]
    _identified(sides, fit, group, base)
    made = [side.with_columns(resistance=pl.col("log").exp()).drop("log", "free") for side in sides]
    if sigma is not None:
        made = [side.with_columns(index=pl.col("resistance") ** (1 / (1 - sigma))) for side in made]
    return Resistances(made[0], made[1], chosen, None if base is None else str(base))


def _elasticity(sigma: object) -> bool:
    number = isinstance(sigma, int | float) and not isinstance(sigma, bool)
    return number and 1 < sigma < math.inf  # type: ignore[operator]


def _since(side: pl.DataFrame, group: list[str], base: Any) -> pl.DataFrame:
    """Logs, and what is loose in them, less those of the same place in the group `base`."""
    if len(group) != 1:
        what = f"base={base!r}: changes need effects by one period, and these are by {' and '.join(group) or 'none'}."
        raise BadUsage(what, remedy='Fit with effects by year, such as "exporter^year".')
    then = side.filter(pl.col(group[0]).cast(pl.String) == str(base))
    if then.is_empty():
        raise UnknownLabel(
            f"{group[0]} of this fit", str(base), side[group[0]].cast(pl.String).unique().sort()
        )
    joined = side.join(then.select("place", scale="log", loose="free"), on="place", how="left")
    return joined.with_columns(
        log=pl.col("log") - pl.col("scale"), free=pl.col("free") - pl.col("loose")
    ).select(side.columns)


def _identified(sides: list[pl.DataFrame], fit: Fit, group: list[str], base: Any) -> None:
    """Raises `OutsideSupport` where a shift of the effects that no row would notice moves a resistance."""
    loose = pl.concat([side.filter(pl.col("free").abs() > FREE) for side in sides])
    if loose.is_empty():
        return
    places = loose["place"].cast(pl.String).unique(maintain_order=True)
    named = ", ".join(places[:SHOWN]) + (f" and {len(places) - SHOWN:,} more" if len(places) > SHOWN else "")
    changes = len(group) == 1 and base is None and len(fit.absorbed) > 2
    raise OutsideSupport(
        f"the multilateral resistances of {named} are not identified.",
        where=f"effects {', '.join(effect.name for effect in fit.absorbed)}",
        cause="Other effects hold constants of countries too, or these places never meet the normalising importer in the "
        "sample: their effects can be raised and others lowered without any change of fit.",
        remedy=(
            f"Name a period, base=..., for changes since then, or fit without {_others(fit)}."
            if changes
            else "Take other effects, or add trade that ties the places together."
        ),
    )


def _others(fit: Fit) -> str:
    both = [effect.name for effect in _sides(fit)]
    return " and ".join(effect.name for effect in fit.absorbed if effect.name not in both)


def _sides(fit: Fit) -> tuple[Levels, Levels]:
    """The exporter and the importer effect, over the same groups."""
    exporter, importer = fit.request.exporter, fit.request.importer
    found = sides(fit.absorbed, exporter, importer)
    if found is not None:
        return found
    raise NotHeld(
        "this fit has no pair of exporter and importer effects.",
        where=f"effects {', '.join(effect.name for effect in fit.absorbed) or 'none'}",
        remedy=f'Fit with effects=["{exporter}", "{importer}"], or both by year.',
    )


def _side(fit: Fit, effect: Levels, side: str, values: Array, free: Array) -> pl.DataFrame:
    """`place`, the group and `trade` of one side, `log` trade less the effect, and what of it is `free`."""
    trade = np.bincount(effect.codes, weights=fit.observed, minlength=effect.count)
    frame = effect.frame().rename({side: "place"})
    return frame.with_columns(
        trade=pl.Series(trade), log=pl.Series(np.log(trade) - values), free=pl.Series(-free)
    )


def _normaliser(bought: pl.DataFrame, group: list[str], importer: str | None) -> str:
    """The importer whose resistance is 1; it must buy in every group."""
    groups = bought.select(group).n_unique() if group else 1
    held = bought.group_by(pl.col("place").cast(pl.String)).agg(pl.len(), pl.col("trade").sum())
    if importer is None:
        everywhere = held.filter(pl.col("len") == groups).sort("trade", "place", descending=True)
        if everywhere.is_empty():
            what = "no importer buys in every group, so none can be the normalisation for all."
            raise NotHeld(what, remedy="Fit the years apart, or drop the groups without a common importer.")
        return str(everywhere["place"][0])
    found = held.filter(pl.col("place") == importer)
    if found.is_empty():
        raise UnknownLabel("importer of this fit", importer, held["place"])
    if found["len"][0] < groups:
        what = f"{importer} buys in {found['len'][0]} of {groups} groups, so it cannot be the normalisation."
        raise NotHeld(what, remedy="Name an importer that is there in all of them.")
    return importer
