"""Which places trade with each other, directly or through others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from landbridge.equilibrium.result import Array

Parts = NDArray[np.intp]


def parts(weights: Array) -> Parts:
    """The connected part of each place, (N,): places joined by a flow in either direction, directly or through others."""
    open_ = weights > 0
    tied = open_ | open_.T
    if tied.all(axis=0).any():
        return np.zeros(len(weights), dtype=np.intp)
    return components(tied, one_way=False)


def components(open_: NDArray[np.bool_], *, one_way: bool) -> Parts:
    """Labels from 0, (N,), of places that reach each other; with `one_way` along flows only, both there and back."""
    from scipy.sparse import csr_array  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

    found = connected_components(csr_array(open_), connection="strong" if one_way else "weak")[1]
    return np.asarray(found, dtype=np.intp)


def by_part(values: Array, part: Parts) -> Array:
    """Sums of `values` (N,) over each part."""
    return np.asarray(np.bincount(part, weights=values), dtype=np.float64)
