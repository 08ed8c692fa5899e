"""Estimated probabilities, with their error."""
