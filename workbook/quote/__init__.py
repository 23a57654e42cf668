"""The quote workbook: its options, its sheets, its audit, and the templates."""
