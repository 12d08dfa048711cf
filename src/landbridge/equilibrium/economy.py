"""The economy before the shock: what flows, input shares and tariffs say about spending, deficits and income."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from landbridge.equilibrium.checks import SHOWN, Findings, cells
from landbridge.equilibrium.result import Array
from landbridge.errors import Problem

# Rounding of published shares: what is below it counts as met.
EXACT = 1e-9
# Negative final use (stocks run down) is set to zero only while it is this small a part of all final use.
SMALL = 0.01
# Printed shares add up to one within their last digits; they are divided by their sum.
PRINTED = 1e-3


@dataclass(frozen=True, slots=True)
class Baseline:
    """A closed economy of S sectors and N places in which every market clears. Money is in the unit of the flows.

    `flows` (S, exporter, importer): sales net of tariff; `inputs` (input sector, using sector, place): shares of the
    using sector's gross output; `value_added_share` (S, N): one less their sum; `final_share` (S, N): of final
    spending; `tariff` (S, exporter, importer): fractions, or None; `output` (S, N): sales; `purchases` (S, N): with
    tariff; `value_added`, `revenue` (tariff), `deficit` (purchases net of tariff less sales), `spending` (final: the
    sum of the three), all (N,). `repairs`: what was done to the numbers before anything was solved.

    The rest is what every solve starts from, kept so that many shocks need it made once. `share` (S, exporter,
    importer): of purchases, with tariff. Arrays by (place, sector): `needs` (N, using sector, input sector), `own`
    (value added) and `final` shares, `home` sales, `home_share` of purchases, `rivalry` (sales weighted by the
    seller's share of each market) and `content` (own value added in a unit of output made with inputs from home).
    """

    flows: Array
    inputs: Array
    value_added_share: Array
    final_share: Array
    tariff: Array | None
    output: Array
    purchases: Array
    value_added: Array
    revenue: Array
    deficit: Array
    spending: Array
    share: Array
    needs: Array
    own: Array
    final: Array
    home: Array
    home_share: Array
    rivalry: Array
    content: Array
    repairs: tuple[str, ...] = ()
    settled: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Number of sectors and of places."""
        return self.output.shape[0], self.output.shape[1]


def economy(
    flows: Any,
    inputs: Any,
    final_share: Any = None,
    tariff: Any = None,
    repairs: tuple[str, ...] = (),
) -> tuple[Baseline, float]:
    """The accounts of an economy, and by how much given final shares miss them (as a part of a place's spending).

    Final use is what a place buys less what its sectors use up, final spending is value added, tariff revenue and deficit
    together. Raises `BadBaseline` naming cells: negative or missing sales, a place that sells or buys nothing, inputs
    above output, final use below zero by more than `SMALL` of all final use. Smaller negative final use is set to
    zero; the miss then tells that the economy has to be settled again.
    """
    found = Findings()
    flows = found.flows(flows, sectors=True)
    sectors, _, places = flows.shape
    inputs = (
        np.zeros((sectors, sectors, places))
        if inputs is None
        else found.shares(inputs, (sectors, sectors, places), "inputs")
    )
    given = None if final_share is None else found.shares(final_share, (sectors, places), "final_share")
    rates = None if tariff is None else found.rates(tariff, flows.shape, "tariff")
    found.settle()

    output = flows.sum(axis=2)
    share = 1.0 - inputs.sum(axis=0)
    idle = output == 0
    wrong = (share < -EXACT) & ~idle
    if wrong.any():
        what = f"inputs above output in [sector, place] {cells(wrong, 1.0 - share)}."
        remedy = "Input shares are parts of gross output; their sum over input sectors is at most 1."
        found.of_baseline.append(Problem(what, "inputs", remedy=remedy))
    share = np.maximum(share, 0.0)
    net = flows.sum(axis=1)
    taxed = None if rates is None else (rates * flows).sum(axis=1)
    purchases = net if taxed is None else net + taxed
    value_added = (share * output).sum(axis=0)
    _earns(found, value_added)
    deficit = net.sum(axis=0) - output.sum(axis=0)
    revenue = np.zeros(places) if taxed is None else taxed.sum(axis=0)
    used = _used(inputs, output)
    final = purchases - used
    _served(found, purchases, used, given)
    spending = value_added + revenue + deficit
    _spends(found, spending)
    if given is None:
        given, notes = _derived(found, final, purchases)
        repairs = repairs + notes
    elif not np.allclose(given.sum(axis=0), 1.0, rtol=0, atol=PRINTED):
        bad = ~np.isclose(given.sum(axis=0), 1.0, rtol=0, atol=1e-6)
        what = f"final shares of a place add up to 1; place {cells(bad, given.sum(axis=0))}."
        remedy = "Divide each column by its sum, if the shares are complete."
        found.of_baseline.append(Problem(what, "final_share", remedy=remedy))
    found.settle()
    given = given / given.sum(axis=0)
    miss = float((np.abs(final - given * spending) / spending).max())
    bought = np.where(purchases > 0, purchases, 1.0)
    bought_share = flows / bought[:, None, :]
    if rates is not None:
        bought_share *= 1.0 + rates
    needs = np.ascontiguousarray(inputs.transpose(2, 1, 0))
    own = np.ascontiguousarray(share.T)
    at = np.arange(places)
    home_share = np.ascontiguousarray(bought_share[:, at, at].T)
    base = Baseline(
        flows=flows,
        inputs=inputs,
        value_added_share=share,
        final_share=given,
        tariff=rates,
        output=output,
        purchases=purchases,
        value_added=value_added,
        revenue=revenue,
        deficit=deficit,
        spending=spending,
        share=bought_share,
        needs=needs,
        own=own,
        final=np.ascontiguousarray(given.T),
        home=np.ascontiguousarray(flows[:, at, at].T),
        home_share=home_share,
        rivalry=np.ascontiguousarray(np.einsum("sij,sij->is", flows, bought_share)),
        content=own_content(needs, own, home_share),
        repairs=repairs,
    )
    return base, miss


def own_content(needs: Array, own: Array, home_share: Array) -> Array:
    """Own value added in a unit of output, (N, S), inputs from home counted through, by the first terms of the series."""
    content = own
    for _ in range(6):
        content = own + (needs @ (home_share * content)[:, :, None])[:, :, 0]
    return content


def _used(inputs: Array, output: Array) -> Array:
    """Purchases for production, (input sector, place)."""
    by_place = np.ascontiguousarray(inputs.transpose(2, 0, 1))
    return np.ascontiguousarray((by_place @ output.T[:, :, None])[:, :, 0].T)


def _earns(found: Findings, value_added: Array) -> None:
    if not value_added.min() > 0:
        what = f"a place without value added: place {cells(value_added <= 0)}."
        found.of_baseline.append(Problem(what, "inputs", remedy="Its input shares leave nothing to earn."))


def _served(found: Findings, purchases: Array, used: Array, given: Array | None) -> None:
    absent = (purchases == 0) & (used > 0)
    if absent.any():
        what = f"sectors use what the place does not buy in [sector, place] {cells(absent, used)}."
        found.of_baseline.append(Problem(what, "inputs", remedy="Mend flows or input shares."))
    if given is not None and (wanted := (purchases == 0) & (given > 0)).any():
        what = f"final demand for what the place does not buy in [sector, place] {cells(wanted, given)}."
        found.of_baseline.append(
            Problem(what, "final_share", remedy="Mend the flows, or set the share to zero.")
        )


def _spends(found: Findings, spending: Array) -> None:
    if not spending.min() > 0:
        what = f"a place that has nothing to spend on final use: place {cells(spending <= 0, spending)}."
        cause = "It sells more than it buys by more than it earns."
        found.of_baseline.append(Problem(what, "flows", cause, "Mend its flows or its input shares."))


def _derived(found: Findings, final: Array, purchases: Array) -> tuple[Array, tuple[str, ...]]:
    """Final shares from final use, (S, N); negative final use is refused, or set to zero and told."""
    total = np.maximum(final, 0.0).sum(axis=0)
    if not total.min() > 0:
        what = f"a place whose sectors use up all it buys: place {cells(total <= 0)}."
        found.of_baseline.append(Problem(what, "inputs", remedy="Mend its flows or its input shares."))
        return np.ones_like(final), ()
    below = final < -EXACT * np.maximum(purchases, total / final.shape[0])
    notes: tuple[str, ...] = ()
    if below.any():
        part = float(-final[below].sum() / total.sum())
        if part > SMALL:
            what = (
                f"sectors use more than the place buys in {int(below.sum())} cells, {100 * part:.1f} % of all final use; "
                f"[sector, place] {cells(below, final)}."
            )
            remedy = "Mend flows or input shares: purchases are intermediate use plus final use."
            found.of_baseline.append(Problem(what, "inputs", "The two are not of one table.", remedy))
        first = ", ".join(str(tuple(int(i) for i in index)) for index in np.argwhere(below)[:SHOWN])
        notes = (
            f"negative final use set to zero in {int(below.sum())} cells ({100 * part:.3g} % of all final use), "
            f"first [sector, place] {first}",
        )
    return np.maximum(final, 0.0) / total, notes
