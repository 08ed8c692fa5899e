"""The library of history: scenarios, drafting, and what they rest on."""
