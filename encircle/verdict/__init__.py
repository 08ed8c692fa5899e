"""What a network says of a force: rules, definitions, words."""
