"""The proofs: an open path, or a closed ring."""
