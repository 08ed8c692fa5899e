"""Maps as those who publish them write them."""
