"""Scenarios as people write them: what is accepted, what is refused and with which words, and what is written back."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml

from landbridge import codes, load
from landbridge.equilibrium.result import DEFICITS
from landbridge.errors import BadFile, BadUsage
from landbridge.scenarios import spec
from landbridge.scenarios.changes import (
    KINDS,
    Agreement,
    BorderTime,
    DocumentStep,
    Productivity,
    Tariff,
    TradeCost,
)
from landbridge.scenarios.reading import read, scenario
from landbridge.scenarios.sizes import ASSUMED, Cited, Range
from landbridge.scenarios.spec import BASE_YEAR, Scenario, dump, to_yaml
from landbridge.scenarios.words import expanded, groups

EXAMPLES = [yaml.safe_load(form.example) for form in KINDS.values()]
COST = {"kind": "trade_cost", "between": ["CHN", "RUS"], "change_pct": -5, "source": "assumed"}


def told(*changes: dict[str, Any], **keys: Any) -> list[str]:
    """The problems of a scenario with these changes, one text each."""
    with pytest.raises(BadFile) as caught:
        scenario({"name": "x", "changes": list(changes), **keys})
    return [str(problem) for problem in caught.value.problems]


def one(**keys: Any) -> str:
    """The only problem of a trade cost with these keys; a key that is None is left out."""
    problems = told({key: value for key, value in {**COST, **keys}.items() if value is not None})
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize(
    ("written", "low", "value", "high"),
    [
        (5, 5, 5, 5),
        ([6, 9], 6, 7.5, 9),
        ({"low": -9, "value": -7, "high": -6}, -9, -7, -6),
        ({"low": 1, "high": 3}, 1, 2, 3),
    ],
)
def test_a_range_is_written_in_three_ways(written: Any, low: float, value: float, high: float) -> None:
    made = scenario({"name": "x", "changes": [{**COST, "change_pct": written}]})
    assert made.changes[0].ranges() == {"change_pct": Range(low, high, value=value)}


@pytest.mark.parametrize(
    "written",
    [[9, 6], {"low": 1, "value": 4, "high": 3}, [1, 2, 3], True, "5", {"lo": 1}, float("nan"), 10**400],
)
def test_what_is_no_range_is_refused(written: Any) -> None:
    assert "[low, high]" in one(change_pct=written)


def test_python_is_as_short_as_the_file() -> None:
    change = BorderTime(
        "zabaikalsk-manzhouli",
        between=("CHN", "RUS"),
        hours=Range(-9, -6),
        share_pct=(10, 30),
        source=ASSUMED,
    )
    made = Scenario("one-stop border", [change])
    same = scenario(
        {
            "name": "one-stop border",
            "changes": [
                {
                    "kind": "border_time",
                    "crossing": "zabaikalsk-manzhouli",
                    "between": ["CHN", "RUS"],
                    "hours": [-9, -6],
                    "share_pct": [10, 30],
                    "source": "assumed",
                }
            ],
        }
    )
    assert made == same
    assert made.labels == ("border_time 1",)
    assert made.headlines == ("CHN", "RUS")


def test_python_refuses_a_wrong_call_with_all_its_faults() -> None:
    with pytest.raises(BadUsage) as caught:
        BorderTime(betwen=("CHN", "RUS"), hours=9_000, share_pct=10, source=ASSUMED)
    text = str(caught.value)
    assert "Nearest valid: between" in text
    assert "-8,760 to 8,760" in text
    with pytest.raises(BadUsage, match="is no range"):
        Range(3, 1)
    with pytest.raises(BadUsage, match="is no change"):
        Scenario("x", [{"kind": "tariff"}])
    with pytest.raises(BadUsage, match="given twice"):
        Scenario("x", name="y", changes=[])


@pytest.mark.parametrize("example", EXAMPLES, ids=list(KINDS))
def test_the_example_of_every_kind_is_good_and_written_back(example: dict[str, Any]) -> None:
    made = scenario({"name": "x", "changes": [example]})
    assert made.changes[0].kind == example["kind"]
    assert scenario(yaml.safe_load(to_yaml(made))) == made
    assert dump(scenario(dump(made))) == dump(made)
    assert pickle.loads(pickle.dumps(made)) == made


@pytest.mark.parametrize("example", EXAMPLES, ids=list(KINDS))
def test_no_kind_does_without_where_or_how_much(example: dict[str, Any]) -> None:
    form = KINDS[example["kind"]]
    where = {key for way in form.ways for key in way}
    assert any("where" in text for text in told({k: v for k, v in example.items() if k not in where}))
    if example["kind"] != "closure":  # It is whole unless a share is given.
        sizes = form.sizes().keys() - {"share_pct"} if example["kind"] != "sanction" else form.sizes().keys()
        assert any(
            "how much" in text or "is missing" in text
            for text in told({k: v for k, v in example.items() if k not in sizes})
        )


@pytest.mark.parametrize("example", EXAMPLES, ids=list(KINDS))
def test_a_size_without_source_is_refused(example: dict[str, Any]) -> None:
    (text,) = told({key: value for key, value in example.items() if key != "source"})
    assert "source" in text


@pytest.mark.parametrize(
    ("kind", "key", "form"),
    [(kind, key, form) for kind, form in KINDS.items() for key in form.sizes()],
)
def test_impossible_sizes_are_refused_with_the_bound(kind: str, key: str, form: Any) -> None:
    example = yaml.safe_load(form.example)
    bound = form.sizes()[key]
    for size in (bound.low - 1, bound.high + 1, *([bound.low] if bound.above else [])):
        problems = told({**example, key: size})
        assert any(f"{size:,.12g} is impossible here" in text and bound.spelled in text for text in problems)
    assert bound.read(bound.high) == Range(bound.high)
    assert bound.above or bound.read(bound.low) == Range(bound.low)


def test_a_key_that_is_no_word_is_refused() -> None:
    assert told({**COST, 3: 4})[0].startswith("changes 1 (trade_cost), 3: a key is a word.")  # type: ignore[dict-item]


def test_where_is_said_once() -> None:
    assert "exclude each other" in one(importer="RUS")
    assert "'importer' is missing" in one(between=None, exporter="CHN")
    assert "two different places" in one(between=["CHN", "CHN"])
    assert "are the same" in one(between=None, exporter="CHN", importer="CHN")
    assert "is a region" in one(between=["CHN", "RU-MOW"])
    assert "CHN (China)" in one(between=["CHM", "RUS"])
    assert '"NO" in quotes' in one(between=[False, "RUS"])
    all_to_one = scenario({"name": "x", "changes": [{**COST, "between": ["RUS", "all"]}]})
    assert all_to_one.headlines == ("RUS",)


def test_sectors_are_codes_or_groups() -> None:
    assert "Nearest valid: food" in one(sectors="fod")
    assert "C28 (Machinery)" in one(sectors=["Machinery"])
    made = scenario({"name": "x", "changes": [{**COST, "sectors": ["fuels", "A01", "B05"]}]})
    assert made.changes[0].codes == ("A01", "B05", "B06", "C19")


def test_groups_divide_the_code_list() -> None:
    every = tuple(sector.code for sector in codes.sectors())
    held = groups()
    assert sorted((*held["goods"], *held["services"])) == sorted(every)
    assert expanded(["services", "goods"]) == every == held["all"]
    for word, members in held.items():
        assert set(members) <= set(every), word
        assert len(set(members)) == len(members), word
    assert not set(held["manufactures"]) & set(held["food"]) | set(held["manufactures"]) & set(held["fuels"])


def test_sources_are_whole() -> None:
    cited = {"publisher": "World Bank", "url": "https://example.org/a", "date": 2024}
    made = scenario({"name": "x", "changes": [{**COST, "source": cited}]})
    assert made.changes[0].source == Cited("World Bank", "https://example.org/a", date="2024")
    assert str(made.changes[0].source) == "World Bank, 2024, https://example.org/a"
    assert "no address" in one(source={**cited, "url": "example"})
    assert "'url' is missing" in one(source={"publisher": "World Bank"})
    assert "`source: assumed`" in one(source="me")


def test_services_neither_pay_tariffs_nor_wait() -> None:
    for form in (Tariff, BorderTime):
        (text,) = told({**yaml.safe_load(form.example), "sectors": ["C28", "K"]})
        assert text.startswith("changes 1")
        assert "sectors: K: services" in text


def test_a_base_rate_needs_its_source() -> None:
    tariff = yaml.safe_load(Tariff.example)
    assert "from_pct needs from_source" in told({**tariff, "from_pct": 5})[0]
    assert "from_source needs from_pct" in told({**tariff, "from_source": "assumed"})[0]
    assert "exclude each other" in told({**tariff, "change_pct": 5})[0]
    whole = scenario({"name": "x", "changes": [{**tariff, "from_pct": [3, 5], "from_source": "assumed"}]})
    assert whole.changes[0].ranges().keys() == {"to_pct", "from_pct"}


def test_a_fitted_coefficient_carries_its_source() -> None:
    fitted = Agreement(members=["BLR", "CHN", "RUS"], coefficient="fitted")
    assert fitted.source is None
    assert (
        "fitted"
        in told(
            {"kind": "agreement", "between": ["BLR", "CHN"], "coefficient": "fited", "source": "assumed"}
        )[0]
    )
    (text,) = told({"kind": "agreement", "between": ["BLR", "all"], "coefficient": 0.3, "source": "assumed"})
    assert "named members" in text


@pytest.mark.parametrize("horizon", ["short-run", "6 months", 2, "medium-run"])
def test_the_short_run_is_refused_with_the_reason(horizon: Any) -> None:
    embargo = {"kind": "closure", "between": ["CHN", "RUS"], "sectors": "goods", "source": "assumed"}
    (text,) = told(embargo, horizon=horizon)
    assert "full employment" in text
    assert "months after an embargo" in text


def test_only_the_year_of_the_accounts_is_answered() -> None:
    assert load().accounts.year == BASE_YEAR
    for year in (2024, "2022", True):
        (text,) = told(COST, base_year=year)
        assert f"base_year: {BASE_YEAR}" in text


def test_words_of_closures_are_those_of_the_engine() -> None:
    assert spec.DEFICITS == DEFICITS
    (text,) = told(COST, deficits="aditive")
    assert "Nearest valid: additive" in text
    assert "caliendo-parro" in told(COST, model="caliendo")[0]


def test_changes_of_one_label_agree() -> None:
    same = {**COST, "label": "rail"}
    assert scenario({"name": "x", "changes": [same, {**same, "sectors": "food"}]}).labels == ("rail", "rail")
    assert "two sizes" in told(same, {**same, "change_pct": -4})[0]
    assert "by its number" in told({**COST, "label": "trade_cost 2"}, COST)[0]


def test_a_capacity_belongs_to_one_pair() -> None:
    (text,) = told(
        {"kind": "capacity", "exporter": "all", "importer": "CHN", "flow_change_pct": 5, "source": "assumed"}
    )
    assert "one pair" in text


def test_the_same_scenario_has_one_canonical_form() -> None:
    one_way = {"name": "x", "changes": [{**COST, "sectors": ["food", "A01"], "change_pct": [-6, -4]}]}
    other = {
        "name": "x",
        "base_year": 2022,
        "places": ["CHN", "RUS"],
        "changes": [
            {
                **COST,
                "between": ["RUS", "CHN"],
                "sectors": ["C10T12", "A03", "A01"],
                "change_pct": {"low": -6, "value": -5, "high": -4},
            }
        ],
    }
    assert dump(scenario(one_way)) == dump(scenario(other))
    assert dump(scenario(one_way)) != dump(scenario({**one_way, "deficits": "removed"}))


FILE = """\
name: everything wrong
modl: one-sector
horizon: short-run
changes:
  - kind: border-time
    between: [CHN, RUS]
  - kind: tariff
    exporter: CHN
    importer: RUS
    to_pct: -3
    to_pct: 5
    source: assumed
  - kind: border_time
    between: [CHN, RUS]
    hours: 1:30
    share_pct: 130
    label:
    source: {publisher: somebody, ul: https://example.org}
  - 7
"""


def test_all_problems_of_a_file_come_at_once_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "cut.yaml"
    path.write_text(FILE, "utf-8")
    with pytest.raises(BadFile) as caught:
        read(path)
    found = [(problem.where, problem.what) for problem in caught.value.problems]
    assert found == [
        ("cut.yaml, line 11", "the key 'to_pct' is written twice, first in line 10."),
        ("cut.yaml, line 15", "'1:30' is no plain number."),
        ("cut.yaml, line 2, modl", "no key is called 'modl'."),
        ("cut.yaml, line 3, horizon", "the horizon 'short-run' cannot be answered."),
        ("cut.yaml, line 5, changes 1, kind", "no kind of change is called 'border-time'."),
        (
            "cut.yaml, line 16, changes 3 (border_time), share_pct",
            "130 is impossible here; sizes are from 0 to 100 (%).",
        ),
        ("cut.yaml, line 17, changes 3 (border_time), label", "nothing is written at 'label'."),
        ("cut.yaml, line 18, changes 3 (border_time), source", "the key 'url' is missing."),
        ("cut.yaml, line 18, changes 3 (border_time), source, ul", "no key is called 'ul'."),
        ("cut.yaml, line 19, changes 4", "a change is a mapping that begins with `kind:`."),
    ]
    assert "Nearest valid: border_time." in str(caught.value)


@pytest.mark.parametrize(
    "content", ["- 1\n", "just words\n", "name: x\nchanges: 3\n", "name: x\n", "name: x\nchanges: []\n"]
)
def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cut.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(BadFile, match=r"docs/reference/scenarios\.md"):
        read(path)


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = Scenario(
        "Запуск: 一站式",
        [
            DocumentStep(
                "certificate", exporter="RUS", importer="CHN", hours=-24, share_pct=100, source=ASSUMED
            ),
            Productivity(
                "NOR",
                change_pct=Range(1, 4, value=2),
                source=Cited("Who", "https://example.org"),
                note="a\nb",
            ),
            TradeCost(between=("CHN", "all"), change_pct=-1, source=ASSUMED),
        ],
        not_captured=["queues elsewhere"],
        places=["NOR"],
    )
    path = tmp_path / "cut.yaml"
    path.write_text(to_yaml(made), "utf-8")
    assert read(path) == made


SETTLED = {
    "kind": "settlement",
    "between": ["CHN", "RUS"],
    "fee_pct": [1, 4],
    "share_pct": 50,
    "source": {"publisher": "A paper", "url": "https://example.org"},
}


def test_a_size_may_have_a_source_of_its_own() -> None:
    other = {"publisher": "Another", "url": "https://example.org/2", "words": "Half of it"}
    whole = scenario({"name": "x", "changes": [{**SETTLED, "sources": {"share_pct": other}}]})
    (change,) = whole.changes
    assert str(change.source_of("fee_pct")) == "A paper, https://example.org"
    assert str(change.source_of("share_pct")) == "Another, https://example.org/2"
    assert scenario(yaml.safe_load(to_yaml(whole))) == whole
    assert dump(scenario(dump(whole))) == dump(whole)
    # Who says a size is part of the question; a change without the key is written as before.
    assert dump(whole) != dump(scenario({"name": "x", "changes": [SETTLED]}))
    assert "sources" not in to_yaml(scenario({"name": "x", "changes": [SETTLED]}))


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ({"share": "assumed"}, "Nearest valid: share_pct"),
        ({"hours": "assumed"}, "no size is called 'hours'"),
        ({"share_pct": "guessed"}, "'guessed' is no source."),
        ({"share_pct": {"publisher": "A"}}, "the key 'url' is missing."),
        ({"delay_days": "assumed"}, "delay_days has a source and no size."),
        ("assumed", "sources are a mapping"),
        ({}, "sources are a mapping"),
    ],
)
def test_wrong_sources_are_refused(sources: Any, said: str) -> None:
    (found,) = told({**SETTLED, "sources": sources})
    assert said in found


def test_a_base_rate_keeps_its_own_key() -> None:
    tariff = {**yaml.safe_load(Tariff.example), "from_pct": 5, "from_source": "assumed"}
    (text,) = told({**tariff, "sources": {"from_pct": "assumed"}})
    assert "no size is called 'from_pct'" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hours": [-2, -5]}, "Swap them: [low, high] is [-5, -2]."),
        ({"hours": {"low": 3, "high": 1}}, "Swap them"),
        ({"hours": "\u22125"}, "Write it with a hyphen: -5."),
        ({"hours": [-5, "\u20132"]}, "Write it with a hyphen: -2."),
    ],
)
def test_slips_of_numbers_are_named(change: dict[str, Any], said: str) -> None:
    waiting = {"kind": "border_time", "between": ["CHN", "RUS"], "share_pct": 10, "source": "assumed"}
    (text,) = told({**waiting, **change})
    assert said in text


def test_slips_of_words_are_named() -> None:
    place = {"kind": "productivity", "place": ["RUS", "CHN"], "change_pct": 1, "source": "assumed"}
    assert "one place is named here, not a list." in told(place)[0]
    agreed = {"kind": "agreement", "between": ["BLR", "CHN"], "coefficient": 0.1, "source": "assumed"}
    assert "'maybe' is neither true nor false." in told({**agreed, "in_force": "maybe"})[0]
    assert "1 is neither true nor false." in told({**agreed, "in_force": 1})[0]
    with pytest.raises(BadFile, match=r"this is no text.*Write it in quotes"):
        scenario(yaml.safe_load("{name: 2024-02-28, changes: [" + Tariff.example + "]}"))


@pytest.mark.parametrize(
    ("content", "said", "unsaid"),
    [
        (b"", r"the file is empty.*docs/reference/scenarios\.md", "Download"),
        (b"# " + b"x" * 2**20 + b"\n", "at most 1 are read.*one file for each", "by year"),
        (b"name: " + b"[" * 60 + b"]" * 60, "nested too deeply.*Write `name:`", "map file"),
        ("name: Запуск\n".encode("cp1251"), "cut.yaml, line 1: .*Save the file as UTF-8", "codec"),
        ("a: b\n".encode("utf-16"), "Save the file as UTF-8", "codec"),
        (b"name: [1", "not a readable YAML file", "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_gets_the_remedy_of_a_scenario(
    tmp_path: Path, content: bytes, said: str, unsaid: str
) -> None:
    path = tmp_path / "cut.yaml"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=said) as caught:
        read(path)
    assert unsaid not in str(caught.value)
