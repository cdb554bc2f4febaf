"""Consolidation: what is added to what, allocations, and frozen editions."""
