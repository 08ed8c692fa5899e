"""Checks a judgement without the engine that made it."""
