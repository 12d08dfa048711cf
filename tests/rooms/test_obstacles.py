"""Files of obstacles: the shipped ones keep the rules of their editors, and wrong ones tell every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from landbridge.errors import BadFile, BadUsage
from landbridge.planning.bottlenecks.candidate import ASSUMED, SOURCED, Candidate
from landbridge.planning.bottlenecks.obstacles import KINDS, Obstacles, for_pair, read
from landbridge.scenarios.sizes import Cited

ROOT = Path(__file__).parents[2]
FILES = {path.stem: path for path in sorted((ROOT / "tables" / "obstacles").glob("*.yaml"))}
SHIPPED = {name: read(path) for name, path in FILES.items()}
ALL = [(name, item) for name, held in SHIPPED.items() for item in held.candidates]
EACH = pytest.mark.parametrize(("name", "obstacle"), ALL, ids=[f"{name} {item.id}" for name, item in ALL])

GOOD: dict[str, Any] = {
    "id": "payment",
    "kind": "settlement",
    "label": "Payments",
    "benchmark": "As before.",
    "changes": [
        {
            "kind": "settlement",
            "between": ["CHN", "RUS"],
            "fee_pct": [-6, 0],
            "share_pct": 50,
            "source": "assumed",
        }
    ],
}


class Plain(yaml.SafeDumper):
    """Writes what occurs twice twice, since aliases are not read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def written(folder: Path, *obstacles: Any, between: Any = ("CHN", "RUS"), **keys: Any) -> Path:
    """A file of these obstacles."""
    path = folder / "pair.yaml"
    path.write_text(
        yaml.dump(
            {"between": list(between), "obstacles": list(obstacles), **keys}, Dumper=Plain, sort_keys=False
        ),
        "utf-8",
    )
    return path


def told(path: Path) -> list[str]:
    """The problems of a file, one text each."""
    with pytest.raises(BadFile) as caught:
        read(path)
    return [str(problem) for problem in caught.value.problems]


def raw(name: str) -> Mapping[str, Mapping[str, Any]]:
    """The obstacles of a shipped file as written, by id."""
    content = yaml.safe_load(FILES[name].read_text("utf-8"))
    return {entry["id"]: entry for entry in content["obstacles"]}


# --- the shipped files --------------------------------------------------------------------------------------------------
def test_every_pair_has_its_file_under_its_own_name() -> None:
    assert set(FILES) == {"blr-chn", "blr-rus", "chn-rus"}
    for name, held in SHIPPED.items():
        assert "-".join(sorted(held.between)).lower() == name


def test_a_pair_is_found_in_either_order_and_without_others() -> None:
    found = for_pair(FILES, "RUS", "CHN")
    assert found == for_pair(FILES, "CHN", "RUS") == SHIPPED["chn-rus"].candidates
    assert for_pair(FILES, "CHN", "KAZ") == ()


@pytest.mark.parametrize("name", FILES)
def test_ids_are_unique_and_references_lead_somewhere(name: str) -> None:
    ids = [item.id for item in SHIPPED[name].candidates]
    assert len(set(ids)) == len(ids)
    assert {other for item in SHIPPED[name].candidates for other in item.also} <= set(ids)


@EACH
def test_barriers_are_records_of_the_ledger(name: str, obstacle: Candidate) -> None:
    ledger = yaml.safe_load((ROOT / "tables" / "ledger" / "registers" / "barriers.yaml").read_text("utf-8"))
    known = {entry["record"] for entry in ledger["entries"]}
    assert set(obstacle.barriers) <= known, "a barrier that the ledger does not hold"


@EACH
def test_every_obstacle_says_what_it_rests_on(name: str, obstacle: Candidate) -> None:
    assert obstacle.kind in KINDS
    assert obstacle.note
    assert obstacle.benchmark.endswith(".")
    assert len(obstacle.label) <= 60, "the label is that of a bar in a picture"


@EACH
def test_a_size_that_is_assumed_is_a_range(name: str, obstacle: Candidate) -> None:
    if obstacle.evidence == ASSUMED:
        assert not obstacle.size.certain
    for step in obstacle.steps:
        for field, size in step.change.ranges().items():
            cited = isinstance(step.change.source_of(field), Cited)
            everything = field == "share_pct" and size.value == 100
            computed = size == obstacle.size and obstacle.evidence == SOURCED
            assert cited or everything or computed or not size.certain, f"{field} is assumed and certain"


@EACH
def test_sourced_and_cited_are_the_same(name: str, obstacle: Candidate) -> None:
    """Sourced: the first change is cited, or what its size was computed from is listed, and every other change is cited."""
    entry = raw(name)[obstacle.id]
    cited = isinstance(entry["changes"][0]["source"], Mapping)
    others = all(isinstance(change["source"], Mapping) for change in entry["changes"][1:])
    assert obstacle.sourced == (others and (cited or bool(entry.get("computed_from"))))
    assert (obstacle.statement is not None) is obstacle.sourced
    for source in [*entry.get("computed_from", ()), *([entry["changes"][0]["source"]] if cited else ())]:
        assert source["publisher"]
        assert source["url"].startswith("https://")
        assert source.get("words") or source.get("title")


@EACH
def test_relaxing_makes_trade_cheaper_or_larger(name: str, obstacle: Candidate) -> None:
    for step in obstacle.steps:
        sizes = step.change.ranges()
        for field in ("hours", "cost_pct", "change_pct", "fee_pct", "delay_days"):
            assert field not in sizes or sizes[field].high <= 0, f"{field} would stand in the way"
        assert "flow_change_pct" not in sizes or sizes["flow_change_pct"].low >= 0


def test_limits_of_one_flow_name_each_other_and_may_bring_nothing_alone() -> None:
    held = {item.id: item for item in SHIPPED["chn-rus"].candidates}
    series = [item for item in held.values() if item.also]
    assert {item.id for item in series} == {"eastern-polygon", "nizhneleninskoye-bridge", "kamyshovaya-rail"}
    assert all(item.size.low == 0 for item in series)
    joint = held["polygon-and-crossings"].size
    assert joint.low > 0
    assert all(joint.value >= item.size.value and joint.high >= item.size.high for item in series)


def test_meat_costs_are_the_published_equivalents_turned_round() -> None:
    """Cost without a duty of a is 1 / (1 + a) of the cost with it; 15 and 33 % are those of the abstract."""
    for name, own in (("chn-rus", "access-meat"), ("blr-chn", "access-meat-dairy")):
        size = next(item.size for item in SHIPPED[name].candidates if item.id == own)
        assert size.low == pytest.approx(100 * (1 / 1.33 - 1), abs=0.5)
        assert size.high == pytest.approx(100 * (1 / 1.15 - 1), abs=0.5)


def test_the_end_of_payment_friction_mirrors_the_scenario_of_its_beginning() -> None:
    path = ROOT / "tables" / "scenarios" / "settlement-friction.yaml"
    begun = yaml.safe_load(path.read_text("utf-8"))["changes"]
    ended = raw("chn-rus")["settlement-as-before"]["changes"]
    for there, here in zip(begun, ended, strict=True):
        for field in ("fee_pct", "delay_days"):
            assert (field in there) == (field in here)
            assert field not in here or here[field] == [-end for end in reversed(there[field])]
        for field in ("exporter", "importer", "sectors", "source", "share_pct", "capital_cost_pct"):
            assert here.get(field) == there.get(field)


# --- files of users -----------------------------------------------------------------------------------------------------
def test_a_file_becomes_candidates(tmp_path: Path) -> None:
    second = {**GOOD, "id": "second", "also": ["payment"], "barriers": ["barrier/x"], "note": "a\n  b"}
    held = read(written(tmp_path, GOOD, second))
    assert isinstance(held, Obstacles)
    assert held.between == ("CHN", "RUS")
    one, two = held.candidates
    assert (one.id, one.kind, one.unit, one.evidence) == ("payment", "settlement", "%", ASSUMED)
    assert (one.size.low, one.size.value, one.size.high) == (-6, -3, 0)
    assert one.steps[0].part == 1
    assert (two.also, two.barriers, two.note) == (("payment",), ("barrier/x",), "a b")


def test_a_computed_size_is_sourced(tmp_path: Path) -> None:
    sources = [{"publisher": "Who", "url": "https://example.org"}]
    assert read(written(tmp_path, {**GOOD, "computed_from": sources})).candidates[0].sourced
    cited = {**GOOD["changes"][0], "source": sources[0]}
    assert read(written(tmp_path, {**GOOD, "changes": [cited]})).candidates[0].sourced
    [problem] = told(written(tmp_path, {**GOOD, "changes": [cited], "computed_from": sources}))
    assert "the main size has a source of its own" in problem
    [problem] = told(written(tmp_path, {**GOOD, "computed_from": ["assumed"]}))
    assert "nothing is computed from an assumption" in problem


def test_all_problems_are_told_at_once_with_line_and_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "pair.yaml"
    path.write_text(
        """between: [CHN, RUS]
obstacles:
  - id: Bad Name
    kind: setlement
    label: A
    benchmark: B.
    chnages: []
    changes:
      - {kind: settlement, between: [CHN, RUS], fee_pct: [0, -6], share_pct: 500, source: assumed}
      - {kind: setlement, source: assumed}
  - id: two
    kind: tariff
    label: ""
    also: [Bad Nane, two, thre]
    changes: []
  - id: two
    kind: access
    label: A
    benchmark: B.
    changes: [{kind: trade_cost, between: [CHN, RUS], change_pct: 012}]
  - three
""",
        "utf-8",
    )
    problems = told(path)
    for line, words in (
        (3, "'Bad Name' is no id"),
        (4, "Nearest valid: settlement"),
        (7, "Nearest valid: changes"),
        (9, "the low end 0 is above the high end -6"),
        (9, "500 is impossible here"),
        (10, "no kind of change is called 'setlement'. Nearest valid: settlement"),
        (12, "The program makes these obstacles"),
        (13, "there are no words here"),
        (14, "no other obstacle is called 'Bad Nane'. Nearest valid: Bad Name"),
        (14, "no other obstacle is called 'two'"),
        (14, "no other obstacle is called 'thre'"),
        (11, "the key 'benchmark' is missing"),
        (16, "the id 'two' is used twice"),
        (20, "'012' is no plain number"),
        (20, "source"),
        (21, "an obstacle is a mapping"),
    ):
        found = [text for text in problems if words in text and text.startswith(f"pair.yaml, line {line}")]
        assert found, (line, words, problems)
    assert any("line 9, Bad Name, changes 1, share_pct" in text for text in problems), problems


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"between": ["CHN", "CHN"]}, "the two countries are the same"),
        ({"between": ["CHN"]}, "between"),
        ({"between": ["CHN", "RU-PRI"]}, "is a region"),
        ({"between": ["CHN", "KAZ"]}, None),
        ({"between": ["KAZ", "MNG"]}, "names neither KAZ nor MNG"),
    ],
)
def test_a_pair_is_two_countries_that_the_changes_are_about(
    tmp_path: Path, changed: dict[str, Any], words: str | None
) -> None:
    path = written(tmp_path, GOOD, **changed)
    if words is None:
        assert read(path).candidates
    else:
        assert any(words in problem for problem in told(path))


def test_the_first_change_must_have_a_size(tmp_path: Path) -> None:
    shut = {"kind": "closure", "between": ["CHN", "RUS"], "share_pct": 50, "source": "assumed"}
    [problem] = told(written(tmp_path, {**GOOD, "changes": [shut]}))
    assert "a change of kind closure has no size" in problem
    assert "The first change carries the size" in problem
    assert read(written(tmp_path, {**GOOD, "changes": [*GOOD["changes"], shut]})).candidates


def test_changes_of_one_label_must_agree(tmp_path: Path) -> None:
    one = {**GOOD["changes"][0], "label": "fee"}
    [problem, *_] = told(written(tmp_path, {**GOOD, "changes": [one, {**one, "fee_pct": -1}]}))
    assert "two changes are called 'fee'" in problem
    assert "payment, changes 2, fee_pct" in problem


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "between: [CHN, RUS]\n"])
def test_what_is_no_file_of_obstacles_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pair.yaml"
    path.write_text(text, "utf-8")
    assert any("obstacles" in problem for problem in told(path))


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="no such file"):
        read(tmp_path / "absent.yaml")
