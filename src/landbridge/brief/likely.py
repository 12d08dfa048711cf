"""The open targets of trade of a pair with their probabilities, as every section of a brief reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from landbridge.errors import BadSample, BadUsage, NotConverged, NotHeld, OutsideSupport, UnknownLabel
from landbridge.flows.totals import Counted
from landbridge.planning.targets import OPEN, Scored
from landbridge.provenance import Figure, Unavailable, derive
from landbridge.release import Data

if TYPE_CHECKING:
    from landbridge.prospects.basis import Basis
    from landbridge.prospects.level import Resting
    from landbridge.prospects.probability import Target
    from landbridge.prospects.shipped import Book, Struck

HUNDRED = "in 100"
_REFUSED = (BadSample, BadUsage, NotConverged, NotHeld, OutsideSupport)
_CODE = "landbridge.brief.likely"


@dataclass(frozen=True, slots=True)
class Likely:
    """One open target, its probability or why there is none, and what measured shocks would change in it.

    `resting`: how much of the probability rests on the growth common to the record's years; `silent`: the same question by
    the count of a side that stopped publishing, carried on by its partner's.
    """

    scored: Scored
    answer: Target | Unavailable
    struck: tuple[Struck, ...] = ()
    resting: Resting | None = None
    silent: Target | None = None


def likely(data: Data, held: Book | None, scored: Sequence[Scored], a: str, b: str) -> tuple[Likely, ...]:
    """The open targets of turnover between two countries."""
    return tuple(_one(data, held, item, a, b) for item in scored if item.verdict == OPEN)


def _one(data: Data, held: Book | None, item: Scored, a: str, b: str) -> Likely:
    if not recorded(data):
        return Likely(item, Unavailable("This release holds no record of past forecasts."))
    # Fitting and drawing bring SciPy along, which a page without an open target does without.
    from landbridge.prospects.basis import basis
    from landbridge.prospects.counted import TURNOVER
    from landbridge.prospects.shipped import answer, rests

    value, by = item.target.point, int(item.deadline)
    try:
        found, struck = answer(data, held, basis(data, TURNOVER, a, b), value=value, by=by)
    except _REFUSED as error:
        return Likely(item, Unavailable("; ".join(problem.what for problem in error.problems)))
    quiet = silent(data, found.basis)
    try:
        other = None if quiet is None else answer(data, held, quiet, value=value, by=by)[0]
    except _REFUSED:
        other = None
    return Likely(item, found, struck, rests(data, held, found), other)


def silent(data: Data, stands: Basis) -> Basis | None:
    """The series of the side that stopped publishing, carried on by its partner's; None where neither did."""
    from landbridge.prospects.basis import basis

    asked = stands.held
    for reporter in (asked.a, asked.b):
        if reporter == asked.reporter:
            continue
        try:
            other = basis(data, asked.indicator, asked.a, asked.b, reporter=reporter)
        except (*_REFUSED, UnknownLabel):
            continue
        if other.mirror is not None:
            return other
    return None


def continued(stands: Basis) -> tuple[Counted, dict[str, Figure]]:
    """Who counts the series that is carried on, and the series."""
    partner = stands.mirror
    counted = stands.held.counted if partner is None else (partner.partner, partner.definition)
    return counted, stands.years


def askable(data: Data, a: str, b: str) -> bool:
    """Whether a level of one's own may be asked about: the turnover of two countries can be carried on."""
    from landbridge.prospects.basis import basis
    from landbridge.prospects.counted import TURNOVER

    try:
        basis(data, TURNOVER, a, b)
    except _REFUSED:
        return False
    return recorded(data)


def recorded(data: Data) -> bool:
    """Whether a release holds a record of forecasts."""
    return (data.folder / "tables" / "forecast_errors.parquet").exists()


def frequency(probability: Figure) -> Figure:
    """A probability in words of frequency: about so many in a hundred; never none of them, and never all."""
    shown = round(probability.point)
    value, comparator = (1, "<") if shown < 1 else (99, ">") if shown > 99 else (shown, "~")
    return derive(
        probability.measure, float(value), HUNDRED, (probability,), _CODE,
        comparator=comparator, period=probability.period,
    )  # fmt: skip


def between(probability: Figure) -> Figure | None:
    """The range of a probability as a figure of its own, in whole cases of a hundred."""
    if probability.low is None or probability.high is None:
        return None
    return derive(
        f"{probability.measure}, range", None, HUNDRED, (probability,), _CODE,
        low=float(round(probability.low)), high=float(round(probability.high)), period=probability.period,
        note=probability.note,
    )  # fmt: skip
