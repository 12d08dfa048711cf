"""The only code that reads foreign trade files: BACI, UN Comtrade, and any csv with a map.

A reader takes a file and a scratch folder and returns `Loaded`: rows in one layout and an account of those
left out.
"""

from landbridge.sources.guard import Limits
from landbridge.sources.model import SCHEMA, Dropped, Loaded
from landbridge.sources.tablemap import TableMap, presets, read_map

__all__ = ["SCHEMA", "Dropped", "Limits", "Loaded", "TableMap", "presets", "read_map"]
