"""One way to put a question: of the claim's own period, or where it has none, of every year that it may be about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from landbridge.claims.claim import Claim
from landbridge.claims.verdicts.context import Context
from landbridge.claims.verdicts.judging import Asked, judge
from landbridge.claims.verdicts.spans import Span, calendar_year
from landbridge.claims.verdicts.verdict import Evidence, Held, Verdict, cut


def _nothing(*_: object) -> None:
    return None


def _no_evidence(*_: object) -> Iterator[Evidence]:
    return iter(())


def _nobody(*_: object) -> Iterator[str]:
    return iter(())


def _no_words(*_: object) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is held for a period, for which years anything is, what would be needed, what rules a claim out.

    `ruled_out` is asked where nothing is held for the period; `beside` gives what to show for orientation, told whether
    anything is held; `lead` says why nothing compares. `reporters`, `mirrored` and `uncounted`: see `Asked`.
    """

    held: Callable[[Span], Iterable[Held]]
    years: Callable[[], Iterable[int]]
    needed: Callable[[Span | None], str]
    ruled_out: Callable[[Span | None], Verdict | None] = _nothing
    beside: Callable[[Span, bool], Iterable[Evidence]] = _no_evidence
    lead: Callable[[Span], str] = _no_words
    reporters: tuple[str, ...] | None = None
    mirrored: bool = False
    uncounted: Callable[[Span], Iterable[str]] = _nobody


def answer(context: Context, claim: Claim, question: Question) -> Verdict:
    """The verdict on a claim that states a number."""
    period = context.span(claim)
    if period is None or period.open:
        return _undated(context, claim, question, open_ended=period is not None)
    held = tuple(cut(item, context.day) for item in question.held(period))
    comparable = any(item.span == period and not item.left_out for item in held)
    if not comparable and (outside := question.ruled_out(period)) is not None:
        return outside
    asked = Asked(
        needed=question.needed(period),
        reporters=question.reporters,
        dating=dating(claim),
        lead=question.lead(period) if not comparable else "",
        beside=tuple(question.beside(period, comparable)),
        mirrored=question.mirrored,
        uncounted=tuple(dict.fromkeys(question.uncounted(period))),
    )
    return judge(context, claim, held, asked)


def _undated(context: Context, claim: Claim, question: Question, *, open_ended: bool) -> Verdict:
    """What a claim without a period agrees with is named by its year; what it misses proves nothing.

    A dated text speaks of its own year or of the last whole one; without a date every year held may be meant.
    """
    years = sorted(question.years()) if context.year is None else [context.year - 1, context.year]
    held = [item for year in years for item in question.held(calendar_year(year))]
    if not held and (outside := question.ruled_out(None)) is not None:
        return outside
    words = (
        "The period stated has no end."
        if open_ended
        else "The text states no period that could be looked up."
    )
    if held:
        compared = sorted({item.span.words() for item in held if item.span is not None})
        words += f" Compared: {', '.join(compared)}."
    asked = Asked(
        needed=f"the period that is meant; {question.needed(None)}",
        reporters=question.reporters,
        dating=words,
        sure=False,
    )
    return judge(context, claim, held, asked)


def dating(claim: Claim) -> str:
    """Remarks where the period or the parties are a reading of the text and not its own words."""
    words = []
    if claim.period_inferred and not claim.period:
        source = f" from “{claim.asof}”" if claim.asof else ""
        words.append(f"The period {claim.period_inferred} is inferred{source}.")
    if claim.readings.get("parties"):
        words.append("Whose trade it is, is taken from the text around.")
    return " ".join(words)
