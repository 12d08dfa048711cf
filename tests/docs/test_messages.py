"""Every text of a brief is a constant without digits, and stands in the message catalogue."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from landbridge.brief.text import refuse_digits

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "src" / "landbridge" / "brief"
# What hands a message on instead of naming one: the writer itself, and texts of closed tables that the script lists.
PASSED_ON = {
    ("page.py", "meaning(status)"),
    ("page.py", "unit(figure.unit).label"),
    ("workbook.py", "meaning(status)"),
    ("text.py", "message"),
    ("numbers.py", "measure.one"),
    ("numbers.py", "measure.label"),
}


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in ("say", "_", "gettext"):
                    yield path, node


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "extract_messages", ROOT / "scripts" / "extract_messages.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_messages_are_constants_without_digits() -> None:
    wrong = []
    count = 0
    for path, call in calls():
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            count += 1
            refuse_digits(first.value, where=f"{path.name}, line {call.lineno}")
        elif first is None or (path.name, ast.unparse(first)) not in PASSED_ON:
            wrong.append(f"{path.name}, line {call.lineno}: the message is not a constant")
    assert wrong == []
    assert count > 200


def test_every_message_is_found_for_translators(script: ModuleType) -> None:
    found = {message for message, _ in script.messages()}
    said = {call.args[0].value for _, call in calls() if isinstance(call.args[0], ast.Constant)}
    assert said <= found
    for message in found:
        refuse_digits(message, where="brief.pot")


def test_the_catalogue_template_is_up_to_date(script: ModuleType) -> None:
    assert script.TARGET.read_text("utf-8") == script.template(), "run python scripts/extract_messages.py"
