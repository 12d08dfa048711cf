"""Make the answers on the future that the release holds, into tables/prospects.

Run it where counts, drivers, shocks of the ledger or the record of forecasts have changed, or the program that draws:

    python scripts/build_release.py && python scripts/build_prospects.py && python scripts/build_release.py

It takes a minute or two for each pair: shocks are set against placebos.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import landbridge as lb
from landbridge.brief.likely import silent
from landbridge.errors import LandbridgeError
from landbridge.forecasting.counterfactual import Effect
from landbridge.prospects.basis import basis
from landbridge.prospects.counted import TURNOVER
from landbridge.prospects.issued import open_targets
from landbridge.prospects.probability import reckoned
from landbridge.prospects.shipped import Struck, Writing, rests
from landbridge.prospects.shocks import PARTS, Outcome, recovery
from landbridge.release import Data

PAIRS = (("CHN", "RUS"), ("BLR", "CHN"), ("BLR", "RUS"))
ROOT = Path(__file__).parents[1]


def made(data: Data, pair: tuple[str, str]) -> Writing:
    """The answers of one pair: its shocks, and every open target with and without them."""
    book = Writing(pair)
    outcomes = [one for one in recovery(data, *pair).outcomes if one.part in PARTS]
    book.add_shocks(data, outcomes)
    for _, parties, value, by in open_targets(data):
        if set(parties) != set(pair):
            continue
        stands = basis(data, TURNOVER, *pair)
        found = reckoned(data, stands, value=value, by=by)
        struck = []
        for outcome, effect in blows(outcomes):
            again = reckoned(data, stands, value=value, by=by, stress=effect).stressed
            assert again is not None
            names = tuple(shock.subject for shock in outcome.blow.shocks)
            struck.append(Struck(names, outcome.blow.since, again.probability))
        book.add_target(data, found, struck, rests(data, None, found))
        quiet = silent(data, stands)
        if quiet is not None:
            book.add_target(data, reckoned(data, quiet, value=value, by=by), ())
    return book


def blows(outcomes: Iterable[Outcome]) -> list[tuple[Outcome, Effect]]:
    """The measured shocks of trade both ways, each once: the first method that tells it, by month before by year."""
    found: dict[str, tuple[Outcome, Effect]] = {}
    for outcome in outcomes:
        effect = outcome.told
        if outcome.part == TURNOVER and isinstance(effect, Effect):
            found.setdefault(outcome.blow.shocks[0].subject, (outcome, effect))
    return list(found.values())


def main() -> None:
    """Write the file of every pair."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument(
        "--release", type=Path, default=None, help="release to read; by default the embedded one"
    )
    asked = parser.parse_args()
    data = lb.load(release=asked.release)
    out = ROOT / "tables" / "prospects"
    out.mkdir(exist_ok=True)
    for pair in PAIRS:
        try:
            book = made(data, pair)
        except LandbridgeError as error:
            raise SystemExit(f"{' '.join(pair)}: {error}") from None
        path = out / f"{pair[0]}-{pair[1]}.json".lower()
        path.write_text(book.text(), encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
