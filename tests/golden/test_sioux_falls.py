"""The network of Sioux Falls (LeBlanc, Morlok and Pierskalla, 1975), as kept by bstabler/TransportationNetworks@d1639b4.

Tolerance: the objective to 1e-8 relative, which the best known flows give themselves; link flows to 1e-3 relative, because
those flows have a relative gap of 4e-16 and flows converge more slowly than the objective.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landbridge.corridors.assignment import Assignment, user_equilibrium

pytestmark = pytest.mark.shared

OBJECTIVE = 4231335.28710744
TOTAL_TIME = 7480225.3449


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "anchors/transport/siouxfalls"


def columns(path: Path) -> np.ndarray:
    """The rows of numbers of a TNTP file."""
    rows = [line.strip().rstrip(";").split() for line in path.read_text("utf-8").splitlines()]
    return np.array([[float(cell) for cell in row] for row in rows if row and row[0].isdigit()])


@pytest.fixture(scope="module")
def network(folder: Path) -> dict[str, Any]:
    net = columns(folder / "SiouxFalls_net.tntp")
    demand = np.zeros((24, 24))
    origin = -1
    for line in (folder / "SiouxFalls_trips.tntp").read_text("utf-8").splitlines():
        if line.startswith("Origin"):
            origin = int(line.split()[1]) - 1
        elif origin >= 0:
            for destination, trips in re.findall(r"(\d+)\s*:\s*([\d.]+)\s*;", line):
                demand[origin, int(destination) - 1] = float(trips)
    assert net.shape == (76, 10)
    assert demand.sum() == 360_600
    ends = net[:, :2].astype(np.int64) - 1
    return {
        "tail": ends[:, 0],
        "head": ends[:, 1],
        "t0": net[:, 4],
        "capacity": net[:, 2],
        "demand": demand,
        "b": net[:, 5],
        "power": net[:, 6],
    }


@pytest.fixture(scope="module")
def solved(network: dict[str, Any]) -> Assignment:
    return user_equilibrium(**network)


def test_objective_and_total_time(solved: Assignment) -> None:
    assert solved.gap <= 1e-12
    assert solved.objective == pytest.approx(OBJECTIVE, rel=1e-8)
    assert solved.total_time == pytest.approx(TOTAL_TIME, rel=1e-8)


def test_link_flows_and_costs(folder: Path, network: dict[str, Any], solved: Assignment) -> None:
    known = {(int(row[0]) - 1, int(row[1]) - 1): row[2:] for row in columns(folder / "SiouxFalls_flow.tntp")}
    ends = zip(network["tail"].tolist(), network["head"].tolist(), strict=True)
    flow, cost = np.array([known[pair] for pair in ends]).T
    assert solved.flow == pytest.approx(flow, rel=1e-3)
    assert solved.cost == pytest.approx(cost, rel=1e-3)


def test_the_narrowest_link(network: dict[str, Any], solved: Assignment) -> None:
    """Node 8 to node 6 carries 2.557 times its capacity (anchor file); who uses it adds up to its flow."""
    over = solved.flow / network["capacity"]
    link = int(np.argmax(over))
    assert (network["tail"][link], network["head"][link]) == (7, 5)
    assert over[link] == pytest.approx(2.556977545372792, rel=1e-6)
    users = solved.select_link(link)
    assert sum(user.flow for user in users) == pytest.approx(solved.flow[link], rel=1e-12)
    assert all(user.flow <= network["demand"][user.origin, user.destination] * (1 + 1e-12) for user in users)
