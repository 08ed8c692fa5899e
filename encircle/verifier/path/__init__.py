"""Proofs of a way out: is it open, as the map is drawn."""
