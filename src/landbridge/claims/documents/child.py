"""The parent's side of the process that runs parsers on files which may be hostile."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from landbridge.claims.documents.extract import Extract
from landbridge.claims.documents.limits import MIB, Limits
from landbridge.errors import BadFile, Problem

_WORKER = "landbridge.claims.documents.worker"
_ROOT = str(Path(__file__).parents[3])
_MOST_IN_HEAD = 4 * MIB
# UTF-8 has at most so many bytes for a character.
_WIDEST = 4


class Child:
    """A process that reads one document after another; started when first asked, and again where it had to be stopped."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops the process, if one runs."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        # What is still in the buffer of a broken pipe cannot be flushed any more.
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()

    def extract(self, name: str, data: bytes) -> Extract:
        """The text of `data` in the format `name`. Raises `BadFile` where it has none or takes too much."""
        process = self._started()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(2 * self._limits.seconds, stop)
        clock.daemon = True
        clock.start()
        try:
            head, text = self._asked(process, name, data)
            found = _read(head, text, self._limits)
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError):
            raise self._stopped(process, late.is_set()) from None
        except BaseException:
            # An interrupted exchange leaves half an answer behind.
            self.close()
            raise
        finally:
            clock.cancel()
            clock.join()
        if late.is_set() or head.get("last"):
            self.close()
        if isinstance(found, BadFile):
            raise found
        return found

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            # Not the current folder, which may hold a file called like a module; hashes do not vary, so that the same
            # bytes give the same text.
            paths = [path for path in sys.path if path] + [_ROOT]
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", _WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(paths),
                    "PYTHONHASHSEED": "0",
                    "PYTHONUTF8": "1",
                },
            )
        return self._process

    def _asked(self, process: subprocess.Popen[bytes], name: str, data: bytes) -> tuple[dict[str, Any], str]:
        requests, answers = process.stdin, process.stdout
        assert requests is not None
        assert answers is not None
        request = {"format": name, "size": len(data), "limits": asdict(self._limits)}
        requests.write(json.dumps(request).encode("ascii") + b"\n")
        requests.write(data)
        requests.flush()
        line = answers.readline(_MOST_IN_HEAD)
        if not line.endswith(b"\n"):
            raise EOFError
        head = json.loads(line)
        return head, _whole(answers, min(int(head.get("size", 0)), _WIDEST * self._limits.characters)).decode(
            "utf-8"
        )

    def _stopped(self, process: subprocess.Popen[bytes], late: bool) -> BadFile:
        """Why the process ended in the midst of a document, as the refusal of that document."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        code = process.returncode or 0
        self.close()
        if late or code == -getattr(signal, "SIGXCPU", 0):
            seconds = self._limits.seconds
            return BadFile(
                f"reading the file took more than {seconds} seconds of computing.",
                cause="It is very large, or made to keep its readers busy.",
                remedy="Split it, or save its text as plain text.",
            )
        ended = f"signal {-code}" if code < 0 else f"code {code}"
        return BadFile(
            "the program that reads this format broke down over the file.",
            cause=f"It ended with {ended}: out of memory, or the file is made to break it.",
            remedy="Save the file again, or its text as plain text.",
        )


def _whole(answers: IO[bytes], size: int) -> bytes:
    text = answers.read(size)
    if len(text) < size:
        raise EOFError
    return text


def _read(head: dict[str, Any], text: str, limits: Limits) -> Extract | BadFile:
    """What an answer says. It may come from a parser that a file has taken over, so every part is made what it should be."""
    if head.get("memory"):
        return BadFile(
            f"reading the file takes more than {limits.memory // MIB:,} MiB of memory.",
            cause="It is very large, or made to fill a memory.",
            remedy="Split it, or save its text as plain text.",
        )
    if "problems" in head:
        return BadFile([Problem(**problem) for problem in head["problems"]])
    extractor, title, dated = (str(head[key]) for key in ("extractor", "title", "dated"))
    return Extract(text, extractor, title, dated, tuple(map(str, head["notes"])))
