"""The 18 data sets of ppmlhdfe (Correia, Guimaraes and Zylkin; MIT licence), whose separated rows are marked.

Exact: which rows are separated is a property of the data.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from landbridge.gravity.separation import separated

# Columns x* are regressors, id* effects; without effects the model has a constant, as in Stata.
CASES = {
    1: 2, 2: 1, 3: 2, 4: 83, 5: 1, 6: 1, 7: 4, 8: 1, 9: 0, 10: 5, 11: 0, 12: 1, 13: 1, 14: 0, 15: 9, 16: 29, 17: 29, 18: 29,
}  # fmt: skip


def read(path: Path) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...], np.ndarray]:
    names = path.read_text().splitlines()[0].split(",")
    columns = dict(zip(names, np.genfromtxt(path, delimiter=",", skip_header=1).T, strict=True))
    y = columns["y"]
    effects = tuple(
        np.unique(columns[name], return_inverse=True)[1].astype(np.int32)
        for name in names
        if name.startswith("id")
    )
    x = [columns[name] for name in names if name.startswith("x")] + ([] if effects else [np.ones_like(y)])
    return y, np.array(x).reshape(len(x), y.size).T, effects, columns["separated"] == 1


@pytest.mark.shared
@pytest.mark.parametrize(("case", "count"), CASES.items())
def test_separated_rows_are_exactly_the_marked_ones(shared: Path, case: int, count: int) -> None:
    y, x, effects, marked = read(shared / f"anchors/ppml/separation/{case:02d}.csv")
    found = separated(y, x, effects)
    assert found.rows.tolist() == marked.tolist()
    assert found.count == count == sum(found.by_effect) + found.by_combination


@pytest.mark.shared
@pytest.mark.parametrize("case", CASES)
def test_order_and_units_of_the_data_do_not_matter(shared: Path, case: int) -> None:
    y, x, effects, marked = read(shared / f"anchors/ppml/separation/{case:02d}.csv")
    order = np.random.default_rng(case).permutation(y.size)
    scales = 10.0 ** np.arange(x.shape[1])
    found = separated(1e6 * y[order], (x * scales)[order], tuple(effect[order] for effect in effects))
    assert found.rows.tolist() == marked[order].tolist()
