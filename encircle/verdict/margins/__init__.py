"""How narrow it is, and how little would change it."""
