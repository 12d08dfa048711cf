"""Make the rankings of bottlenecks that the release holds, into tables/bottlenecks.

Run it where network, obstacles, parameters, accounts or the program that solves have changed:

    python scripts/build_bottlenecks.py --runs /tmp/runs

It takes a few minutes; `--runs` keeps what is solved, so that an interrupted call goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import landbridge as lb
from landbridge.planning.bottlenecks import bottlenecks
from landbridge.planning.bottlenecks.shipped import record

PAIRS = (("CHN", "RUS"), ("BLR", "CHN"), ("BLR", "RUS"))
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Rank every pair and write its file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=Path, default=None, help="folder to keep solved portions in")
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument(
        "--release", type=Path, default=None, help="release to read; by default the embedded one"
    )
    asked = parser.parse_args()
    data = lb.load(release=asked.release)
    out = ROOT / "tables" / "bottlenecks"
    out.mkdir(exist_ok=True)
    for a, b in PAIRS:
        found = bottlenecks(data, a, b, draws=asked.draws, workers=asked.workers, runs=asked.runs)
        text = json.dumps(record(found), indent=1, ensure_ascii=False, allow_nan=False)
        (out / f"{a}-{b}.json".lower()).write_text(text + "\n", encoding="utf-8")
        print(f"{a} {b}: {found.headline}", file=sys.stderr)


if __name__ == "__main__":
    main()
