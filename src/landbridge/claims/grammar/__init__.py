"""The grammar of claims: deterministic rules over plain text, fed by a language pack. No files, no network, no model."""
