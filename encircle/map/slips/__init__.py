"""What looks like a slip of drawing; nothing is judged."""
