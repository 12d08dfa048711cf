"""The pages on claims say what the code says: keys, outcomes, checks, limits, constants; and what the scores bear out."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landbridge.claims.claim import Claim
from landbridge.claims.documents import Limits
from landbridge.claims.documents.limits import MIB
from landbridge.claims.grammar.blocks import MOST_IN_SENTENCE
from landbridge.claims.grammar.statement_rules import FEWEST_GOLD, GRADES
from landbridge.claims.verdicts import tolerance
from landbridge.claims.verdicts.findings import Outcome
from landbridge.claims.verdicts.verdict import OUTCOMES

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import score_claims  # noqa: E402

REFERENCE = (ROOT / "docs" / "reference" / "claims.md").read_text("utf-8")
EXPLAINED = (ROOT / "docs" / "explanation" / "claims.md").read_text("utf-8")
SCORES = (ROOT / "docs" / "explanation" / "claims-scores.md").read_text("utf-8")
HOWTO = (ROOT / "docs" / "howto" / "check-a-text.md").read_text("utf-8")
CHECKS = ROOT / "src" / "landbridge" / "claims" / "verdicts"
NOTE = re.search(r"^```text file=note.txt\n(.*?)^```", HOWTO, re.DOTALL | re.MULTILINE)


def section(text: str, heading: str) -> str:
    found = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#{{1,3}} |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[2]


def cells(text: str, column: int) -> list[str]:
    """The names in code of one column of the tables in a text, in order."""
    rows = (line.split("|") for line in text.splitlines() if line.startswith("| "))
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row[column])]


@pytest.fixture
def printed(landbridge: Callable[[str], Any]) -> Callable[[str], Any]:
    """The JSON that a line prints, with the note of the how-to page beside it."""
    assert NOTE is not None
    Path("note.txt").write_text(NOTE[1], "utf-8")

    def run(line: str) -> Any:
        answer = landbridge(f"{line} --json")
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)

    return run


def test_every_key_of_a_claim_is_documented_in_order(printed: Callable[[str], Any]) -> None:
    row = printed("landbridge claims read note.txt --dated 2024-02")[0]
    told = section(REFERENCE, "A row of `claims read --json`")
    claim_keys, doc_keys = told.split("| key of `doc` |")
    assert set(cells(claim_keys, 1)) == set(row)
    assert [name for name in cells(claim_keys, 1) if name in Claim("", 0, 0, "", "", "").row()] == list(
        Claim("", 0, 0, "", "", "").row()
    )
    assert set(cells(doc_keys, 1)) == set(row["doc"])


def test_every_key_of_a_review_is_documented(printed: Callable[[str], Any]) -> None:
    listed, decided = section(REFERENCE, "A row of `claims review --json`").split("| key of a decision |")
    keys = {name for name in cells(listed, 1) if name != "key"}
    rows = printed("landbridge claims review note.txt --dated 2024-02")["rows"]
    assert keys - {"document"} == set(rows[0])
    call = (
        f"landbridge claims review note.txt accept --claim {rows[0]['id']} --by A --reason B --dated 2024-02"
    )
    assert set(cells(decided, 1)) == set(printed(call)["rows"][0])
    assert keys == set(printed("landbridge claims list")["rows"][0])


def test_every_key_of_a_verdict_and_of_its_evidence_is_documented(printed: Callable[[str], Any]) -> None:
    answer = printed("landbridge claims verify note.txt --dated 2024-02")
    told = section(REFERENCE, "A row of `claims verify --json`")
    own, held = told.split("| key of `held` |")
    assert set(cells(own, 1)) == set(answer["rows"][0])
    assert {key for row in answer["rows"] for item in row["held"] for key in item} == set(cells(held, 1))
    assert {"release", "as_of"} <= set(answer)


def test_every_key_of_a_finding_is_documented(printed: Callable[[str], Any]) -> None:
    answer = printed("landbridge claims verify note.txt --dated 2024-02 --show findings")
    told = section(REFERENCE, "A row of `claims verify --show findings --json`")
    row = answer["rows"][0]
    assert cells(told, 1) == list(row)
    assert set(row["claims"][0]) | set(row["computed"]) <= set(re.findall(r"`(\w+)`", told))


def test_every_outcome_is_documented() -> None:
    assert cells(section(REFERENCE, "Outcomes"), 1) == list(OUTCOMES)
    assert cells(section(EXPLAINED, "From claims to verdicts"), 1) == list(OUTCOMES)


def checks_of_the_code() -> set[str]:
    """The first argument of every finding that is made, read from the source."""
    found: set[str] = set()
    for path in CHECKS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name not in ("finding", "Finding", "_pair") or not getattr(node, "args", ()):
                continue
            first = node.args[0]  # type: ignore[attr-defined]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
            elif isinstance(first, ast.IfExp) and isinstance(first.body, ast.Constant):
                found.add(str(first.body.value))
            elif isinstance(first, ast.JoinedStr):
                found |= {"implied_base", "implied_level"}
    # What texts agree on is the check `agrees`, whatever its words are called.
    return found - {"agrees_speaker"}


def test_every_check_is_documented_and_no_other() -> None:
    told = section(REFERENCE, "Checks")
    assert set(cells(told, 1)) == checks_of_the_code()
    assert set(cells(told, 3)) == set(Outcome.__args__)


def test_limits_are_those_of_the_code() -> None:
    told = section(REFERENCE, "Limits")
    limits = Limits()
    for words in (
        f"size of a file | {limits.bytes // MIB} MiB",
        f"characters of the text | {limits.characters:,}",
        f"pages of a PDF | {limits.pages:,}",
        f"unpacked size of a DOCX | {limits.unpacked // MIB} MiB",
        f"for HTML, PDF, DOCX | {limits.seconds},",
        f"that parses them | {limits.memory // MIB:,} MiB",
        f"that rules look at | {MOST_IN_SENTENCE:,}",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("FLOOR", lambda value: f"{100 * value:g} %"),
        ("ABOUT", lambda value: f"{100 * value:g} %"),
        ("BEYOND", lambda value: f"{100 * value:g} %"),
        ("FACTOR", lambda value: f"{100 * value:g} %"),
        ("FRACTION_POINTS", lambda value: f"{value:g}"),
        ("REVISION", lambda value: f"{100 * value:g} %"),
        ("REVISION_OF_MONTHS", lambda value: f"{100 * value:g} %"),
        ("MIRROR", lambda value: f"{100 * (value - 1):g} %"),
        ("SLIP", lambda value: f"{value:.3g} times"),
        ("ORDER", lambda value: f"{value:g} times"),
    ],
)
def test_constants_of_tolerance_are_those_of_the_code(name: str, shown: Callable[[float], str]) -> None:
    assert f"| `{name}` | {shown(getattr(tolerance, name))} |" in section(
        EXPLAINED, "How near is near enough"
    )


def test_grades_are_those_of_the_code() -> None:
    told = section(SCORES, "Claims without a number")
    for name, least in GRADES:
        assert re.search(rf"\b{name} from {100 * least:g}\b", told)
    assert FEWEST_GOLD == 5
    assert "fewer than five rows" in " ".join(told.split())


def test_what_the_pages_say_of_the_scores_holds() -> None:
    """Of five claims `about two` are right in every slot; most wrong periods are empty; `other` is confused most."""
    held_out, dev = score_claims.own("held_out").score, score_claims.own("dev").score
    assert 0.3 <= held_out.right / held_out.found <= 0.5
    wrong = [pair for pair in dev.pairs if "period" in pair.wrong and pair.claim]
    assert sum(not pair.claim.moment for pair in wrong if pair.claim) > len(wrong) / 2
    confused = {key: count for key, count in held_out.confusion().items() if "-" not in key}
    assert sum(count for (_, read), count in confused.items() if read == "other") > sum(confused.values()) / 2
    weakest = sorted(held_out.slots().items(), key=lambda item: item[1])[:3]
    assert {slot for slot, _ in weakest} == {"indicator", "parties", "period"}


def test_exports_of_the_how_to_are_written(landbridge: Callable[[str], Any]) -> None:
    assert NOTE is not None
    Path("note.txt").write_text(NOTE[1], "utf-8")
    (line,) = re.findall(r"^\$ (landbridge claims verify .*--prov.*)$", HOWTO, re.MULTILINE)
    assert landbridge(line).exit_code == 0
    assert json.loads(Path("review.json").read_text("utf-8"))
    assert json.loads(Path("chain.json").read_text("utf-8"))
    assert Path("checked/datapackage.json").is_file()
