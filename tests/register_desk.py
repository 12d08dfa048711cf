"""Entries into a workspace, shared by the tests of the registers: one tie, its source, and what is there afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landbridge.ledger import Statement
from landbridge.registers.entries import Form, Origin
from landbridge.registers.writing import Report, add
from landbridge.release import Data, load
from landbridge.release.workspace import Workspace

DAY = "2026-12-01"
DESK = Origin("Our desk", "Minutes", "2026-10-14")


def tie(slug: str, *more: str, by: str = "Anna", **slots: Any) -> Form:
    """A tie of two cities as somebody types it."""
    sets = ("parties=BY-VI CN-HL", "level=city", f"name={slug}", *more)
    return Form("twinning", slug, sets, by, **{"origin": DESK} | slots)


def entered(place: Path, release: Data, form: Form, recorded: str = DAY) -> Report:
    """Add a form to the workspace in a folder, with the data as they were before."""
    return add(Workspace.open_or_create(place), release, form, recorded=recorded)


def opened(place: Path) -> Data:
    """The release with the workspace over it."""
    return load(place)


def own(place: Path) -> list[Statement]:
    """The workspace's own statements."""
    statements, _ = Workspace.open(place).ledger()
    return statements


def of(place: Path, name: str) -> Statement:
    """The first statement of a property that was entered."""
    (found,) = [s for s in own(place) if s.property == name and not s.supersedes]
    return found
