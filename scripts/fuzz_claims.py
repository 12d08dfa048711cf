"""Fuzz the reading of documents with atheris, which watches the code it runs and steers its inputs by what it sees.

    python scripts/fuzz_claims.py text -max_total_time=600 corpus/
    python scripts/fuzz_claims.py pdf -timeout=60 -rss_limit_mb=1024 corpus/

The first word names what is fuzzed; the rest goes to libFuzzer. `text` and `reflow` are our own code: whatever is not a
`BadFile` is a find. `html`, `pdf` and `docx` run large parsers, whose exceptions the product turns into refusals in a process
of their own; there the finds are crashes, hangs and memory. Not part of CI: a run takes hours, and proves nothing where it
finds nothing. It needs atheris (https://pypi.org/project/atheris/), which is no dependency.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from landbridge.claims.documents.limits import Limits
from landbridge.errors import BadFile

LIMITS = Limits(bytes=2**20, characters=2**20, unpacked=2**24)
PACKAGE = "landbridge.claims.documents"


def _text(data: bytes) -> None:
    """Telling the format and decoding: the text is whole, and has what the file has."""
    kinds, text = import_module(f"{PACKAGE}.kinds"), import_module(f"{PACKAGE}.text")
    try:
        kinds.kind(data, "a.txt")
        found = text.extract(data, LIMITS).text
    except BadFile:
        return
    found.encode("utf-8")
    assert found.strip()


def _reflow(data: bytes) -> None:
    """Lines to paragraphs: no line is empty, and only heads, blanks and hyphens go."""
    pages = data.decode("utf-8", errors="ignore").split("\f")
    text, notes = import_module(f"{PACKAGE}.reflow").reflowed(pages)
    assert not text or all(line.strip() for line in text.split("\n"))
    assert notes or len(text) <= sum(map(len, pages)) + len(pages)


def _parser(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        try:
            import_module(f"{PACKAGE}.{name}").extract(data, LIMITS)
        except (NameError, AssertionError):
            raise
        except Exception as error:  # The product turns it into a refusal; see documents/worker.py.
            logging.getLogger(__name__).debug("%s", error)

    return run


TARGETS: dict[str, Callable[[bytes], None]] = {
    "text": _text,
    "reflow": _reflow,
    "html": _parser("html"),
    "pdf": _parser("pdf"),
    "docx": _parser("docx"),
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
    # The code must be loaded under the eyes of atheris to be watched.
    with atheris.instrument_imports(include=["landbridge.claims", "pypdf", "trafilatura", "docx"]):
        for name in ("kinds", "text", "reflow", "html", "pdf", "docx"):
            import_module(f"{PACKAGE}.{name}")
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
