"""The sections of a brief, one module each: `section(setting)` returns what it can say and refuses the rest."""
