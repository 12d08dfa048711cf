"""Where a number comes from: statuses, sources, citations and the `Figure` that a brief accepts."""

from landbridge.provenance.citation import Citation, Source, Span
from landbridge.provenance.figure import Figure, Unavailable, content_id, derive
from landbridge.provenance.status import Status, weakest

__all__ = ["Citation", "Figure", "Source", "Span", "Status", "Unavailable", "content_id", "derive", "weakest"]
