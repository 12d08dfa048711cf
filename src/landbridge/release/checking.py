"""What is wrong with a ledger file, a release or a workspace: `landbridge check`."""

from __future__ import annotations

from pathlib import Path

from landbridge import codes
from landbridge.errors import BadUsage, LandbridgeError
from landbridge.ledger import Ledger, Statement, read_file
from landbridge.ledger import check as check_ledger
from landbridge.ledger.soundness import oddities
from landbridge.release import manifest as manifests
from landbridge.release.data import Data, embedded, load
from landbridge.release.own_ledger import broken_by, problems_of
from landbridge.release.workspace import INDEX, Workspace

_SUFFIXES = (".yaml", ".yml")


def check(path: Path) -> list[str]:
    """Everything wrong with what lies at `path`, one line each; empty where nothing is.

    A ledger file is read and held against what it would be loaded beside, the release and the workspace that is found:
    sources, records, supersessions. A release folder is compared with its manifest and its ledger is checked; a
    workspace's objects are compared with their hashes, and its ledger is held against the release alone. What is odd but
    may be is named too, until a note in the ledger explains it. Raises `BadUsage` for anything else, and
    `BrokenRelease` where a manifest or index cannot be read at all.
    """
    if path.is_file() and path.suffix.lower() in _SUFFIXES:
        return problems_of(path, load())
    if (path / manifests.FILE).is_file():
        return [*manifests.verify(path), *_ledger_of(path)]
    if (path / INDEX).is_file():
        workspace = Workspace.open(path)
        # `load` would bring in the workspace that lies here, and compare it with itself.
        folder = embedded()
        base = Data(folder, manifests.read(folder)).ledger
        own, sources = workspace.ledger()
        whole = Ledger([*base.history, *own], {**base.sources, **sources})
        before = {*oddities(base)}
        odd = [f"odd: {what}" for what in oddities(whole) if what not in before]
        return [*workspace.verify(), *broken_by(base, own, sources), *odd]
    raise BadUsage(
        "there is nothing here that can be checked." if path.exists() else "there is no such file or folder.",
        where=str(path),
        remedy=f"Name a ledger file ({', '.join(_SUFFIXES)}), a release folder (with {manifests.FILE}) or a "
        f"workspace (with {INDEX}).",
    )


def _ledger_of(folder: Path) -> list[str]:
    """What is wrong with the ledger of a release: files, records, and ids that the manifest lists but no file holds."""
    places = [place.code for place in codes.places()]
    statements: list[Statement] = []
    wrong: list[str] = []
    for path in sorted((folder / "ledger").rglob("*.yaml")):
        try:
            statements += read_file(path, places)
        except LandbridgeError as error:
            wrong += [str(problem) for problem in error.problems]
    listed = manifests.read(folder).statements
    found = {statement.id for statement in statements}
    wrong += [
        f"{name}: listed in the manifest, but in no ledger file" for name in sorted(listed.keys() - found)
    ]
    wrong += [f"{name}: in a ledger file, but not in the manifest" for name in sorted(found - listed.keys())]
    try:
        sources = Data(folder, manifests.read(folder)).sources
    except (OSError, KeyError, TypeError) as error:
        return [*wrong, f"sources.csv: cannot be read ({type(error).__name__})"]
    whole = Ledger(statements, sources)
    return [*wrong, *check_ledger(whole), *(f"odd: {what}" for what in oddities(whole))]
