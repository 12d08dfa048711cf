"""Event studies of dated policies in a gravity panel: what trade did after agreements that came at different times.

`landbridge.gravity.staggered` is the door; its answer is a `Staggered`, or a `NotIdentified` with the reason.
"""

from __future__ import annotations

from landbridge.gravity.event_study.cohorts import NotIdentified
from landbridge.gravity.event_study.estimating import staggered
from landbridge.gravity.event_study.result import Staggered
from landbridge.gravity.event_study.robust import Robust, robust

__all__ = ["NotIdentified", "Robust", "Staggered", "robust", "staggered"]
