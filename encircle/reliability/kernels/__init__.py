"""The hot loops, compiled: arrays in, arrays out, no meaning. Imported where called."""
