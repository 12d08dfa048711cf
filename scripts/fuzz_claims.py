"""Fuzz the reading of documents with atheris, which watches the code it runs and steers its inputs by what it sees.

    python scripts/fuzz_claims.py text -max_total_time=600 corpus/
    python scripts/fuzz_claims.py pdf -timeout=60 -rss_limit_mb=1024 corpus/

The first word names what is fuzzed; the rest goes to libFuzzer. `text` and `reflow` are our own code: whatever is not a
`BadFile` is a find. `html`, `pdf` and `docx` run large parsers, whose exceptions the product turns into refusals in a
process of their own; there the finds are crashes, hangs and memory. `docx` takes its input for the body of a document in
a sound archive. Not part of CI: a run takes hours, and proves nothing where it finds nothing. It needs atheris
(https://pypi.org/project/atheris/), which is no dependency.
"""

from __future__ import annotations

import io
import logging
import sys
import zipfile
from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

from landbridge.errors import BadFile

PACKAGE = "landbridge.claims.documents"
MOST = 2**20


def _module(name: str) -> Any:
    """A module of the room. They are not imported above: atheris watches only what is loaded under its eyes."""
    return import_module(f"{PACKAGE}.{name}")


@lru_cache
def _limits() -> Any:
    return _module("limits").Limits(bytes=MOST, characters=MOST, unpacked=16 * MOST)


def _text(data: bytes) -> None:
    """Telling the format and decoding: the text is whole, and has what the file has."""
    try:
        _module("kinds").kind(data, "a.txt")
        found = _module("text").extract(data, _limits()).text
    except BadFile:
        return
    found.encode("utf-8")
    assert found.strip()


def _reflow(data: bytes) -> None:
    """Lines to paragraphs: no line is empty, and only heads, blanks and hyphens go."""
    pages = data.decode("utf-8", errors="ignore").split("\f")
    text, notes = _module("reflow").reflowed(pages)
    assert not text or all(line.strip() for line in text.split("\n"))
    assert notes or len(text) <= sum(map(len, pages)) + len(pages)


def _parser(name: str, data: bytes) -> None:
    try:
        _module(name).extract(data, _limits())
    except (NameError, AssertionError):
        raise
    except Exception as error:  # The product turns it into a refusal; see documents/worker.py.
        logging.getLogger(__name__).debug("%s", error)


@lru_cache
def _archive() -> dict[str, bytes]:
    out = io.BytesIO()
    import_module("docx").Document().save(out)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _docx(data: bytes) -> None:
    parts = _archive()
    before, after = parts["word/document.xml"].split(b"<w:body>", 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in (parts | {"word/document.xml": before + b"<w:body>" + data + after}).items():
            archive.writestr(name, content)
    _parser("docx", out.getvalue())


TARGETS: dict[str, Callable[[bytes], None]] = {
    "text": _text,
    "reflow": _reflow,
    "html": partial(_parser, "html"),
    "pdf": partial(_parser, "pdf"),
    "docx": _docx,
}


def main() -> None:
    """Runs the target that the first argument names until libFuzzer ends."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"Say what to fuzz: {', '.join(TARGETS)}.")
    target = TARGETS[sys.argv.pop(1)]
    try:
        atheris: Any = import_module("atheris")
    except ImportError:
        sys.exit("This needs atheris, which is not installed: python -m pip install atheris")
    with atheris.instrument_imports(include=["landbridge.claims", "pypdf", "trafilatura", "docx"]):
        for name in ("kinds", "text", "reflow", "html", "pdf", "docx"):
            _module(name)
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
