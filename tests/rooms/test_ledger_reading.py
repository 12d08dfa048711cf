"""Ledger files that are wrong, hostile or both: refused kindly, whole, and never with a stray exception."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landbridge import codes
from landbridge.errors import BadFile, LandbridgeError
from landbridge.ledger import Statement, read_file
from landbridge.provenance import Status

PLACES = [place.code for place in codes.places()]
HEAD = "recorded: 2026-11-21\nrecorder: Desk\nkind: crossing\n"
ROOT = Path(__file__).parents[2]
VALID = (ROOT / "tables/ledger/registers/funds.yaml").read_bytes()
CLAIMS = (ROOT / "tables/ledger/claims/article-belarus-heights-2023.yaml").read_bytes()


def entry(says: str, source: str = "tass-x", record: str = "crossing/x", head: str = HEAD) -> str:
    return f"{head}entries:\n  - record: {record}\n    source: {source}\n    says: {says}\n"


def read(folder: Path, text: str | bytes) -> list[Statement]:
    path = folder / "our.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(path, PLACES)


BROKEN = {
    "an empty file": ("", "not a ledger file"),
    "a list at the top": ("- a\n- b\n", "not a ledger file"),
    "a bare word": ("hello", "not a ledger file"),
    "latin-1 bytes": ("recorder: Fran\xe7ois".encode("latin-1"), "line 1: the file is not UTF-8"),
    "UTF-16": ("recorded: x".encode("utf-16"), "not UTF-8"),
    "tabs": ("entries:\n\t- record: x\n", "line 2"),
    "an alias": ("a: &a [x]\nb: *a\n", "line 2: YAML aliases"),
    "a bomb": ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "aliases"),
    "deep nesting": ("[" * 200_000, "nested more than"),
    "deep mappings": ("{a: " * 50_000, "nested more than"),
    "deep and closed": ("[" * 200_000 + "]" * 200_000, "nested more than"),
    "a Python object": (entry("{name: !!python/object/apply:os.system [ls]}"), "tags"),
    "a tag that builds": (entry("{name: !!timestamp foo}"), "tags"),
    "two documents": (HEAD + "---\n" + HEAD, "another document"),
    "a key twice": (entry("{name: a, name: b}"), "'name' stands twice"),
    "an unknown property": (entry("{watting: {value: 1, unit: h}}"), "Nearest valid: waiting"),
    "an unknown key of a value": (entry("{cargo: {value: 1, units: t}}"), "nearest valid: unit"),
    "an unknown kind": (
        entry("{name: x}", head=HEAD.replace("crossing", "crosing")),
        "Nearest valid: crossing",
    ),
    "a bad record": (entry("{name: x}", record="Crossing X"), "kind/slug"),
    "a wrong unit": (entry("{cargo: {value: 1, unit: TEU}}"), "not one of t"),
    "no such unit": (entry("{cargo: {value: 1, unit: tons}}"), "no unit is called 'tons'"),
    "no unit": (entry("{cargo: 5}"), "needs a unit"),
    "a wrong code": (entry("{mode: train}"), "not one of rail"),
    "a wrong place": (entry("{parties: [CHN, XYZ]}"), "'XYZ' is not a place code"),
    "a nested place": (entry("{parties: [[CHN]]}"), "not a place code"),
    "a place as mapping": (entry("{parties: [{a: b}]}"), "not a place code"),
    "no place": (entry("{parties: []}"), "names no place"),
    "a bool as number": (entry("{cargo: {value: true, unit: t}}"), "True is not a number"),
    "a word as number": (entry("{cargo: {value: 22e6, unit: t}}"), "'22e6' is not a number"),
    "a word as end": (entry("{cargo: {low: '1', high: 2, unit: t}}"), "low: input should be a valid number"),
    "a bool as end": (entry("{cargo: {low: true, high: 2, unit: t}}"), "low: input should be a valid number"),
    "a time as number": (
        entry("{cargo: {value: 12:30:45, unit: t}}"),
        "'12:30:45' is not a number. Write plain",
    ),
    "an octal": (entry("{cargo: {value: 012, unit: t}}"), "'012' is not a number. Write plain"),
    "a hexadecimal": (entry("{cargo: {value: 0x10, unit: t}}"), "'0x10' is not a number"),
    "a binary": (entry("{cargo: {value: 0b11, unit: t}}"), "'0b11' is not a number"),
    "underscores": (entry("{cargo: {value: 1_000, unit: t}}"), "'1_000' is not a number"),
    "underscores in a fraction": (entry("{cargo: {value: 1_0.5, unit: t}}"), "'1_0.5' is not a number"),
    "minutes with a fraction": (entry("{cargo: {value: 1:30.5, unit: t}}"), "'1:30.5' is not a number"),
    "an octal as end": (
        entry("{cargo: {low: 012, high: 20, unit: t}}"),
        "low: input should be a valid number",
    ),
    "how an end is written": (entry("{cargo: {low: 1:30, high: 200, unit: t}}"), "Write plain digits"),
    "a number too large to add up": (
        entry("{cargo: {value: 1.0e+308, unit: t}}"),
        "1e+308 is larger than 1e+300",
    ),
    "an end too large to add up": (entry("{cargo: {low: 1, high: 1.0e+308, unit: t}}"), "larger than 1e+300"),
    "a negative mass": (entry("{cargo: {value: -5, unit: t}}"), "-5 t is below zero"),
    "a negative end": (entry("{waiting: {low: -2, high: 3, unit: days}}"), "-2 days is below zero"),
    "negative persons": (entry("{persons: {value: -1, unit: persons}}"), "stated as growth"),
    "NaN": (entry("{cargo: {value: .nan, unit: t}}"), "not a finite number"),
    "infinity": (entry("{cargo: {value: -.inf, unit: t}}"), "not a finite number"),
    "infinity as end": (entry("{cargo: {low: 1, high: .inf, unit: t}}"), "finite"),
    "a number beyond floats": (entry("{cargo: {value: 1" + "0" * 400 + ", unit: t}}"), "not a finite number"),
    "an inverted range": (entry("{cargo: {low: 3, high: 2, unit: t}}"), "low is above high"),
    "half a range": (entry("{cargo: {low: 3, unit: t}}"), "needs a value, or low and high"),
    "a value outside its range": (entry("{cargo: {value: 9, low: 1, high: 2, unit: t}}"), "outside"),
    "assumed with a source": (entry("{cargo: {low: 1, high: 2, unit: t, status: assumed}}"), "has no source"),
    "no source, not assumed": (
        entry("{cargo: {value: 1, unit: t, status: reported}}", "assumed"),
        "is assumed",
    ),
    "an assumed point": (entry("{cargo: {value: 1, unit: t}}", "assumed"), "must be a range"),
    "a day that does not exist": (entry("{opened: '2023-02-30'}"), "is not a date"),
    "another script's digits": (entry("{opened: '٢٠٢٤'}"), "is not a date"),
    "a period backwards": (entry("{cargo: {value: 1, unit: t, period: 2024/2020}}"), "not a period"),
    "a time backwards": (entry("{name: {value: x, from: 2024, to: 2020}}"), "not a span"),
    "an empty text": (entry("{name: ''}"), "is empty"),
    "a list as text": (entry("{name: [[a]]}"), "not a list"),
    "a mapping as text": (entry("{name: {value: {a: b}}}"), "not a list or mapping"),
    "stated twice": (entry("{name: [a, b]}"), "once only"),
    "a quantity as text": (entry("{name: {value: 5, unit: t}}"), "takes a text"),
    "recorded some day": (
        entry("{name: x}", head=HEAD.replace("2026-11-21", "lately")),
        "recorded: is not a day",
    ),
    "a key that is no word": (entry("{1: x}"), "valid string"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused_and_says_why(case: str, tmp_path: Path) -> None:
    text, why = BROKEN[case]
    with pytest.raises(BadFile) as refused:
        read(tmp_path, text)
    assert why in str(refused.value)
    assert all(problem.where.startswith("our.yaml") for problem in refused.value.problems)
    assert len(str(refused.value)) < 2000


HIDDEN = ("\\u0007", "\\0", "\\e", "\\x9b", "\\r", "\\uFFFF", "\\U0001FFFE", "\\uFDD0", "\\u202E", "\\u2066")


# A carriage return in the file itself ends a line.
@pytest.mark.parametrize(
    ("sign", "raw"), [(sign, raw) for sign in HIDDEN for raw in (False, True) if not (raw and sign == "\\r")]
)
def test_what_cannot_be_seen_is_refused_with_its_line_and_code_point(
    sign: str, raw: bool, tmp_path: Path
) -> None:
    meant = yaml.safe_load(f'"{sign}"')
    with pytest.raises(BadFile) as refused:
        read(tmp_path, entry(f'{{name: "A{meant if raw else sign}evil"}}'))
    (problem,) = refused.value.problems
    assert f"U+{ord(meant):04X}" in problem.what
    assert problem.where == "our.yaml, line 7"
    assert meant not in str(refused.value)


def test_every_text_of_a_file_is_looked_at_and_all_is_said_at_once(tmp_path: Path) -> None:
    text = (
        'recorded: 2026-11-21\nrecorder: "De\\u0007sk"\nkind: crossing\n'
        'sources:\n  - {id: ours, publisher: "P\\u202E", title: "T\\x1b"}\n'
        'entries:\n  - record: crossing/x\n    source: ours\n    speaker: "S\\0"\n'
        '    says: {name: {value: fine, note: "N\\u2067"}, mode: train}\n'
    )
    with pytest.raises(BadFile) as refused:
        read(tmp_path, text)
    said = [(problem.where, problem.what) for problem in refused.value.problems]
    assert [where for where, what in said if "U+" in what] == [
        f"our.yaml, line {line}" for line in (2, 5, 5, 9, 10)
    ]
    assert any("not one of rail" in what for _, what in said), "the rest of the file is checked too"


def test_tabs_line_ends_and_joiners_are_texts(tmp_path: Path) -> None:
    text = entry('{name: "a\\tb\\nc\\u200d"}').replace("\n", "\r\n")
    assert read(tmp_path, text)[0].text == "a\tb\nc\u200d"


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="Split it"):
        read(tmp_path, HEAD + "#" * 6_000_000)


def test_all_problems_are_reported_with_their_lines(tmp_path: Path) -> None:
    text = (
        entry("{nam: x}")
        + "  - record: crossing/y\n    source: s\n    says: {mode: train, cargo: {value: 1}}\n"
    )
    with pytest.raises(BadFile) as refused:
        read(tmp_path, text + "  - record: crossing/z\n    source: s\n    says: {opened: soon}\n")
    wheres = [problem.where for problem in refused.value.problems]
    # Each at the line of its own field; the second entry has two.
    assert wheres == [f"our.yaml, line {line}" for line in (7, 10, 10, 13)]


def test_problems_of_the_layout_are_collected_too(tmp_path: Path) -> None:
    with pytest.raises(BadFile) as refused:
        read(tmp_path, "recorder: x\nentries:\n  - source: s\n    says: {}\n  - record: a/b\n    says: {}\n")
    said = [str(problem) for problem in refused.value.problems]
    assert len(said) == 3
    assert "our.yaml, line 3: entries.record: field required" in said[1]
    assert "our.yaml, line 5: entries.source: field required" in said[2]


def test_text_is_kept_as_it_was_written(tmp_path: Path) -> None:
    words = "<script>alert('x')</script> {{ 7*7 }} [bold]黑龙江[/bold]"
    statement = read(tmp_path, entry('{name: "' + words + '"}'))[0]
    assert statement.text == words


def test_a_good_file_gives_every_statement_once(tmp_path: Path) -> None:
    says = (
        "\n      name: Zabaikalsk–Manzhouli\n      parties: [RUS, CHN]\n      mode: rail\n      opened: 1904"
        "\n      cargo:\n        - {value: 22.0e+6, unit: t, period: 2023}\n        - {value: 10, unit: t, period: 2024-H1}"
        "\n      waiting: {low: 5, high: 7, unit: days, comparator: '~', speaker: Delko, as_of: 2024-09}"
    )
    held = {(item.property, item.period): item for item in read(tmp_path, entry(says))}
    assert len(held) == 7
    assert held["cargo", "2023"].number == 22e6
    waiting = held["waiting", ""]
    assert (waiting.number, waiting.low, waiting.high, waiting.unit, waiting.comparator) == (
        None,
        5,
        7,
        "days",
        "~",
    )
    assert (waiting.speaker, waiting.as_of, waiting.status) == ("Delko", "2024-09", Status.REPORTED)
    assert held["opened", ""].text == "1904"
    assert held["parties", ""].places == ("RUS", "CHN")


@pytest.mark.parametrize(
    ("written", "number"),
    [("0", 0), ("+7", 7), ("0.5", 0.5), (".5", 0.5), ("2.2e+7", 2.2e7), ("1.", 1), ("22000000", 22e6)],
)
def test_plain_decimals_are_numbers(written: str, number: float, tmp_path: Path) -> None:
    assert read(tmp_path, entry(f"{{cargo: {{value: {written}, unit: t}}}}"))[0].number == number


def test_what_is_no_plain_decimal_stays_the_text_that_was_written(tmp_path: Path) -> None:
    for written in ("012", "0x10", "12:30:45", "1_000"):
        assert read(tmp_path, entry(f"{{name: {written}}}"))[0].text == written


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("people/x", "{growth: {value: -12.5, unit: '%'}}"),
        ("measure/x", "{effect: {low: -3, high: -2, unit: days}}"),
        ("barrier/x", "{size: {value: -40, unit: count}}"),
        ("trade/x", "{turnover: {value: -5, unit: USD}}"),
    ],
)
def test_changes_shares_and_balances_may_be_negative(record: str, says: str, tmp_path: Path) -> None:
    head = HEAD.replace("kind: crossing\n", "")
    statement = read(tmp_path, entry(says, record=record, head=head))[0]
    assert min(n for n in (statement.number, statement.low) if n is not None) < 0


def claim(**slots: str) -> str:
    said = {
        "at": "[0, 5]",
        "system": "1",
        "kind": "fact",
        "indicator": "students",
        "asserts": "There were {value}.",
    }
    said |= {"value": "5", "unit": "persons"} | slots
    lines = "".join(
        f"\n    {key}: '{value}'" if key == "asserts" else f"\n    {key}: {value}"
        for key, value in said.items()
    )
    return (
        f"recorded: 2026-11-21\nrecorder: Desk\nsource: text\nsha256: '{'0' * 64}'\nclaims:\n  -{lines[4:]}\n"
    )


@pytest.mark.parametrize(
    ("slots", "why"),
    [
        ({"at": "[0x1, 5]"}, "valid integer"),
        ({"at": "[0, 012]"}, "valid integer"),
        ({"system": "012"}, "valid integer"),
        ({"value": "12:30"}, "valid number"),
        ({"value": "-5"}, "-5 persons is below zero"),
        ({"value": "1.0e+308"}, "larger than 1e+300"),
    ],
)
def test_numbers_of_claims_are_held_to_the_same(slots: dict[str, str], why: str, tmp_path: Path) -> None:
    assert read(tmp_path, claim())[0].number == 5
    assert read(tmp_path, claim(indicator="exports_growth", value="-5"))[0].number == -5
    with pytest.raises(BadFile, match=why.replace("+", r"\+")):
        read(tmp_path, claim(**slots))


def attempt(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with contextlib.suppress(LandbridgeError):
        assert all(statement.id.startswith("s-") for statement in read_file(path, PLACES))


FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FUZZ
@given(content=st.binary(max_size=300))
def test_random_bytes_never_raise_anything_else(content: bytes, tmp_path: Path) -> None:
    attempt(tmp_path / "fuzz.yaml", content)


SCRAPS = [
    b"[",
    b"{",
    b"}",
    b": ",
    b"- ",
    b"\n",
    b"!!int ''",
    b".nan",
    b"*a",
    b"&a ",
    b"1e999",
    b"'",
    b"\x00",
    b"~",
    b"0x",
    b"\xff",
]


@FUZZ
@given(data=st.data(), base=st.sampled_from([VALID[:2500], CLAIMS[:2500]]))
def test_mutated_files_never_raise_anything_else(data: st.DataObject, base: bytes, tmp_path: Path) -> None:
    content = bytearray(base)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        span = data.draw(st.integers(0, 6))
        content[at : at + span] = data.draw(st.sampled_from(SCRAPS))
    attempt(tmp_path / "fuzz.yaml", bytes(content))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["CHN", "t", "2024"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "low", "high", "unit", "period"]), inner, max_size=4)
    ),
    max_leaves=6,
)


@FUZZ
@given(name=st.sampled_from(["name", "parties", "cargo", "mode", "opened", "near", "waiting"]), value=VALUES)
def test_any_value_in_any_place_never_raises_anything_else(name: str, value: object, tmp_path: Path) -> None:
    attempt(
        tmp_path / "fuzz.yaml", entry(yaml.safe_dump({name: value}, default_flow_style=True).strip()).encode()
    )
