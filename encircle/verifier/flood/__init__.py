"""Where a force can go at all, as the map is drawn."""
