"""Checked claims as others read them: a page, ClaimReview, rows, and a log of corrections."""
