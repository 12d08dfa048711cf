"""`staggered`: from a dated panel to the effect of a policy, with its checks, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from landbridge.errors import BadUsage, NotConverged, Problem, UnknownLabel
from landbridge.gravity.calls import between_zero_and_one, settings_of
from landbridge.gravity.event_study import checks
from landbridge.gravity.event_study.aggregation import by_cohort, by_event, effect, overall
from landbridge.gravity.event_study.cohorts import NotIdentified, Panel, Reversals, read
from landbridge.gravity.event_study.extended import Extended, estimate, plain
from landbridge.gravity.event_study.result import Staggered
from landbridge.gravity.ppml import Newton

FEWEST_PARTNERSHIPS = 10
"""Errors clustered by pair rest on many treated pairs; with fewer than about this they are too small (assumed)."""
_COLUMNS = ("exporter", "importer", "period", "border", "pair")
_CORRECTED = "Errors are corrected for leverage (Weidner and Zylkin, 2021)."
_UNCORRECTED = (
    "Errors are not corrected for leverage: with three-way effects they are too small, by a quarter and more."
)
_REMEDY = "Add pairs with a date and with rows before it, and pairs without one."


def staggered(
    frame: Any,
    *,
    outcome: str = "trade",
    exporter: str = "exporter",
    importer: str = "importer",
    period: str = "year",
    treated: str = "treated",
    effects: Sequence[str] | None = None,
    cluster: str | Sequence[str] = "pair",
    reversals: Reversals = "until",
    leads: int = 4,
    shift: int = 2,
    draws: int = 0,
    seed: int = 1,
    corrected: bool | None = None,
    fewest: int = FEWEST_PARTNERSHIPS,
    level: float = 0.95,
    settings: Newton | None = None,
) -> Staggered | NotIdentified:
    """What a policy that came at different times did to trade: extended two-way fixed effects PPML.

    frame: any table Narwhals knows, one row an exporter, importer and period (a whole number); treated: the column that is
    1 while the policy is in force, else 0. effects: of `exporter`, `importer`, `period`, `border`, `pair` (both
    directions alike), joined by `^`; by default those of structural gravity, and `border^period` with sales at home.
    cluster: of the same words, the partnership by default. reversals: `until`, `drop` or `stay`, see `cohorts.read`.
    leads: periods before the policy that are tested; shift: by how many the placebo moves dates; draws: random dates, 0 for
    none. corrected: errors corrected for leverage (Weidner and Zylkin, 2021); None does so where effects are those of
    structural gravity, errors go by one cluster, and there are not too many cells. fewest: treated partnerships and
    partnerships without the policy below which the answer is `NotIdentified`.

    Raises `BadUsage` and `UnknownLabel` for the call, `BadSample` for the rows (all problems at once) and `NotConverged`.
    """
    _check(leads, shift, draws, fewest)
    between_zero_and_one(level)
    newton = settings_of(settings)
    clusters = (cluster,) if isinstance(cluster, str) else tuple(cluster)
    panel = read(
        frame,
        outcome=outcome,
        exporter=exporter,
        importer=importer,
        period=period,
        treated=treated,
        reversals=reversals,
    )
    used = panel.effects if effects is None else tuple(effects)
    _words((*used, *clusters))
    counts = panel.counts()
    if missing := _too_little(panel, counts, fewest):
        return missing
    made = estimate(panel, effects=used, cluster=clusters, corrected=corrected, settings=newton)
    if made is None:
        return NotIdentified(
            "the fixed effects hold the policy entirely: no treated row has an untreated one to compare with.",
            "Add pairs of the same exporters and importers without the policy, or take coarser effects.",
            counts,
        )
    asked = _Asked(used, clusters, leads, shift, draws, seed, corrected, level, newton)
    return _answer(panel, made, counts, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The arguments of one call, checked."""

    effects: tuple[str, ...]
    cluster: tuple[str, ...]
    leads: int
    shift: int
    draws: int
    seed: int
    corrected: bool | None
    level: float
    settings: Newton


def _answer(panel: Panel, made: Extended, counts: dict[str, int], asked: _Asked) -> Staggered:
    effects, cluster, level = asked.effects, asked.cluster, asked.level
    # The checks are judged with errors of the same kind as the effect.
    corrected = made.fit.corrected is not None
    rest: dict[str, Any] = {
        "effects": effects,
        "cluster": cluster,
        "corrected": corrected,
        "settings": asked.settings,
    }
    log, variance = plain(panel, **rest)
    rows = sum(cell.rows for cell in made.cells)
    notes = list(panel.notes)
    if made.lost:
        shown = ", ".join(f"{g} in {t}" for g, t in made.lost[:5])
        notes.append(f"{len(made.lost)} cells cannot be told from the effects and are left out: {shown}.")
    notes.append(_CORRECTED if corrected else _UNCORRECTED)
    try:
        imputed = checks.imputed(panel, effects, asked.settings)
    except NotConverged:
        imputed = None
        notes.append("Imputation did not converge, so it is not shown.")
    drawn = None
    if asked.draws:
        drawn = checks.reassigned(
            panel, effects=effects, draws=asked.draws, seed=asked.seed, settings=asked.settings
        )
    return Staggered(
        overall=overall(made, "rows", level),
        by_trade=overall(made, "trade", level),
        plain=effect("plain", None, log, variance, 1, rows, level),
        imputed=imputed,
        by_event=by_event(made, level),
        by_cohort=by_cohort(made, level),
        cells=tuple(
            effect(f"cohort {cell.cohort}", cell.period, float(d), float(v), 1, cell.rows, level)
            for cell, d, v in zip(made.cells, made.delta, made.covariance.diagonal(), strict=True)
        ),
        pre_trend=checks.pre_trend(panel, leads=asked.leads, level=level, **rest),
        shifted=checks.shifted(panel, asked.shift, level=level, **rest),
        reassigned=drawn,
        counts=counts,
        left_out=panel.left_out,
        effects=effects,
        cluster=cluster,
        corrected=corrected,
        level=level,
        notes=tuple(notes),
    )


def _too_little(panel: Panel, counts: dict[str, int], fewest: int) -> NotIdentified | None:
    """Why nothing can be compared, if so, before anything is estimated."""
    treated, start = counts["treated_partnerships"], counts["left_out_pairs_treated_from_the_start"]
    if not treated and start:
        reason = "every treated pair has the policy since its first row, so nothing shows trade before it."
        return NotIdentified(reason, "Add rows from before the policy.", counts)
    if not treated:
        return NotIdentified("no pair has the policy.", "Mark rows while it is in force.", counts)
    if treated < fewest:
        reason = f"{treated} partnerships have the policy and rows before it; at least {fewest} are needed."
        return NotIdentified(reason, _REMEDY, counts)
    if counts["never_treated_pairs"] == 0:
        reason = "every pair has the policy from the same period on, so nothing shows trade without it."
        return NotIdentified(reason, "Add pairs without the policy.", counts)
    if counts["never_treated_pairs"] < fewest:
        reason = f"{counts['never_treated_pairs']} pairs never had the policy; at least {fewest} are needed."
        return NotIdentified(reason, _REMEDY, counts)
    return None


def _words(names: Sequence[str]) -> None:
    for name in names:
        for part in name.split("^"):
            if part not in _COLUMNS:
                raise UnknownLabel(
                    "part of an effect", part, _COLUMNS, remedy=f"Valid: {', '.join(_COLUMNS)}."
                )


def _check(leads: int, shift: int, draws: int, fewest: int) -> None:
    problems = [
        Problem(f"{name}={given!r}: it is a whole number, {low} or more.", remedy=f"Write {name}={low}.")
        for name, given, low in (("leads", leads, 2), ("shift", shift, 1), ("fewest", fewest, 2))
        if isinstance(given, bool) or not isinstance(given, int) or given < low
    ]
    if (
        isinstance(draws, bool)
        or not isinstance(draws, int)
        or not (draws == 0 or draws >= checks.FEWEST_DRAWS)
    ):
        what = f"draws={draws!r}: none, or at least {checks.FEWEST_DRAWS}."
        problems.append(Problem(what, remedy="Write draws=99."))
    if problems:
        raise BadUsage(problems)
