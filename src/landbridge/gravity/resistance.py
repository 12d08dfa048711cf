"""Multilateral resistances out of the effects of a Poisson fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.gravity.levels import Levels, sides
from landbridge.gravity.result import Array, Fit


@dataclass(frozen=True, slots=True)
class Resistances:
    """Outward and inward multilateral resistances as powers 1 - sigma, so that costs count with their trade effect.

    With fitted trade X[i,j] = exp(e[i] + m[j]) t[i,j], and Y, E the sums of observed trade of an exporter and an importer,

        outward[i] = sum_j t[i,j] E[j] / inward[j] = Y[i] exp(-e[i]) E[r] exp(-m[r])
        inward[j]  = sum_i t[i,j] Y[i] / outward[i] = E[j] exp(-m[j]) / (E[r] exp(-m[r]))

    where r, the importer `normalised_by`, has inward resistance 1 in every group (year, sector). The equalities hold
    because Poisson fits reproduce Y and E (Fally, 2015, Journal of International Economics 97).
    """

    outward: pl.DataFrame
    inward: pl.DataFrame
    normalised_by: str

    def table(self) -> pl.DataFrame:
        """`side, place`, the group, `trade`, `resistance`, `index` if sigma was given, and `normalised_by`."""
        both = [("outward", self.outward), ("inward", self.inward)]
        return pl.concat(
            [held.insert_column(0, pl.lit(side).alias("side")) for side, held in both]
        ).with_columns(normalised_by=pl.lit(self.normalised_by))


def resistances(fit: Fit, importer: str | None, sigma: float | None) -> Resistances:
    """The resistances of a fit, with `importer` (else the one that buys most) as the normalisation.

    Raises `BadUsage` for least squares, weights and elasticities up to 1, `NotHeld` without both effects.
    """
    if fit.estimator != "ppml" or fit.request.weights is not None:
        what = "multilateral resistances come from the effects of an unweighted PPML fit."
        raise BadUsage(what, cause="Only Poisson effects reproduce the sums of trade.", remedy="Fit by PPML.")
    if sigma is not None and sigma <= 1:
        raise BadUsage(f"sigma={sigma}: the elasticity of substitution exceeds 1.", remedy="Write 5, say.")
    sellers, buyers = _sides(fit)
    effects = dict(zip((effect.name for effect in fit.absorbed), fit.level_effects(), strict=True))
    group = [column for column in sellers.columns if column != fit.request.exporter]
    sold = _side(fit, sellers, fit.request.exporter, effects[sellers.name])
    bought = _side(fit, buyers, fit.request.importer, effects[buyers.name])
    chosen = _normaliser(bought, group, importer)
    base = bought.filter(pl.col("place").cast(pl.String) == chosen)
    base = base.select(*group, scale=pl.col("trade") * (-pl.col("effect")).exp())
    here = {"on": group, "how": "left"} if group else {"how": "cross"}
    raw = pl.col("trade") * (-pl.col("effect")).exp()
    names = ["place", *group, "trade", "resistance"]
    outward = sold.join(base, **here).with_columns(resistance=raw * pl.col("scale")).select(names)
    inward = bought.join(base, **here).with_columns(resistance=raw / pl.col("scale")).select(names)
    if sigma is not None:
        index = (pl.col("resistance") ** (1 / (1 - sigma))).alias("index")
        outward, inward = outward.with_columns(index), inward.with_columns(index)
    return Resistances(outward, inward, chosen)


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


def _side(fit: Fit, effect: Levels, side: str, values: Array) -> pl.DataFrame:
    """`place`, the group, `trade` and `effect` of one side."""
    trade = np.bincount(effect.codes, weights=fit.observed, minlength=effect.count)
    frame = effect.frame().rename({side: "place"})
    return frame.with_columns(trade=pl.Series(trade), effect=pl.Series(values))


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
