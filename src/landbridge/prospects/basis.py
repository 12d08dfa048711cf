"""What a forecast stands on: the series it continues, and the reporter's own count where a partner's stands in for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from landbridge.errors import BadSample, NotHeld, Problem, UnknownLabel
from landbridge.forecasting.paths import Paths, draw
from landbridge.forecasting.record import Record
from landbridge.forecasting.series import NEAR, REPAIRS, Series, prepared
from landbridge.prospects.counted import Held, held
from landbridge.prospects.mirror import Mirror, mirrored
from landbridge.provenance import Figure, Unavailable
from landbridge.release import Data


@dataclass(frozen=True, slots=True)
class Basis:
    """One series with its figures by year. With a `mirror` it is the partner's, and levels are carried over to `held`'s.

    `notes`: what else a reader has to know of the series.
    """

    held: Held
    series: Series
    years: dict[str, Figure]
    mirror: Mirror | None
    notes: tuple[str, ...] = ()

    @property
    def latest(self) -> Figure:
        """The newest value of the series that is continued."""
        return self.years[max(self.years)]

    @property
    def inputs(self) -> tuple[Figure, ...]:
        """Every figure that a forecast rests on."""
        return (*self.years.values(), *((self.mirror.ratio,) if self.mirror else ()))

    @property
    def said(self) -> tuple[str, ...]:
        """Whose count this is, what stands in for it, and every step that mended the series."""
        told = [*self.notes, *(step.words for step in self.series.repairs)]
        left = f"Left out, stated only as a bound or roughly: {', '.join(self.held.left_out)}."
        told += [left] if self.held.left_out else []
        if self.mirror is None and self.held.later:
            found = "; ".join(
                f"{figure.comparator.replace('=', '')}{figure.unit} {figure.point:,.0f} in {figure.period}"
                for figure in self.held.later
            )
            told.append(
                f"The series ends in {self.series.last}; newer counts of this trade are held by others: {found}."
            )
        if self.mirror is None:
            return (f"Counted by {self.series.counter}.", *told)
        silent = self.mirror
        assert silent.ratio.low is not None
        assert silent.ratio.high is not None
        named = ", ".join(silent.doubted)
        doubt = (
            f" {named}: doubted by the release, and counted here because they show how far the two may differ."
            if named
            else ""
        )
        return (
            f"{silent.reporter} published nothing comparable after {silent.silent_since}. The count of {silent.partner} "
            f"stands in; over {len(silent.common)} common years {silent.reporter} counted {silent.ratio.point:.3f} of it, "
            f"and a new year would lie between {silent.ratio.low:.3f} and {silent.ratio.high:.3f} with 90 %.{doubt}",
            *told,
        )

    def paths(self, record: Record, model: str, until: int, draws: int, seed: int) -> Paths:
        """Paths in the reporter's own count, up to the year `until`."""
        drawn = draw(
            self.series, model, record.trajectories(model), until - self.series.last, draws=draws, seed=seed
        )
        return drawn if self.mirror is None else _carried(drawn, self.mirror, seed)


def _carried(paths: Paths, mirror: Mirror, seed: int) -> Paths:
    """Levels of the partner's count times the ratio of the two, one draw of the ratio a path."""
    from scipy import stats  # type: ignore[import-untyped]

    rng = np.random.default_rng((seed, 1))
    gaps = mirror.gap + mirror.spread_of_new * stats.t.rvs(
        mirror.freedom, size=len(paths.levels), random_state=rng
    )
    middle = np.exp(mirror.gap)
    return replace(
        paths,
        levels=paths.levels * np.exp(gaps)[:, None],
        median=paths.median * middle,
        latest=float(paths.latest * middle),
    )


def basis(
    data: Data,
    indicator: str,
    a: str,
    b: str,
    *,
    reporter: str | None = None,
    definition: str | None = None,
    repair: Sequence[str] = (),
) -> Basis:
    """The series behind a question, fit for forecasting.

    Raises `NotHeld` where a silent reporter cannot be carried on by the partner's count, and `BadSample` where the
    series has holes or is too short; `repair` names the steps that may mend it (`landbridge.forecasting.REPAIRS`).
    """
    known(repair)
    found = held(data, indicator, a, b, reporter=reporter, definition=definition)
    also = f"Also held: {'; '.join(found.listed)}." if found.listed else ""
    stand_in = mirrored(found)
    if isinstance(stand_in, Unavailable):
        raise NotHeld(
            stand_in.reason,
            cause=also,
            remedy="Ask for the partner's count with --reporter, or load the missing years.",
        )
    years, counted = (
        (found.years, found.counted)
        if stand_in is None
        else (stand_in.years, (stand_in.partner, stand_in.definition))
    )
    ordered = sorted(years)
    try:
        series = prepared(
            [int(year) for year in ordered],
            [years[year].point for year in ordered],
            unit=[years[year].unit for year in ordered],
            counters=", ".join(counted),
            name=years[ordered[-1]].measure,
            repair=repair,
        )
    except BadSample as error:
        # What else is counted of this trade is the first thing to try.
        problems = [
            Problem(p.what, p.where, f"{p.cause} {also}".strip(), p.remedy)
            for p in repairs_told(error, repair)
        ]
        raise BadSample(problems) from None
    used = {str(year): years[str(year)] for year in series.periods.tolist() if str(year) in years}
    return Basis(found, series, used, stand_in)


def known(repair: Sequence[str]) -> None:
    """Refuses a repair that is none, with those that are."""
    for step in repair:
        if step not in REPAIRS:
            raise UnknownLabel("repair", step, REPAIRS, remedy=f"Valid: {', '.join(REPAIRS)}.")


def repairs_told(error: BadSample, repair: Sequence[str]) -> list[Problem]:
    """The problems of a series; a repair that was asked for and mended nothing is not advised again."""
    return [
        replace(
            problem,
            remedy=f"The repair rescale was tried: it mends jumps within {NEAR:.0%} of a power of 1000 only, and this is "
            "none. Convert the values to one unit.",
        )
        if "rescale" in repair and '"rescale"' in problem.remedy
        else problem
        for problem in error.problems
    ]
