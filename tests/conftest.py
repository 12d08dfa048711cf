"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, cached_property, wraps
from pathlib import Path
from typing import Any

import pytest

from landbridge import codes
from landbridge.ledger import Statement
from landbridge.release import Data, embedded
from landbridge.release import data as door

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

# Parts of the embedded release by name, each read once for a whole process: reading them anew takes most of a command.
PARTS: dict[str, Any] = {}
EMBEDDED = embedded()
READ = {name: part for name, part in vars(Data).items() if isinstance(part, cached_property)}


def _read_once(name: str, read: Callable[[Data], Any]) -> Callable[[Data], Any]:
    """`read`, save that data of the embedded release alone, with nothing in them replaced, take what is read already."""

    @wraps(read)
    def part(data: Data) -> Any:
        own = [key for key, value in vars(data).items() if key in READ and value is not PARTS.get(key)]
        if own or data != Data(EMBEDDED, data.manifest):
            return read(data)
        if name not in PARTS:
            PARTS[name] = read(data)
        return PARTS[name]

    return part


for _name, _part in READ.items():
    _part.func = _read_once(_name, _part.func)


_read_file = door.read_file


@cache
def _shipped(path: Path) -> tuple[Statement, ...]:
    return tuple(_read_file(path, [place.code for place in codes.places()], trusted=True))


def _read_shipped_once(path: Path, places: Iterable[str], *, trusted: bool = False) -> list[Statement]:
    """`read_file`, save that a file of the shipped ledger is read once, though every workspace lies over all of them."""
    if trusted and path.is_relative_to(EMBEDDED):
        return list(_shipped(path))
    return _read_file(path, places, trusted=trusted)


door.read_file = _read_shipped_once


@pytest.fixture
def read_anew() -> Callable[[], None]:
    """From this call on nothing of the release has been read yet: what is asked for is made anew."""

    def forget() -> None:
        PARTS.clear()
        _shipped.cache_clear()

    return forget


# Files that take long, longest first: begun last, one of them would run alone at the end while the other workers wait.
LONGEST = (
    "laws/test_registers_writing.py",
    "docs/test_readme.py",
    "laws/test_claims_time.py",
    "rooms/test_potential_regions.py",
    "journeys/test_cli.py",
    "rooms/test_claims_documents.py",
    "journeys/test_cli_claims.py",
    "journeys/test_cli_registers.py",
    "journeys/test_briefs.py",
    "golden/test_claims_scores.py",
    "rooms/test_reproducible.py",
    "docs/test_questions.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the others as they come."""
    rank = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


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
