"""Blocking loses no pair: suspicions found through blocks are those of comparing every record with every other."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Sequence

import pytest

from landbridge import codes
from landbridge.ledger import Ledger, Record, Statement
from landbridge.provenance import Source, Status
from landbridge.registers.projects import duplicates, headline, likeness
from landbridge.release import load

PAPER = Source("paper", "A paper", "Page", "2020-05-01", "https://example.org", "facts only")
# fmt: off
WORDS = [
    "amur", "heihe", "vitebsk", "orsha", "khabarovsk", "khabarovskaya", "harbin", "minsk", "tula", "irkutsk", "energy",
    "gas", "potash", "timber", "soya", "coal", "grain", "tractor", "car", "aircraft", "port", "dry", "logistics",
    "centre", "terminal", "xudabao", "xudapu", "сковородино", "сковородина", "黑河", "黑龙江",
]
# fmt: on


def brute(records: Sequence[Record]) -> list[duplicates.Suspicion]:
    """Every pair of one kind, of the same countries, both sets or both none, compared with nothing left out."""

    def group(record: Record) -> object:
        nations = frozenset(codes.place(code).country for code in record.parties)
        return record.kind, nations, record.text("umbrella") == "true"

    ordered = sorted(records, key=lambda r: r.subject)
    pairs = (pair for pair in itertools.combinations(ordered, 2) if group(pair[0]) == group(pair[1]))
    found = [suspicion for a, b in pairs if (suspicion := duplicates.compare(a, b)) is not None]
    return sorted(found, key=lambda s: (s.a, s.b))


def drawn(count: int, seed: int, places: int = 5, sums: int = 8, numbered: float = 0.1) -> Ledger:
    """Projects whose names, places, sums and days repeat often enough that many are alike."""
    draw = random.Random(seed)
    towns = [f"{a} {b}".strip() for a in WORDS[:places] for b in ("", "north", "south")]
    amounts = [round(10 ** draw.uniform(2, 10), 1) for _ in range(sums)]
    days = [f"20{year}-06-15" for year in (12, 13)]
    out: list[Statement] = []

    def say(record: str, prop: str, text: str = "", number: float | None = None, period: str = "") -> None:
        unit = "" if number is None else draw.choice(("USD", "USD", "CNY"))
        out.append(
            Statement(
                subject=record,
                kind="project",
                property=prop,
                text=text,
                number=number,
                unit=unit,
                status=draw.choice((Status.REPORTED, Status.REPORTED, Status.FORECAST)),
                source="paper",
                recorded="2026-01-01",
                recorder="test",
                period=period,
            )
        )

    names = [" ".join(draw.sample(WORDS, draw.randint(0, 4))) for _ in range(max(12, count // 8))]
    for position in range(count):
        record = f"project/p{position:05}"
        name = " ".join([*draw.choice(names).split(), *draw.sample(WORDS, draw.choice((0, 0, 1)))])
        say(record, "name", f"{name} {draw.randint(1, 4)}" if draw.random() < numbered else f"{name} plant")
        say(record, "parties", draw.choice(("RUS CHN", "RUS CHN", "BLR CHN")))
        if draw.random() < 0.6:
            say(record, "place", draw.choice(towns))
        for _ in range(draw.randint(0, 2)):
            near = draw.choice(amounts) * draw.choice((1, 1.02, 0.951, 1.06))
            say(record, draw.choice(("announced", "contracted")), number=near)
        if draw.random() < 0.7:
            period = draw.choice((draw.choice(days), "2015", "2015-03"))
            say(record, "stage", draw.choice(("construction", "operating")), period=period)
        if draw.random() < 0.05 and position:
            say(record, "parent", f"project/p{draw.randrange(position):05}")
    return Ledger(out, {"paper": PAPER})


def test_blocking_gives_what_comparing_all_gives_on_the_shipped_ledger() -> None:
    records = list(load().ledger.records("project", "fund", "zone"))
    found = duplicates.suspicions(records)
    assert list(found) == brute(records)
    random.Random(7).shuffle(records)
    assert duplicates.suspicions(records) == found


def test_blocking_gives_what_comparing_all_gives_on_drawn_ledgers() -> None:
    grounds: set[tuple[str, ...]] = set()
    for seed in range(4):
        records = drawn(240, seed).records("project")
        found = duplicates.suspicions(records)
        assert list(found) == brute(records)
        assert len(found) > 20
        grounds |= {suspicion.agree for suspicion in found}
    # Each way in which two things agree occurs.
    ways = ("place name", "place sums", "name sums", "name dates", "sums dates")
    assert grounds >= {tuple(way.split()) for way in ways}


@pytest.mark.parametrize("seed", range(4))
def test_spellings_are_those_of_comparing_every_two_words(seed: int) -> None:
    draw = random.Random(seed)
    letters = draw.choice(("abc", "abcdefgh", "абвгдежз", "黑河龙江ab"))
    vocabulary = {"".join(draw.choices(letters, k=draw.randint(1, 9))) for _ in range(150)}
    # Longer words than there are bits in a machine word, alike and not.
    vocabulary |= {letters[0] * 70, letters[0] * 66, letters[1] * 80, letters[0] * 64, letters[0] * 40}
    found = likeness.spellings(vocabulary)
    assert {word: set(same) for word, same in found.items()} == {
        a: {b for b in vocabulary if likeness.likeness(a, b) >= likeness.SAME_WORD} for a in vocabulary
    }
    assert any(len(same) > 1 for same in found.values())


def test_likeness_is_that_of_the_table_of_common_subsequences() -> None:
    """The textbook recursion, L(i, j) from L(i-1, j-1), L(i-1, j) and L(i, j-1)."""
    draw = random.Random(11)
    for _ in range(300):
        a, b = ("".join(draw.choices("abcd", k=draw.randint(1, 12))) for _ in range(2))
        table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
        for i, j in itertools.product(range(len(a)), range(len(b))):
            same = table[i][j] + 1
            table[i + 1][j + 1] = same if a[i] == b[j] else max(table[i][j + 1], table[i + 1][j])
        assert likeness.likeness(a, b) == 2 * table[-1][-1] / (len(a) + len(b)) == likeness.likeness(b, a)


@pytest.mark.parametrize(
    ("places", "sums"), [(20, 1), (1, 2500), (20, 2500)], ids=["one sum", "one place", "many of both"]
)
def test_three_thousand_projects_take_seconds(places: int, sums: int) -> None:
    """Under two seconds on one quiet core; the limit leaves room for a busy one. Comparing all took ten and more."""
    ledger = drawn(3000, 5, places, sums, numbered=1.0)
    records = ledger.records("project")
    began = time.process_time()
    assert duplicates.suspicions(records)
    assert time.process_time() - began < 8


def test_a_headline_over_three_thousand_projects_takes_seconds() -> None:
    ledger = drawn(3000, 6, 20, 2500)
    parents = [r.text("parent") for r in ledger.records("project") if r.text("parent")]
    began = time.process_time()
    found = headline.decompose(ledger, parents[0], "2026-01-01")
    assert found.parts
    assert time.process_time() - began < 8
