"""The golden record: what was judged before, to the digit."""
