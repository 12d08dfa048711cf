"""The page on scenarios says what the code says: every kind, field, bound and group, and fragments that are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from landbridge.scenarios import changes
from landbridge.scenarios.changes import KINDS, Change
from landbridge.scenarios.draws import CORRELATION
from landbridge.scenarios.reading import scenario
from landbridge.scenarios.sizes import Cited
from landbridge.scenarios.spec import BASE_YEAR, DEFICITS, LONG_RUN, MODELS, Scenario
from landbridge.scenarios.words import groups

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "scenarios.md").read_text("utf-8")
FRAGMENTS = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def section(heading: str) -> str:
    found = re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^##+ |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


def rows(heading: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section(heading), re.MULTILINE))


def test_every_kind_has_its_section_and_no_other_is_told() -> None:
    assert re.findall(r"^### `(\w+)`$", TEXT, re.MULTILINE) == list(KINDS)


@pytest.mark.parametrize(("kind", "form"), KINDS.items())
def test_every_field_of_a_kind_is_told_with_unit_and_bounds(kind: str, form: type[Change]) -> None:
    told = rows(f"`{kind}`")
    shared = {*Change.model_fields, "between", "exporter", "importer"}
    assert set(told) == set(form.model_fields) - shared
    for name, bound in form.sizes().items():
        assert told[name].startswith(f"{bound.unit}, {bound.spelled}"), name
        for word in bound.words:
            assert f"`{word}`" in told[name]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_shown(kind: str) -> None:
    (first, *_) = re.findall(r"^```yaml\n(.*?)^```", section(f"`{kind}`"), re.DOTALL | re.MULTILINE)
    assert yaml.safe_load(first)[0]["kind"] == kind


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_every_fragment_is_read(fragment: str) -> None:
    content: Any = yaml.safe_load(fragment)
    made = scenario(content if isinstance(content, dict) else {"name": "fragment", "changes": content})
    assert made.changes


def test_every_key_is_told() -> None:
    keys = rows("Keys of a scenario")
    assert set(keys) == set(Scenario.model_fields)
    assert set(rows("Keys of every change")) == set(Change.model_fields)
    assert set(rows("Sources")) == set(Cited.model_fields)
    assert str(BASE_YEAR) in keys["base_year"]
    assert f"`{LONG_RUN}`" in keys["horizon"]
    assert re.findall(r"`([a-z-]+)`", keys["model"]) == list(MODELS)
    assert re.findall(r"`([a-z-]+)`", keys["deficits"]) == list(DEFICITS)


def test_every_group_of_sectors_is_told_with_its_sectors() -> None:
    told = rows("Sectors")
    assert list(told) == list(groups())
    listed = {
        word: tuple(text.split(", ")) for word, text in told.items() if re.fullmatch(r"[A-Z0-9T, ]+", text)
    }
    assert listed == {word: groups()[word] for word in ("agriculture", "food", "fuels", "ores", "transport")}
    default = re.search(r"all goods if its kind is (.*?), and for all sectors", section("Sectors"), re.DOTALL)
    assert default
    told_goods = set(re.findall(r"`(\w+)`", default[1]))
    assert told_goods == {
        kind for kind, form in KINDS.items() if form.model_fields["sectors"].default == ("goods",)
    }


def test_the_python_example_makes_what_it_says() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    names: dict[str, Any] = {}
    exec(code, names)
    made = names["cut"]
    assert isinstance(made, Scenario)
    (waiting, _) = scenario(yaml.safe_load(FRAGMENTS[0])).changes
    assert isinstance(waiting, changes.BorderTime)
    assert made.changes == (waiting,)


def test_the_assumed_correlation_is_told() -> None:
    assert f"correlation {CORRELATION:g} " in section("Draws")
