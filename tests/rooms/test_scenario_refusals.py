"""Refusals of the solver reach the author of a scenario in the words of the file."""

from __future__ import annotations

import pytest

import small_world as small
from landbridge.errors import BadBaseline, NotConverged, Problem
from landbridge.scenarios import making, solving
from landbridge.scenarios.compiling import compile
from landbridge.scenarios.context import context
from landbridge.scenarios.refusals import in_words
from landbridge.scenarios.solving import Prepared

SECTORS, PLACES = ("A01", "C28"), ("BLR", "CHN", "RUS")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("place 2 cannot pay its surplus", "place RUS cannot pay its surplus"),
        ("after the shock place 0, 1 can still buy", "after the changes place BLR, CHN can still buy"),
        ("first place 1.", "first place CHN."),
        ("place [1] has a gap of 1.0e-03.", "place CHN has a gap of 1.0e-03."),
        ("Place [1] has a deficit of 5", "Place CHN has a deficit of 5"),
        ("place [0] = 0.5, [2] = -1.5 and 3 more.", "place BLR = 0.5, RUS = -1.5 and 3 more."),
        ("[place, sector] [0, 1], [2, 0].", "[place, sector] [BLR, C28], [RUS, A01]."),
        ("[sector, place] [1, 0] = 0.3.", "[sector, place] [C28, BLR] = 0.3."),
        ("[sector, exporter, importer] [1, 0, 2]", "[sector, exporter, importer] [C28, BLR, RUS]"),
        (
            "Use deficits='removed' or 'multiplicative', or",
            "Use `deficits: removed` or `deficits: multiplicative`, or",
        ),
        (
            'Use deficits="multiplicative" or "removed".',
            "Use `deficits: multiplicative` or `deficits: removed`.",
        ),
        (
            "deficits='removed', or close the flow with inf instead",
            "`deficits: removed`, or write a change of kind closure instead",
        ),
        ("Use it, or a smaller shock.", "Use it, or smaller sizes."),
        ("after 3 rounds 5 places trade among themselves", "after 3 rounds 5 places trade among themselves"),
        ("place 77 is not there", "place 77 is not there"),
    ],
)
def test_positions_become_codes_and_arguments_keys(given: str, wanted: str) -> None:
    (found,) = in_words([Problem(given, "cost_hat", given, given)], SECTORS, PLACES)
    assert (found.what, found.cause, found.remedy) == (wanted, wanted, wanted)
    assert found.where == "changes"


@pytest.mark.parametrize("kind", [NotConverged, BadBaseline])
def test_a_failed_solution_names_places(kind: type[NotConverged], monkeypatch: pytest.MonkeyPatch) -> None:
    data = small.world()
    plan = compile(small.scenario(), context(data))
    prepared = Prepared(making.economy_of(data, small.VARIANTS[0]), plan)

    def fails(*given: object, **named: object) -> None:
        raise kind("place 1 cannot pay.", where="deficits", remedy="Use deficits='removed'.")

    monkeypatch.setattr(solving, "clear", fails)
    with pytest.raises(kind) as caught:
        prepared.solve()
    assert type(caught.value) is kind
    (problem,) = caught.value.problems
    assert problem.what == f"place {prepared.economy.places[1]} cannot pay."
    assert problem.remedy == "Use `deficits: removed`."
