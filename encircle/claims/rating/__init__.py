"""A claim held against a judgement."""
