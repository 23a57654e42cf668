"""Which one, and why: the documents' rules as data, set beside what the model computes."""
