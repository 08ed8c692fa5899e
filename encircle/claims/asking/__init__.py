"""From a sentence and maps to an answer, or to a question back."""
