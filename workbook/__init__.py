"""The files: quote requests, workbooks, their regeneration, their standard, and the command line."""
