"""Which positions are in a table, however its columns, places and dates are written."""
