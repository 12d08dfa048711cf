"""The process that reads one document after another for `child`, and may be stopped at any time.

A request is a line of JSON and the bytes of a document; an answer is a line of JSON and the text in UTF-8. Nothing else
comes back, so a parser that was taken over by a file can lie about that file and do no more.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from landbridge.claims.documents.extract import Extract, cleaned, line
from landbridge.claims.documents.limits import Limits
from landbridge.errors import BadFile, Problem

_NAMES = {"html": "HTML", "pdf": "PDF", "docx": "Word"}


def main() -> None:
    """Answers requests until the input ends or so much memory was used that a fresh process is better."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a parser prints would end up between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while head := requests.readline():
        request = json.loads(head)
        limits = Limits(**request["limits"])
        data = requests.read(request["size"])
        _bounded(limits)
        answer, text = _answer(request["format"], data, limits)
        del data
        last = _used() > limits.memory // 4
        _send(answers, answer | {"last": last}, text)
        if last:
            return


def _bounded(limits: Limits) -> None:
    """Grants the time and memory of one document from now on, where the system can."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + limits.seconds + 1
    for what, most in (
        (resource.RLIMIT_CPU, until),
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CORE, 0),
    ):
        # Some systems refuse some limits; the clock of the parent process counts everywhere.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, resource.getrlimit(what)[1]))


def _used() -> int:
    """The most memory that this process ever held, in bytes; 0 where the system does not say.

    On Linux the peak that `getrusage` gives is inherited from the parent over exec, so that a worker of a large parent
    would look full before its first document; what /proc says of the address space is the worker's own.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii", errors="replace")
    except OSError:
        status = ""
    for said in status.splitlines():
        if said.startswith("VmHWM:"):
            return int(said.split()[1]) * 1024
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _answer(name: str, data: bytes, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """The head of the answer and the text: of an extract, or of a refusal with its problems."""
    extractor = import_module(f"landbridge.claims.documents.{name}")
    try:
        found: Extract = extractor.extract(data, limits)
    except BadFile as refusal:
        return {"problems": [problem.as_dict() for problem in refusal.problems]}, b""
    except MemoryError:
        return {"memory": True}, b""
    except Exception as error:  # A parser may raise anything on a file that is made to break it.
        words = cleaned(line(f"{type(error).__name__}: {error}"))[0][:200]
        problem = Problem(
            f"the {_NAMES[name]} file is damaged.",
            cause=f"{words}.",
            remedy="Save it again, or as plain text.",
        )
        return {"problems": [problem.as_dict()]}, b""
    text = found.text.encode("utf-8")
    head = {
        "size": len(text),
        "extractor": found.extractor,
        "title": found.title,
        "dated": found.dated,
        "notes": found.notes,
    }
    return head, text


def _send(answers: BinaryIO, head: dict[str, Any], text: bytes) -> None:
    answers.write(json.dumps(head).encode("ascii") + b"\n" + text)
    answers.flush()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        main()
