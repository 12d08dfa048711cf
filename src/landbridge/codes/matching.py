"""Reading a code list, finding what a user probably meant by a label that is not in it, and telling texts that hide
something.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from importlib import resources

from landbridge.errors import UnknownLabel

# Control characters but for tab and newline, halves of surrogate pairs, marks that turn the direction of writing,
# and code points that Unicode keeps free of characters. None can be seen, XML cannot hold most of them, and a terminal
# obeys some.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)

# Below this likeness a suggestion puzzles more than it helps.
_CUTOFF = 0.6


def rows(name: str) -> list[dict[str, str]]:
    """The rows of `landbridge/codes/<name>.csv` by column name; an empty cell is an empty string."""
    text = resources.files("landbridge.codes").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def unknown(kind: str, label: object, spellings: Mapping[str, Iterable[str]]) -> UnknownLabel:
    """The refusal of `label`, naming the nearest valid codes as `CODE (Name)`.

    `spellings` maps each such display text to everything a user may have typed for it: codes and names in
    all languages held. Only codes are valid labels; a name finds its code in the message.
    """
    close = _closest(str(label), spellings)
    listed = (
        "`landbridge sources --places` lists all places."
        if kind == "place"
        else ""
        if close
        else "The lists are in docs/reference/tables.md."
    )
    remedy = " ".join(filter(None, (f"Nearest valid: {', '.join(close)}." if close else "", listed)))
    error = UnknownLabel(kind, str(label), (), remedy=remedy)
    error.nearest = close
    return error


def unfit(text: str) -> tuple[str, ...]:
    """The characters of `text` that no text may hold, as `U+0007`, each once: see `_UNFIT`."""
    return tuple(dict.fromkeys(f"U+{ord(found):04X}" for found in _UNFIT.findall(text)))


def plain(text: str) -> str:
    """`text` with such characters written out as `<U+0007>`, fit for a terminal, a page and a workbook."""
    return _UNFIT.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def _closest(label: str, spellings: Mapping[str, Iterable[str]], count: int = 5) -> tuple[str, ...]:
    wanted = _fold(label)
    if not wanted:
        return ()
    scores = {
        shown: max(_likeness(wanted, _fold(text)) for text in texts) for shown, texts in spellings.items()
    }
    best = max(scores.values(), default=0.0)
    # A name typed in full leaves no doubt; otherwise what is far behind the best is only noise.
    floor = 1.0 if best == 1.0 else max(_CUTOFF, best - 0.2)
    found = [shown for shown, score in scores.items() if score >= floor]
    ranked = sorted(found, key=lambda shown: (-scores[shown], shown))
    return tuple(ranked[:count])


def _likeness(wanted: str, text: str) -> float:
    if not text:
        return 0.0
    if wanted == text:
        return 1.0
    ratio = SequenceMatcher(None, wanted, text).ratio()
    shorter, longer = sorted((wanted, text), key=len)
    # `Vitebsk` for `Vitebsk Oblast`, `黑龙江` for `黑龙江省`; one or two letters occur everywhere.
    contained = shorter in longer and (len(shorter) > 2 or not shorter.isascii())
    return max(ratio, 0.8 + 0.19 * ratio) if contained else ratio


def _fold(text: str) -> str:
    """Case, accents and runs of spaces removed; `ё` counts as `е`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())
