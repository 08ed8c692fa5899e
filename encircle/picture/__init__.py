"""A judgement as a picture a newspaper could print."""
