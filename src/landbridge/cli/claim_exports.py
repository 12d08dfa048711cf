"""What `claims verify` writes beside its answer: ClaimReview, PROV-JSON, Data Packages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import landbridge
from landbridge.claims.decisions import Decision
from landbridge.claims.reading import Reading
from landbridge.claims.review import Review, State
from landbridge.claims.verdicts.verdict import Verdict
from landbridge.claims.verifying import Verdicts
from landbridge.cli.claim_readings import write
from landbridge.errors import BadUsage
from landbridge.ledger import Ledger
from landbridge.release import Data


@dataclass(frozen=True, slots=True)
class Targets:
    """Where a call wants its exports."""

    claimreview: Path | None = None
    author: str | None = None
    prov: Path | None = None
    package: Path | None = None

    def refuse(self) -> None:
        """Refuse, before anything is computed, a call whose exports cannot be written."""
        from landbridge.brief import writing

        if self.author is not None and self.claimreview is None:
            raise BadUsage("--author belongs to --claimreview.", remedy="Add --claimreview FILE.")
        named = [path for path in (self.claimreview, self.prov, self.package) if path is not None]
        if len({path.resolve() for path in named}) < len(named):
            raise BadUsage("two exports would be written to one place.", remedy="Give each its own name.")
        for path in (self.claimreview, self.prov):
            if path is not None:
                writing.refuse(path)


def export(
    targets: Targets, verdicts: Verdicts, data: Data, ledger: Ledger | None, origins: Mapping[str, str]
) -> Iterator[str]:
    """Write what is asked for and say what was written.

    `ledger` is given where a ledger alone is verified; `origins` says by what each document's versions are known.
    """
    pairs = list(zip(verdicts.readings, verdicts.verdicts, strict=True))
    texts = [reading for reading, _ in pairs if reading.document.format != "ledger"]
    for option, path in (("--prov", targets.prov), ("--package", targets.package)):
        if path is not None and len(texts) < len(pairs) and not (option == "--package" and ledger):
            raise BadUsage(
                f"{option} needs documents: of texts in the ledger only hashes are held.",
                remedy="Name documents alone"
                + (", or `ledger` alone for the ledger itself." if option == "--package" else "."),
            )
    written = []
    if targets.claimreview is not None:
        write(targets.claimreview, _claim_reviews(pairs, targets.author).encode(), "--claimreview")
        written.append(f"Wrote {targets.claimreview}.")
    decisions, states = _reviewed(texts, data, origins) if targets.prov or targets.package else ((), {})
    if targets.prov is not None:
        write(targets.prov, _chain(pairs, decisions, origins).encode(), "--prov")
        written.append(f"Wrote {targets.prov}.")
    if targets.package is not None:
        from landbridge.claims.export.datapackage import claims_package, ledger_package

        made = (
            ledger_package(targets.package, ledger)
            if ledger is not None
            else claims_package(
                targets.package,
                [(reading.document, reading.claims) for reading in texts],
                states=states,
                decisions=decisions,
                verdicts=[(reading.document, found) for reading, found in pairs],
            )
        )
        written.append(f"Wrote {made}.")
    return iter(written)


def _reviewed(
    readings: Sequence[Reading], data: Data, origins: Mapping[str, str]
) -> tuple[Sequence[Decision], dict[str, State]]:
    """What people decided in the workspace, where there is one."""
    if data.workspace is None:
        return (), {}
    review = Review.open(data.workspace)
    states: dict[str, State] = {}
    for reading in readings:
        origin = origins[reading.document.name]
        states |= review.states(reading.document, reading.claims, origin=origin)
    return review.decisions(), states


def _claim_reviews(pairs: Sequence[tuple[Reading, Sequence[Verdict]]], author: str | None) -> str:
    from landbridge.claims.export.claimreview import claim_reviews, script_safe

    today = datetime.now(UTC).date().isoformat()
    program = f"Landbridge {landbridge.__version__} (program; not reviewed by a person)"
    made = [
        item
        for reading, verdicts in pairs
        for item in claim_reviews(
            reading.document, verdicts, reviewed=today, author=program if author is None else author
        )
    ]
    return script_safe(made) + "\n"


def _chain(
    pairs: Sequence[tuple[Reading, Sequence[Verdict]]],
    decisions: Sequence[Decision],
    origins: Mapping[str, str],
) -> str:
    """The chains of all documents as one PROV document, in which what they share stands once."""
    from prov.model import ProvDocument

    from landbridge.claims.export.provenance import prov_json

    chains = [
        prov_json(
            reading.document,
            reading.claims,
            decisions,
            verdicts,
            version=landbridge.__version__,
            origin=origins[reading.document.name],
        )
        for reading, verdicts in pairs
    ]
    if len(chains) == 1:
        return chains[0] + "\n"
    whole = ProvDocument()
    for chain in chains:
        whole.update(ProvDocument.deserialize(content=chain, format="json"))
    return str(whole.unified().serialize(format="json", indent=1)) + "\n"
