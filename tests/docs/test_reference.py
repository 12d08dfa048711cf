"""The reference pages say what the code says: no verb, option, unit, property, error or status without its line."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import build_docs  # noqa: E402
from landbridge.cli.app import app  # noqa: E402
from landbridge.flows.indicators import basket  # noqa: E402
from landbridge.ledger import schema  # noqa: E402
from landbridge.ledger.forms import ClaimForm, ClaimsForm, EntryForm, RegisterForm, SourceForm, ValueForm  # noqa: E402
from landbridge.provenance import Status  # noqa: E402
from landbridge.release import Data  # noqa: E402
from landbridge.units import UNITS, PriceBasis  # noqa: E402

DOCS = ROOT / "docs"
GENERATED = {
    "errors": "reference/errors.md",
    "kinds": "reference/ledger.md",
    "shares": "explanation/limits.md",
    "statuses": "notation.md",
    "units": "reference/units.md",
    "verbs": "reference/cli.md",
}


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize(("part", "name"), GENERATED.items())
def test_generated_parts_are_fresh(part: str, name: str) -> None:
    text = page(name)
    assert part in {found["name"] for found in build_docs.BLOCK.finditer(text)}
    assert build_docs.refreshed(text) == text, "run: python scripts/build_docs.py"


def test_every_part_has_its_page() -> None:
    assert set(build_docs.PARTS) == set(GENERATED)


def test_every_verb_and_option_is_documented() -> None:
    group: Any = typer.main.get_command(app)
    text = page("reference/cli.md")
    for name, verb in build_docs.named_verbs(group):
        section = re.search(rf"^## `{name}`\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
        assert section, name
        options = {
            opt for param in verb.params if param.param_type_name == "option" for opt in param.opts
        } - {"-h", "--help"}
        assert set(re.findall(r"`(--[\w-]+)", section[1])) == options


def test_units_and_price_bases_are_documented() -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", page("reference/units.md"), re.MULTILINE)
    assert listed == [*UNITS, *PriceBasis]


def test_every_kind_and_property_is_documented() -> None:
    text = page("reference/ledger.md")
    for kind in schema.kinds().values():
        section = re.search(rf"^### `{kind.name}`\n(.*?)(?=^###? |\Z)", text, re.DOTALL | re.MULTILINE)
        assert section, kind.name
        assert re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE) == list(kind.properties)


def test_every_key_of_a_ledger_file_is_documented() -> None:
    text = page("reference/ledger.md")
    for model in (ValueForm, SourceForm, EntryForm, RegisterForm, ClaimForm, ClaimsForm):
        for name, field in model.model_fields.items():
            key = field.alias or name
            assert re.search(rf"(`|^ *-? *){key}(`|:)", text, re.MULTILINE), f"{model.__name__}: {key}"


def test_every_error_is_documented() -> None:
    text = page("reference/errors.md")
    for kind in build_docs.error_classes():
        assert kind.__doc__
        assert f"`{kind.__module__}.{kind.__name__}` |" in text


def test_every_status_has_its_place_in_the_order() -> None:
    listed = re.findall(r"^\| (\d) \| `(\w+)` \|", page("notation.md"), re.MULTILINE)
    assert listed == [(str(place), status.value) for place, status in enumerate(Status)]


def test_every_indicator_is_in_the_notation(held: Data) -> None:
    made = basket(held.trade.year(held.accounts.year, "sector"), "CHN", "RUS")
    for name in (*made.indicators, "rca", "gap_pct"):
        assert f"`{name}`" in page("notation.md")


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed, _, extra = page("explanation/dependencies.md").partition("\n## ")
    names = [re.match(r"[\w-]+", line)[0] for line in project["project"]["dependencies"]]  # type: ignore[index]
    assert re.findall(r"^\| `([^`]+)` \|", needed, re.MULTILINE) == names
    groups = [*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()]
    for line in (line for group in groups for line in group):
        name = re.match(r"[\w-]+", line)
        assert name is not None
        assert f"`{name[0]}`" in extra


def test_the_notice_names_every_redistributed_data_set(held: Data) -> None:
    text = (ROOT / "NOTICE").read_text("utf-8")
    for vintage in held.manifest.vintages:
        assert vintage["publisher"].split()[0] in text
        assert vintage["licence"].split()[0] in text


def test_the_changelog_says_what_happens_to_results() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    entries = re.findall(r"^- (.*)$", text, re.MULTILINE)
    assert entries
    assert all(entry.startswith(("*Results change*", "*Results unchanged*")) for entry in entries)
