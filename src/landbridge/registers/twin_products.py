"""Whether what one region sells fits what another buys, from the trade of both by product in a user's own files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from landbridge.flows.indices import complementarity
from landbridge.provenance import Citation, Figure, Status, derive
from landbridge.release import Data

_CODE = "landbridge.registers.twin_products.fit"
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class _Account:
    """What one place sold or bought by product in one year, in one file as one reporter counted it."""

    year: str
    nomenclature: str
    digits: int
    source: str
    reporter: str
    partners: int
    products: dict[str, float]

    @property
    def language(self) -> tuple[str, str, int]:
        """What two accounts must share to be compared."""
        return self.year, self.nomenclature, self.digits


def fit(data: Data, seller: str, buyer: str) -> Figure | None:
    """Trade complementarity (Michaely 1996) of the exports of one region with the imports of another.

    1 - sum over products of |import share - export share| / 2, from 0 (nothing fits) to 1. Exports and imports are those
    with every partner that the files hold, of the newest year for which both are held in one nomenclature. None where
    they are not held, or come for fewer than all months of a year.
    """
    if data.workspace is None or not data.workspace.current:
        return None
    sold = _accounts(data, "exporter", seller)
    bought = _accounts(data, "importer", buyer)
    shared = {account.language for account in sold} & {account.language for account in bought}
    if not shared:
        return None
    chosen = max(shared)
    pair = [_fullest(side, chosen) for side in (sold, bought)]
    items = sorted({item for account in pair for item in account.products})
    exports, imports = (
        np.array([account.products.get(item, 0.0) for item in items], dtype=np.float64) for account in pair
    )
    value = complementarity(exports, imports)
    if not isinstance(value, float):
        return None
    inputs = [
        _total(data, *side) for side in zip(("Exports of", "Imports of"), (seller, buyer), pair, strict=True)
    ]
    return derive(
        f"Complementarity of what {data.names[seller]} sells with what {data.names[buyer]} buys",
        value,
        "index",
        inputs,
        _CODE,
        period=chosen[0],
        note=f"Shares of {chosen[2]}-digit products over {pair[0].partners} and {pair[1].partners} partners in the user's "
        "files; whole only if the files are.",
    )


def _accounts(data: Data, side: str, place: str) -> list[_Account]:
    """What the files hold of one side of a place's trade, one account a year, nomenclature, file and reporter."""
    assert data.workspace is not None
    partner = "importer" if side == "exporter" else "exporter"
    key = ["year", "nomenclature", "digits", "source", "reporter"]
    rows = (
        data.workspace.trade()
        .filter((pl.col(side) == place) & (pl.col("product") != "TOTAL"))
        .with_columns(
            pl.col("period").str.slice(0, 4).alias("year"),
            pl.col("product").str.len_chars().cast(pl.Int64).alias("digits"),
        )
        .collect(engine="streaming")
    )
    found = []
    for values, part in rows.group_by(key, maintain_order=True):
        monthly = part.filter(pl.col("period").str.len_chars() > len("2024"))["period"].n_unique()
        if monthly not in (0, _MONTHS) or (monthly and part["period"].n_unique() > monthly):
            continue
        sums = part.group_by("product").agg(pl.col("value_usd").sum())
        year, nomenclature, digits, source, reporter = values
        found.append(
            _Account(
                str(year),
                str(nomenclature),
                int(digits),
                str(source),
                str(reporter),
                part[partner].n_unique(),
                dict(zip(sums["product"].to_list(), sums["value_usd"].to_list(), strict=True)),
            )
        )
    return found


def _fullest(accounts: list[_Account], language: tuple[str, str, int]) -> _Account:
    """The account with most partners: two files or reporters of one trade are never added together."""
    same = [account for account in accounts if account.language == language]
    return max(same, key=lambda account: (account.partners, account.source, account.reporter))


def _total(data: Data, what: str, place: str, account: _Account) -> Figure:
    assert data.workspace is not None
    source = data.workspace.sources()[account.source]
    return Figure(
        measure=f"{what} {data.names[place]} in the user's file",
        value=sum(account.products.values()),
        unit="USD",
        period=account.year,
        status=Status.REPORTED,
        citation=Citation(source, f"rows of {place}, counted by {account.reporter or 'a side not named'}"),
        cell=f"workspace:{account.source}/{place}/{account.year}",
    )
