"""What a pair would deliver at another level of access, with everybody's output and spending as they are.

The conditional step of structural gravity (Yotov, Piermartini, Monteiro and Larch 2016, chapter 2): the cell of the pair
is set to the new level, and multilateral resistances are solved again, which is the biproportional scaling of the table
to its old sums. What the pair gains others lose, so the answer is smaller than the difference that was put in.
"""

from __future__ import annotations

import numpy as np

from landbridge.potential import dense
from landbridge.potential.dense import Array

CONCEPT = "conditional"
TOLERANCE = 1e-12


def settled(flows: Array, seller: int, buyer: int, levels: Array) -> tuple[Array, float]:
    """Trade of the pair, (L, S), once markets clear, and the largest relative gap of any sum.

    `flows` (S, exporter, importer), sales at home on the diagonal where they are known; `levels` (L, S) replace the cell
    of the pair before markets clear. Raises `NotConverged`.
    """
    count, items = levels.shape
    seed = np.repeat(flows[None], count, axis=0)
    seed[:, :, seller, buyer] = levels
    rows, columns = (np.tile(flows.sum(axis=axis), (count, 1)) for axis in (2, 1))
    new = dense.balance(seed.reshape(-1, *flows.shape[1:]), rows, columns, tolerance=TOLERANCE)
    gap = max(
        float((np.abs(new.sum(axis=axis) - kept) / np.where(kept > 0, kept, 1.0)).max())
        for axis, kept in ((2, rows), (1, columns))
    )
    return new[:, seller, buyer].reshape(count, items), gap
