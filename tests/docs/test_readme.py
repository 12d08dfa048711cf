"""Pages that are walked through: every command in them runs and prints what the page shows, every program runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    if "```console" in page.read_text("utf-8") or "```python\n" in page.read_text("utf-8")
)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def shown_is_printed(shown: str, printed: str) -> bool:
    """Each piece of a shown line, between its ellipses, stands in one printed line, in that order."""
    pieces = [re.escape(squeezed(piece)) for piece in shown.split("…") if piece.strip()]
    wanted = re.compile(".*".join(pieces))
    return any(wanted.search(squeezed(line)) for line in printed.splitlines())


def test_the_walk_is_there(root: Path) -> None:
    assert {"README.md", "docs/tutorial/first-brief.md"} <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_what_it_shows(name: str, root: Path, landbridge: Callable[[str], Any]) -> None:
    # The blocks of a page go on from each other, as a reader types them.
    scope: dict[str, Any] = {}
    for found in FENCE.finditer((root / name).read_text("utf-8")):
        info, body = found["info"].strip(), found["body"]
        saved_as = info.partition("file=")[2]
        if saved_as:
            Path(saved_as).write_text(body, "utf-8")
        elif info == "console":
            _walk(body, landbridge)
        elif info == "python":
            exec(compile(body, name, "exec"), scope)


def _walk(body: str, landbridge: Callable[[str], Any]) -> None:
    command = printed = ""
    for line in body.splitlines():
        if line.startswith("$ "):
            command = line[2:]
            answer = landbridge(command)
            assert answer.exit_code == 0, f"{command}: {answer.output}"
            printed = answer.output
        else:
            assert shown_is_printed(line, printed), (
                f"{command} does not print {line!r} but:\n{printed[:3000]}"
            )


def test_the_readme_names_both_commands(root: Path) -> None:
    text = (root / "README.md").read_text("utf-8")
    makefile = (root / "Makefile").read_text("utf-8")
    for target in ("brief", "test"):
        assert f"make {target}" in text
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
