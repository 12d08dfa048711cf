"""Data packages of claims and ledgers: frictionless accepts them, no spreadsheet runs them."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judged_sample import CLAIMS, DOC, FALL, LEVEL, SUM, Outcome
from landbridge.claims.export.datapackage import claims_package, ledger_package
from landbridge.claims.export.tables import quoted, short_quote, unquoted
from landbridge.claims.review import Review, claim_id
from landbridge.errors import BadUsage
from landbridge.ledger import Ledger
from landbridge.release import load as load_data
from landbridge.release.workspace import Workspace


@pytest.fixture
def review(tmp_path: Path) -> Review:
    return Review.open(tmp_path / "w")


def problems(descriptor: Path) -> list[str]:
    """What frictionless finds wrong with a package."""
    from frictionless import validate

    report = validate(str(descriptor))
    return [f"{item[0]} {item[1]}" for item in report.flatten(["type", "note"])]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def package(tmp_path: Path, review: Review) -> Path:
    review.decide(DOC, CLAIMS, claim_id(DOC, LEVEL), "accept", by="=Anna", reason="+1")
    review.decide(DOC, CLAIMS, claim_id(DOC, FALL), "correct", by="Li", reason="-", corrected={"value": -6})
    return claims_package(
        tmp_path / "out" / "package",
        [(DOC, CLAIMS)],
        states=review.states(DOC, CLAIMS),
        decisions=review.decisions(),
        verdicts=[(DOC, [Outcome(LEVEL, "consistent"), Outcome(FALL, "not_checkable", evidence=())])],
    )


def test_a_package_of_claims_is_valid_and_holds_everything(package: Path) -> None:
    assert problems(package) == []
    descriptor = json.loads(package.read_text("utf-8"))
    assert [item["name"] for item in descriptor["resources"]] == [
        "claims",
        "decisions",
        "verdicts",
        "sources",
    ]
    assert descriptor["licenses"][0]["name"] == "Apache-2.0"
    assert DOC.sha256 in descriptor["sources"][0]["title"]
    for item in descriptor["resources"]:
        raw = (package.parent / item["path"]).read_bytes()
        assert item["hash"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"
        assert item["bytes"] == len(raw)
    states = {row["id"]: row["state"] for row in rows(package.parent / "claims.csv")}
    assert states == {
        claim_id(DOC, LEVEL): "accepted",
        claim_id(DOC, FALL): "corrected",
        claim_id(DOC, SUM): "open",
    }
    assert [row["action"] for row in rows(package.parent / "decisions.csv")] == ["accept", "correct"]
    assert json.loads(rows(package.parent / "decisions.csv")[1]["corrected"]) == {"value": -6.0}
    verdicts = rows(package.parent / "verdicts.csv")
    assert [row["cells"] for row in verdicts] == ["totals:CHN-RUS-2023|totals:RUS-CHN-2023", ""]
    assert {item.name for item in package.parent.parent.iterdir()} == {"package"}


def test_numbers_and_blanks_are_read_back_as_they_were(package: Path) -> None:
    from frictionless import Package

    found = {row["id"]: row for row in Package(str(package)).get_resource("claims").read_rows()}
    fall, level = found[claim_id(DOC, FALL)], found[claim_id(DOC, LEVEL)]
    assert float(fall["value"]) == -5.0
    assert fall["period"] is None
    assert float(level["value"]) == 240.1e9
    assert (level["start"], level["end"]) == (LEVEL.start, LEVEL.end)


def test_no_cell_of_text_can_run_in_a_spreadsheet_and_quotes_stay_short(package: Path) -> None:
    descriptor = json.loads(package.read_text("utf-8"))
    seen = 0
    for item in descriptor["resources"]:
        types = {field["name"]: field["type"] for field in item["schema"]["fields"]}
        for row in rows(package.parent / item["path"]):
            for name, cell in row.items():
                if types[name] == "string" and cell:
                    assert cell.lstrip()[0] not in "=+-@＝＋－＠", (name, cell)
                    seen += cell.startswith("'")
    assert seen >= 5
    claims = {row["id"]: row for row in rows(package.parent / "claims.csv")}
    assert unquoted(claims[claim_id(DOC, SUM)]["quote"]) == SUM.quote
    assert claims[claim_id(DOC, FALL)]["value"] == "-5.0"
    assert len(claims[claim_id(DOC, LEVEL)]["quote"].split()) <= 13
    assert (package.parent / "claims.csv").read_text("utf-8").startswith('"id","document"')


@given(st.text())
def test_quoting_is_undone_and_hides_every_formula(text: str) -> None:
    cell = quoted(text)
    assert unquoted(cell) == text
    assert cell.lstrip(" \u00a0")[:1] not in tuple("=+-@\t\r\n")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\tx", "\r=1", " =1", "\u00a0@x", "＝1", "'=1", "'"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert quoted(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "a=b", "1-2", "trade", "5"])
def test_what_it_would_not_run_stays(text: str) -> None:
    assert quoted(text) == text


def test_a_quote_is_cut_after_twelve_words() -> None:
    assert short_quote("one two") == "one two"
    assert short_quote("w " * 13) == " ".join(["w"] * 12) + " …"
    assert len(short_quote("贸" * 500)) < 130


def test_frictionless_finds_what_is_wrong_with_a_spoilt_package(package: Path) -> None:
    path = package.parent / "claims.csv"
    path.write_text(
        path.read_text("utf-8").replace('"quantity"', '""').replace('"-5.0"', '"few"'), encoding="utf-8"
    )
    found = " ".join(problems(package))
    assert "hash-count" in found or "byte-count" in found
    text = json.loads(package.read_text("utf-8"))
    for item in text["resources"]:
        del item["hash"], item["bytes"]
    package.write_text(json.dumps(text), encoding="utf-8")
    found = " ".join(problems(package))
    assert "constraint-error" in found
    assert "type-error" in found


def test_the_ledger_of_the_release_is_a_valid_package(tmp_path: Path) -> None:
    ledger = load_data().ledger
    descriptor = ledger_package(tmp_path / "ledger", ledger)
    assert problems(descriptor) == []
    found = rows(descriptor.parent / "statements.csv")
    assert {row["id"] for row in found} == {statement.id for statement in ledger.history}
    cited = {row["source"] for row in found} - {"assumed"}
    listed = rows(descriptor.parent / "sources.csv")
    assert {row["id"] for row in listed} == cited
    licences = {item["id"]: item["licence"] for item in json.loads(descriptor.read_text("utf-8"))["sources"]}
    assert licences == {row["id"]: unquoted(row["licence"]) for row in listed}


def test_a_ledger_with_corrections_tells_what_stands(tmp_path: Path, review: Review) -> None:
    name = claim_id(DOC, LEVEL)
    review.decide(DOC, CLAIMS, name, "accept", by="Anna", reason="Read.")
    review.decide(DOC, CLAIMS, name, "reject", by="Li", reason="No.")
    descriptor = ledger_package(tmp_path / "ledger", Ledger(*Workspace.open(review.folder).ledger()))
    assert problems(descriptor) == []
    stands: Mapping[str, str] = {
        row["id"]: row["stands"] for row in rows(descriptor.parent / "statements.csv")
    }
    accepted, rejected = review.history(name)
    assert stands == {accepted.statement: "false", rejected.statement: "false"}


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    made = [claims_package(tmp_path / name, [(DOC, CLAIMS)], states={}) for name in ("a", "b")]
    first, second = ({item.name: item.read_bytes() for item in path.parent.iterdir()} for path in made)
    assert first == second


def test_nothing_is_overwritten_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("x")
    with pytest.raises(BadUsage, match="new or empty"):
        claims_package(tmp_path / "mine", [(DOC, CLAIMS)], states={})
    with pytest.raises(BadUsage, match="name of a package"):
        claims_package(tmp_path / "new", [(DOC, CLAIMS)], states={}, name="My Claims")
    with pytest.raises(BadUsage, match="licence"):
        claims_package(tmp_path / "new", [(DOC, CLAIMS)], states={}, licence={"title": "mine"})

    def full(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("landbridge.claims.export.datapackage.Path.write_text", full)
    with pytest.raises(OSError, match="disk full"):
        claims_package(tmp_path / "new", [(DOC, CLAIMS)], states={})
    assert {item.name for item in tmp_path.iterdir()} == {"mine"}
    monkeypatch.undo()
    (tmp_path / "empty").mkdir()
    assert problems(claims_package(tmp_path / "empty", [(DOC, CLAIMS)], states={})) == []
