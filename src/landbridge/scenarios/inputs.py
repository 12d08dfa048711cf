"""What goes into a run, named by content: the part of the manifest that its id is the hash of."""

from __future__ import annotations

import ast
import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from landbridge import __version__
from landbridge.release import Data
from landbridge.scenarios.plan import Parameter, Plan
from landbridge.scenarios.spec import Scenario, dump

_ROOMS = ("equilibrium", "scenarios")
# What a scenario takes from the release besides the accounts.
_TABLES = tuple(
    f"tables/{name}.parquet"
    for name in ("agreements", "elasticities", "elasticity_estimates", "tariffs", "time_values")
)


def described(
    scenario: Scenario, plan: Plan, data: Data, variants: tuple[str, ...], draws: int, seed: int
) -> dict[str, Any]:
    """Everything a run depends on, as plain data.

    The seed of a run without draws is left out: it changes nothing.
    """
    return {
        "scenario": dump(scenario),
        "parameters": [_plain(item) for item in plan.parameters],
        "accounts_sha256": data.accounts.fingerprint,
        "tables_sha256": {name: data.manifest.files[name] for name in _TABLES if name in data.manifest.files},
        "imputations": list(variants),
        "draws": draws,
        "seed": seed if draws else None,
        "versions": {"landbridge": __version__, "numpy": version("numpy"), "scipy": version("scipy")},
        "code_sha256": code_digest(),
    }


def _plain(item: Parameter) -> dict[str, Any]:
    return {
        "name": item.name,
        "group": item.group,
        "low": item.low,
        "value": item.value,
        "high": item.high,
        "unit": item.unit,
        "source": item.source,
    }


@lru_cache(maxsize=4)
def code_digest(rooms: tuple[str, ...] = _ROOMS) -> str:
    """SHA-256 over the program that solves: a run made by other code is another run, whatever its version says."""
    home = Path(__file__).parents[1]
    whole = hashlib.sha256()
    for room in rooms:
        for path in sorted((home / room).glob("*.py")):
            whole.update(f"{room}/{path.name} {_meaning(path.read_text('utf-8'))}\n".encode())
    return whole.hexdigest()


def _meaning(text: str) -> str:
    """A module as its syntax tree without docstrings: line breaks and remarks make no other program."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            node.body = node.body[1:]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()
