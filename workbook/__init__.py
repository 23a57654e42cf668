"""The files: quote requests, workbooks, their regeneration, their standard, and the command line."""

from __future__ import annotations

import os

# openpyxl writes other bytes where lxml is installed: a layout must give the same file on every machine.
os.environ["OPENPYXL_LXML"] = "False"
