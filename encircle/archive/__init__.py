"""Many maps: one force through time."""
