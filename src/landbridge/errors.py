"""Refusals that name the remedy.

A message answers four questions: what is wrong, where, what probably caused it, what to do next. Classes are
named after the remedy, not after the module that raises them. The command line prints them without a traceback
and leaves with `exit_code`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a user's file or call."""

    what: str
    where: str = ""
    cause: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return " ".join(part for part in (head, self.cause, self.remedy) if part)

    def as_dict(self) -> dict[str, str]:
        """The four answers by name, for `--json`."""
        return {"what": self.what, "where": self.where, "cause": self.cause, "remedy": self.remedy}


class LandbridgeError(Exception):
    """Base of every refusal. Carries one or more `Problem`s; `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(
        self, what: str | Sequence[Problem], *, where: str = "", cause: str = "", remedy: str = ""
    ) -> None:
        if isinstance(what, str):
            self.problems: tuple[Problem, ...] = (Problem(what, where, cause, remedy),)
        else:
            self.problems = tuple(what)
        super().__init__(str(self))

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        return "\n".join(
            [f"{len(self.problems)} problems:", *(f"  - {problem}" for problem in self.problems)]
        )


class BadUsage(LandbridgeError):
    """The call is wrong: an option that does not exist, two that exclude each other. Correct the call."""

    exit_code = 2


class UnknownLabel(BadUsage):
    """A code or name that no code list holds. Choose one of the nearest valid labels."""

    def __init__(
        self, kind: str, label: str, valid: Iterable[str], *, where: str = "", remedy: str = ""
    ) -> None:
        self.kind, self.label = kind, label
        self.nearest = nearest(label, valid)
        hint = f"Nearest valid: {', '.join(self.nearest)}." if self.nearest else ""
        super().__init__(f"no {kind} is called {label!r}.", where=where, cause=hint, remedy=remedy)


class BadFile(LandbridgeError):
    """A file the user handed over cannot be read as what it should be. All problems of the file are listed."""


class NotHeld(LandbridgeError):
    """The question is good but the data held do not answer it. The remedy says what to load, if anything can."""


class BadSample(LandbridgeError):
    """The rows handed to an estimator cannot be used as they are: negative trade, keys twice, one exporter only.
    The message names rows; mend or drop them. All problems of the sample are listed.
    """


class NotConverged(LandbridgeError):
    """An iteration stopped before its conditions were met, so there is no result. Follow the remedy, or simplify."""


class BadBaseline(LandbridgeError):
    """Flows and input shares that describe no economy: negative sales, a place that buys nothing, inputs above output.
    The message names the cells; mend them. All problems of the baseline are listed.
    """


class BadNetwork(LandbridgeError):
    """Tables that describe no network: a negative time, a link to nowhere, an island, a crossing that lets nothing pass.
    The message names rows; mend them. All problems of the network are listed.
    """


class OutsideSupport(LandbridgeError):
    """The data hold too little like the case that was asked about, so any number would be a guess. Ask for less."""


class UnitMismatch(LandbridgeError):
    """Two quantities of different units, currencies or price bases were about to be combined. Convert first."""


class UntracedDigit(LandbridgeError):
    """A digit stood in plain text of a brief. Make it a Figure, Date, Code, Label, Name or Quote."""


class BrokenRelease(LandbridgeError):
    """A release or workspace folder is damaged, or its layout is of another version. Rebuild or migrate it."""


def nearest(label: str, valid: Iterable[str], count: int = 5) -> tuple[str, ...]:
    """The valid labels most like `label`, best first; case is ignored, case variants come first."""
    folded: dict[str, str] = {}
    for item in valid:
        folded.setdefault(item.casefold(), item)
    close = difflib.get_close_matches(label.casefold(), folded, n=count, cutoff=0.5)
    return tuple(folded[item] for item in close)
