"""Roads, railways and rivers from files of lines."""
