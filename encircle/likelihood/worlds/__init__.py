"""Maps that the evidence leaves possible, and what a force could do on each."""
