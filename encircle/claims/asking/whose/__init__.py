"""Whose force a claim means, by what it calls it."""
