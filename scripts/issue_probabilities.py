"""Issue a dated probability for every open target of trade, and add it to the public ledger of probabilities.

    python scripts/issue_probabilities.py [--date YYYY-MM-DD]

Appends to tables/issued_probabilities.csv; rows that are there stay as they are. Run scripts/build_release.py before, so
that the release holds the newest counts and record, and after, so that it holds the new rows.
"""

from __future__ import annotations

import argparse
import csv
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from landbridge.errors import BadFile
from landbridge.prospects.counted import TURNOVER
from landbridge.prospects.issued import FIRST, Issued, broken, errors_hash, issued, open_targets
from landbridge.prospects.probability import target
from landbridge.release import Data, load

TABLE = Path(__file__).parents[1] / "tables" / "issued_probabilities.csv"


def added(data: Data, rows: tuple[Issued, ...], day: str) -> list[Issued]:
    """The rows of a day, each chained to the one before; none for a target that has one of that day already."""
    new: list[Issued] = []
    behind = errors_hash(data.forecast_record.errors)
    done = {(row.record, row.issued) for row in rows}
    previous = rows[-1].id if rows else FIRST
    for record, (a, b), value, by in open_targets(data):
        if (record, day) in done:
            continue
        found = target(data, TURNOVER, a, b, value=value, by=by)
        said = found.probability
        assert said.value is not None
        assert said.low is not None
        assert said.high is not None
        row = Issued(
            issued=day,
            record=record,
            indicator=TURNOVER,
            a=a,
            b=b,
            reporter=found.basis.held.reporter,
            definition=found.basis.held.definition,
            rule=found.rule,
            value_usd=value,
            by=by,
            probability_pct=round(said.value, 2),
            low_pct=round(said.low, 2),
            high_pct=round(said.high, 2),
            model=found.model,
            counted_until=found.basis.series.last,
            latest_usd=found.basis.latest.point,
            errors=behind,
            previous=previous,
        )
        previous = row.id
        new.append(row)
    return new


def main(arguments: list[str] | None = None) -> None:
    """Append the probabilities of a day."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--date", default=f"{datetime.now(UTC):%Y-%m-%d}", help="the day of issue; else today"
    )
    day = parser.parse_args(arguments).date
    frame = pl.read_csv(TABLE, infer_schema=False)
    wrong = broken(frame)
    if wrong is not None:
        raise BadFile(
            f"the row {wrong} was changed, or one before it is gone.",
            where=TABLE.name,
            remedy="Put back what was issued; rows are only ever added.",
        )
    new = added(load(), issued(frame), day)
    with TABLE.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, frame.columns, lineterminator="\n")
        writer.writerows(row.row() for row in new)
    print(f"{len(new)} probabilities issued on {day}.")


if __name__ == "__main__":
    main()
