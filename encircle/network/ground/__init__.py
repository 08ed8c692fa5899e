"""Who holds which ground, on both readings."""
