"""An ensemble on a real Dask cluster of this machine gives the same bits as our own processes."""

from __future__ import annotations

import numpy as np
import pytest

import small_world as small
from landbridge.scenarios.making import solve

distributed = pytest.importorskip("distributed")


def test_a_dask_cluster_gives_the_same_bits() -> None:
    question = small.scenario(), small.world()
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = solve(*question, draws=60, executor=client.get_executor())
        # The portions really went there.
        workers = client.scheduler_info()["workers"]
        assert len(workers) == 2
    here = solve(*question, draws=60, workers=1)
    assert there.sampled is not None
    assert here.sampled is not None
    assert np.array_equal(there.sampled.draws, here.sampled.draws)
    assert there.table().equals(here.table())
