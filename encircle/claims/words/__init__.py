"""From the words of an article to claims that a person may confirm."""
