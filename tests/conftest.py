"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material beside the checkout; tests that need it skip where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the reference material (a folder `shared` beside the checkout) is absent")
    return SHARED


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT
