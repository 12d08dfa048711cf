"""Bytes of plain text, HTML, PDF or DOCX into a `Document`, in bounded time and memory.

Plain text is decoded here. The parsers of the other formats are large and their input may be hostile, so they run in a
process of their own (`child`, `worker`), which the system stops when it asks for too much time or memory.
"""

from landbridge.claims.document import Document
from landbridge.claims.documents.limits import Limits
from landbridge.claims.documents.opening import Opener, Source, open_document, open_documents

__all__ = ["Document", "Limits", "Opener", "Source", "open_document", "open_documents"]
