"""The same data make the same figures on any machine: neither threads nor the hash seed move a last bit."""

from __future__ import annotations

import os
import subprocess
import sys

# Numbers are compared in full, since ids round them.
COMPOSE = """
import hashlib
from landbridge.brief.catalogue import catalogue
from landbridge.brief.compose import compose
from landbridge.brief.setting import setting
from landbridge.brief.text import Writer
from landbridge.release import embedded, load

data = load(release=embedded())
for a, b in (("CHN", "RUS"), ("BLR", "CHN")):
    made = compose(setting(data, Writer(catalogue()), a, b), "en").figures()
    numbers = [(name, repr(item.value), repr(item.low), repr(item.high)) for name, item in sorted(made.items())]
    for content in (sorted(made), numbers):
        print(len(made), hashlib.sha256(repr(content).encode()).hexdigest())
"""


def composed(threads: int, seed: int) -> str:
    varied = {
        "POLARS_MAX_THREADS": str(threads),
        "OPENBLAS_NUM_THREADS": str(min(threads, 2)),
        "PYTHONHASHSEED": str(seed),
    }
    run = subprocess.run(
        [sys.executable, "-c", COMPOSE], capture_output=True, text=True, check=True, env=os.environ | varied
    )
    return run.stdout


def test_figures_do_not_depend_on_threads_or_hash_seeds() -> None:
    first = composed(1, 0)
    lines = first.splitlines()
    assert len(lines) == 4
    assert all(int(line.split()[0]) > 500 for line in lines)
    assert composed(2, 1) == first
    assert composed(16, 4242) == first
