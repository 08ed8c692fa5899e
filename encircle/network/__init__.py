"""Ground and lines as one network that every question is asked of."""
