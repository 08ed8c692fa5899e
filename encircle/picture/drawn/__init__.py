"""What is drawn on the map of a picture, layer by layer."""
