"""Validate the split of trade between regions, and write what the product and the docs quote.

    python scripts/validate_regions.py

Merges groups of economies of the embedded accounts into pseudo-countries, splits their trade again and compares with
the known flows: tables/region_validation.csv. Then estimates regions whose trade is published without looking at the
published figures: tables/region_held_out.csv. Rebuild the release afterwards.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

from landbridge import codes
from landbridge.flows.accounts import REST, InputOutput
from landbridge.potential.pseudo import World, validate
from landbridge.release import Data, embedded, load

ROOT = Path(__file__).parents[1]
GOODS = ("agriculture", "mining", "manufacturing")


def world(accounts: InputOutput, pairs: pl.DataFrame) -> World:
    """Deliveries of goods for intermediate use between the economies of the accounts; sizes are value added."""
    goods = [i for i, code in enumerate(accounts.sectors) if codes.sector(code).group in GOODS]
    held = [i for i, place in enumerate(accounts.places) if place != REST]
    flows = accounts.intermediate[np.ix_(goods, held, held)].copy()
    flows[:, range(len(held)), range(len(held))] = 0.0
    sizes = (accounts.output * accounts.primary_share).sum(axis=0)[held]
    names = [accounts.places[i] for i in held]
    both = pl.col("exporter").is_in(names) & pl.col("importer").is_in(names)
    cuts = pairs.filter(both).sort("exporter", "importer")
    shape = (len(held), len(held))
    distance = cuts["distance_km"].cast(pl.Float64).to_numpy().reshape(shape)
    return World(flows, sizes, distance, cuts["contiguous"].to_numpy().reshape(shape))


def rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Four significant digits: what a validation can bear, and the same bytes on every machine."""
    numbers = frame.with_columns(pl.col(pl.Float64).round_sig_figs(4))
    return numbers.with_columns(pl.col("^.*_usd$").round(0).cast(pl.Int64))


def held_out(data: Data, year: int, draws: int, seed: int) -> pl.DataFrame:
    """Published trade of single regions beside estimates that did not see it."""
    from landbridge.potential.regions import hold_out

    return hold_out(data, "CHN", "RUS", year=year, draws=draws, seed=seed)


def main() -> None:
    """Parse the call, validate, write both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--splits", type=int, default=10, help="divisions of the economies into two halves")
    parser.add_argument("--groupings", type=int, default=20, help="pairs of pseudo-countries in each half")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("pseudo", "held-out"))
    parser.add_argument("--out", type=Path, default=ROOT / "tables")
    options = parser.parse_args()
    data = load(release=embedded())
    if options.only != "held-out":
        made = validate(
            world(data.accounts, data.pairs),
            splits=options.splits,
            groupings=options.groupings,
            seed=options.seed,
        )
        rounded(made.table()).write_csv(options.out / "region_validation.csv")
        print(f"{made.groupings} groupings, seed {made.seed}")
    if options.only != "pseudo":
        years = [held_out(data, year, 400, options.seed) for year in (2018, 2022, 2023, 2024)]
        rounded(pl.concat(years)).write_csv(options.out / "region_held_out.csv")


if __name__ == "__main__":
    main()
