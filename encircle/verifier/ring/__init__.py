"""Proofs that nobody gets out: is the ring closed, and held by what it says."""
