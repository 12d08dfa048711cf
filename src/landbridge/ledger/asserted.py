"""The claims of a text to statements: what it asserts, whoever says it."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from landbridge.errors import LandbridgeError
from landbridge.ledger.entered import require_sound
from landbridge.ledger.forms import ClaimForm, ClaimsForm, is_period
from landbridge.ledger.noting import Reading
from landbridge.ledger.statement import Statement
from landbridge.provenance import Status


def claims(reading: Reading) -> Iterator[Statement]:
    """The statements of a file of claims; problems are noted in `reading`."""
    try:
        document = ClaimsForm.model_validate(reading.parsed.content)
    except ValidationError as error:
        reading.invalid(error)
        # Nothing that is read under a broken head is kept; it is read for its problems.
        document = ClaimsForm.model_construct(recorded="", recorder="", source="text", sha256="", claims=[])
    for position, stated in enumerate(reading.listed("claims")):
        at = ("claims", position)
        try:
            claim = ClaimForm.model_validate(stated)
        except ValidationError as error:
            reading.invalid(error, at, "claims.")
            continue
        _look(claim, at, reading)
        made = _statement(document, claim)
        reading.lines[made.id] = reading.parsed.line(*at)
        yield made


def _look(claim: ClaimForm, at: tuple[str | int, ...], reading: Reading) -> None:
    """Note everything that is wrong with a claim."""
    start, end = claim.at
    if not 0 <= start < end:
        reading.wrong(at, f"at: [{start}, {end}] is not a span.")
    unknown = [code for code in claim.parties if code not in reading.places]
    if unknown:
        reading.wrong(at, f"parties: {', '.join(unknown)} is no place code.")
    quantity = claim.value is not None or claim.low is not None
    if (claim.low is None) != (claim.high is None):
        reading.wrong(at, "a range needs low and high.")
    elif claim.low is not None and claim.high is not None and claim.low > claim.high:
        reading.wrong(at, "low is above high.")
    try:
        if quantity:
            require_sound((claim.value, claim.low, claim.high), claim.unit, claim.indicator)
    except LandbridgeError as error:
        reading.wrong(at, str(error))
    if quantity != ("{value}" in claim.asserts):
        reading.wrong(at, "asserts needs {value} exactly where a value is given.")
    if "{period}" in claim.asserts and not (claim.period or claim.period_inferred):
        reading.wrong(at, "asserts speaks of a {period}, but none is given.")
    if any(sign.isnumeric() for sign in claim.asserts):
        reading.wrong(at, "a digit stands in asserts.", remedy="Use {value} and {period}.")
    for period in (claim.period, claim.period_inferred):
        if period and not is_period(period):
            reading.wrong(at, f"{period!r} is not a period.")


def _statement(document: ClaimsForm, claim: ClaimForm) -> Statement:
    detail = {
        "kind": claim.kind,
        "indicator": claim.indicator,
        "system": str(claim.system),
        "parties": " ".join(claim.parties),
        "direction": claim.direction,
        "period_inferred": claim.period_inferred,
        "beside": claim.beside,
    }
    return Statement(
        subject=f"claim/{document.source}-{claim.at[0]}-{claim.at[1]}-{claim.indicator.replace('_', '-')}",
        kind="claim",
        property="asserts",
        source=document.source,
        status=Status.CLAIMED,
        recorded=document.recorded,
        recorder=document.recorder,
        text=claim.asserts,
        number=claim.value,
        low=claim.low,
        high=claim.high,
        unit=claim.unit,
        comparator=claim.comparator,
        period=claim.period,
        as_of=document.asof if not claim.asof else "",
        start=claim.at[0],
        end=claim.at[1],
        sha256=document.sha256,
        speaker=claim.speaker,
        note=" ".join(filter(None, (claim.asof and f"as of: {claim.asof}.", claim.note))),
        supersedes=claim.supersedes,
        detail={key: value for key, value in detail.items() if value},
    )
