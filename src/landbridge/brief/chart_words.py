"""Typed parts as laid-out words: measured, wrapped and cut, with every run still tied to the part it shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from landbridge.brief.text import Atom, Label, Name, Part, Quote, atoms

Show = Callable[[Atom], str]

# Advance widths of a Helvetica-like face in ems; the page's font stack holds faces of these metrics.
_NARROW = set("ijl.,:;'|!()[]{}’‘ ·ftrI-")
_WIDE = set("mwMWOQGD%@—&ЖМШЩЮЫФмшщжюыф")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text on one line and the typed part it shows; `None` for plain words."""

    text: str
    atom: Atom | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of runs at one font size (px); `full` is the text before it was cut."""

    lines: tuple[tuple[Run, ...], ...]
    full: str
    size: float
    bold: bool = False
    cut: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines as plain strings."""
        return tuple("".join(run.text for run in line) for line in self.lines)

    @property
    def width(self) -> float:
        """Width of the longest line in px, estimated."""
        return max((breadth(text, self.size, self.bold) for text in self.texts), default=0.0)

    @property
    def height(self) -> float:
        """Height of all lines in px."""
        return len(self.lines) * self.leading

    @property
    def leading(self) -> float:
        """Distance between two baselines in px."""
        return round(self.size * 1.25, 1)


def breadth(text: str, size: float, bold: bool = False) -> float:
    """Estimated width of `text` in px at font size `size`; a little generous, since readers' fonts differ."""
    ems = 0.0
    for sign in text:
        if unicodedata.east_asian_width(sign) in "WF":
            ems += 1.0
        elif sign in _NARROW:
            ems += 0.32
        elif sign in _WIDE:
            ems += 0.84
        elif sign.isupper():
            ems += 0.69
        else:
            ems += 0.55
    return ems * size * (1.1 if bold else 1.03)


def lay(part: Part, show: Show, *, width: float, size: float, lines: int = 2, bold: bool = False) -> Words:
    """Lay a part out in at most `lines` lines of `width` px; figures, dates and codes are never broken."""
    pieces: list[tuple[str, Atom | None]] = [
        (piece, None) if isinstance(piece, str) else (show(piece), piece) for piece in atoms(part)
    ]
    full = "".join(text for text, _ in pieces).strip()
    chunks = _chunks(pieces)
    filled: list[list[Run]] = [[]]
    for chunk in chunks:
        if filled[-1] and _wide(filled[-1] + chunk, size, bold) > width:
            filled.append([])
        filled[-1].extend(chunk)
    cut = len(filled) > lines
    if cut:
        filled = filled[:lines]
    filled[-1], shortened = _shorten(filled[-1], width, size, bold, force=cut)
    return Words(tuple(_joined(line) for line in filled), full, size, bold, cut or shortened)


def stack(first: Words, second: Words) -> Words:
    """Two laid-out parts of one size under each other."""
    return Words(first.lines + second.lines, f"{first.full} {second.full}", first.size, first.bold, first.cut)


def _chunks(pieces: list[tuple[str, Atom | None]]) -> list[list[Run]]:
    """Stretches between which a line may break: after white space and between ideographs."""
    chunks: list[list[Run]] = [[]]
    for text, atom in pieces:
        breakable = atom is None or isinstance(atom, Label | Name | Quote)
        tokens = re.findall(r"[⺀-鿿＀-￯]|[^\s⺀-鿿＀-￯]+\s*|\s+", text) if breakable else [text]
        for token in tokens:
            chunks[-1].append(Run(token, atom))
            if token[-1:].isspace() or "⺀" <= token[-1:] <= "鿿":
                chunks.append([])
    return [chunk for chunk in chunks if chunk]


def _wide(runs: list[Run], size: float, bold: bool) -> float:
    return breadth("".join(run.text for run in runs).rstrip(), size, bold)


def _shorten(
    line: list[Run], width: float, size: float, bold: bool, *, force: bool
) -> tuple[list[Run], bool]:
    """Drop words from the end until the line and an ellipsis fit; a single unbreakable part stays whole."""
    if not force and _wide(line, size, bold) <= width:
        return line, False
    kept = list(line)
    while len(kept) > 1 and _wide([*kept, Run("…")], size, bold) > width:
        kept.pop()
    if len(kept) == len(line) and not force:
        return line, False
    last = kept[-1]
    kept[-1] = Run(last.text.rstrip(" ,;:("), last.atom)
    return [*kept, Run("…")], True


def _joined(line: list[Run]) -> tuple[Run, ...]:
    """Neighbouring runs of one part made one, without white space at the end of the line."""
    out: list[Run] = []
    for run in line:
        if out and out[-1].atom is run.atom:
            out[-1] = Run(out[-1].text + run.text, run.atom)
        else:
            out.append(run)
    while out and not out[-1].text.rstrip():
        out.pop()
    if out:
        out[-1] = Run(out[-1].text.rstrip(), out[-1].atom)
    return tuple(out) or (Run(""),)
