"""The command line: parse, call one public function, show. Exit 1 for bad data or answers, 2 for bad calls."""

from __future__ import annotations


def main() -> None:
    """The console script."""
    from landbridge.cli.app import run

    run()
