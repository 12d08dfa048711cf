"""`border_time` at a crossing of the network: who crosses there is known, so neither places nor shares are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge.errors import BadUsage, NotHeld
from landbridge.scenarios import draws
from landbridge.scenarios.changes import BorderTime
from landbridge.scenarios.compiling import compile
from landbridge.scenarios.plan import PARAMETERS, Context, Known, Parameter, Use
from landbridge.scenarios.sizes import Range
from landbridge.scenarios.spec import Scenario
from landbridge.scenarios.translation import translate

SECTORS, PLACES = ("B05", "B06", "C28"), ("CHN", "RUS", "BLR")


def known(low: float, value: float, high: float, status: str = "assumed") -> Known:
    return Known(low, value, high, "assumed" if status == "assumed" else "somebody", status)


def use(exporter: str, importer: str, sector: str, share: float) -> Use:
    return Use(exporter, importer, sector, known(share / 2, share, min(100.0, share * 2)))


CONTEXT = Context(
    SECTORS,
    PLACES,
    2022,
    (known(4, 5, 6), known(8, 9, 10), known(3, 4, 5)),
    {"B05": known(0.01, 0.02, 0.04), "C28": known(0.5, 1.0, 2.0)},
    crossings={
        "post-rail": (
            use("RUS", "CHN", "B05", 20),
            use("CHN", "RUS", "C28", 30),
            use("CHN", "BLR", "C28", 50),
        ),
        "post-road": (use("CHN", "RUS", "C28", 10),),
        "other-rail": (use("RUS", "CHN", "B06", 5),),
    },
    tonnes={("RUS", "CHN", "B05"): known(80, 100, 150), ("CHN", "RUS", "C28"): known(5_000, 8_000, 9_000)},
)


def moved(*changes: BorderTime) -> dict[tuple[str, str, str], float]:
    """New over old cost of every cell that moves, at central values."""
    cost = translate(compile(Scenario("test", list(changes)), CONTEXT)).cost_hat
    return {
        (SECTORS[s], PLACES[i], PLACES[j]): float(cost[s, i, j])
        for s, i, j in np.argwhere(cost != 1.0).tolist()
    }


def test_everybody_who_uses_the_crossing_is_touched_and_nobody_else() -> None:
    found = moved(BorderTime("post-rail", hours=-24, source="assumed"))
    assert found == pytest.approx(
        {
            ("B05", "RUS", "CHN"): 1 - 0.20 * 0.02 / 100,
            ("C28", "CHN", "RUS"): 1 - 0.30 * 1.0 / 100,
            ("C28", "CHN", "BLR"): 1 - 0.50 * 1.0 / 100,
        }
    )


def test_places_and_sectors_narrow_it() -> None:
    pair = moved(BorderTime("post-rail", between=("CHN", "RUS"), hours=-24, source="assumed"))
    assert set(pair) == {("B05", "RUS", "CHN"), ("C28", "CHN", "RUS")}
    one = moved(
        BorderTime("post-rail", sectors=["C28"], exporter="CHN", importer="RUS", hours=-24, source="assumed")
    )
    assert set(one) == {("C28", "CHN", "RUS")}


def test_a_place_of_several_modes_is_all_of_them() -> None:
    both = moved(BorderTime("post", exporter="CHN", importer="RUS", hours=-24, source="assumed"))
    assert both[("C28", "CHN", "RUS")] == pytest.approx((1 - 0.003) * (1 - 0.001))


def test_a_charge_counts_against_the_value_of_a_tonne() -> None:
    found = moved(BorderTime("post-rail", between=("CHN", "RUS"), charge_usd_t=-10, source="assumed"))
    assert found == pytest.approx(
        {("B05", "RUS", "CHN"): 1 - 0.20 * 10 / 100, ("C28", "CHN", "RUS"): 1 - 0.30 * 10 / 8_000}
    )


def test_a_flow_whose_tonne_is_not_valued_stays_and_is_told() -> None:
    plan = compile(Scenario("test", [BorderTime("post-rail", charge_usd_t=-10, source="assumed")]), CONTEXT)
    assert any("nothing changes in C28" in note for note in plan.notes)


def test_an_unknown_crossing_has_its_nearest_named() -> None:
    with pytest.raises(NotHeld, match="post-rail"):
        moved(BorderTime("post-rial", hours=-24, source="assumed"))


def test_a_crossing_that_none_of_the_flows_uses_is_refused() -> None:
    with pytest.raises(NotHeld, match="none is known to use other-rail"):
        moved(BorderTime("other-rail", hours=-24, source="assumed"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"crossing": "post-rail"}, "how much"),
        ({"hours": -1}, "share_pct"),
        ({"crossing": "post-rail", "exporter": "CHN", "hours": -1}, "importer"),
        ({"between": ["CHN", "RUS"], "hours": -1, "share_pct": 10, "charge_usd_t": 5}, "value of a tonne"),
        ({"crossing": "post-rail", "hours": -1, "sectors": ["G"]}, "border"),
    ],
)
def test_what_is_not_enough_or_too_much_is_refused(given: dict[str, object], told: str) -> None:
    with pytest.raises(BadUsage, match=told):
        BorderTime(**given, source="assumed")  # type: ignore[arg-type]


def test_a_share_that_is_given_needs_no_network() -> None:
    alone = Context(SECTORS, PLACES, 2022, CONTEXT.theta, CONTEXT.time_values)
    change = BorderTime(
        "anywhere", between=("CHN", "RUS"), sectors=["C28"], hours=-24, share_pct=10, source="assumed"
    )
    assert compile(Scenario("test", [change]), alone).costs


def test_what_rests_on_the_same_evidence_is_drawn_together() -> None:
    linked = [Parameter(f"p{at}", PARAMETERS, 0, 1, 2, "%", "assumed", "who uses it") for at in range(4)]
    alone = [Parameter(f"q{at}", PARAMETERS, 0, 1, 2, "%", "assumed") for at in range(4)]
    values = draws.sample([*linked, *alone], 4_000, 3)
    matrix = np.corrcoef(values.T)
    inside = matrix[:4, :4][~np.eye(4, dtype=bool)]
    assert inside.min() > 0.4
    assert np.abs(matrix[4:, :][:, :4]).max() < 0.08
    np.testing.assert_allclose(np.median(values, axis=0), 1.0, atol=0.01)


def test_a_range_in_hours_draws_once_for_all_users() -> None:
    change = BorderTime("post-rail", hours=Range(-24, -12), source="assumed")
    names = [item.name for item in compile(Scenario("test", [change]), CONTEXT).parameters]
    assert sum(name.endswith(": hours") for name in names) == 1
    assert sum("share of" in name for name in names) == 3
