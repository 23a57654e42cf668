"""How a definition reaches a cell: one module a host."""
