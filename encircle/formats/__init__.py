"""Maps as others draw them, turned into situations; one module a format."""
