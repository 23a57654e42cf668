"""An existing workbook with new figures: what changed, what rests on it, and the report."""
