"""Degrees and metres, and outlines moved by an error."""
