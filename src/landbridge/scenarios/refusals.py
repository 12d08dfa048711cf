"""Refusals of the solver in the words of a scenario: codes for positions, keys of the file for arguments of a call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from landbridge.errors import Problem

# Axes before their positions: "[place, sector] [3, 0], [4, 1]"; "place [3], [4]"; "place 3, 4"; "last place 3".
_AXES = re.compile(r"(\[[a-z]+(?:, [a-z]+)+\])((?:,? [\[(]\d+(?:, \d+)+[\])](?: = [^\s,;]+)?)+)")
_BRACKETS = re.compile(r"\b([Pp]lace|exporter|importer)((?:,? \[\d+\](?: = [^\s,;]+)?)+)")
_BARE = re.compile(r"\b([Pp]lace|exporter|importer) (\d+(?:, \d+)*)\b")
_INDEX = re.compile(r"[\[(](\d+(?:, \d+)*)[\])]")

_WHERE = {"cost_hat": "changes", "tariff_new": "changes", "deficits": "deficits"}
_ACCOUNTS = ("flows", "inputs", "final_share", "tariff")
_WORDS = (
    (re.compile(r"""deficits=['"](\w+)['"](?: or ['"](\w+)['"])?"""), r"`deficits: \1`|\2"),
    (re.compile(r"close the flow with inf\b"), "write a change of kind closure"),
    (re.compile(r"\bThe shock\b"), "What the changes do together"),
    (re.compile(r"\bafter the shock\b"), "after the changes"),
    (re.compile(r"\bthe shock\b"), "what the changes do together"),
    (re.compile(r"\bTry a smaller shock first\b"), "Try smaller sizes first"),
    (re.compile(r"\ba smaller shock\b"), "smaller sizes"),
)


def in_words(
    problems: Iterable[Problem], sectors: Sequence[str], places: Sequence[str]
) -> tuple[Problem, ...]:
    """The same problems for whoever wrote a scenario: places and sectors by code, remedies by keys of the file."""

    def said(text: str) -> str:
        return _keys(_codes(text, sectors, places))

    return tuple(
        replace(
            problem,
            what=said(problem.what),
            where="accounts" if problem.where in _ACCOUNTS else _WHERE.get(problem.where, problem.where),
            cause=said(problem.cause),
            remedy=said(problem.remedy),
        )
        for problem in problems
    )


def _codes(text: str, sectors: Sequence[str], places: Sequence[str]) -> str:
    def axes(found: re.Match[str]) -> str:
        names = found[1].strip("[]").split(", ")
        return found[1] + _INDEX.sub(
            _named([sectors if name == "sector" else places for name in names]), found[2]
        )

    def bare(found: re.Match[str]) -> str:
        return f"{found[1]} {', '.join(_label(places, at) for at in found[2].split(', '))}"

    text = _AXES.sub(axes, text)
    text = _BRACKETS.sub(lambda found: found[1] + _INDEX.sub(_named([places], ""), found[2]), text)
    return _BARE.sub(bare, text)


def _named(labels: Sequence[Sequence[str]], brackets: str = "[]") -> Callable[[re.Match[str]], str]:
    def named(found: re.Match[str]) -> str:
        inside = ", ".join(_label(held, at) for held, at in zip(labels, found[1].split(", "), strict=False))
        return f"{brackets[:1]}{inside}{brackets[1:]}"

    return named


def _label(labels: Sequence[str], at: str) -> str:
    return labels[int(at)] if int(at) < len(labels) else at


def _keys(text: str) -> str:
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    return re.sub(
        r"(`deficits: \w+`)\|(\w*)", lambda m: m[1] + (f" or `deficits: {m[2]}`" if m[2] else ""), text
    )
