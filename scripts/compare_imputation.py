"""Compares every imputation of final sales with trade statistics; prints the tables of
docs/explanation/imputation.md.

Usage: compare_imputation.py PACKAGE TABLES BACI_HS6 BACI_MATRIX. The last two are Parquet files that are not
part of the project: six-digit flows between China and Russia (year, exporter, importer, product_hs6,
value_kusd) and totals of all pairs of one year (exporter, importer, value_kusd).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from build_accounts import CENTRAL, Table, read_table, variants

Array = NDArray[np.float64]

CONCORDANCE = Path(__file__).parents[1] / "src" / "landbridge" / "codes" / "chapter_to_sector.csv"
# Six-digit codes let chapter 27 be split by heading instead of by assumed weights.
FUELS = {"2701": "B05", "2702": "B05", "2703": "B05", "2709": "B06", "2711": "B06", "2716": "D"}


def concordance() -> dict[str, list[tuple[str, float]]]:
    """Sectors and weights of each chapter of the Harmonized System."""
    out: dict[str, list[tuple[str, float]]] = {}
    with CONCORDANCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            out.setdefault(row["chapter"], []).append((row["sector"], float(row["weight"])))
    return out


def by_sector(products: pl.DataFrame, sectors: list[str]) -> Array:
    """Million dollars by sector of six-digit flows."""
    weights = concordance()
    out = np.zeros(len(sectors))
    for code, value in products.select("product_hs6", "value_kusd").iter_rows():
        parts = [(FUELS.get(code[:4], "C19"), 1.0)] if code[:2] == "27" else weights.get(code[:2], [])
        for sector, weight in parts:
            out[sectors.index(sector)] += weight * value / 1e3
    return out


def against_matrix(table: Table, final: Array, matrix: Array) -> dict[str, float]:
    """Distance of goods and trade margins from a matrix of trade in goods: logs over pairs above one million
    dollars.
    """
    goods = [k for k, s in enumerate(table.sectors) if (s[0] in "ABC" and s != "B09") or s == "G"]
    ours = (table.intermediate + final)[goods].sum(axis=0)
    pairs = np.isfinite(matrix) & (matrix > 1) & (ours > 1) & ~np.eye(len(matrix), dtype=bool)
    x, y = np.log(ours[pairs]), np.log(matrix[pairs])
    weight = matrix[pairs] / matrix[pairs].sum()
    return {
        "correlation": float(np.corrcoef(x, y)[0, 1]),
        "median ratio": float(np.exp(np.median(x - y))),
        "rms log, weighted": float(np.sqrt((weight * (x - y) ** 2).sum())),
    }


def main(package: Path, tables: Path, hs6: Path, matrix_file: Path) -> None:
    """Prints one line a variant and the sectors of the pair China and Russia."""
    table = read_table(package)
    index = {place: i for i, place in enumerate(table.places)}
    matrix = np.full((len(index), len(index)), np.nan)
    for exporter, importer, value in (
        pl.read_parquet(matrix_file)
        .drop_nulls("value_kusd")
        .select("exporter", "importer", "value_kusd")
        .iter_rows()
    ):
        if exporter in index and importer in index:
            matrix[index[exporter], index[importer]] = value / 1e3
    products = pl.read_parquet(hs6).filter(pl.col("year") == 2022)
    goods = [k for k, s in enumerate(table.sectors) if s[0] in "ABC" and s != "B09"]
    margin = table.sectors.index("G")
    found = variants(table, tables)
    targets = {}
    for pair in (("CHN", "RUS"), ("RUS", "CHN")):
        picked = products.filter((pl.col("exporter") == pair[0]) & (pl.col("importer") == pair[1]))
        targets[pair] = by_sector(picked, table.sectors)
    for name, closed in found.items():
        line = " ".join(
            f"{key} {value:.3f}" for key, value in against_matrix(table, closed.final, matrix).items()
        )
        print(f"{name:20s} rounds {closed.rounds:4d}  {line}")
        for (a, b), target in targets.items():
            i, j = index[a], index[b]
            ours = (table.intermediate + closed.final)[:, i, j]
            both = [k for k in goods if target[k] > 1 and ours[k] > 1]
            error = np.log(ours[both] / target[both])
            weight = target[both] / target[both].sum()
            apart = 0.5 * np.abs(ours[goods] / ours[goods].sum() - target[goods] / target[goods].sum()).sum()
            print(
                f"    {a} to {b}: goods {ours[goods].sum() / 1e3:6.1f}, with trade margins "
                f"{(ours[goods].sum() + ours[margin]) / 1e3:6.1f}, BACI {target.sum() / 1e3:6.1f} bn USD; "
                f"imputed share "
                f"{closed.final[:, i, j].sum() / ours.sum():.2f}; sectors: correlation of logs "
                f"{np.corrcoef(np.log(ours[both]), np.log(target[both]))[0, 1]:.2f}, rms log, weighted "
                f"{np.sqrt((weight * error**2).sum()):.2f}, share misplaced {apart:.2f}"
            )
    for (a, b), target in targets.items():
        print(
            f"{a} to {b}, bn USD: sector, intermediate, final (low, high) of the central variant, BACI 2022"
        )
        i, j = index[a], index[b]
        stack = np.stack([closed.final[:, i, j] for closed in found.values()])
        for k in sorted(goods, key=lambda k: -target[k])[:16]:
            print(
                f"  {table.sectors[k]:9s} {table.intermediate[k, i, j] / 1e3:6.2f}"
                f" {found[CENTRAL].final[k, i, j] / 1e3:6.2f}"
                f" ({stack[:, k].min() / 1e3:.2f}, {stack[:, k].max() / 1e3:.2f}) {target[k] / 1e3:6.2f}"
            )


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:5]))
