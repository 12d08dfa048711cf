"""Scenarios: a named list of changes, what it does to trade and real income, and how sure that is."""
