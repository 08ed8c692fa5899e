"""What is on a map: situations, evidence, what is supposed, how far and how surely."""
