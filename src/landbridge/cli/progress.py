"""Progress of long work on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None] | None]:
    """What to call with a stage, work done and wanted; None where standard error is no terminal.

    One bar for each stage, with the time left, for work that takes more than a second.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    bar = progress.Progress(*columns, console=Console(file=sys.stderr), transient=True)
    tasks: dict[str, Any] = {}
    begun = time.monotonic()
    running = False

    def show(stage: str, done: int, wanted: int) -> None:
        nonlocal running
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage)
        bar.update(tasks[stage], completed=done, total=wanted)
        if not running and time.monotonic() - begun > 1.0:
            bar.start()
            running = True

    try:
        yield show
    finally:
        if running:
            bar.stop()
