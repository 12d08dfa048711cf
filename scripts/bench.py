"""Time and memory of whole processes, as ratios to an empty interpreter and to importing numpy.

    python scripts/bench.py [RUNS]

Prints medians of wall time, their ratios, and peak memory. The limits in the last column are the project's promises on
two cores; this script reports and does not judge, because a loaded machine would make any verdict a lie.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLI = [str(Path(sys.executable).with_name("landbridge"))]
CASES: tuple[tuple[str, list[str], str], ...] = (
    ("empty interpreter", [sys.executable, "-c", "pass"], ""),
    ("import numpy", [sys.executable, "-c", "import numpy"], ""),
    ("import landbridge", [sys.executable, "-c", "import landbridge"], "0.15 s over empty"),
    ("landbridge --help", [*CLI, "--help"], "0.40 s"),
    ("landbridge flows RUS CHN", [*CLI, "flows", "RUS", "CHN"], ""),
    ("landbridge brief CHN RUS", [*CLI, "brief", "CHN", "RUS"], "5 s, 600 MB"),
    ("landbridge brief BLR CHN", [*CLI, "brief", "BLR", "CHN"], "5 s, 600 MB"),
    ("landbridge brief BY-VI CN-HL", [*CLI, "brief", "BY-VI", "CN-HL"], "5 s, 600 MB"),
)


def once(command: list[str], folder: str) -> tuple[float, float]:
    """Wall seconds and peak memory in MB of one run, by the operating system's account of the finished process."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": folder},
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} left with {process.returncode}")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def main(runs: int) -> None:
    """Run every case once to warm the disk, then `runs` times, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for name, command, limit in CASES:
            once(command, folder)
            timed = [once(command, folder) for _ in range(runs)]
            found[name] = (statistics.median(t for t, _ in timed), max(m for _, m in timed), limit)
    empty, numpy = found["empty interpreter"][0], found["import numpy"][0]
    print(f"{'case':<32}{'seconds':>9}{'x empty':>9}{'x numpy':>9}{'MB':>7}  promised")
    for name, (seconds, memory, limit) in found.items():
        print(
            f"{name:<32}{seconds:>9.3f}{seconds / empty:>9.1f}{seconds / numpy:>9.1f}{memory:>7.0f}  {limit}"
        )
    print(json.dumps({"runs": runs, "cores": os.cpu_count(), "python": sys.version.split()[0]}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
