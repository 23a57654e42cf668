"""What a person asks for: one quote, or a list of them."""
