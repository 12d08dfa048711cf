"""Registers: the instruments and relations of cooperation, as views over the one ledger."""
