"""`claims read`, `verify`, `review` and `list`, as typed: what is printed, written, decided and found again.

The texts are short and invented; how well the grammar reads real ones is scored elsewhere (docs/explanation/claims.md).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import frictionless
import pytest
from prov.model import ProvDocument

import landbridge as lb
from landbridge.claims.claim import SLOTS
from landbridge.claims.documents.limits import VERSION
from landbridge.ledger import Ledger
from landbridge.release import embedded, manifest
from landbridge.release.workspace import Workspace

Call = Callable[[str], Any]
KEYS = ["schema", "verb", "release", "as_of", "rows", "notes", "dropped"]
TEXT = "Trade between China and Russia reached $240.1 billion in 2023.\r\n"
OTHER = "Trade between China and Russia reached $300 billion in 2023, according to customs of China.\n"
LEDGER = """\
recorded: '2024-03-02'
recorder: A test
source: article-vitebsk-2023
sha256: {hash}
asof: 2023-09
claims:
- at: [10, 60]
  system: 1
  kind: quantity
  indicator: trade_turnover
  asserts: Trade both ways came to {{value}} in {{period}}.
  parties: [CHN, RUS]
  period: '2023'
  value: 240.1e+9
  unit: USD
"""


@pytest.fixture(autouse=True)
def texts(tmp_path: Path, call: Call) -> Path:
    """The folder in which a call runs, with two texts that contradict each other."""
    (tmp_path / "a.txt").write_bytes(TEXT.encode())
    (tmp_path / "b.txt").write_bytes(OTHER.encode())
    return tmp_path


def rows(answer: Any, verb: str) -> list[dict[str, Any]]:
    """The rows of a sound answer, which all have the same columns."""
    assert answer.code == 0, answer.err
    found = answer.json
    # The verdicts have what is found of several claims beside them.
    assert [key for key in found if key != "findings"] == KEYS
    assert found["verb"] == verb
    assert found["schema"] == f"landbridge/{verb}/1"
    assert found["release"] == manifest.read(embedded()).id
    assert len({tuple(row) for row in found["rows"]}) <= 1, "every row has the same columns"
    return list(found["rows"])


def only(found: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = [row for row in found if row["indicator"] == "trade_turnover"]
    return row


# read


def test_json_is_a_bare_list_with_every_slot_and_the_document(call: Call) -> None:
    ran = call("claims read a.txt --json --dated 2024-01")
    assert ran.code == 0
    assert ran.err == ""
    row = only(ran.json)
    assert [slot for slot in row if slot in SLOTS] == list(SLOTS)
    assert row["readings"] == {}
    assert (row["value"], row["unit"], row["period"]) == (240.1e9, "USD", "2023")
    assert sorted(row["parties"]) == ["CHN", "RUS"]
    assert TEXT[row["start"] : row["end"]] == row["quote"]
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    doc = row["doc"]
    assert (doc["name"], doc["sha256"], doc["text_sha256"]) == ("a.txt", digest, digest)
    assert (doc["dated"], doc["dated_by"], doc["language"]) == ("2024-01", "given", "en")
    assert VERSION.rpartition("/")[2] in doc["extractor"]
    assert row["id"].startswith("c-")


def test_the_same_text_has_the_same_ids_and_another_has_others(call: Call, texts: Path) -> None:
    (texts / "again.txt").write_bytes(TEXT.encode())
    first, again = (only(call(f"claims read {name} --json").json) for name in ("a.txt", "again.txt"))
    assert first["id"] == again["id"]
    assert only(call("claims read b.txt --json").json)["id"] != first["id"]


def test_a_reader_gets_a_table_and_a_note_on_each_document(call: Call) -> None:
    ran = call("claims read a.txt b.txt")
    assert ran.code == 0
    header = ran.out.splitlines()[0]
    for column in ("document", "id", "quote", "indicator", "parties", "period", "value", "unit", "speaker"):
        assert column in header
    assert "240,100,000,000" in ran.out
    assert "300,000,000,000" in ran.out
    for name, text in (("a.txt", TEXT), ("b.txt", OTHER)):
        (note,) = [line for line in ran.err.splitlines() if line.startswith(f"{name}: ")]
        assert hashlib.sha256(text.encode()).hexdigest() in note
        assert "language en" in note
        assert "no date is known" in note
        assert "1 claim" in note


def test_several_files_make_one_list_in_their_order_each_once(call: Call) -> None:
    found = call("claims read b.txt a.txt b.txt --json").json
    assert [row["doc"]["name"] for row in found] == ["b.txt", "a.txt"]


def test_files_of_one_name_go_by_their_paths(call: Call, texts: Path) -> None:
    (texts / "sub").mkdir()
    (texts / "sub" / "a.txt").write_text(OTHER)
    found = call("claims read a.txt sub/a.txt --json").json
    assert [row["doc"]["name"] for row in found] == ["a.txt", "sub/a.txt"]


def test_standard_input_is_a_document(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    row = only(call("claims read - --json").json)
    assert row["doc"]["name"] == "stdin"
    assert row["doc"]["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()


def test_text_out_is_the_very_text_in_which_spans_count(call: Call, texts: Path) -> None:
    (texts / "page.html").write_text(
        f"<html><body><script>x()</script><article><p>{OTHER}</p><p>{'Words. ' * 30}</p></article></body></html>"
    )
    row = only(call("claims read page.html --json --text-out page.txt").json)
    written = (texts / "page.txt").read_bytes()
    assert hashlib.sha256(written).hexdigest() == row["doc"]["text_sha256"]
    assert written.decode()[row["start"] : row["end"]] == row["quote"]
    assert "x()" not in written.decode()


def test_texts_of_several_files_go_to_a_folder_with_their_line_ends(call: Call, texts: Path) -> None:
    for _ in range(2):
        assert call("claims read a.txt b.txt --json --text-out out").code == 0
        assert (texts / "out" / "a.txt.txt").read_bytes() == TEXT.encode()
        assert (texts / "out" / "b.txt.txt").read_bytes() == OTHER.encode()


def test_the_ledger_dates_a_text_that_it_holds(call: Call, texts: Path) -> None:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    (texts / "own.yaml").write_text(LEDGER.format(hash=digest))
    assert call("load ledger own.yaml").code == 0
    doc = only(call("claims read a.txt --json").json)["doc"]
    assert (doc["dated"], doc["dated_by"]) == ("2023-09", "ledger")


def test_a_text_of_something_else_yields_an_empty_list(call: Call, texts: Path) -> None:
    (texts / "soup.txt").write_text("Peel the carrots. Simmer for 20 minutes and add 2 litres of water.\n")
    ran = call("claims read soup.txt --json")
    assert (ran.code, ran.json) == (0, [])
    ran = call("claims read soup.txt")
    assert (ran.code, ran.out) == (0, "")
    assert "0 claims" in ran.err


def test_the_library_does_the_same(texts: Path) -> None:
    table = lb.claims.read(str(texts / "a.txt")).verify(lb.load()).table()
    assert table["outcome"].to_list() == ["consistent"]
    assert table["value"].to_list() == [240.1e9]


def test_help_does_not_load_the_grammar() -> None:
    code = (
        "import sys\nfrom landbridge.cli.app import app\n"
        "heavy = {'polars', 'landbridge.claims', 'landbridge.release'} & set(sys.modules)\n"
        "sys.exit(f'{heavy} loaded' if heavy else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


# verify


def test_verdicts_have_what_was_claimed_and_what_is_held(call: Call) -> None:
    right, wrong = rows(call("claims verify a.txt b.txt --json"), "claims-verify")
    assert (right["document"], right["outcome"]) == ("a.txt", "consistent")
    assert (wrong["document"], wrong["outcome"]) == ("b.txt", "conflicts")
    assert right["id"] == only(call("claims read a.txt --json").json)["id"]
    for row in (right, wrong):
        assert row["claimed"]["unit"] == "USD"
        assert row["held"][0]["value"] == pytest.approx(240.1e9, rel=0.005)
        assert row["cells"]
        assert row["held"][0]["tolerance"]
        assert row["reason"]


def test_a_figure_of_a_verdict_can_be_explained(call: Call) -> None:
    (row,) = rows(call("claims verify a.txt --json"), "claims-verify")
    ran = call(f"explain {row['held'][0]['figure']}")
    assert ran.code == 0
    assert "China" in ran.out


def test_a_reader_sees_verdicts_then_the_pair_that_contradicts_then_the_counts(call: Call) -> None:
    ran = call("claims verify a.txt b.txt")
    assert ran.code == 0
    verdicts, _, pairs = ran.out.partition("\n\n")
    assert "consistent" in verdicts
    assert "conflicts" in verdicts
    assert "240.1 billion USD" in verdicts
    assert "contradiction" in pairs
    assert "a.txt" in pairs
    assert "b.txt" in pairs
    assert (
        "2 claims: 1 consistent, 0 consistent_under, 1 conflicts, 0 implausible, 0 not_checkable." in ran.err
    )


def test_findings_are_pairs_with_both_addresses(call: Call) -> None:
    (found,) = rows(call("claims verify a.txt b.txt --show findings --json"), "claims-verify")
    assert found["outcome"] == "contradiction"
    texts = {"a.txt": TEXT, "b.txt": OTHER}
    assert {end["document"] for end in found["claims"]} == set(texts)
    for end in found["claims"]:
        assert texts[end["document"]][end["start"] : end["end"]] == end["quote"]


def test_evidence_is_a_row_for_each_series(call: Call) -> None:
    found = rows(call("claims verify a.txt --show evidence --json"), "claims-verify")
    (verdict,) = rows(call("claims verify a.txt --json"), "claims-verify")
    assert [row["cell"] for row in found] == [item["cell"] for item in verdict["held"]]
    assert {row["id"] for row in found} == {verdict["id"]}
    assert "half a unit" in call("claims verify a.txt --show evidence").out


def test_the_whole_ledger_is_verified_in_our_words(call: Call) -> None:
    found = rows(call("claims verify ledger --json"), "claims-verify")
    held = [s for s in lb.load().ledger.statements if s.kind == "claim"]
    assert len(found) == len(held)
    assert {row["document"] for row in found} == {s.source for s in held}
    assert "not_checkable" in {row["outcome"] for row in found}
    shown = call("claims verify ledger")
    assert shown.code == 0
    # The slots of the editors' wording are filled in for a reader.
    assert "{value}" not in shown.out
    assert "{period}" not in shown.out


def test_a_ledger_file_of_claims_is_verified(call: Call, texts: Path) -> None:
    (texts / "own.yaml").write_text(LEDGER.format(hash="c" * 64))
    (row,) = rows(call("claims verify own.yaml --json"), "claims-verify")
    assert (row["document"], row["outcome"], row["start"]) == ("article-vitebsk-2023", "consistent", 10)


def test_as_of_holds_only_what_was_recorded_by_then(call: Call) -> None:
    now = call("claims verify ledger --json").json
    early = call("claims verify ledger --as-of 2000-01-01 --json")
    assert early.code == 0
    assert early.json["as_of"] == "2000-01-01"
    assert early.json["rows"] == []
    assert now["rows"]


def test_claim_reviews_name_their_author_and_rating(call: Call, texts: Path) -> None:
    assert call("claims verify a.txt b.txt --claimreview out.json --author 'A Ministry'").code == 0
    found = json.loads((texts / "out.json").read_text("utf-8"))
    assert [item["reviewRating"]["ratingValue"] for item in found] == [5, 1]
    assert {item["author"]["name"] for item in found} == {"A Ministry"}
    assert call("claims verify a.txt --claimreview out.json").code == 0
    (item,) = json.loads((texts / "out.json").read_text("utf-8"))
    assert "not reviewed by a person" in item["author"]["name"]


@pytest.mark.parametrize("files", ["a.txt", "a.txt b.txt"])
def test_the_chain_of_all_documents_is_one_prov_document(call: Call, texts: Path, files: str) -> None:
    ran = call(f"claims verify {files} --prov chain.json")
    assert ran.code == 0
    assert "Wrote chain.json." in ran.err
    content = (texts / "chain.json").read_text("utf-8")
    chain = ProvDocument.deserialize(content=content, format="json")
    names = {str(record.identifier) for record in chain.get_records()}
    for name in files.split():
        digest = hashlib.sha256((texts / name).read_bytes()).hexdigest()
        assert f"lb:document-{digest}" in names
    verdicts = rows(call(f"claims verify {files} --json"), "claims-verify")
    assert sum(name.startswith("lb:v-") or "verdict" in name for name in names) >= len(verdicts)


def test_a_package_of_claims_is_valid_and_has_the_states_of_the_workspace(call: Call, texts: Path) -> None:
    row = only(call("claims read a.txt --json").json)
    assert call(f"claims review a.txt accept --claim {row['id']} --by Anna --reason Read").code == 0
    assert call("claims verify a.txt b.txt --package out").code == 0
    assert frictionless.Package(str(texts / "out" / "datapackage.json")).validate().valid
    with (texts / "out" / "claims.csv").open(encoding="utf-8", newline="") as handle:
        states = {item["id"]: item["state"] for item in csv.DictReader(handle)}
    assert states.pop(row["id"]) == "accepted"
    assert set(states.values()) == {"open"}


def test_the_package_of_the_ledger_holds_every_statement(call: Call, texts: Path) -> None:
    assert call("claims verify ledger --package out").code == 0
    with (texts / "out" / "statements.csv").open(encoding="utf-8", newline="") as handle:
        found = {item["id"] for item in csv.DictReader(handle)}
    assert found == {statement.id for statement in lb.load().ledger.history}


# review and list


def decided(call: Call, line: str) -> dict[str, Any]:
    (row,) = rows(
        call(f"claims review a.txt {line} --by 'Anna Petrova' --reason 'Read it' --json"), "claims-review"
    )
    return row


def test_listing_a_text_changes_nothing(call: Call, texts: Path) -> None:
    (row,) = rows(call("claims review a.txt --json"), "claims-review")
    assert (row["state"], row["by"], row["value"]) == ("open", None, 240.1e9)
    assert not (texts / "landbridge-data").exists()
    ran = call("claims list")
    assert (ran.code, ran.out) == (0, "")
    assert "Nothing has been decided" in ran.err


def test_an_accepted_claim_is_in_the_ledger_and_a_rejected_one_is_withdrawn(call: Call) -> None:
    name = only(call("claims read a.txt --json").json)["id"]
    row = decided(call, f"accept --claim {name}")
    assert (row["state"], row["by"], row["reason"]) == ("accepted", "Anna Petrova", "Read it")
    assert call(f"explain {row['statement']}").code == 0
    (stood,) = (
        s for s in Ledger(*Workspace.open("landbridge-data").ledger()).statements if s.kind == "claim"
    )
    assert (stood.id, stood.number, stood.recorder) == (row["statement"], 240.1e9, "Anna Petrova")
    assert only(rows(call("claims list --json"), "claims-list"))["state"] == "accepted"
    assert decided(call, f"reject --claim {name}")["state"] == "rejected"
    held = Ledger(*Workspace.open("landbridge-data").ledger())
    assert all("withdrawn" in statement.detail for statement in held.statements)
    assert len(held.history) == 2


def test_slots_are_corrected_and_shown_as_corrected(call: Call) -> None:
    name = only(call("claims read a.txt --json").json)["id"]
    decided(call, f"correct --claim {name} --set value=2.5e9 --set period=2022 --set speaker=null")
    row = only(rows(call("claims list --json"), "claims-list"))
    assert (row["state"], row["value"], row["period"]) == ("corrected", 2.5e9, "2022")


def test_a_claim_is_merged_into_that_of_another_text(call: Call) -> None:
    first, second = (only(call(f"claims read {name} --json").json)["id"] for name in ("a.txt", "b.txt"))
    assert call(f"claims review b.txt accept --claim {second} --by A --reason B").code == 0
    row = decided(call, f"merge --claim {first} --into {second}")
    assert (row["state"], row["into"]) == ("merged", second)


def test_decisions_lapse_when_the_text_changes(call: Call, texts: Path) -> None:
    name = only(call("claims read a.txt --json").json)["id"]
    decided(call, f"accept --claim {name}")
    (texts / "a.txt").write_text("First. " + TEXT)
    for line in ("read a.txt", "verify a.txt", "review a.txt"):
        ran = call(f"claims {line}")
        assert "a.txt: 1 accepted claim of an earlier version of this file lapsed" in ran.err
    assert "lapsed" in ran.out
    # Looking writes nothing: the next decision on the new text does, and withdraws what stood.
    assert held() == [240.1e9]
    assert only(rows(call("claims list --json"), "claims-list"))["state"] == "accepted"
    assert "a.txt has changed since it was reviewed" in call("claims list").err
    other = only(call("claims read a.txt --json").json)["id"]
    assert (
        "1 decision on the earlier one lapsed"
        in call(f"claims review a.txt reject --claim {other} --by Li --reason Doubtful").err
    )
    assert held() == []
    states = {row["id"]: row["state"] for row in rows(call("claims list --json"), "claims-list")}
    assert states == {name: "lapsed", other: "rejected"}
    assert "lapsed" not in call("claims read a.txt").err
    assert "a.txt" not in call("claims verify ledger").out


def held() -> list[float | None]:
    """The values of claims that the workspace's ledger lets stand."""
    own = Ledger(*Workspace.open("landbridge-data").ledger()).statements
    return [statement.number for statement in own if "withdrawn" not in statement.detail]


def test_json_tells_of_lapses_in_notes_and_on_standard_error(call: Call, texts: Path) -> None:
    decided(call, f"accept --claim {only(call('claims read a.txt --json').json)['id']}")
    (texts / "a.txt").write_text("First. " + TEXT)
    told = "1 accepted claim of an earlier version"
    ran = call("claims verify a.txt --json")
    assert told in ran.err
    assert any(told in note for note in ran.json["notes"])
    ran = call("claims read a.txt --json")
    assert told in ran.err
    assert any(told in note for note in ran.json[0]["doc"]["notes"])


def test_a_text_without_claims_settles_what_was_accepted_of_the_earlier_one(call: Call, texts: Path) -> None:
    decided(call, f"accept --claim {only(call('claims read a.txt --json').json)['id']}")
    (texts / "a.txt").write_text("Nothing is left of it.\n")
    assert held() == [240.1e9]
    ran = call("claims review a.txt --settle")
    assert ran.code == 0
    assert "1 decision on the earlier one lapsed" in ran.err
    assert held() == []
    assert call("claims review a.txt accept --claim c-x --by A --reason B --settle").code == 2


def test_two_files_of_one_name_are_two_sources(call: Call, texts: Path) -> None:
    decided(call, f"accept --claim {only(call('claims read a.txt --json').json)['id']}")
    (texts / "sub").mkdir()
    (texts / "sub" / "a.txt").write_text(OTHER)
    assert "lapsed" not in call("claims read sub/a.txt").err
    name = only(call("claims read sub/a.txt --json").json)["id"]
    assert call(f"claims review sub/a.txt accept --claim {name} --by Li --reason Read").code == 0
    assert sorted(filter(None, held())) == [240.1e9, 300e9]


def test_what_is_piped_in_has_no_versions_unless_it_has_a_name(
    call: Call, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def piped(text: str, line: str) -> Any:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return call(f"claims {line}")

    one = only(piped(TEXT, "read - --json").json)["id"]
    assert piped(TEXT, f"review - accept --claim {one} --by Li --reason Read").code == 0
    assert "lapsed" not in piped(OTHER, "read -").err
    address = "https://example.org/note"
    assert piped(TEXT, f"review - accept --claim {one} --by Li --reason Read --name {address}").code == 0
    assert "1 accepted claim" in piped(OTHER, f"read - --name {address}").err
    assert "lapsed" not in piped(OTHER, "read -").err
    assert call("claims read a.txt b.txt --name both").code == 2


def test_an_accepted_claim_is_shown_in_words_with_its_file_and_title(call: Call, texts: Path) -> None:
    (texts / "page.html").write_text(
        f"<html><head><title>A digest</title></head><body><article><p>{TEXT}</p><p>{'Words. ' * 30}</p></article></body>"
    )
    name = only(call("claims read page.html --json").json)["id"]
    assert call(f"claims review page.html accept --claim {name} --by Li --reason Read").code == 0
    found = rows(call("claims verify ledger --json"), "claims-verify")
    (own,) = [row for row in found if row["document"].startswith("read-")]
    assert own["title"] == "page.html (A digest)"
    assert own["quote"].endswith("China and Russia: 240.1 billion USD in 2023.")
    assert not [row for row in found if "{" in row["quote"]]
    shown = " ".join(call("claims verify ledger").out.split())
    assert "page.html (A digest)" in shown
    assert call(f"claims review page.html reject --claim {name} --by Li --reason Doubtful").code == 0
    again = rows(call("claims verify ledger --json"), "claims-verify")
    assert not [row for row in again if row["document"].startswith("read-")]
    assert len(again) == len(found) - 1


def test_the_target_with_two_deadlines_is_found_in_the_ledger(call: Call) -> None:
    found = rows(call("claims verify ledger --show findings --json"), "claims-verify")
    (pair,) = [row for row in found if row["check"] == "two_deadlines"]
    assert pair["outcome"] == "contradiction"
    assert [end["document"] for end in pair["claims"]] == [
        "article-new-platforms-2018",
        "article-results-prospects-2023",
    ]
    assert [end["quote"] for end in pair["claims"]] == [
        "Trade both ways was to reach 200 billion USD by 2020.",
        "Trade both ways was meant to reach 200 billion USD in 2022.",
    ]


def test_verdicts_in_json_have_the_findings_beside_them(call: Call) -> None:
    found = call("claims verify a.txt b.txt --json").json
    assert found["findings"] == call("claims verify a.txt b.txt --show findings --json").json["rows"]
    assert [item["outcome"] for item in found["findings"]] == ["contradiction"]


def test_decisions_go_to_the_workspace_that_is_named(call: Call, texts: Path) -> None:
    name = only(call("claims read a.txt --json").json)["id"]
    decided(call, f"accept --claim {name} --workspace own")
    assert len(rows(call("claims list --json --workspace own"), "claims-list")) == 1
    assert not (texts / "landbridge-data").exists()
