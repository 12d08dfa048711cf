"""What was said, signed, planned and built: statements with citations, and records as views over them."""

from landbridge.ledger.reading import LedgerFile, read, read_file
from landbridge.ledger.records import Ledger, Record
from landbridge.ledger.soundness import check
from landbridge.ledger.statement import ASSUMED, Statement

__all__ = ["ASSUMED", "Ledger", "LedgerFile", "Record", "Statement", "check", "read", "read_file"]
