"""Every target of the ledger: who set it when, by which definition, what became of it, and how it was revised.

The verdict is that of `landbridge.planning.targets`. Growth needed and growth got start from the same count: that of the
year before the target was stated, or of the year itself where the earlier one is not held. Both are of one series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landbridge import codes
from landbridge.errors import UnknownLabel
from landbridge.flows.totals import YEAR, Counted
from landbridge.ledger import Record
from landbridge.planning.targets import Scored, comparable, score
from landbridge.prospects.counted import TURNOVER
from landbridge.provenance import Figure, Status, Unavailable, derive
from landbridge.release import Data

MOVED, CHANGED = "deadline moved", "value changed"
UNORDERED = "date not held: order not known"
_CODE = "landbridge.prospects.scorecard.scorecard"
_COUNTRIES = 2
_DAY = len("2024-01-31")


@dataclass(frozen=True, slots=True)
class Revision:
    """Another target of the same parties for the same measure: the same value for another year, or another for this one.

    `kind` is `MOVED` or `CHANGED` where it was announced later than the target it revises, and `UNORDERED` where a date is
    not held, so that either may have come first.
    """

    kind: str
    subject: str
    value: Figure
    deadline: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One target with what is known of it. `pair`: the two countries whose trade it is about, empty where it is not.

    `why`: the reason of one that is not measurable, and where the ledger holds what was delivered.
    """

    scored: Scored
    pair: tuple[str, ...]
    announced: str
    announcers: tuple[str, ...]
    definition: str
    strength: str
    counted: Counted | None
    needed_then: Figure | Unavailable
    got: Figure | Unavailable
    revisions: tuple[Revision, ...]
    why: str = ""

    @property
    def record(self) -> Record:
        """The ledger's record of the target."""
        return self.scored.record


def scorecard(data: Data, records: Sequence[Record] | None = None) -> tuple[Entry, ...]:
    """Every target that states a value, by deadline; of `records` where given, else of the whole ledger."""
    every = [record for record in data.ledger.records("target") if record.first("value") is not None]
    chosen = every if records is None else [record for record in records if record.first("value") is not None]
    entries = [_entry(data, record, every) for record in chosen]
    return tuple(sorted(entries, key=lambda entry: (entry.scored.deadline, entry.record.subject)))


def _entry(data: Data, record: Record, every: Sequence[Record]) -> Entry:
    pair = _pair(record)
    scored = score(record, data.totals, pair or ("", ""), data.as_of)
    announced = record.text("announced")
    counted, series = _series(data, record, pair, scored)
    needed, got = _growth(scored, series, announced)
    return Entry(
        scored,
        pair,
        announced,
        tuple(dict.fromkeys(said.text for said in record.all("announcer"))),
        record.text("definition"),
        record.text("strength"),
        counted,
        needed,
        got,
        _revisions(record, scored, every),
        _why(data, record, scored),
    )


def _why(data: Data, record: Record, scored: Scored) -> str:
    """Why a target is not measurable; of gas, where the volumes of the pipes between the parties stand."""
    if record.text("indicator") != "gas":
        return scored.why
    pipes = [
        crossing.subject
        for crossing in data.ledger.records("crossing")
        if crossing.text("mode") == "gas-pipeline"
        and set(crossing.parties) == set(record.parties)
        and any(said.status not in (Status.FORECAST, Status.ASSUMED) for said in crossing.all("cargo"))
    ]
    held = f" Yearly volumes stand in the ledger under {', '.join(pipes)}." if pipes else ""
    return scored.why + held


def _pair(record: Record) -> tuple[str, str] | tuple[()]:
    """The two countries that are the parties themselves; none where a region or a third is one of them."""
    try:
        places = [codes.place(code) for code in record.parties]
    except UnknownLabel:
        return ()
    if len(places) != _COUNTRIES or any(place.kind != "country" for place in places):
        return ()
    first, second = sorted(place.code for place in places)
    return first, second


def _series(
    data: Data, record: Record, pair: tuple[str, ...], scored: Scored
) -> tuple[Counted | None, dict[str, Figure]]:
    """The series a target's growth is told by: the longest that holds the deadline's year, if one does."""
    if len(pair) != _COUNTRIES or record.text("indicator") != TURNOVER:
        return None, {}
    every = {c: years for c, years in data.totals.turnover_by_series(*pair).items() if c[0]}
    holding = {c: years for c, years in every.items() if scored.deadline in years} or every
    if not holding:
        return None, {}
    counted = max(holding, key=lambda c: (len(holding[c]), max(holding[c]), c))
    return counted, holding[counted]


def _growth(
    scored: Scored, series: dict[str, Figure], announced: str
) -> tuple[Figure | Unavailable, Figure | Unavailable]:
    """Yearly growth that the target needed when it was stated, and the growth that came."""
    if not series or not YEAR.fullmatch(scored.deadline):
        none = Unavailable("No series of this measure is held.")
        return none, none
    if not announced:
        none = Unavailable("When the target was set is not held.")
        return none, none
    stated = int(announced[:4])
    base = next((series[str(year)] for year in (stated - 1, stated) if str(year) in series), None)
    if base is None:
        none = Unavailable("The count of the year before the target was stated is not held.")
        return none, none
    span = int(scored.deadline) - int(base.period)
    if span <= 0:
        none = Unavailable("The target was stated for a year already under way.")
        return none, none
    needed = _yearly(
        "Yearly growth that the target needed when it was stated", base, scored.target, scored.deadline, span
    )
    end = series.get(scored.deadline)
    if end is None or not comparable(base, end):
        return needed, Unavailable("The deadline's year is not counted in the same series.")
    return needed, _yearly("Yearly growth that came", base, end, scored.deadline, span)


def _yearly(what: str, base: Figure, end: Figure, deadline: str, span: int) -> Figure | Unavailable:
    if base.point <= 0:
        return Unavailable("The base is zero.")
    growth = 100 * ((end.point / base.point) ** (1 / span) - 1)
    return derive(what, growth, "%", (base, end), _CODE, period=f"{base.period}/{deadline}")


def _revisions(record: Record, scored: Scored, every: Sequence[Record]) -> tuple[Revision, ...]:
    found = []
    for other in every:
        stated = other.first("value")
        assert stated is not None
        same = (
            other.subject != record.subject
            and other.text("indicator") == record.text("indicator")
            and sorted(other.parties) == sorted(record.parties)
        )
        if not same:
            continue
        value = other.figure(stated)
        if value.unit != scored.target.unit:
            continue
        moved, changed = stated.period != scored.deadline, not _same(value, scored.target)
        # Another value for another year is another target, and the same for the same year no revision.
        if moved == changed:
            continue
        after = later(other.text("announced"), record.text("announced"))
        if after is None:
            found.append(Revision(UNORDERED, other.subject, value, stated.period))
        elif after:
            found.append(Revision(MOVED if moved else CHANGED, other.subject, value, stated.period))
    return tuple(sorted(found, key=lambda item: (item.deadline, item.subject)))


def _same(one: Figure, other: Figure) -> bool:
    return (one.value, one.low, one.high) == (other.value, other.low, other.high)


def later(one: str, other: str) -> bool | None:
    """Whether a day, month or year lies after another; None where one is not held, or holds the other (2023 and 2023-05)."""
    if not one or not other:
        return None
    shared = min(len(one), len(other))
    if one[:shared] == other[:shared]:
        return False if one == other and len(one) == _DAY else None
    return one[:shared] > other[:shared]
