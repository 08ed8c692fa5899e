"""Maps that are painted ground and nothing else."""
