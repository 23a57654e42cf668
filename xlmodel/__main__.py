"""`python -m xlmodel` is the command `xlmodel`."""

import sys
from importlib import import_module

if __name__ == "__main__":
    # By name: the command stands above the model, which imports nothing from above; an entry point would be found
    # only where the package is installed, and this runs from a plain folder too.
    sys.exit(import_module("workbook.cli").main())
