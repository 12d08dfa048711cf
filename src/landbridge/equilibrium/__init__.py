"""General equilibrium of trade in changes: arrays in, frozen results out, usable alone.

`armington` for one sector, `caliendo_parro` for many with input-output links, `spatial` for places that share a country,
`conditional` and `ge_ppml` for the steps of the Advanced Guide, `gains_from_trade` for the closed form against autarky.
Nothing here knows a file, a frame or a place by name; symbols are those of docs/notation.md.
"""

from __future__ import annotations

from landbridge.equilibrium.result import Equilibrium

__all__ = ["Equilibrium"]
