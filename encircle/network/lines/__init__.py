"""Lines of communication: routes, and what crossings span."""
