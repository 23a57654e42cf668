"""The total rebuilt with native formulas, by the method and not from the code."""
