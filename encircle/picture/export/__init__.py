"""How a judgement leaves for other tools."""
