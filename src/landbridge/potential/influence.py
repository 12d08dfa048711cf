"""How much a cell of a two-way fit weighs: inverse information in blocks, leverages and what they need.

The information matrix of exporters, importers and regressors is inverted through its Schur complement, sector by
sector; see `dense` for the equation and the axis order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landbridge.potential.dense import Array, Dense, blocks


@dataclass(frozen=True, slots=True)
class Information:
    """Inverse information of every sector in blocks: all that variances and leverages need.

    With D = diag(mu_i.), B = [M, C] (S, N, N+K) the rows of the exporters in the information matrix against importers
    and regressors, `scaled` is D^-1 B and `inverse` (S, N+K, N+K) the inverse of the Schur complement; `weight`
    (S, N) is 1/D. Cells of dropped parties have no meaning.
    """

    weight: Array
    scaled: Array
    inverse: Array


def information(solution: Dense, regressors: Array) -> Information:
    """Inverse information of every sector at its fit; sectors without a fit hold zeros."""
    sectors, size, k = len(solution.a), solution.a.shape[1], len(regressors)
    weight, scaled = np.zeros((sectors, size)), np.zeros((sectors, size, size + k))
    inverse = np.zeros((sectors, size + k, size + k))
    at = np.flatnonzero(solution.solved)
    row, schur, ratio = blocks(solution.mean[at], regressors, solution.sells[at], solution.buys[at])
    weight[at], scaled[at], inverse[at] = 1.0 / row, ratio, np.linalg.inv(schur)
    return Information(weight, scaled, inverse)


def quadratic_forms(inverse: Information, regressors: Array) -> tuple[Array, Array]:
    """x' H^-1 x of every cell, and x' H^-1 x~ with the cell x~ of the opposite direction, each (S, N, N)."""
    size = inverse.weight.shape[1]
    scaled, v = inverse.scaled, inverse.inverse
    back = regressors.transpose(0, 2, 1)
    moved = scaled @ v
    among = moved @ scaled.transpose(0, 2, 1)
    at = np.arange(size)
    straight, mixed, moments = v[:, :size, :size], v[:, :size, size:], v[:, size:, size:]
    plain, tilted = moved[:, :, :size], moved[:, :, size:]
    # Terms in the regressors of a cell: importer's part, exporter's part, and the regressors with themselves.
    here = np.einsum("sjk,kij->sij", mixed, regressors)
    there = np.einsum("sik,kij->sij", tilted, regressors)
    own = inverse.weight[:, :, None] + among[:, at, at][:, :, None] + straight[:, at, at][:, None, :]
    own += 2.0 * (here - there - plain) + _squares(moments, regressors, regressors)
    cross = among + straight.transpose(0, 2, 1) - plain[:, at, at][:, None, :] - plain[:, at, at][:, :, None]
    cross += np.einsum("sjk,kij->sij", mixed, back) + np.einsum("sik,kij->sij", mixed, regressors)
    cross -= np.einsum("sjk,kij->sij", tilted, regressors) + np.einsum("sik,kij->sij", tilted, back)
    return own, cross + _squares(moments, regressors, back)


def _squares(moments: Array, left: Array, right: Array) -> Array:
    """left' moments right of every cell, (S, N, N)."""
    k, size, _ = left.shape
    products = left[:, None] * right[None, :]
    flat = moments.reshape(len(moments), -1) @ products.reshape(k * k, -1)
    return np.asarray(flat.reshape(len(moments), size, size))
