"""Gravity: estimation with many fixed effects. Arrays and frames in, frozen results out; no data of its own."""
