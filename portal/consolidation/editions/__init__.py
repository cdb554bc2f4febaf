"""Editions of a consolidation: freeze one, read it, print it, compare it with today."""
