"""Laws of routes, shares and selected links; brute force over a small network written out independently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra  # type: ignore[import-untyped]

from landbridge.corridors.amounts import Amount
from landbridge.corridors.choice import Flow, fed_by, logit_shares, path_sizes, rerouted, select_link
from landbridge.corridors.cost import RELIABILITY_RATIO, Cargo, Documents
from landbridge.corridors.network import FAMILY, Line, Network
from landbridge.corridors.routing import Route, least_costs, routes
from landbridge.corridors.states import states
from landbridge.corridors.variance import uncertainty
from landbridge.errors import BadUsage
from small_network import crude, machines, nodes, ore, parameters, shaken, small, transfers

ALL_MODES = frozenset(FAMILY) - {"crude-pipe", "gas-pipe"}
SEEDS = range(8)
PAIRS = [("R1", "C1"), ("C2", "R1"), ("R2", "C1")]
Walk = tuple[float, frozenset[str]]


def every_way(network: Network, origin: str, destination: str, cargo: Cargo) -> list[Walk]:
    """Cost and what it passes of every way without a repeated (node, mode), by recursion over the tables themselves."""
    hour = cargo.usd_t.value * cargo.day_pct.value / 100 / 24

    def parameter(mode: str, node: str, name: str) -> float:
        country = network.nodes[node].country
        names = (f"bulk_{name}", name) if cargo.in_bulk else (name,)
        keys = [(mode, place, wanted) for wanted in names for place in (country, "ALL")]
        return next(network.modes[key] for key in keys if key in network.modes).amount.value

    def moving(km: float, *sides: tuple[str, str]) -> float:
        cost = 0.0
        for node, mode in sides:
            part = km / len(sides)
            hours = 24 * part / parameter(mode, node, "speed_km_day")
            hours *= 1 + RELIABILITY_RATIO.value * parameter(mode, node, "reliability_share")
            cost += part * parameter(mode, node, "rate_usd_tkm") + hour * hours
        return cost

    def handled(node: str, mode: str) -> float:
        return parameter(mode, node, "terminal_usd_t") + hour * parameter(mode, node, "terminal_hours")

    # What a step costs does not depend on the way to it.
    @cache
    def steps(node: str, mode: str) -> list[tuple[str, str, float, str]]:
        return list(onwards(node, mode))

    def onwards(node: str, mode: str) -> Iterator[tuple[str, str, float, str]]:
        for line in network.lines.values():
            ends = [(line.a, line.b)] if line.one_way else [(line.a, line.b), (line.b, line.a)]
            for tail, head in ends:
                if (tail, line.mode) == (node, mode):
                    cost = moving(line.length.value, (tail, mode), (head, mode))
                    yield head, mode, cost, f"mode {FAMILY[mode]}"
        for item in network.crossings.values():
            sides = [(item.a, item.mode_a), (item.b, item.mode_b)]
            for tail, head in (sides, sides[::-1]):
                if tail == (node, mode):
                    cost = moving(item.length.value, *sides) + item.charge.value + hour * item.hours.value
                    if item.gauge_break:
                        assert item.gauge_usd_t is not None
                        assert item.gauge_hours is not None
                        cost += item.gauge_usd_t.value + hour * item.gauge_hours.value
                    yield *head, cost, f"crossing {item.id}"
        if network.nodes[node].kind != "junction":
            for other in {line.mode for line in network.lines.values() if node in (line.a, line.b)} - {mode}:
                change = network.transfer(mode, other, "")
                if change is not None:
                    port = f"port {node}" if network.nodes[node].kind == "port" else ""
                    yield node, other, change.usd_t.value + hour * change.hours.value, port

    def onward(
        node: str, mode: str, cost: float, passed: frozenset[str], seen: frozenset[object]
    ) -> Iterator[Walk]:
        if node == destination:
            yield cost + handled(node, mode), passed - {""}
        for head, other, more, what in steps(node, mode):
            if (head, other) not in seen:
                yield from onward(head, other, cost + more, passed | {what}, seen | {(head, other)})

    starts = {line.mode for line in network.lines.values() if origin in (line.a, line.b)} & ALL_MODES
    return sorted(
        (
            way
            for mode in starts
            for way in onward(origin, mode, handled(origin, mode), frozenset(), frozenset({(origin, mode)}))
        ),
        key=lambda way: way[0],
    )


def costs(found: tuple[Route, ...]) -> list[float]:
    return [route.generalised_usd_t.value for route in found]


@pytest.mark.parametrize("cargo", [machines(), ore()])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("origin", "destination"), PAIRS)
def test_the_cheapest_paths_are_those_of_brute_force(
    seed: int, origin: str, destination: str, cargo: Cargo
) -> None:
    network = shaken(seed)
    ways = every_way(network, origin, destination, cargo)
    found = costs(routes(network, origin, destination, cargo, best=40, distinct=False).routes)
    assert len(found) == min(40, len(ways)) > 5
    assert found == pytest.approx([cost for cost, _ in ways[:40]], rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("origin", "destination"), PAIRS)
def test_alternatives_lack_something_of_each_route_before(seed: int, origin: str, destination: str) -> None:
    """The same greedy choice from the list of all ways."""
    network = shaken(seed)
    chosen: list[Walk] = []
    for cost, passed in every_way(network, origin, destination, machines()):
        if all(not earlier <= passed for _, earlier in chosen):
            chosen.append((cost, passed))
    found = costs(routes(network, origin, destination, machines(), best=50).routes)
    assert len(chosen) > 2
    assert found == pytest.approx([cost for cost, _ in chosen], rel=1e-12)


@pytest.mark.parametrize("cargo", [machines(), ore()])
@pytest.mark.parametrize("seed", SEEDS)
def test_costs_do_not_fall_and_the_first_is_the_least(seed: int, cargo: Cargo) -> None:
    network = shaken(seed)
    for origin, destination in PAIRS:
        for distinct in (True, False):
            found = costs(routes(network, origin, destination, cargo, best=6, distinct=distinct).routes)
            assert all(later >= earlier - 1e-9 for earlier, later in pairwise(found))
            assert found[0] == pytest.approx(
                least_costs(network, [origin], [destination], cargo)[0, 0], rel=1e-12
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_new_line_never_makes_the_best_route_dearer(seed: int) -> None:
    network = shaken(seed)
    rng = np.random.default_rng(seed)
    a, b = rng.choice(["R1", "R2", "RS", "RT"], 2, replace=False)
    new = Line(
        "new", str(a), str(b), "rail-1520", Amount(*[float(rng.uniform(100, 3000))] * 3, "km", "assumed")
    )
    more = Network.of(
        nodes(),
        [*network.lines.values(), new],
        network.crossings.values(),
        parameters(),
        network.transfers.values(),
    )
    regions = ["R1", "R2", "C1", "C2"]
    before, after = (least_costs(one, regions, regions, machines()) for one in (network, more))
    assert (after <= before + 1e-9).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_closing_what_the_best_route_does_not_use_changes_nothing(seed: int) -> None:
    network = shaken(seed)
    for origin, destination in PAIRS:
        best = routes(network, origin, destination, machines(), best=1).routes[0]
        for label in (*network.lines, *network.crossings):
            after = routes(network, origin, destination, machines(), best=1, without=[label]).routes
            if label not in best.uses:
                assert after[0].legs == best.legs
            elif after:
                assert costs(after)[0] > best.generalised_usd_t.value - 1e-9
            again = routes(network.without(label), origin, destination, machines(), best=1).routes
            assert [route.legs for route in again] == [route.legs for route in after]


@pytest.mark.parametrize("cargo", [machines(), ore()])
def test_envelopes_are_in_order_and_sums_of_legs(cargo: Cargo) -> None:
    step = Documents(Amount(1, 4, 9, "h", "assumed"), Amount(0, 1, 2, "USD/t", "assumed"))
    for origin, destination in PAIRS:
        for route in routes(small(), origin, destination, cargo, best=9, documents=step).routes:
            for name in ("length_km", "hours", "usd_t", "kg_t"):
                whole: Amount = getattr(route, name)
                assert 0 < whole.low < whole.value < whole.high
                for end in range(3):
                    parts = [getattr(leg, name).ends[end] for leg in route.legs]
                    assert whole.ends[end] == pytest.approx(sum(parts), rel=1e-12)
            assert route.generalised_usd_t.low < route.generalised_usd_t.value < route.generalised_usd_t.high
            assert route.ad_valorem_pct.value == pytest.approx(
                100 * route.generalised_usd_t.value / cargo.usd_t.value, rel=1e-12
            )


def test_a_document_step_costs_as_much_as_it_says_at_each_crossing() -> None:
    step = Documents(Amount(5, 5, 5, "h", "assumed"), Amount(2, 2, 2, "USD/t", "assumed"))
    cargo = machines()
    for modes in (["rail"], ["road"]):
        plain = routes(small(), "R1", "C1", cargo, best=1, modes=modes).routes[0]
        papers = routes(small(), "R1", "C1", cargo, best=1, modes=modes, documents=step).routes[0]
        assert papers.crossings == plain.crossings
        rise = papers.generalised_usd_t.value - plain.generalised_usd_t.value
        assert rise == pytest.approx(2 + 5 * cargo.hour_usd_t.value, rel=1e-9)


def test_a_quicker_rail_crossing_leaves_the_pipeline_as_it_was() -> None:
    network = small()
    quick = network.changed("north-rail", hours=Amount(0, 0, 0, "h", "assumed"))
    quick = quick.changed("south-rail", hours=Amount(0, 0, 0, "h", "assumed"))
    before, after = (routes(one, "RO", "CO", crude()).routes for one in (network, quick))
    assert before == after
    assert before[0].modes == ("crude-pipe",)
    rail = [routes(one, "R1", "C1", machines(), best=1).routes[0].hours.value for one in (network, quick)]
    assert rail[1] < rail[0]


def test_shares_add_up_and_fall_with_cost() -> None:
    found = routes(small(), "R1", "C1", machines(), best=5).routes
    assert sum(route.share or 0 for route in found) == pytest.approx(1, rel=1e-12)
    assert all(route.share is not None and 0 < route.share < 1 for route in found)
    shares = logit_shares(np.array([10.0, 11.0, 15.0]), np.ones(3), 5.0)
    assert (np.diff(shares) < 0).all()
    # The ratio of two shares is the exponential of their difference in scaled cost.
    assert shares[1] / shares[0] == pytest.approx(np.exp(-5 * 0.1), rel=1e-12)


def test_copies_of_a_route_share_what_the_route_had() -> None:
    apart = np.array([[4.0, 6.0, 0.0, 0.0], [0.0, 0.0, 7.0, 5.0]])
    twice = apart[[0, 1, 1]]
    alone = logit_shares(apart.sum(axis=1), path_sizes(apart, apart > 0), 3.0)
    copied = logit_shares(twice.sum(axis=1), path_sizes(twice, twice > 0), 3.0)
    assert path_sizes(apart, apart > 0) == pytest.approx([1, 1])
    assert path_sizes(twice, twice > 0) == pytest.approx([1, 0.5, 0.5])
    assert copied[0] == pytest.approx(alone[0], rel=1e-12)
    assert copied[1] + copied[2] == pytest.approx(alone[1], rel=1e-12)
    # Half of the second route is shared with the first: by hand 0.5 + 0.5 / 2.
    half = np.array([[5.0, 5.0, 0.0], [5.0, 0.0, 5.0]])
    assert path_sizes(half, half > 0) == pytest.approx([0.75, 0.75])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_passes_the_border_is_what_was_sent(seed: int) -> None:
    """Crossings and the sea cut the two countries apart; a route may cross more than once, never less."""
    network = shaken(seed)
    flows = [
        Flow("R1", "C1", machines(), 30.0),
        Flow("R2", "C2", ore(), 70.0),
        Flow("C1", "R1", machines(), 5.0),
    ]
    cut = [*network.crossings, "sea"]
    used = {label: select_link(network, flows, label) for label in cut}
    for position, flow in enumerate(flows):
        found = routes(network, flow.origin, flow.destination, flow.cargo).routes
        times = [sum(label in route.uses for label in cut) for route in found]
        assert all(passed % 2 == 1 for passed in times)
        expected = (
            sum((route.share or 0) * passed for route, passed in zip(found, times, strict=True)) * flow.amount
        )
        assert sum(used[label].users[position].used for label in cut) == pytest.approx(expected, rel=1e-12)
    assert sum(chosen.used for chosen in used.values()) >= 105.0 - 1e-9


def staged_cost(network: Network, origin: str, destination: str, cargo: Cargo, via: list[str]) -> float:
    """Cheapest cost with stops, by cutting the way at each: dynamic programming over the ends of what does the stop."""
    graph = states(network, cargo)
    weights = graph.weights(cargo)
    weights[graph.shut(network.closed, ALL_MODES)] = np.inf
    away = dijkstra(graph.matrix(weights))
    so_far = {graph.gates_out[origin]: 0.0}
    for stop in via:
        if stop in network.nodes:
            done = {state: (state, 0.0) for (node, _), state in graph.at.items() if node == stop}
        else:
            arcs = graph.positions[stop]
            done = {int(graph.tails[arc]): (int(graph.heads[arc]), float(weights[arc])) for arc in arcs}
        reached: dict[int, float] = {}
        for tail, (head, own) in done.items():
            cost = min(before + away[state, tail] for state, before in so_far.items()) + own
            reached[head] = min(cost, reached.get(head, np.inf))
        so_far = reached
    return float(min(cost + away[state, graph.gates_in[destination]] for state, cost in so_far.items()))


def passed(route: Route) -> list[str]:
    """Everything it passes, in order: its origin, and after each leg the id of it and the node at its end."""
    things = [thing for leg in route.legs for thing in (leg.id, leg.destination)]
    return [route.legs[0].origin, *things]


STOPS = [
    ["C2"],
    ["R2", "north-rail"],
    ["north-rail", "C2"],
    ["RP", "CP"],
    ["south-road"],
    ["south-rail", "CT", "C2"],
    ["CP", "C2"],
    ["r1-rj-old"],
    ["north-rail", "south-rail", "sea"],
]


@pytest.mark.parametrize("cargo", [machines(), ore()])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("via", STOPS, ids=" ".join)
def test_routes_with_stops_are_the_cheapest_that_pass_them_in_order(
    seed: int, cargo: Cargo, via: list[str]
) -> None:
    network = shaken(seed)
    free = routes(network, "R1", "C1", cargo, best=1).routes[0].generalised_usd_t.value
    least = staged_cost(network, "R1", "C1", cargo, via)
    for distinct in (True, False):
        found = routes(network, "R1", "C1", cargo, best=4, via=via, distinct=distinct).routes
        if not np.isfinite(least):
            assert found == ()
            continue
        price = costs(found)
        assert price == sorted(price)
        assert price[0] == pytest.approx(least, rel=1e-12)
        assert price[0] >= free - 1e-9
        assert sum(route.share or 0 for route in found) == pytest.approx(1, rel=1e-12)
        for route in found:
            remaining = iter(passed(route))
            assert all(stop in remaining for stop in via), passed(route)
    # The four cheapest paths differ, though the ways between the stops may be shared.
    assert len({route.legs for route in found}) == len(found)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stop_on_the_best_route_changes_nothing(seed: int) -> None:
    network = shaken(seed)
    for origin, destination in PAIRS:
        best = routes(network, origin, destination, machines(), best=1).routes[0]
        stops = [thing for thing in (*best.crossings, destination) if thing]
        assert routes(network, origin, destination, machines(), best=1, via=stops).routes == (best,)


def test_what_feeds_a_crossing_all_arrives() -> None:
    network = small()
    fed = fed_by(network, "north-rail", {"R1": 3.0, "R2": 1.0}, "RUS", cargo=machines())
    assert fed["rj-rs"] + fed.get("rs-rp", 0.0) == pytest.approx(1)
    assert fed["r1-rj"] == pytest.approx(0.75)
    assert fed["rj-r2"] == pytest.approx(0.25)
    assert not set(fed) & set(network.crossings)
    assert fed_by(network, "north-rail", {"C1": 1.0}, "CHN") == {"cs-c1": 1.0}


def test_transit_feeds_a_crossing_through_another() -> None:
    """From C1 to the Russian side of the southern crossing there is no way by land but over another crossing.

    That one must be of another border: nobody leaves a country and comes back to leave it again.
    """
    network = small().without("sea", "south-road")
    with pytest.raises(BadUsage, match="C1 cannot reach RT without passing it"):
        fed_by(network, "south-rail", {"C1": 1.0}, "RUS", through=True)
    abroad = replace(network.crossings["north-rail"], country_a="MNG")
    network = replace(network, crossings={**network.crossings, "north-rail": abroad}, memo={})
    with pytest.raises(BadUsage, match="C1 cannot reach RT without passing another crossing"):
        fed_by(network, "south-rail", {"C1": 1.0}, "RUS")
    fed = fed_by(network, "south-rail", {"C1": 3.0, "R2": 1.0}, "RUS", through=True)
    assert fed["north-rail"] == fed["cs-c1"] == pytest.approx(0.75)
    assert fed["r2-rt"] == pytest.approx(0.25)
    assert "south-rail" not in fed
    with pytest.raises(BadUsage, match="C1 cannot reach RT without passing it"):
        fed_by(network.without("north-rail"), "south-rail", {"C1": 1.0}, "RUS", through=True)
    # What needs no other crossing takes the way it takes without leave to pass one.
    home = [fed_by(small(), "south-rail", {"R1": 1.0}, "RUS", through=through) for through in (False, True)]
    assert home[0] == home[1]


def test_rerouting_costs_the_difference_of_the_best_routes() -> None:
    network = small()
    first = routes(network, "R1", "C1", machines()).routes[0]
    closed = first.crossings
    moved = rerouted(network, "R1", "C1", machines(), without=closed)
    assert moved.cost_usd_t is not None
    assert moved.cost_usd_t == pytest.approx(costs(moved.after.routes)[0] - costs(moved.before.routes)[0])
    assert moved.cost_usd_t > 0
    assert moved.share == pytest.approx(
        sum(route.share or 0 for route in moved.before.routes if set(route.crossings) & set(closed))
    )
    cut = rerouted(network, "R1", "C1", machines(), without=[*network.crossings, "sea"])
    assert (cut.cost_usd_t, cut.hours, cut.after.routes) == (None, None, ())


@pytest.mark.parametrize(
    "closed", [["north-rail"], ["north-rail", "south-rail", "south-road", "sea"], ["r1-rj", "cs-c1"]]
)
def test_opening_what_a_refusal_names_gives_a_route(closed: list[str]) -> None:
    network = small()
    found = routes(
        network, "R1", "C1", machines(), modes=["rail"], without=[*closed, "south-rail", "r1-rj-old"]
    )
    assert found.routes == ()
    shut = {*closed, "south-rail", "r1-rj-old"}
    named = [label for label in shut if f"{label} " in found.why or f"{label}," in found.why]
    assert named
    for label in named:
        again = routes(network, "R1", "C1", machines(), modes=["rail"], without=shut - {label})
        alone = "any one of these" in found.why or "opening this" in found.why
        assert bool(again.routes) == alone
    assert routes(network, "R1", "C1", machines(), modes=["rail"], without=shut - set(named)).routes


def test_shares_of_the_variance_add_up_and_match_a_hand_computation() -> None:
    route = routes(small(), "R1", "C1", machines(), best=1).routes[0]
    found = uncertainty(route, machines(), draws=400)
    assert sum(found.shares.values()) + found.interaction == pytest.approx(1, abs=1e-12)
    assert 0 <= found.interaction < 0.1
    assert found.low < found.mean < found.high
    assert found == uncertainty(route, machines(), draws=400)
    whole = route.ad_valorem_pct
    assert whole.low <= found.low
    assert found.high <= whole.high

    # A cargo whose time is free and whose value is sure: only money is uncertain, which is a sum but for length x rate.
    sure = Cargo("B08", Amount(100, 100, 100, "USD/t", "assumed"), Amount(0, 0, 0, "%/day", "assumed"))
    money = uncertainty(route, sure, draws=2000)
    assert set(money.shares) == {"freight rates", "lengths", "crossing charges", "gauge change", "terminals"}
    stay = {leg.kind: leg.usd_t for leg in route.legs if leg.kind in {"gauge", "terminal"}}
    terminals = [leg.usd_t for leg in route.legs if leg.kind == "terminal"]
    by_hand = triangular(*(sum(part.ends[end] for part in terminals) for end in range(3)))
    assert money.shares["terminals"] * money.variance == pytest.approx(by_hand, rel=0.01)
    assert money.shares["gauge change"] * money.variance == pytest.approx(
        triangular(*stay["gauge"].ends), rel=0.01
    )


def test_a_route_of_which_all_is_known_has_no_variance() -> None:
    network = small()
    point = Amount(5, 5, 5, "USD/t", "assumed")
    cargo = Cargo("B08", point, Amount(0, 0, 0, "%/day", "assumed"))
    route = routes(network, "R1", "C1", cargo, best=1).routes[0]
    bare = Route.of([leg for leg in route.legs if leg.kind == "nothing"], cargo)
    found = uncertainty(bare, cargo, draws=50)
    assert (found.variance, found.shares, found.interaction) == (0.0, {}, 0.0)


def test_the_way_back_costs_the_same_where_nothing_is_one_way() -> None:
    network = small()
    places = ["R1", "R2", "C1", "C2"]
    cost = least_costs(network, places, places, machines())
    assert cost == pytest.approx(cost.T, rel=1e-12)
    assert len(transfers()) == len(network.transfers)


def triangular(low: float, value: float, high: float) -> float:
    """Variance of the triangular distribution."""
    squares = low**2 + value**2 + high**2
    return (squares - low * value - low * high - value * high) / 18
