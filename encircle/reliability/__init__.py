"""Graphs whose edges may fail, and how likely their ends stay joined; no maps."""
