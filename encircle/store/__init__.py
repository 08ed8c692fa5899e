"""
What analysts posted, kept as it was said: the case file.

Nothing is overwritten. Whatever is posted, corrected, retracted or redacted is a revision of its
own in one log a case, with the hash of the one before; a situation is put together from it, as of
one instant and as known at another.
"""
