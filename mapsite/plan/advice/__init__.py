"""What a good plan still lacks: rules that give advice, each a function of values."""
