"""What a run says: headlines against a solution made by hand, verdicts, capacities, contributions, views."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl
import pytest

import small_world as small
from landbridge.equilibrium import baseline, caliendo_parro, decomposition
from landbridge.errors import BadUsage, NotHeld, UnknownLabel
from landbridge.provenance import Status
from landbridge.scenarios.attribution import MOST, parts
from landbridge.scenarios.headlines import verdict
from landbridge.scenarios.making import named_pairs, solve
from landbridge.scenarios.run import Run

CHN, RUS = small.PLACES.index("CHN"), small.PLACES.index("RUS")
TAIL = {"concept", "closure", "residual", "horizon"}


def made(*changes: dict[str, Any], draws: int = 0, **more: Any) -> Run:
    with ThreadPoolExecutor(1) as threads:
        return solve(small.scenario(*changes, **more), small.world(), draws=draws, executor=threads)


@pytest.fixture(scope="module")
def drawn() -> Run:
    return made(draws=120)


def by_hand(name: str) -> Any:
    """The default scenario: cost down by 5 per cent between China and Russia."""
    held = small.account(name, 7)
    theta = np.array([small.THETA[sector][1] for sector in small.SECTORS])
    return held, caliendo_parro(
        held.flows, held.inputs, theta=theta, cost_hat=cheaper(held.flows), final_share=held.final_share
    )


def cheaper(flows: Any) -> Any:
    """The cost of that scenario, (S, N, N)."""
    cost = np.ones_like(flows)
    cost[:, CHN, RUS] = cost[:, RUS, CHN] = 0.95
    return cost


def row(run: Run, unit: str, **where: str) -> dict[str, Any]:
    found = run.table().filter(
        pl.col("unit") == unit, *(pl.col(name) == code for name, code in where.items())
    )
    assert found.height == 1
    return found.row(0, named=True)


def test_headlines_are_those_of_a_direct_solution_under_every_imputation(drawn: Run) -> None:
    for name in small.VARIANTS:
        held, found = by_hand(name)
        income = row(drawn, "%", place="CHN")
        assert income[f"prior_{name}"] == pytest.approx(100 * (found.real_income_hat[CHN] - 1), rel=1e-6)
        base = held.flows[:, CHN, RUS]
        change = 1e6 * float((base * (found.flows_hat[:, CHN, RUS] - 1)).sum())
        trade = row(drawn, "USD", exporter="CHN", importer="RUS")
        assert trade[f"prior_{name}"] == pytest.approx(change, rel=1e-6)
    held, found = by_hand("composite")
    assert income["central"] == income["prior_composite"]
    spending = held.flows.sum(axis=(0, 1)) - (held.inputs.sum(axis=0) * held.flows.sum(axis=2)).sum(axis=0)
    dollars = row(drawn, "USD", place="CHN")["central"]
    assert dollars == pytest.approx(1e6 * spending[CHN] * (found.real_income_hat[CHN] - 1), rel=1e-6)
    world = row(drawn, "USD", place="WLD")["central"]
    assert world == pytest.approx(1e6 * float((spending * (found.real_income_hat - 1)).sum()), rel=1e-6)
    assert row(drawn, "%", place="WLD")["central"] == pytest.approx(world / 1e4 / spending.sum(), rel=1e-9)


def test_ranges_come_from_the_draws(drawn: Run) -> None:
    assert drawn.sampled is not None
    held = row(drawn, "%", place="RUS")
    values = 100 * (drawn.sampled.draws[:, RUS] - 1)
    assert (held["low"], held["high"]) == pytest.approx(tuple(np.percentile(values, [10, 90])), rel=1e-12)
    assert held["low"] < held["central"] < held["high"]
    assert held["verdict"] == "gain"
    assert held["reason"] is None
    assert held["prior_spread"] == held["prior_high"] - held["prior_low"] > 0


def test_shares_of_variance_stand_beside_the_headline(drawn: Run) -> None:
    held = row(drawn, "%", place="RUS")
    # A cost cut between two and eight per cent moves real income far more than the rest does.
    assert held["variance_sizes_pct"] > 50 > held["variance_elasticities_pct"] > 0
    assert held["variance_imputation_pct"] > 0
    assert held["variance_parameters_pct"] is held["variance_parameters_error_pct"] is None
    errors = {
        row["source"]: row["error_pct"]
        for row in drawn.variance().frame.to_dicts()
        if all(row[name] == held[name] for name in ("measure", "place", "exporter", "importer", "unit"))
    }
    assert errors["sizes"] == held["variance_sizes_error_pct"] > 0
    long = drawn.variance()
    errors = long.frame.filter(pl.col("share_pct").is_not_null())["error_pct"]
    assert errors.min() > 0
    reasons = long.frame.filter(pl.col("source") == "parameters")["reason"]
    assert reasons.str.contains("without a range").all()
    assert "more than 100" in long.notes[0]


def test_without_draws_there_is_no_range_and_it_is_said() -> None:
    run = made()
    assert run.table()["low"].null_count() == run.table().height
    assert any("No draws" in note for note in run.notes)
    assert run.table().columns == made(draws=12).table().columns
    assert run.variance().frame["reason"].str.contains("Nothing was drawn").all()


@pytest.mark.parametrize(
    ("central", "priors", "low", "high", "word", "why"),
    [
        (1.0, [1.0, 0.8], 0.5, 1.5, "gain", ""),
        (-1.0, [-1.0, -0.8], -1.5, -0.5, "loss", ""),
        (1.0, [1.0, 0.8], None, None, "gain", ""),
        (1.0, [1.0, -0.5], 0.5, 1.5, "undetermined", "spread between imputations"),
        (1.0, [1.0, 0.8], -0.1, 1.5, "undetermined", "holds zero"),
        (1e-9, [1e-9, 1e-9], None, None, "undetermined", "what the solver resolves"),
    ],
)
def test_verdicts(
    central: float, priors: list[float], low: float | None, high: float | None, word: str, why: str
) -> None:
    found, reason = verdict(central, priors, low, high, 1e-6)
    assert found == word
    assert why in reason
    assert bool(reason) == (word == "undetermined")


def test_no_change_is_no_gain() -> None:
    run = made({"kind": "trade_cost", "between": ["CHN", "RUS"], "change_pct": 0})
    assert set(run.table()["verdict"]) == {"undetermined"}
    assert run.table()["central"].abs().max() < 1e-3


def test_figures_are_simulated_and_rest_on_sizes_elasticities_and_accounts(drawn: Run) -> None:
    for headline in drawn.headlines:
        figure = headline.figure
        assert figure.status is Status.SIMULATED
        assert figure.period == "2022"
        base, size, elasticities = figure.inputs
        assert base.citation is not None
        assert (size.low, size.value, size.high, size.status) == (-8.0, -5.0, -2.0, Status.ASSUMED)
        assert len(elasticities.inputs) == len(small.SECTORS)
    assert len({figure.id for figure in drawn.figures()}) == len(drawn.headlines)


def test_an_assumed_size_is_never_told_as_reported() -> None:
    change = {
        "kind": "settlement",
        "between": ["CHN", "RUS"],
        "delay_days": [30, 40],
        "capital_cost_pct": [5, 20],
        "share_pct": [0, 80],
        "source": {"publisher": "A paper", "url": "https://example.org/days"},
        "sources": {
            "capital_cost_pct": "assumed",
            "share_pct": {"publisher": "Another", "url": "https://example.org/share"},
        },
    }
    run = made(change)
    told = {
        item.measure: item for item in run.headlines[0].figure.inputs if item.cell.startswith("scenario:")
    }
    days, capital, share = (told[f"settlement 1: {name}"] for name in ("delay days", "capital cost", "share"))
    assert (days.status, capital.status, share.status) == (Status.REPORTED, Status.ASSUMED, Status.REPORTED)
    assert capital.citation is None
    assert days.citation is not None
    assert share.citation is not None
    assert share.citation.source.publisher == "Another"
    named = {item["name"]: item["source"] for item in run.inputs["parameters"] if item["group"] == "sizes"}
    assert named["settlement 1: capital_cost_pct"] == "assumed"
    assert named["settlement 1: share_pct"] == "Another, https://example.org/share"


def test_every_table_names_concept_closure_residual_and_horizon(drawn: Run) -> None:
    views = [
        drawn.real_income(["KAZ"]),
        drawn.trade("CHN", "RUS"),
        drawn.sectors("RUS"),
        drawn.diversion("CHN", "RUS"),
        drawn.decomposition("RUS"),
        drawn.priors(),
        drawn.variance(),
        drawn.contributions(small.world()),
    ]
    for frame in (drawn.table(), *(view.table() for view in views)):
        assert set(frame.columns) >= TAIL
        assert frame["concept"].unique().to_list() == ["sectoral GE"]
        assert frame["closure"][0].startswith("deficits fixed in world output")
        assert 0 < frame["residual"][0] < 1e-9
        assert frame["horizon"][0] == "long-run, full employment"
        assert not any(
            frame[name].is_nan().any() for name, kind in frame.schema.items() if kind == pl.Float64
        )


def test_a_pair_that_is_not_named_has_no_range_but_a_value(drawn: Run) -> None:
    held, found = by_hand("composite")
    view = drawn.trade("KAZ", "RUS")
    kaz = small.PLACES.index("KAZ")
    base, change = held.flows[:, kaz, RUS], found.flows_hat[:, kaz, RUS]
    percent = 100 * (float((base * change).sum() / base.sum()) - 1)
    assert view.table()["central"][0] == pytest.approx(percent, rel=1e-6)
    assert view.table()["low"].null_count() == 2
    assert "does not name this pair" in view.notes[-1]
    assert drawn.trade("CHN", "RUS").table()["low"].null_count() == 0


def test_real_income_of_any_place(drawn: Run) -> None:
    table = drawn.real_income(["KAZ", "BLR"]).table()
    assert table["place"].unique(maintain_order=True).to_list() == ["KAZ", "BLR", "WLD"]
    assert table["low"].null_count() == 0
    with pytest.raises(UnknownLabel, match="KAX"):
        drawn.real_income("KAX")
    with pytest.raises(UnknownLabel):
        drawn.trade("CHN", "XXX")


def test_a_flow_that_is_zero_in_the_base_year_has_a_row_and_no_number() -> None:
    run = made(
        {"kind": "trade_cost", "exporter": "BLR", "importer": "KAZ", "sectors": ["A01"], "change_pct": -5}
    )
    assert row(run, "%", exporter="BLR", importer="KAZ")["central"] is not None
    # Sectors other than A01 are traded; a world in which the pair trades nothing at all gives no figure.
    world = small.world()
    inner = world.accounts.variant

    def variant(name: str) -> Any:
        held = inner(name)
        held.flows[:, 0, 2] = 0.0
        final = held.flows.sum(axis=1) - np.einsum("ksj,sj->kj", held.inputs, held.flows.sum(axis=2))
        held.final_share[:] = final / final.sum(axis=0)
        return held

    world.accounts.variant = variant
    empty = solve(run.scenario, world)
    found = row(empty, "%", exporter="BLR", importer="KAZ")
    assert found["central"] is None
    assert found["verdict"] == "undetermined"
    assert "no trade in the base year" in found["reason"]
    assert empty.table().columns == run.table().columns


def test_sectors_add_up_to_the_change_of_output(drawn: Run) -> None:
    held, found = by_hand("composite")
    table = drawn.sectors("RUS").table()
    new = (held.flows * found.flows_hat).sum(axis=2)[:, RUS]
    assert table["change_usd"].sum() == pytest.approx(
        1e6 * (new.sum() - held.flows.sum(axis=2)[:, RUS].sum())
    )
    assert table["change_usd"].is_sorted()


def test_diversion_adds_up_in_the_market_and_for_the_seller(drawn: Run) -> None:
    held, found = by_hand("composite")
    gap = 1e6 * (held.flows * (found.flows_hat - 1)).sum(axis=0)
    table = drawn.diversion("CHN", "RUS").table()
    market = table.filter(pl.col("view") == "sellers in the market")
    seller = table.filter(pl.col("view") == "sales of the exporter")
    assert market["change_usd"].sum() == pytest.approx(gap[:, RUS].sum(), abs=1.0)
    assert seller["change_usd"].sum() == pytest.approx(gap[CHN].sum(), abs=1.0)
    both = table.filter(pl.col("role") == "the pair")["change_usd"].to_list()
    assert both == pytest.approx([gap[CHN, RUS]] * 2)
    assert gap[CHN, RUS] > 0 > market.filter(pl.col("role") == "at home")["change_usd"][0]
    assert market["exporter"].sort().to_list() == seller["importer"].sort().to_list() == list(small.PLACES)


def test_first_order_parts_stand_apart_from_the_exact_change(drawn: Run) -> None:
    held, found = by_hand("composite")
    base = baseline(held.flows, held.inputs, final_share=held.final_share)
    parts_by_hand = decomposition(base, found, cost_hat=cheaper(held.flows))
    table = drawn.decomposition("RUS").table()
    exact, terms, volume, delivery, rest = table["change_pct"].to_list()
    assert exact == pytest.approx(row(drawn, "%", place="RUS")["central"], rel=1e-12)
    assert terms == pytest.approx(100 * parts_by_hand.terms_of_trade.sum(axis=(0, 1))[RUS], rel=1e-5)
    assert volume == 0.0
    assert delivery == pytest.approx(100 * parts_by_hand.delivery.sum(axis=(0, 1))[RUS], rel=1e-5)
    assert rest == pytest.approx(exact - terms - delivery)
    # What is left is of second order: theta times the cut, halved, is a tenth.
    assert 0 < abs(rest) < 0.2 * abs(delivery)
    assert table["part"].to_list()[0].startswith("exact")
    assert all("first-order" in part for part in table["part"].to_list()[1:])


@pytest.mark.parametrize("change", [-30.0, 40.0])
def test_a_capacity_is_met_by_a_shadow_cost(change: float) -> None:
    run = made({"kind": "capacity", "exporter": "RUS", "importer": "CHN", "flow_change_pct": change})
    held = small.account("composite", 7)
    goods = [0, 1]
    base = held.flows[goods, RUS, CHN]
    new = float((base * run.central.found.flows_hat[goods, RUS, CHN]).sum())
    assert new / base.sum() == pytest.approx(1 + change / 100, rel=1e-7)
    (shadow,) = run.central.shadow
    assert (shadow.exporter, shadow.importer, shadow.sectors) == ("RUS", "CHN", ("A01", "C20"))
    assert (shadow.cost_pct > 0) == (change < 0)
    assert any("Shadow cost of the capacity from RUS to CHN" in note for note in run.notes)
    shown = run.shadow_costs().table().row(0, named=True)
    assert shown["flow_change_pct"] == pytest.approx(change)
    assert shown["shadow_cost_pct"] == shadow.cost_pct
    assert run.shadow_costs().table().columns == made().shadow_costs().table().columns
    # The cost alone, as a change of cost, gives the same equilibrium.
    cost = np.ones_like(held.flows)
    cost[goods, RUS, CHN] = 1 + shadow.cost_pct / 100
    theta = np.array([small.THETA[sector][1] for sector in small.SECTORS])
    again = caliendo_parro(held.flows, held.inputs, theta=theta, cost_hat=cost, final_share=held.final_share)
    assert np.allclose(again.real_income_hat, run.central.found.real_income_hat, rtol=0, atol=1e-9)


def test_two_capacities_are_met_together() -> None:
    run = made(
        {"kind": "capacity", "exporter": "RUS", "importer": "CHN", "flow_change_pct": -20},
        {"kind": "capacity", "exporter": "CHN", "importer": "RUS", "flow_change_pct": 25, "sectors": ["C20"]},
    )
    held, hat = small.account("composite", 7), run.central.found.flows_hat
    base = held.flows[:2, RUS, CHN]
    assert float((base * hat[:2, RUS, CHN]).sum() / base.sum()) == pytest.approx(0.8, rel=1e-7)
    assert hat[1, CHN, RUS] == pytest.approx(1.25, rel=1e-7)


def test_a_capacity_of_nothing_is_refused() -> None:
    with pytest.raises(NotHeld, match="zero in the base year"):
        made(
            {
                "kind": "capacity",
                "exporter": "BLR",
                "importer": "KAZ",
                "sectors": ["A01"],
                "flow_change_pct": 5,
            }
        )


def test_contributions_add_up_whatever_the_order() -> None:
    changes = [
        {"kind": "trade_cost", "between": ["CHN", "RUS"], "change_pct": -5, "label": "rail"},
        {"kind": "closure", "between": ["CHN", "RUS"], "sectors": ["C20"], "share_pct": 60},
        {"kind": "productivity", "place": "BLR", "change_pct": 2},
    ]
    run = made(*changes)
    table = run.contributions(small.world()).table()
    whole = table.group_by("measure", "place", "exporter", "importer", "unit").agg(
        pl.col("contribution").sum(), pl.col("whole").first()
    )
    for held in whole.iter_rows(named=True):
        assert held["contribution"] == pytest.approx(held["whole"], rel=1e-9, abs=1e-9)
    central = row(run, "%", place="RUS")["central"]
    mine = table.filter(pl.col("place") == "RUS", pl.col("unit") == "%")
    assert mine["whole"][0] == pytest.approx(central, rel=1e-6)
    assert mine["part"].to_list() == ["rail", "closure 2", "productivity 3"]
    backwards = made(*reversed(changes)).contributions(small.world()).table()
    rail = backwards.filter(pl.col("place") == "RUS", pl.col("unit") == "%", pl.col("part") == "rail")
    assert rail["contribution"][0] == pytest.approx(mine["contribution"][0], rel=1e-6)


def test_contributions_name_what_the_closure_does() -> None:
    run = made(deficits="removed")
    table = run.contributions(small.world()).table().filter(pl.col("place") == "RUS", pl.col("unit") == "%")
    assert table["part"].to_list() == ["closure: deficits removed", "trade_cost 1"]
    assert table["contribution"].sum() == pytest.approx(row(run, "%", place="RUS")["central"], rel=1e-6)


def test_contributions_need_the_accounts_of_the_run() -> None:
    with pytest.raises(NotHeld, match="not those of the run"):
        made().contributions(small.world(8))


def test_shapley_values_by_hand_and_beyond_seven_in_order() -> None:
    # v({0}) = 1, v({1}) = 2, v({0, 1}) = 5: the two that only both bring are halved.
    worth = {frozenset(): 0.0, frozenset({0}): 1.0, frozenset({1}): 2.0, frozenset({0, 1}): 5.0}
    found, nothing, method = parts(2, lambda subset: np.array([worth[subset]]))
    assert found[:, 0].tolist() == [2.0, 3.0]
    assert nothing[0] == 0.0
    assert "Shapley" in method
    asked: list[int] = []

    def value(subset: frozenset[int]) -> np.ndarray[Any, Any]:
        asked.append(len(subset))
        return np.array([float(len(subset)) ** 2])

    found, _, method = parts(MOST + 1, value)
    assert "in the order" in method
    assert found[:, 0].tolist() == [2.0 * k + 1 for k in range(MOST + 1)]
    assert len(asked) == MOST + 2


def test_models_give_different_answers_and_wrong_ones_are_refused() -> None:
    central = {}
    for model in ("caliendo-parro", "without-links", "one-sector"):
        run = solve(small.scenario(), small.world(), model=model)
        assert run.scenario.model == model
        central[model] = row(run, "%", place="CHN")["central"]
    assert len({round(value, 6) for value in central.values()}) == 3
    assert central["caliendo-parro"] > central["without-links"] > 0
    with pytest.raises(UnknownLabel, match="without-links"):
        solve(small.scenario(), small.world(), model="without-link")
    with pytest.raises(BadUsage, match="one-sector"):
        made(
            {"kind": "capacity", "exporter": "RUS", "importer": "CHN", "flow_change_pct": 5},
            model="one-sector",
        )


def test_which_pairs_are_asked_about() -> None:
    both = {"kind": "trade_cost", "between": ["CHN", "RUS"], "change_pct": -1}
    one = {"kind": "trade_cost", "exporter": "BLR", "importer": "CHN", "change_pct": -1}
    every = {"kind": "trade_cost", "between": ["RUS", "all"], "change_pct": -1}
    home = {"kind": "productivity", "place": "RUS", "change_pct": 1}
    assert named_pairs(small.scenario(both, one)) == (("CHN", "RUS"), ("RUS", "CHN"), ("BLR", "CHN"))
    assert named_pairs(small.scenario(every)) == ()
    assert named_pairs(small.scenario(home, places=["RUS", "CHN"])) == (("RUS", "CHN"), ("CHN", "RUS"))
