"""A judgement read with suspicion, value by value."""
