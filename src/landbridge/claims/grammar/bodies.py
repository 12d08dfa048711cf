"""The words of a sentence, and the names of bodies among them (`Bank of China`, `Belarusian Chamber of Commerce`)."""

from __future__ import annotations

from dataclasses import dataclass

from landbridge.claims.grammar.gazetteer import DASHES, GAPS, WORD, Entry, Gazetteer

# Words looked at on either side of a name, at most: longer names are rare, and the bound keeps time linear.
STEPS = 9
# In a headline every word is capitalised, so that only a head this near belongs to the name.
_NEAR = 2
_CAPITALISED = 0.7
_APART = frozenset(("'", "’", "ʼ", ". ", ".\u00a0", " ("))


@dataclass(frozen=True, slots=True)
class Found:
    """A name of a place: from word `first` to the one before `behind`, and the span of text it fills."""

    first: int
    behind: int
    start: int
    end: int
    entry: Entry


