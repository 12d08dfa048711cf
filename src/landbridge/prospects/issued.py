"""The dated ledger of probabilities that this project has issued, and how right they were (Brier 1950).

Rows are only ever added. Each carries the hash of its own content and of the row before it, so that a row changed or
taken out later breaks the chain: `broken` names the first that does not fit.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import polars as pl

from landbridge.prospects.counted import TURNOVER, held
from landbridge.provenance import Figure
from landbridge.release import Data

FIRST = "none"
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Issued:
    """One probability as issued. `record` is the target's in the ledger, empty where none is; percentages in per cent.

    `counted_until` and `latest_usd` are the newest year and value it was made from; `errors` the hash of the error
    trajectories behind it.
    """

    issued: str
    record: str
    indicator: str
    a: str
    b: str
    reporter: str
    definition: str
    rule: str
    value_usd: float
    by: int
    probability_pct: float
    low_pct: float
    high_pct: float
    model: str
    counted_until: int
    latest_usd: float
    errors: str
    previous: str

    @property
    def id(self) -> str:
        """Hash of the content and of the row before."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(
            str(getattr(self, field.name)) for field in fields(self)
        )
        return hashlib.sha256(text.getvalue().encode()).hexdigest()[:_DIGITS]

    def row(self) -> dict[str, Any]:
        """The columns of `issued_probabilities.csv`: docs/reference/tables.md."""
        return {**{field.name: getattr(self, field.name) for field in fields(self)}, "id": self.id}


def issued(frame: pl.DataFrame) -> tuple[Issued, ...]:
    """The rows of the table, oldest first."""
    kinds: Mapping[str, type] = {"value_usd": float, "by": int, "counted_until": int, "latest_usd": float}
    return tuple(
        Issued(
            **{
                field.name: kinds.get(field.name, float if field.name.endswith("_pct") else str)(
                    row[field.name] or ""
                )
                for field in fields(Issued)
            }
        )
        for row in frame.iter_rows(named=True)
    )


def broken(frame: pl.DataFrame) -> str | None:
    """The id of the first row that was changed or whose forerunner is gone; None where the chain is whole."""
    previous = FIRST
    for item, stated in zip(issued(frame), frame["id"].to_list(), strict=True):
        if item.previous != previous or item.id != stated:
            return str(stated)
        previous = item.id
    return None


@dataclass(frozen=True, slots=True)
class Judged:
    """A probability with its outcome: 1 where the level was reached, 0 where not, None while nobody has counted.

    `brier` is (probability - outcome)², from 0 (right and sure) to 1 (wrong and sure); a coin gets 0.25.
    """

    issued: Issued
    outcome: int | None
    count: Figure | None

    @property
    def brier(self) -> float | None:
        """The Brier score of this one probability."""
        return None if self.outcome is None else (self.issued.probability_pct / 100 - self.outcome) ** 2


def judged(data: Data) -> tuple[Judged, ...]:
    """Every issued probability with what came, by the reporter and statistics that it was issued for."""
    return tuple(_judge(data, item) for item in issued(data.issued))


def _judge(data: Data, item: Issued) -> Judged:
    years = held(
        data, item.indicator, item.a, item.b, reporter=item.reporter, definition=item.definition
    ).years
    if item.rule == "in year":
        count = years.get(str(item.by))
        return Judged(item, None if count is None else int(count.point >= item.value_usd), count)
    since = [figure for year, figure in years.items() if item.counted_until < int(year) <= item.by]
    reached = [figure for figure in since if figure.point >= item.value_usd]
    if reached:
        return Judged(item, 1, reached[0])
    return Judged(item, 0 if str(item.by) in years else None, years.get(str(item.by)))


def mean_brier(found: Sequence[Judged]) -> float | None:
    """The mean score of those that were scored; None while there is none."""
    scores = [item.brier for item in found if item.brier is not None]
    return sum(scores) / len(scores) if scores else None


def errors_hash(frame: pl.DataFrame) -> str:
    """Which error trajectories stood behind a probability."""
    return hashlib.sha256(frame.write_csv().encode()).hexdigest()[:_DIGITS]


def open_targets(data: Data) -> tuple[tuple[str, tuple[str, ...], float, int], ...]:
    """The targets whose probability is issued: trade both ways of two countries, a year not counted yet, in dollars."""
    from landbridge.planning.targets import OPEN
    from landbridge.prospects.scorecard import scorecard

    return tuple(
        (entry.record.subject, entry.pair, entry.scored.target.point, int(entry.scored.deadline))
        for entry in scorecard(data)
        if entry.scored.verdict == OPEN and entry.pair and entry.record.text("indicator") == TURNOVER
    )
