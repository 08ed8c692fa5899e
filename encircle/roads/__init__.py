"""Places cut off by road, from a road map alone."""
