"""The waist of the house: one door through which everything above gets data."""

from landbridge.release.data import Data, embedded, load
from landbridge.release.trade import Trade

__all__ = ["Data", "Trade", "embedded", "load"]
