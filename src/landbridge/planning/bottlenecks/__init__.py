"""What stands in the way between two places, ranked by what relaxing it is worth.

`bottlenecks` makes a ranking; `candidate` says what an obstacle is, `derived` and `obstacles` where obstacles come from,
`programme` compiles them together, `effects` and `solving` value them in every draw, `ranking` turns gains into ranks,
`result` is what comes out.
"""

from __future__ import annotations

from landbridge.planning.bottlenecks.candidate import Candidate, Step
from landbridge.planning.bottlenecks.making import bottlenecks, gathered
from landbridge.planning.bottlenecks.result import Bottlenecks
from landbridge.planning.bottlenecks.shipped import Shipped, shipped

__all__ = ["Bottlenecks", "Candidate", "Shipped", "Step", "bottlenecks", "gathered", "shipped"]
