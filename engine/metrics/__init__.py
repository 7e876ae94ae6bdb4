"""Metrics: numbers that say whether what was made is what was asked for."""
