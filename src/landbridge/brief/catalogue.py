"""The message catalogue: every text a reader sees passes through it, so that other languages need no code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from babel.support import NullTranslations, Translations

from landbridge.errors import UnknownLabel

LANGUAGES = ("en",)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The messages of one language; English messages are their own keys."""

    language: str
    translations: NullTranslations

    def gettext(self, message: str) -> str:
        """The message in the catalogue's language."""
        return str(self.translations.ugettext(message))


@lru_cache
def catalogue(language: str = "en") -> Catalogue:
    """The catalogue of a language; raises `UnknownLabel` where there is none yet."""
    if language not in LANGUAGES:
        raise UnknownLabel("language of the brief", language, LANGUAGES)
    folder = Path(str(files("landbridge.brief").joinpath("locale")))
    return Catalogue(language, Translations.load(folder, [language], domain="brief"))
