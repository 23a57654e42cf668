"""xlwings Lite, Excel on Windows, Mac and the web without a Python of its own: what a workbook carries for it.

xlwings Lite keeps its Python code in the workbook, as properties of an Office web extension. The code written here holds
the functions, the model and a catalog.
"""

from __future__ import annotations

import base64
import json
import zlib
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.addin import write_files
from xlmodel.hosts.help_text import argument_help, cut
from xlmodel.hosts.model_sources import model_sources
from xlmodel.hosts.written_out import written_out

if TYPE_CHECKING:
    from pathlib import Path

    from xlmodel.functions.define import Function

MAIN, REQUIREMENTS = "main.py", "requirements.txt"
FORMULA_PREFIX = "_xldudf_"
"""What stands before a function's name in the formulas of a file, and only there."""
_HOST_MODULES = ("__init__.py", "cell_values.py", "lite_call.py")
_DATA = "xlmodel/catalog/data/"
_NEEDED = ("xlwings", "python-dotenv", "pyodide-http", "black")  # what xlwings Lite itself lists as required
_LINE = 120
_TEMPLATE = files("xlmodel.hosts").joinpath("templates/lite/main.txt")


def lite_files(catalog: Path | None = None) -> dict[str, str]:
    """Return the text of `main.py` and `requirements.txt`.

    Args:
        catalog: a catalog folder that passes the check; None: the built-in one.
    """
    parts = model_sources(_HOST_MODULES)
    if catalog is not None:
        parts = {name: data for name, data in parts.items() if not name.startswith(_DATA)}
        parts |= {f"{_DATA}{path.name}": path.read_bytes() for path in sorted(catalog.glob("*.csv"))}
    text = json.dumps(
        {name: data.decode("utf-8-sig") for name, data in parts.items()}, ensure_ascii=False, sort_keys=True
    )
    packed = base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")
    lines = (packed[place : place + _LINE] for place in range(0, len(packed), _LINE))
    main = _TEMPLATE.read_text("utf-8").replace("{version}", version("xlmodel"))
    main = main.replace("{functions}", "\n\n".join(map(_function, FUNCTIONS.values())))
    return {
        MAIN: main.replace("{model}", "\n".join(lines)),
        REQUIREMENTS: "".join(f"{name}  # required\n" for name in _NEEDED),
    }


def write_lite_addin(folder: Path) -> list[Path]:
    """Write what a person pastes into xlwings Lite.

    Args:
        folder: where to write; made when it is missing.

    Returns:
        The files written.

    Raises:
        WorkbookError: the folder cannot be written.
    """
    return write_files(folder, {name: text.encode() for name, text in lite_files().items()})


def _function(definition: Function) -> str:
    listed = written_out(definition)
    names = [name for name, _argument in listed]
    decorators = "".join(
        f'@arg("{name}", ndim=2, err_to_str=True, doc={_literal(argument_help(argument, "en"), argument_help(argument, "zh"))})\n'
        for name, argument in listed
    )
    declared = ", ".join(f"{name}{'=None' if argument.optional else ''}" for name, argument in listed)
    passed = ", ".join([f'"{definition.name}"', *names])
    return (
        f"@func\n{decorators}def {definition.name}({declared}):\n"
        f"    {_literal(definition.en, definition.zh)}\n"
        f"    return _model()({passed})\n"
    )


def _literal(en: str, zh: str) -> str:
    """Write a help text in both languages as Python holds it."""
    return json.dumps(cut(f"{en} {zh}"), ensure_ascii=False)
