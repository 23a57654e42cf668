"""One module a sheet of the quote."""
