"""Many files become one situation."""
