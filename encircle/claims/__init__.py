"""Claims held against maps: what is known, the rules that rate, and the answer."""
