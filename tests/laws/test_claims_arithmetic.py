"""Laws of the checks without statistics: what is true always holds, and only what the figures say counts."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from itertools import combinations

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from landbridge.claims.claim import Claim
from landbridge.claims.document import Document
from landbridge.claims.verdicts.contradictions import across, within
from landbridge.claims.verdicts.findings import Finding, Interval, ratio, stated

# Each comparator with those that allow all that it allows.
WIDER = {"=": ("~", ">=", "<="), ">": (">=",), "<": ("<=",), "~": (), ">=": (), "<=": ()}
SCALES = {1: "", 10**3: " thousand", 10**6: " million", 10**9: " billion"}


def document(text: str = "", name: str = "a.txt", dated: str = "") -> Document:
    digest = hashlib.sha256(f"{name}{text}".encode()).hexdigest()
    return Document(name, text, digest, digest, "typed", "text", dated=dated, dated_by="given")


def amount(
    written: str,
    indicator: str = "trade_turnover",
    period: str = "2022",
    at: int = 0,
    comparator: str = "=",
    scale: int = 10**6,
    unit: str = "USD",
    direction: str | None = None,
    kind: str = "quantity",
    subject: str = "",
) -> Claim:
    """A claim that is written as `written` with a scale word."""
    value = float(written) * (1 if unit in ("%", "x") else scale)
    quote = f"{written.removeprefix('-')}{'' if unit in ('%', 'x') else SCALES[scale]} {unit}"
    return Claim(
        quote, at, at + len(quote), kind, indicator, subject, ("BLR", "CHN"), direction, period,
        value=value, unit=unit, comparator=comparator,
    )  # fmt: skip


def outcomes_of(claims: list[Claim], check: str) -> list[str]:
    return [found.outcome for found in within(document(), claims) if found.check == check]


levels = st.floats(1, 9_999)
decimals = st.integers(0, 3)
factors = st.floats(0.2, 6)
comparators = st.sampled_from(sorted(WIDER))


def told(value: float, places: int, comparator: str) -> str:
    """A figure that is truthfully told of `value`: rounded, a bound, or within four per cent."""
    step = 10.0**-places
    if comparator == ">":
        return f"{math.floor(value * 0.97 / step) * step:.{places}f}"
    if comparator == "<":
        return f"{math.ceil(value * 1.03 / step) * step:.{places}f}"
    shift = {">=": 0.96, "<=": 1.04, "~": 1.03}.get(comparator, 1.0)
    return f"{value * shift:.{places}f}"


@given(levels, factors, decimals, decimals, decimals, comparators, comparators, comparators)
@settings(max_examples=300, deadline=None)
def test_true_growth_always_holds(
    base: float, factor: float, one: int, two: int, three: int, first: str, second: str, third: str
) -> None:
    growth = 100 * (factor - 1)
    # A comparator beside a decline speaks of its size.
    size = told(abs(growth), three, third)
    written = f"-{size}" if growth < 0 else size
    claims = [
        amount(told(base, one, first), period="2021", at=0, comparator=first),
        amount(told(base * factor, two, second), period="2022", at=50, comparator=second),
        amount(written, "trade_turnover_growth", "2022", 100, third, unit="%", kind="change"),
    ]
    assume(all(claim.value for claim in claims))
    assert outcomes_of(claims, "growth_against_level") == ["holds"]


@given(levels, factors, decimals)
@settings(max_examples=100, deadline=None)
def test_growth_that_is_a_fifth_off_conflicts(base: float, factor: float, places: int) -> None:
    base = max(base, 100)
    claims = [
        amount(f"{base:.{places}f}", period="2021", at=0),
        amount(f"{base * factor * 1.2:.3f}", period="2022", at=50),
        amount(f"{factor:.3f}", "trade_turnover_growth", "2022", 100, unit="x", kind="change"),
    ]
    assert outcomes_of(claims, "growth_against_level") == ["conflicts"]


@given(levels, levels, decimals, decimals, decimals)
@settings(max_examples=200, deadline=None)
def test_true_sums_of_both_directions_hold(there: float, back: float, one: int, two: int, three: int) -> None:
    claims = [
        amount(f"{there:.{one}f}", "exports", at=0, direction="BLR->CHN"),
        amount(f"{back:.{two}f}", "imports", at=50, direction="CHN->BLR"),
        amount(f"{there + back:.{three}f}", at=100),
    ]
    assert outcomes_of(claims, "directions_of_turnover") == ["holds"]
    more = amount(f"{(there + back) * 1.2 + 3:.{three}f}", at=100)
    assert outcomes_of([*claims[:2], more], "directions_of_turnover") == ["conflicts"]


@given(st.lists(st.floats(0.1, 100), min_size=2, max_size=6), decimals)
@settings(max_examples=200, deadline=None)
def test_true_shares_of_one_basket_hold(weights: list[float], places: int) -> None:
    total = sum(weights)
    claims = [
        amount(
            f"{100 * weight / total:.{places}f}",
            "basket_share",
            at=50 * index,
            unit="%",
            subject=f"group {index}",
        )
        for index, weight in enumerate(weights)
    ]
    assert outcomes_of(claims, "shares_of_one_whole") == ["holds"]


@given(levels, st.floats(0.01, 1), decimals, decimals)
@settings(max_examples=100, deadline=None)
def test_months_of_a_year_fit_into_it(year: float, part: float, one: int, two: int) -> None:
    claims = [
        amount(f"{year:.{one}f}", period="2023"),
        amount(f"{year * part:.{two}f}", period="2023-01/2023-08", at=50),
    ]
    assert outcomes_of(claims, "part_of_year") == ["holds"]
    more = amount(f"{year * 1.1 + 2:.{two}f}", period="2023-01/2023-08", at=50)
    assert outcomes_of([claims[0], more], "part_of_year") == ["conflicts"]


@given(
    st.tuples(levels, levels, factors),
    st.tuples(comparators, comparators, comparators),
    st.integers(0, 2),
    st.data(),
)
@settings(max_examples=300, deadline=None)
@example((100.0, 150.0, 1.5), ("=", "=", "="), 0, None)
def test_widening_a_comparator_never_ends_agreement(
    figures: tuple[float, float, float],
    given_as: tuple[str, str, str],
    which: int,
    data: st.DataObject | None,
) -> None:
    base, later, factor = (f"{figure:.2f}" for figure in figures)
    claims = [
        amount(base, period="2021", at=0, comparator=given_as[0]),
        amount(later, period="2022", at=50, comparator=given_as[1]),
        amount(factor, "trade_turnover_growth", "2022", 100, given_as[2], unit="x", kind="change"),
    ]
    wider = WIDER[given_as[which]]
    assume(wider)
    chosen = wider[0] if data is None else data.draw(st.sampled_from(wider))
    widened = list(claims)
    widened[which] = replace(claims[which], comparator=chosen)
    narrow, wide = stated(claims[which]), stated(widened[which])
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high
    if outcomes_of(claims, "growth_against_level") == ["holds"]:
        assert outcomes_of(widened, "growth_against_level") == ["holds"]


@given(st.floats(-99, -1), decimals)
@settings(max_examples=100, deadline=None)
def test_a_comparator_beside_a_decline_speaks_of_its_size(points: float, places: int) -> None:
    fall = amount(f"{points:.{places}f}", "exports_growth", unit="%", comparator=">")
    assume(fall.value)
    held = stated(fall)
    assert held.high == fall.value
    assert held.low == -100
    for comparator, wider in WIDER.items():
        for other in wider:
            narrow, wide = (stated(replace(fall, comparator=sign)) for sign in (comparator, other))
            assert wide.low <= narrow.low
            assert narrow.high <= wide.high


@given(
    levels,
    levels,
    st.floats(0.5, 3),
    st.tuples(comparators, comparators, comparators),
    st.sampled_from(sorted(SCALES)),
)
@settings(max_examples=200, deadline=None)
def test_one_factor_on_both_levels_changes_nothing(
    base: float, later: float, factor: float, given_as: tuple[str, str, str], scale: int
) -> None:
    def told_in(scale: int) -> list[Claim]:
        return [
            amount(f"{base:.1f}", period="2021", at=0, comparator=given_as[0], scale=scale),
            amount(f"{later:.1f}", period="2022", at=50, comparator=given_as[1], scale=scale),
            amount(
                f"{factor:.2f}", "trade_turnover_growth", "2022", 100, given_as[2], unit="x", kind="change"
            ),
        ]

    assert outcomes_of(told_in(scale), "growth_against_level") == outcomes_of(
        told_in(10**6), "growth_against_level"
    )


periods = st.sampled_from(["2019", "2020", "2021"])
told_values = st.tuples(
    st.integers(1, 30), comparators, periods, st.sampled_from(["quantity", "target"]), st.integers(0, 3)
)


def readings_of(rows: list[tuple[int, str, str, str, int]]) -> list[tuple[Document, list[Claim]]]:
    texts: dict[int, list[Claim]] = {}
    for index, (value, comparator, period, kind, text) in enumerate(rows):
        claim = amount(
            str(value), period=period, at=40 * index, comparator=comparator, scale=10**9, kind=kind
        )
        texts.setdefault(text, []).append(claim)
    return [(document(name=f"{text}.txt"), claims) for text, claims in texts.items()]


@given(st.lists(told_values, min_size=1, max_size=14), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_documents_and_claims_does_not_matter(
    rows: list[tuple[int, str, str, str, int]], random: object
) -> None:
    readings = readings_of(rows)
    shuffled = [(doc, list(claims)) for doc, claims in readings]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    for _, claims in shuffled:
        random.shuffle(claims)  # type: ignore[attr-defined]
    assert across(readings) == across(shuffled)
    for doc, claims in readings:
        assert within(doc, claims) == within(doc, claims[::-1])


@given(st.lists(told_values, min_size=2, max_size=14))
@settings(max_examples=300, deadline=None)
def test_sorting_finds_what_comparing_every_pair_finds(rows: list[tuple[int, str, str, str, int]]) -> None:
    readings = readings_of(rows)
    found = [finding for finding in across(readings) if finding.check == "two_values"]
    every = [
        ((one.name, a.start), (other.name, b.start))
        for (one, first), (other, second) in combinations(readings, 2)
        for a in first
        for b in second
        if a.kind == b.kind == "quantity" and a.period == b.period and not stated(a).meets(stated(b))
    ]
    allowed = {frozenset(pair) for pair in every}
    shown = [_places(finding) for finding in found]
    assert all(pair in allowed for pair in shown)
    assert {place for pair in shown for place in pair} == {place for pair in every for place in pair}


def _places(found: Finding) -> frozenset[tuple[str, int]]:
    assert len(found.claims) == 2
    return frozenset((at.document, at.start) for at in found.claims)


@given(levels, levels, levels, levels)
@settings(max_examples=200, deadline=None)
def test_intervals_hold_every_result_of_their_values(a: float, b: float, c: float, d: float) -> None:
    one, other = Interval(min(a, b), max(a, b)), Interval(min(c, d), max(c, d))
    for x in (one.low, (one.low + one.high) / 2, one.high):
        for y in (other.low, other.high):
            assert one.times(other).low <= x * y <= one.times(other).high
            assert one.over(other).low <= x / y <= one.over(other).high
            assert (one + other).low <= x + y <= (one + other).high
    upward = Interval(one.low, math.inf)
    assert upward.over(other).high == math.inf
    assert Interval(0, one.high).over(Interval(0, math.inf)) == Interval(0, math.inf)


def test_growth_in_per_cent_and_as_a_factor_is_one_thing() -> None:
    by = ratio(amount("50.00", "exports_growth", unit="%"))
    to = ratio(amount("1.5000", "exports_growth", unit="x"))
    assert by is not None
    assert to is not None
    assert math.isclose(by.low, to.low)
    assert math.isclose(by.high, to.high)
