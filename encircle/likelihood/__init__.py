"""How likely is it that a force is cut off, and what would have to be wrong."""
