"""What the grammar knows of a language: one folder of word lists each, and how it is chosen for a text."""

from landbridge.claims.languages.pack import Language, detect, language, languages

__all__ = ["Language", "detect", "language", "languages"]
