"""From scenarios to shocks: every formula against its hand-worked number, and what the data held do not answer."""

from __future__ import annotations

import dataclasses
import math
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from landbridge import load
from landbridge.errors import BadUsage, LandbridgeError, NotHeld
from landbridge.scenarios.changes import KINDS
from landbridge.scenarios.compiling import LONG_RUN_NOTE, compile, parameters
from landbridge.scenarios.context import context
from landbridge.scenarios.plan import Context, Known, Plan, Shock
from landbridge.scenarios.reading import scenario
from landbridge.scenarios.translation import translate

SECTORS = ("A01", "B09", "C10T12", "C28", "K")
PLACES = ("BLR", "CHN", "ROW", "RUS")
THETA = (4.0, 5.0, 3.0, 8.0, 6.0)
DAY = Known(0.6, 1.2, 2.0, "a study")
HELD = Context(
    SECTORS,
    PLACES,
    2022,
    tuple(
        Known(value / 2, value, 2 * value, "a paper", "estimated" if value != 6.0 else "assumed")
        for value in THETA
    ),
    {"A01": Known(0.01, 0.03, 0.04, "assumed"), "C10T12": DAY, "C28": DAY},
    {
        ("RUS", "CHN", "C28"): Known(2.0, 2.5, 3.0, "a table"),
        ("RUS", "CHN", "C10T12"): Known(8.0, 8.0, 8.0, "a table"),
    },
    Known(0.1, 0.3, 0.5, "an equation"),
)
BLR, CHN, ROW, RUS = range(4)
A01, B09, C10T12, C28, K = range(5)


def planned(*changes: dict[str, Any], held: Context = HELD, **keys: Any) -> Plan:
    given = [{"source": "assumed", **change} for change in changes]
    return compile(scenario({"name": "x", "changes": given, **keys}), held)


def shocked(*changes: dict[str, Any]) -> Shock:
    return translate(planned(*changes))


def refused(*changes: dict[str, Any], held: Context = HELD, **keys: Any) -> LandbridgeError:
    with pytest.raises(LandbridgeError) as caught:
        planned(*changes, held=held, **keys)
    return caught.value


def expect(found: Shock, cells: dict[tuple[int, int, int], float]) -> None:
    """`cells` (sector, exporter, importer) have these costs, and all others 1."""
    wanted = np.ones((5, 4, 4))
    for cell, value in cells.items():
        wanted[cell] = value
    np.testing.assert_allclose(found.cost_hat, wanted, rtol=1e-15)


def test_a_trade_cost_moves_the_flows_it_names() -> None:
    found = shocked(
        {"kind": "trade_cost", "between": ["CHN", "RUS"], "sectors": ["C28"], "change_pct": [-6, -4]}
    )
    expect(found, {(C28, CHN, RUS): 0.95, (C28, RUS, CHN): 0.95})
    assert found.tariff is None
    assert found.tariff_new is None
    assert found.targets == ()
    assert found.theta.tolist() == list(THETA)


def test_one_way_is_one_way_and_all_is_every_other_place() -> None:
    change = {"kind": "trade_cost", "sectors": ["K"], "change_pct": 400}
    expect(shocked({**change, "exporter": "CHN", "importer": "RUS"}), {(K, CHN, RUS): 5})
    expect(
        shocked({**change, "exporter": "all", "importer": "RUS"}),
        {(K, BLR, RUS): 5, (K, CHN, RUS): 5, (K, ROW, RUS): 5},
    )
    both = shocked({**change, "between": ["RUS", "all"]})
    expect(both, {cell: 5 for other in (BLR, CHN, ROW) for cell in ((K, RUS, other), (K, other, RUS))})
    everyone = shocked({**change, "exporter": "all", "importer": "all"})
    expect(everyone, {(K, i, j): 5 for i in range(4) for j in range(4) if i != j})


def test_border_time_costs_its_value() -> None:
    # 12 hours are half a day: half of 1.2 % on a quarter of the value.
    found = shocked(
        {
            "kind": "border_time",
            "exporter": "CHN",
            "importer": "RUS",
            "sectors": "C28",
            "hours": -12,
            "share_pct": 25,
        }
    )
    expect(found, {(C28, CHN, RUS): 1 - 0.25 * 0.5 * 0.012})


def test_a_document_step_costs_time_and_fees() -> None:
    step = {
        "kind": "document_step",
        "exporter": "RUS",
        "importer": "CHN",
        "sectors": ["A01", "C10T12"],
        "share_pct": 50,
    }
    found = shocked({**step, "hours": 48, "cost_pct": 3})
    expect(
        found,
        {(A01, RUS, CHN): 1 + 0.5 * (2 * 0.0003 + 0.03), (C10T12, RUS, CHN): 1 + 0.5 * (2 * 0.012 + 0.03)},
    )
    expect(shocked({**step, "sectors": "K", "cost_pct": 3}), {(K, RUS, CHN): 1.015})


def test_settlement_costs_fee_and_delay() -> None:
    pay = {"kind": "settlement", "exporter": "RUS", "importer": "CHN", "sectors": "K", "share_pct": 80}
    found = shocked({**pay, "fee_pct": 2, "delay_days": 73, "capital_cost_pct": 15})
    expect(found, {(K, RUS, CHN): 1 + 0.8 * (0.02 + 0.2 * 0.15)})
    expect(shocked({**pay, "fee_pct": 2}), {(K, RUS, CHN): 1.016})


@pytest.mark.parametrize("kind", ["closure", "sanction"])
def test_a_closed_share_is_lost_at_given_prices(kind: str) -> None:
    change = {
        "kind": kind,
        "exporter": "CHN",
        "importer": "RUS",
        "sectors": ["C10T12", "C28"],
        "share_pct": 36,
    }
    found = shocked(change)
    cells = found.cost_hat[[C10T12, C28], CHN, RUS] ** -np.array([3.0, 8.0])
    np.testing.assert_allclose(cells, 0.64, rtol=1e-14)
    assert (found.cost_hat != 1).sum() == 2
    expect(shocked({**change, "share_pct": 100}), {(C10T12, CHN, RUS): math.inf, (C28, CHN, RUS): math.inf})


def test_a_closure_closes_and_a_sanction_may_be_a_cost() -> None:
    pair = {"exporter": "CHN", "importer": "RUS", "sectors": "K"}
    expect(shocked({"kind": "closure", **pair}), {(K, CHN, RUS): math.inf})
    expect(shocked({"kind": "sanction", **pair, "change_pct": 12}), {(K, CHN, RUS): 1.12})


def test_productivity_is_cheaper_at_home_too() -> None:
    found = shocked({"kind": "productivity", "place": "BLR", "sectors": ["C28"], "change_pct": 25})
    expect(found, {(C28, BLR, other): 0.8 for other in range(4)})


def test_an_agreement_moves_trade_by_its_coefficient() -> None:
    change = {"kind": "agreement", "members": ["BLR", "CHN", "RUS"], "sectors": ["C28"], "coefficient": 0.4}
    found = shocked(change)
    inside = [(i, j) for i in (BLR, CHN, RUS) for j in (BLR, CHN, RUS) if i != j]
    expect(found, {(C28, i, j): math.exp(-0.4 / 8) for i, j in inside})
    expect(shocked({**change, "in_force": False}), {(C28, i, j): math.exp(0.4 / 8) for i, j in inside})
    # Nothing is known of agreements here, so nothing is refused for their sake.
    assert HELD.agreements is None
    fitted = planned({**change, "coefficient": "fitted"})
    assert [p.source for p in fitted.parameters if "fitted" in p.name] == ["an equation"]
    expect(translate(fitted), {(C28, i, j): math.exp(-0.3 / 8) for i, j in inside})


def test_several_changes_multiply() -> None:
    cost = {"kind": "trade_cost", "exporter": "CHN", "importer": "RUS", "sectors": ["C28"], "change_pct": 10}
    stop = {"kind": "closure", "exporter": "CHN", "importer": "RUS", "sectors": ["C28"]}
    expect(shocked(cost, {**cost, "change_pct": -50}), {(C28, CHN, RUS): 1.1 * 0.5})
    expect(
        shocked(stop, cost, {"kind": "productivity", "place": "BLR", "sectors": "K", "change_pct": 25}),
        {(C28, CHN, RUS): math.inf, **{(K, BLR, other): 0.8 for other in range(4)}},
    )


TARIFF = {
    "kind": "tariff",
    "exporter": "CHN",
    "importer": "RUS",
    "sectors": ["C10T12", "C28"],
    "to_pct": [0, 2],
}


def test_a_tariff_with_a_cited_base_rate_raises_revenue() -> None:
    found = shocked(TARIFF)
    expect(found, {})
    assert found.tariff is not None
    assert found.tariff_new is not None
    base, new = np.zeros((5, 4, 4)), np.zeros((5, 4, 4))
    base[[C10T12, C28], CHN, RUS] = 0.08, 0.025
    new[[C10T12, C28], CHN, RUS] = 0.01
    np.testing.assert_allclose(found.tariff, base, rtol=1e-15)
    np.testing.assert_allclose(found.tariff_new, new, rtol=1e-15)
    assert any("unknown" in note and "no revenue" in note for note in found.notes)


def test_an_unknown_base_rate_is_refused_with_advice() -> None:
    error = refused({**TARIFF, "sectors": ["A01", "C28"]})
    assert isinstance(error, NotHeld)
    assert "unknown, not zero, in RUS on A01 from CHN." in str(error)
    assert "change_pct" in str(error)
    back = refused({**TARIFF, "exporter": "RUS", "importer": "CHN"})
    assert "CHN on C28 from RUS" in str(back)


def test_a_base_rate_may_be_stated_with_its_source() -> None:
    cited = {"publisher": "Customs", "url": "https://example.org"}
    stated = {**TARIFF, "sectors": ["A01", "C28"], "from_pct": [4, 6], "from_source": cited}
    plan = planned(stated)
    found = translate(plan)
    assert found.tariff is not None
    # The author's rate, even where the release holds another.
    np.testing.assert_allclose(found.tariff[[A01, C28], CHN, RUS], 0.05, rtol=1e-15)
    (base,) = [p for p in plan.parameters if p.name == "tariff 1: from_pct"]
    assert (base.low, base.high, base.source) == (4.0, 6.0, "Customs, https://example.org")


def test_a_tariff_as_a_cost_has_no_revenue() -> None:
    change = {key: value for key, value in TARIFF.items() if key != "to_pct"}
    found = shocked({**change, "sectors": ["A01"], "change_pct": -8})
    expect(found, {(A01, CHN, RUS): 0.92})
    assert found.tariff is None
    assert any("without revenue" in note for note in found.notes)


def test_a_flow_has_one_tariff_and_one_capacity() -> None:
    again = refused(TARIFF, {**TARIFF, "sectors": ["C28"]})
    assert isinstance(again, BadUsage)
    assert "already sets the tariff of C28" in str(again)
    capacity = {
        "kind": "capacity",
        "exporter": "RUS",
        "importer": "CHN",
        "sectors": ["A01", "C28"],
        "flow_change_pct": 20,
    }
    assert "already fixes C28" in str(refused(capacity, {**capacity, "sectors": ["C28", "K"]}))
    assert len(shocked(capacity, {**capacity, "sectors": ["K"]}).targets) == 2


def test_a_capacity_is_a_target_each_way() -> None:
    found = shocked(
        {"kind": "capacity", "between": ["CHN", "RUS"], "sectors": ["A01", "C28"], "flow_change_pct": -30}
    )
    expect(found, {})
    told = [(t.sectors, t.exporter, t.importer) for t in found.targets]
    assert told == [((A01, C28), CHN, RUS), ((A01, C28), RUS, CHN)]
    assert [t.flow_hat for t in found.targets] == pytest.approx([0.7, 0.7], rel=1e-15)


def test_time_without_a_value_is_refused_if_named_and_noted_in_a_group() -> None:
    wait = {"kind": "border_time", "exporter": "CHN", "importer": "RUS", "hours": -24, "share_pct": 100}
    assert "no value of time is held for B09" in str(refused({**wait, "sectors": ["B09", "C28"]}))
    found = shocked({**wait, "sectors": "goods"})
    expect(found, {(A01, CHN, RUS): 0.9997, (C10T12, CHN, RUS): 0.988, (C28, CHN, RUS): 0.988})
    assert "border_time 1: nothing changes in B09, where no value of time is held." in found.notes


def test_sectors_of_the_same_evidence_share_one_value_of_time() -> None:
    plan = planned(
        {"kind": "border_time", "between": ["CHN", "RUS"], "sectors": "goods", "hours": -9, "share_pct": 20}
    )
    named = [p.name for p in plan.parameters if p.group == "parameters"]
    assert named == ["value of a day A01", "value of a day C10T12 and 1 more"]
    values = plan.central() | {"value of a day C10T12 and 1 more": 2.0}
    found = translate(plan, values).cost_hat[[A01, C10T12, C28], CHN, RUS]
    np.testing.assert_allclose(found, 1 - 0.2 * 9 / 24 * np.array([0.0003, 0.02, 0.02]), rtol=1e-15)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "border_time", "sectors": "C28", "hours": [-8000, 0], "share_pct": [0, 100]},
        {
            "kind": "settlement",
            "sectors": "K",
            "delay_days": [-365, 0],
            "capital_cost_pct": [0, 400],
            "share_pct": 100,
        },
    ],
)
def test_a_cost_never_falls_to_nothing_anywhere_in_its_ranges(change: dict[str, Any]) -> None:
    error = refused({**change, "between": ["CHN", "RUS"]})
    assert isinstance(error, BadUsage)
    assert "nothing would be left of the cost" in str(error)
    assert "share_pct 100" in str(error)


def test_everything_that_is_not_held_is_told_at_once() -> None:
    error = refused(
        {"kind": "trade_cost", "between": ["CHN", "KAZ"], "sectors": ["C29"], "change_pct": 5},
        {"kind": "agreement", "between": ["BLR", "CHN"], "sectors": ["C28"], "coefficient": "fitted"},
        held=dataclasses.replace(HELD, agreement=None, year=2021),
        places=["DEU"],
    )
    assert isinstance(error, NotHeld)
    told = [(problem.where, problem.what) for problem in error.problems]
    assert told == [
        ("base_year", "the accounts are of 2021, not of 2022."),
        ("places", "the accounts hold no DEU."),
        ("changes 1 (trade_cost 1)", "the accounts hold no sector C29."),
        ("changes 1 (trade_cost 1)", "the accounts hold no KAZ."),
        ("changes 2 (agreement 2)", "no fitted coefficient of agreements is at hand."),
    ]


def test_parameters_are_elasticities_sizes_and_what_the_release_knows() -> None:
    cost = {"kind": "trade_cost", "between": ["CHN", "RUS"], "change_pct": [-6, -4], "label": "rail"}
    plan = planned(cost, {**cost, "between": ["BLR", "CHN"]}, TARIFF)
    assert plan.names == (
        *(f"theta {sector}" for sector in SECTORS),
        "rail: change_pct",
        "tariff of RUS on CHN, C10T12",
        "tariff of RUS on CHN, C28",
        "tariff 3: to_pct",
    )
    assert [p.group for p in plan.parameters] == ["elasticities"] * 5 + ["sizes"] + ["parameters"] * 2 + [
        "sizes"
    ]
    assert [p.fixed for p in plan.parameters] == [False] * 6 + [True, False, False]
    moved = translate(plan, plan.central() | {"rail: change_pct": -4.0}).cost_hat
    assert moved[K, CHN, RUS] == moved[K, BLR, CHN] == 0.96
    assert plan.notes[:2] == (LONG_RUN_NOTE, "The elasticities of 1 of 5 sectors are assumed.")


def test_drawn_elasticities_reach_shock_and_formulas() -> None:
    plan = planned(
        {"kind": "closure", "exporter": "CHN", "importer": "RUS", "sectors": ["C28"], "share_pct": 50}
    )
    found = translate(plan, plan.central() | {"theta C28": 4.0})
    assert found.theta[C28] == 4.0
    assert found.cost_hat[C28, CHN, RUS] == pytest.approx(2**0.25, rel=1e-15)


def test_a_plan_crosses_to_a_worker_and_back() -> None:
    examples = [{"kind": "trade_cost", "between": ["CHN", "RUS"], "change_pct": [-6, -4]}, TARIFF]
    plan = planned(*examples)
    back = pickle.loads(pickle.dumps(plan))
    one, other = translate(plan), translate(back)
    np.testing.assert_array_equal(one.cost_hat, other.cost_hat)
    assert back.parameters == plan.parameters


def test_workers_load_neither_frames_nor_forms() -> None:
    code = (
        "import sys, landbridge.scenarios.translation, landbridge.scenarios.plan\n"
        "print([name for name in ('polars', 'pydantic', 'yaml', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_release_answers_every_example() -> None:
    import yaml

    held = context(load())
    assert all(0 < known.low <= known.value <= known.high and known.source for known in held.theta)
    given = [yaml.safe_load(form.example) for form in KINDS.values()]
    made = scenario({"name": "x", "changes": given})
    plan = compile(made, held)
    assert parameters(made, held) == plan.parameters
    found = translate(plan)
    assert found.cost_hat.shape == (len(held.sectors), len(held.places), len(held.places))
    assert (found.cost_hat > 0).all()
    at = [held.places.index(code) for code in ("CHN", "RUS")]
    # The rail scenario of the example: 7.5 hours on a fifth of the value, at 1.35 % a day for clothing.
    textiles = held.sectors.index("C13T15")
    assert held.time_values["C13T15"].value == pytest.approx(1.35)
    wanted = (1 - 0.2 * 7.5 / 24 * 0.0135) * (1 + 0.55 * (0.025 + 17.5 / 365 * 0.14))
    assert found.cost_hat[textiles, at[0], at[1]] == pytest.approx(wanted, rel=1e-12)
    fitted = context(load(), agreement=(0.3, 0.1), equation="an equation").agreement
    assert fitted is not None
    assert (fitted.low, fitted.high) == pytest.approx((0.3 - 0.196, 0.3 + 0.196), abs=1e-4)


def test_sizes_alike_are_drawn_once_where_a_change_says_so() -> None:
    way = {"kind": "border_time", "sectors": ["C28"], "hours": [-9, -6]}
    there = {**way, "label": "there", "exporter": "CHN", "importer": "RUS", "share_pct": [10, 30]}
    back = {**way, "label": "back", "exporter": "RUS", "importer": "CHN", "share_pct": [20, 40]}
    drawn = planned(there, {**back, "drawn_with": "there"})
    assert [item.name for item in drawn.parameters if item.group == "sizes"] == [
        "there: hours",
        "there: share_pct",
        "back: share_pct",
    ]
    assert "back: hours" in planned(there, back).names


def test_a_change_drawn_with_none_like_it_is_refused() -> None:
    one = {"kind": "trade_cost", "between": ["CHN", "RUS"], "change_pct": -1}
    error = refused({**one, "label": "there"}, {**one, "drawn_with": "therr"})
    assert "no other change is called 'therr'" in str(error)
    assert "Nearest: there" in str(error)


BOUND = dataclasses.replace(HELD, agreements={("BLR", "RUS"): ("A Union",)})
AGREED = {"kind": "agreement", "between": ["RUS", "BLR"], "sectors": ["C28"], "coefficient": 0.4}


def test_an_agreement_that_is_in_force_is_not_counted_twice() -> None:
    error = refused(AGREED, held=BOUND)
    assert isinstance(error, BadUsage)
    assert "in force in 2022 already between BLR and RUS (A Union)." in str(error)
    assert "sources: {coefficient: ...}" in str(error)
    assert "A Union" in str(refused({**AGREED, "coefficient": "fitted"}, held=BOUND))
    several = {key: value for key, value in AGREED.items() if key != "between"}
    three = refused({**several, "members": ["CHN", "BLR", "RUS"]}, held=BOUND)
    assert "BLR and RUS (A Union)" in str(three)
    assert planned({**AGREED, "between": ["BLR", "CHN"]}, held=BOUND).costs


@pytest.mark.parametrize(
    "own",
    [
        {"sources": {"coefficient": "assumed"}},
        {"source": {"publisher": "A study", "url": "https://example.org"}},
    ],
)
def test_a_deeper_agreement_has_a_coefficient_with_its_own_source(own: dict[str, Any]) -> None:
    plan = planned({**AGREED, **own}, held=BOUND)
    assert any("A Union" in note and "deeper" in note for note in plan.notes)


def test_what_is_not_in_force_cannot_be_left() -> None:
    left = {**AGREED, "in_force": False}
    assert planned(left, held=BOUND).costs
    error = refused({**left, "between": ["BLR", "CHN"]}, held=BOUND)
    assert isinstance(error, BadUsage)
    assert "no free trade area or union in force in 2022 is held between BLR and CHN." in str(error)


def test_a_fitted_coefficient_is_that_of_goods_and_says_what_it_is_not() -> None:
    with pytest.raises(LandbridgeError, match="the fitted coefficient is that of trade in goods"):
        planned({**AGREED, "sectors": ["C28", "K"], "coefficient": "fitted"})
    (note,) = [n for n in planned({**AGREED, "coefficient": "fitted"}).notes if "no effect of signing" in n]
    assert not any(character.isdigit() for character in note.removeprefix("agreement 1"))
    assert not any("signing" in note for note in planned(AGREED).notes)


def test_a_stated_base_rate_that_overrides_a_cited_one_is_told() -> None:
    stated = {**TARIFF, "sectors": ["A01", "C28"], "from_pct": [4, 6], "from_source": "assumed"}
    (note,) = [note for note in planned(stated).notes if "from_pct" in note]
    assert "RUS on C28 from CHN" in note
    assert "A01" not in note
    assert not any("from_pct" in note for note in planned({**stated, "sectors": ["A01"]}).notes)


@pytest.mark.parametrize(
    ("share", "told"), [(0.2, True), ([0, 0.5], True), (0, False), (1, False), ([0.5, 3], False)]
)
def test_a_share_that_looks_like_a_fraction_is_told(share: Any, told: bool) -> None:
    change = {"kind": "sanction", "between": ["CHN", "RUS"], "sectors": ["C28"], "share_pct": share}
    assert any("was read as" in note for note in planned(change).notes) is told


def test_every_size_carries_its_own_source() -> None:
    paper = {"publisher": "A paper", "url": "https://example.org"}
    days = {
        "kind": "settlement",
        "between": ["CHN", "RUS"],
        "delay_days": 30,
        "capital_cost_pct": 10,
        "share_pct": 50,
    }
    plan = planned({**days, "source": paper, "sources": {"share_pct": "assumed"}})
    named = {p.name.split(": ")[1]: p.source for p in plan.parameters if p.group == "sizes"}
    cited = "A paper, https://example.org"
    assert named == {"delay_days": cited, "capital_cost_pct": cited, "share_pct": "assumed"}


def test_the_agreements_of_the_release_are_at_hand() -> None:
    held = context(load()).agreements
    assert held is not None
    assert held[("BLR", "RUS")]
    # Not in force before 2026, and no free trade area.
    assert ("BLR", "CHN") not in held
    assert all(one < other and names for (one, other), names in held.items())
