"""What the tests of the documentation share: commands, run as a reader would run them."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from landbridge.cli.app import app
from landbridge.release import Data, load


@dataclass(frozen=True)
class Answer:
    """What a command printed: everything, and what went to stdout."""

    exit_code: int
    output: str
    stdout: str


@pytest.fixture(scope="session")
def held() -> Data:
    """The embedded release."""
    return load()


@pytest.fixture
def landbridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Answer]:
    """Runs one line `landbridge ...` in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LANDBRIDGE_WORKSPACE", raising=False)

    def run(line: str) -> Answer:
        program, *arguments = shlex.split(line)
        assert program == "landbridge"
        result = CliRunner().invoke(app, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise AssertionError(f"{line}: {result.exception}") from result.exception
        return Answer(result.exit_code, result.output, result.stdout)

    return run
