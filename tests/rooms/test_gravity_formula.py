"""The grammar of a gravity formula: what it reads, and what it says where it does not."""

from __future__ import annotations

import random

import pytest

from landbridge.errors import BadUsage
from landbridge.gravity.formula import Column, Log, Power, Shift, Term, parse, parse_factor


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("trade ~ a + log(b)", ["a", "log(b)"]),
        ("trade ~ a:b", ["a:b"]),
        ("trade ~ a*b", ["a", "b", "a:b"]),
        ("trade ~ a*b*c", ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]),
        ("trade ~ a:b*c", ["a:b", "c", "a:b:c"]),
        ("trade ~ lag(rta, 4) + lead(rta,4)", ["lag(rta, 4)", "lead(rta, 4)"]),
        ("trade ~ lag(log(x), 2):b", ["lag(log(x), 2):b"]),
        ("trade ~ log(dist)^2 + a^3", ["log(dist)^2", "a^3"]),
        ("trade ~ `my column` + `log(x)`", ["`my column`", "`log(x)`"]),
        ("trade ~ расстояние + 距离", ["расстояние", "距离"]),
        ("trade ~ lag + log", ["lag", "log"]),
        ("  trade~a+\n b ", ["a", "b"]),
        ("trade ~ a + a + b:a + a:b", ["a", "b:a"]),
        ("trade ~ 1 + a", ["a"]),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert list(map(str, parse(text).terms)) == terms


@pytest.mark.parametrize("text", ["y ~ a*log(b) + lead(c, 3)^2 + offset(log(d))", "log(y) ~ 0 + `a b`:c"])
def test_what_is_printed_is_read_again(text: str) -> None:
    assert parse(str(parse(text))) == parse(text)


def test_parts() -> None:
    read = parse("log(trade) ~ lag(a, 4) + lead(b, 2):log(c) + d^2 + offset(log(e)) + offset(f)")
    assert read.response == Log(Column("trade"))
    assert read.terms == (
        Term((Shift(Column("a"), 4),)),
        Term((Shift(Column("b"), -2), Log(Column("c")))),
        Term((Power(Column("d"), 2),)),
    )
    assert read.offsets == (Log(Column("e")), Column("f"))
    assert parse_factor("log(`x y`)") == Log(Column("x y"))


@pytest.mark.parametrize(
    ("text", "constant"),
    [("y ~ a", True), ("y ~ a + 1", True), ("y ~ a - 1", False), ("y ~ 0 + a", False), ("y ~ -1 + a", False)],
)
def test_the_constant(text: str, constant: bool) -> None:
    assert parse(text).constant is constant


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("trade ~ a | exporter", 11, 'effects=["exporter^year", "importer^year"]'),
        ("trade ~ C(exporter)", 9, 'effects=["exporter"]'),
        ("trade ~ exporter^year", 21, "a power"),
        ("trade ~ a^1", 11, "from 2 to 9"),
        ("trade ~ lgo(a)", 11, "log"),
        ("trade ~ lag(a)", 14, "number of years"),
        ("trade ~ lag(a, 0)", 16, "above zero"),
        ("trade ~ lag(a, -4)", 16, "take `lead`"),
        ("trade ~ a - b", 13, "Leave the term out"),
        ("trade ~ a +", 11, "ends too early"),
        ("trade ~", 7, "ends too early"),
        ("", 0, "ends too early"),
        ("trade a", 7, "`~`"),
        ("trade ~ a b", 11, "`+`"),
        ("trade ~ log(a", 13, "`)`"),
        ("trade ~ 2", 9, "Write `1`"),
        ("trade ~ a:offset(b)", 16, "term of its own"),
        ("lag(trade, 1) ~ a", 15, "left side"),
        ("trade ~ + a", 9, "column name"),
    ],
)
def test_refusals_name_the_place_and_the_remedy(text: str, at: int, said: str) -> None:
    with pytest.raises(BadUsage) as refused:
        parse(text)
    assert said in str(refused.value)
    assert f"character {at}" in str(refused.value)


def test_one_factor_only() -> None:
    with pytest.raises(BadUsage, match="too much"):
        parse_factor("log(a) + b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("y ~ a^" + "9" * 5000, "power"),
        ("y ~ lag(a, " + "9" * 5000 + ")", "years above zero"),
        ("y ~ lag(a, 99999999999999999999999)", "at most 999"),
        ("y ~ lead(a, 1000)", "at most 999"),
        ("y ~ " + "log(" * 3000 + "a" + ")" * 3000, "nested"),
        ("y ~ a" + "^2" * 3000, "nested"),
        ("y ~ " + "*".join(f"v{at}" for at in range(20)), "500 regressors"),
        ("y ~ " + " + ".join(f"v{at}" for at in range(600)), "500 regressors"),
        ("y ~ " + "a + " * 10_000 + "b", "characters"),
    ],
)
def test_what_is_too_much_is_refused_at_once(text: str, said: str) -> None:
    with pytest.raises(BadUsage) as refused:
        parse(text)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 700
    assert all(problem.remedy for problem in refused.value.problems)


def test_a_formula_is_a_text() -> None:
    with pytest.raises(BadUsage, match="not a int"):
        parse(5)  # type: ignore[arg-type]


def test_nonsense_is_refused_and_nothing_else_is_raised() -> None:
    draw = random.Random(7)
    pieces = [
        *"()~+-*:^|,.`'",
        "y",
        "a",
        "log",
        "lag",
        "lead",
        "offset",
        "2",
        "0",
        "1e5",
        "\n",
        "\x00",
        "²",
        "٣",
        "日",
    ]
    read, refusals = 0, []
    for _ in range(3000):
        text = "y ~ " + "".join(draw.choice(pieces) for _ in range(draw.randint(1, 9)))
        try:
            assert parse(str(parse(text))) == parse(text)
            read += 1
        except BadUsage as refused:
            refusals += refused.problems
    assert all(problem.remedy for problem in refusals)
    assert 100 < read < 2900
