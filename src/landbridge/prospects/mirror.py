"""A reporter who fell silent: the partner's count stands in, with the gap between the two and how sure it is.

Both sides count the same trade differently (freight and insurance, transit, valuation). Over the years that both
published, the gap ln(ours / theirs) has a mean and a spread. A forecast is made on the partner's series, which goes on,
and carried over by the gap; a new year's gap is drawn from Student's t, because few years were seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean, stdev

from landbridge.prospects.counted import Held, usable
from landbridge.provenance import Figure, Unavailable, derive

# With fewer common years the spread of the gap is not told.
LEAST = 4
_CODE = "landbridge.prospects.mirror.mirrored"


@dataclass(frozen=True, slots=True)
class Mirror:
    """The partner's series that stands in for a silent reporter.

    `ratio` is ours over theirs, with the range that holds 90 % of a new year's; `gap` and `spread` are its mean and
    standard deviation in logs over the years `common`; `spread_of_new` that of a year not seen, s·sqrt(1 + 1/n), with
    n − 1 degrees of freedom. `doubted` are those of the common years that their source casts doubt on.
    """

    reporter: str
    silent_since: str
    partner: str
    definition: str
    years: dict[str, Figure]
    common: tuple[str, ...]
    gap: float
    spread: float
    ratio: Figure
    doubted: tuple[str, ...] = ()

    @property
    def spread_of_new(self) -> float:
        """Standard deviation of the gap in a year not seen, in logs."""
        return self.spread * math.sqrt(1 + 1 / len(self.common))

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the gap."""
        return len(self.common) - 1


def mirrored(found: Held) -> Mirror | Unavailable | None:
    """The stand-in for a reporter whose series ends before a partner's; None where it does not end early.

    `Unavailable` where the two have fewer than four years in common, so that the gap's spread is not known.
    """
    last = max(found.years)
    goes_on = {
        counted: years
        for counted, years in found.others.items()
        # One value of somebody else's, such as a speech, carries nothing on and shows no silence.
        if max(years) > last and counted[0] != found.reporter and usable(years)
    }
    if not goes_on:
        return None
    counted = max(goes_on, key=lambda name: (max(goes_on[name]), len(goes_on[name]), name))
    theirs = goes_on[counted]
    # A year that is doubted because the two sides disagree shows how far they may lie apart: to leave it out would choose
    # the years by the answer.
    ours = found.doubted | found.years
    common = tuple(sorted(ours.keys() & theirs.keys()))
    if len(common) < LEAST:
        return Unavailable(
            f"{found.reporter} stopped publishing after {last}, and only {len(common)} years were counted by both sides: "
            "too few to say how far the counts lie apart."
        )
    gaps = [math.log(ours[year].point / theirs[year].point) for year in common]
    gap, spread = fmean(gaps), stdev(gaps)
    return Mirror(
        found.reporter,
        last,
        counted[0],
        counted[1],
        theirs,
        common,
        gap,
        spread,
        _ratio(found.reporter, ours, theirs, common, gap, spread),
        tuple(year for year in common if year in found.doubted),
    )


def _ratio(
    reporter: str,
    ours: dict[str, Figure],
    theirs: dict[str, Figure],
    common: tuple[str, ...],
    gap: float,
    spread: float,
) -> Figure:
    # A page reads this range; the whole of scipy.stats would cost it a second.
    from scipy import special  # type: ignore[import-untyped]

    reach = float(special.stdtrit(len(common) - 1, 0.95)) * spread * math.sqrt(1 + 1 / len(common))
    inputs = [figures[year] for year in common for figures in (ours, theirs)]
    return derive(
        f"Count of {reporter} over the partner's count of the same trade",
        math.exp(gap),
        "index",
        inputs,
        _CODE,
        low=math.exp(gap - reach),
        high=math.exp(gap + reach),
        note=f"Mean over {len(common)} common years; the range holds 90 % of a new year's ratio (Student's t).",
    )
