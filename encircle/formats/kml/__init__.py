"""Maps drawn in KML."""
