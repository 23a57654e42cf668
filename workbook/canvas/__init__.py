"""A sheet before it is a file: cells with keys, styles, charts, and how they are written."""
