"""What each command does; `workbook.cli` reads its arguments."""
