"""Potential: what trade would be normal between two places, and where the gap is."""
