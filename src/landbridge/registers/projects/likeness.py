"""How alike two names are, and which words of a vocabulary are spellings of one another.

Two words are the same where their longest common subsequence makes up most of both: 2 L ÷ (m + n), the similarity
that counts letters put in and left out (Wagner and Fischer, "The string-to-string correction problem", 1974). L is
computed for all letters of a word at once, one bit each (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# Spelling varies by a letter or two in a word of eight (Xudabao, Xudapu), so a word counts as the same from three
# quarters on.
SAME_WORD = 0.75
# fmt: off
COMMON = frozenset((
    "the", "of", "and", "in", "on", "at", "to", "for", "with", "by", "a", "an", "project", "projects", "joint",
    "construction", "reconstruction", "modernisation", "building", "works", "plant", "mill", "factory", "bridge",
    "road", "rail", "railway", "crossing", "checkpoint", "permanent", "unit", "units", "park", "zone", "industrial",
    "pipeline", "headline", "under", "way", "help",
))
# fmt: on
# Letters are counted in so many classes, by code point; of one alphabet each has a class of its own.
_CLASSES = 32
# A machine word has a bit for each of so many letters.
_BITS = 64
_ROWS = 512


@lru_cache(maxsize=65536)
def words(text: str, common: frozenset[str] = COMMON) -> frozenset[str]:
    """The words of a name that are its own: case, accents, digits and words that any record could bear are dropped."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    found = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return frozenset(found) - common


def alike(left: Iterable[str], right: Iterable[str]) -> float:
    """The share of words that two names have in common, spellings counted as the same; 0 where one has none."""
    mine, free = sorted(left), sorted(right)
    count = len(mine) + len(free)
    if not mine or not free:
        return 0.0
    shared = 0
    for word in mine:
        best = max(free, key=lambda other: (likeness(word, other), other), default="")
        if best and likeness(word, best) >= SAME_WORD:
            free.remove(best)
            shared += 1
    return shared / (count - shared)


@lru_cache(maxsize=65536)
def likeness(a: str, b: str) -> float:
    """2 L ÷ (m + n) of two words with m and n letters, L the length of their longest common subsequence."""
    if a == b:
        return 1.0
    at: dict[str, int] = {}
    for position, letter in enumerate(a):
        at[letter] = at.get(letter, 0) | 1 << position
    every = (1 << len(a)) - 1
    rest = every
    for letter in b:
        hit = rest & at.get(letter, 0)
        rest = ((rest + hit) | (rest - hit)) & every
    return 2 * (len(a) - rest.bit_count()) / (len(a) + len(b))


def alike_pairs(names: Sequence[frozenset[str]], share: float) -> Iterator[tuple[int, int]]:
    """Pairs i < j of names, each a set of words, that may be `alike` by a share; every pair that is is among them.

    Two names of m and n words that share s are alike by s ÷ (m + n − s), so that asks for s ≥ share ÷ (1 + share) ×
    (m + n). The words of one name that the other has in some spelling are no fewer than s.
    """
    held: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        for word in name:
            held.setdefault(word, []).append(position)
    where = {word: np.array(positions, dtype=np.intp) for word, positions in held.items()}
    places = {
        word: np.concatenate([where[other] for other in same]) for word, same in spellings(held).items()
    }
    # A little less than asked for, so that rounding loses no pair.
    need = (share / (1 + share) - 1e-9) * np.array([len(name) for name in names])
    for position, name in enumerate(names):
        if name:
            met = np.bincount(np.concatenate([places[word] for word in name]), minlength=len(names))
            later = met[position + 1 :] >= need[position] + need[position + 1 :]
            yield from ((position, position + 1 + other) for other in np.nonzero(later)[0].tolist())


def spellings(vocabulary: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """For every word the words of the vocabulary that count as the same, itself first.

    Two bounds sort out what cannot be: the letters that two words share, whatever their order, and the common
    subsequence of their classes of letters. What is left is compared letter by letter.
    """
    listed = sorted(set(vocabulary))
    found: dict[str, list[str]] = {word: [word] for word in listed}
    for i, j in _near(listed):
        if likeness(listed[i], listed[j]) >= SAME_WORD:
            found[listed[i]].append(listed[j])
            found[listed[j]].append(listed[i])
    return {word: tuple(same) for word, same in found.items()}


def _near(listed: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs i < j of words that may be the same; every pair that is the same is among them."""
    if not listed:
        return
    lengths = np.array([len(word) for word in listed], dtype=np.int64)
    letters = np.full((len(listed), int(lengths.max())), _CLASSES, dtype=np.int64)
    for row, word in enumerate(listed):
        letters[row, : len(word)] = [ord(letter) % _CLASSES for letter in word]
    bags = _bags(letters)
    masks = _masks(letters)
    for start in range(0, len(listed), _ROWS):
        stop = min(start + _ROWS, len(listed))
        both = lengths[start:stop, None] + lengths[None, start:]
        # 2 L ÷ (m + n) ≥ 3/4 asks for L ≥ 3/8 (m + n), and no common subsequence is longer than the letters shared.
        close = bags[start:stop] @ bags[start:].T >= SAME_WORD / 2 * both
        first, second = (side + start for side in np.nonzero(close))
        apart = first < second
        first, second = first[apart], second[apart]
        common = _common(masks[first], letters[second], lengths[first])
        sure = 2 * common >= SAME_WORD * (lengths[first] + lengths[second])
        # Longer words than there are bits are not sorted out here.
        kept = sure | (lengths[first] > _BITS)
        yield from zip(first[kept].tolist(), second[kept].tolist(), strict=True)


def _bags(letters: NDArray[np.int64]) -> NDArray[np.float32]:
    """Counts of classes of letters in unary (word, class and count): the product of two rows is what they share."""
    counts = np.stack([(letters == kind).sum(axis=1) for kind in range(_CLASSES)], axis=1)
    most = counts.max(axis=0)
    levels = [counts[:, [kind]] > np.arange(most[kind]) for kind in range(_CLASSES)]
    return np.concatenate(levels, axis=1).astype(np.float32)


def _masks(letters: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Where each class of letters stands in a word, one bit a letter: (word, class), the last class being no letter."""
    held = np.zeros((len(letters), _CLASSES + 1), dtype=np.uint64)
    for position in range(min(letters.shape[1], _BITS)):
        kinds = letters[:, position]
        held[np.arange(len(letters)), kinds] |= np.uint64(1 << position)
    held[:, _CLASSES] = 0
    return held


def _common(
    masks: NDArray[np.uint64], letters: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Lengths of the longest common subsequences of classes, one a pair, for words of at most `_BITS` letters.

    `masks` (pair, class) are of the first word, `letters` (pair, position) of the second, `lengths` (pair,) of the first.
    """
    pairs = np.arange(len(masks))
    rest = np.full(len(masks), np.iinfo(np.uint64).max, dtype=np.uint64)
    for position in range(letters.shape[1]):
        hit = rest & masks[pairs, letters[:, position]]
        rest = np.bitwise_or(rest + hit, rest - hit)
    # Bits above a word's own are never hit, so they stay ones and are not counted.
    return np.bitwise_count(~rest).astype(np.int64)
