"""From a path or bytes to a `Document`, whatever the format."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from landbridge.claims.document import Document
from landbridge.claims.documents import text as plain_text
from landbridge.claims.documents.child import Child
from landbridge.claims.documents.kinds import kind
from landbridge.claims.documents.limits import FORMATS, LIMITS, MIB, TEXT, Limits
from landbridge.codes.matching import plain
from landbridge.errors import BadFile, Problem, UnknownLabel

Source = Path | str | bytes
_UNNAMED = "document"


class Opener:
    """Opens documents one after another; the process that parses HTML, PDF and DOCX is started once for all of them.

    Use it in a `with` statement, which stops that process at the end.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._child = Child(limits)

    def __enter__(self) -> Opener:
        return self

    def __exit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close()

    def open(self, source: Source, *, name: str = "", format: str = "") -> Document:
        """The document at the path `source`, or in the bytes `source`; see `open_document`."""
        _known(format)
        shown = plain(name or (_UNNAMED if isinstance(source, bytes) else Path(source).name or str(source)))
        where = shown if isinstance(source, bytes) else plain(str(source))
        try:
            data = source if isinstance(source, bytes) else content(Path(source), self._limits)
            if not data:
                raise BadFile("the file is empty.", remedy="Load it again.")
            if len(data) > self._limits.bytes:
                raise _too_large(len(data), self._limits)
            found, notes = (format, ()) if format else kind(data, shown)
            extract = (
                plain_text.extract(data, self._limits) if found == TEXT else self._child.extract(found, data)
            )
        except BadFile as refusal:
            raise BadFile([_placed(problem, where) for problem in refusal.problems]) from None
        return Document(
            name=shown,
            text=extract.text,
            sha256=hashlib.sha256(data).hexdigest(),
            text_sha256=hashlib.sha256(extract.text.encode("utf-8")).hexdigest(),
            extractor=extract.extractor,
            format=found,
            title=extract.title,
            dated=extract.dated,
            dated_by="metadata" if extract.dated else "",
            notes=(*notes, *extract.notes),
        )


def open_document(source: Source, *, name: str = "", limits: Limits = LIMITS, format: str = "") -> Document:
    """The document at a path (`Path` or `str`), or in bytes that are already read.

    The format is told from the content, unless `format` (`text`, `html`, `pdf`, `docx`) says it. Raises `BadFile` for what
    cannot be read, or not within `limits`. For many documents `open_documents` is much faster.
    """
    with Opener(limits) as opener:
        return opener.open(source, name=name, format=format)


def open_documents(
    sources: Iterable[Source], *, limits: Limits = LIMITS, format: str = ""
) -> Iterator[Document | BadFile]:
    """For each source its document, or the refusal that `open_document` would raise, in the order of `sources`."""
    _known(format)
    return _each(sources, limits, format)


def _each(sources: Iterable[Source], limits: Limits, format: str) -> Iterator[Document | BadFile]:
    with Opener(limits) as opener:
        for source in sources:
            try:
                found: Document | BadFile = opener.open(source, format=format)
            except BadFile as refusal:
                found = refusal
            yield found


def content(path: Path, limits: Limits = LIMITS) -> bytes:
    """The bytes of a regular file. Raises `BadFile` for a folder, device or pipe, a missing or empty file, one too large."""
    try:
        # Without waiting: to open a pipe that nobody writes to would block for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        # Windows refuses to open a folder at all.
        if isinstance(error, PermissionError) and path.is_dir():
            raise _no_file("a folder") from None
        cause = getattr(error, "strerror", None) or "No file can have this name"
        raise BadFile(
            "the file cannot be opened.", cause=f"{cause}.", remedy="Check its name, folder and permissions."
        ) from None
    # Asked of the open file, so that nothing can be put in its place in between.
    info = os.fstat(handle)
    if not stat.S_ISREG(info.st_mode):
        os.close(handle)
        raise _no_file("a folder" if stat.S_ISDIR(info.st_mode) else "a pipe or device")
    with os.fdopen(handle, "rb") as file:
        try:
            data = file.read(limits.bytes + 1)
        except OSError as error:
            raise BadFile("the file cannot be read.", cause=f"{error.strerror}.") from None
        if len(data) > limits.bytes:
            raise _too_large(max(info.st_size, len(data)), limits)
        return data


def _no_file(what: str) -> BadFile:
    return BadFile(f"this is {what}, not a file.", remedy="Name a single document, or several one by one.")


def _too_large(size: int, limits: Limits) -> BadFile:
    return BadFile(
        f"the file has {size / MIB:,.1f} MiB; at most {limits.bytes / MIB:,.0f} are read.",
        remedy="Split it, or name the part that matters.",
    )


def _placed(problem: Problem, where: str) -> Problem:
    return replace(problem, where=f"{where}, {problem.where}" if problem.where else where)


def _known(format: str) -> None:
    if format and format not in FORMATS:
        raise UnknownLabel("format", format, FORMATS, remedy=f"Formats are {', '.join(FORMATS)}.")
