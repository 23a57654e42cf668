"""The LibreOffice Calc extension: the functions, their help for the wizard, and the model, which needs no library."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.addin import write_files
from xlmodel.hosts.help_text import argument_help
from xlmodel.hosts.model_sources import model_sources
from xlmodel.hosts.office_package import package
from xlmodel.hosts.written_out import written_out

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xlmodel.functions.define import Function

EXTENSION = "xlmodel.oxt"
SERVICE = "org.xlmodel.Functions"
_HOST_MODULES = ("__init__.py", "calc_values.py", "cell_values.py", "written_out.py")
_TEMPLATES = files("xlmodel.hosts").joinpath("templates/calc")
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def write_calc_addin(folder: Path) -> list[Path]:
    """Write the extension for LibreOffice Calc.

    Args:
        folder: where to write; made when it is missing.

    Returns:
        The file written.

    Raises:
        WorkbookError: the folder cannot be written.
    """
    return write_files(folder, {EXTENSION: calc_extension()})


def calc_extension() -> bytes:
    """Make the extension: the component, its types, its entries in LibreOffice's configuration, and the model."""
    definitions = tuple(FUNCTIONS.values())
    source = files("xlmodel")
    parts = {
        name: _TEMPLATES.joinpath(name.rpartition("/")[2]).read_bytes()
        for name in ("META-INF/manifest.xml", "Jobs.xcu")
    }
    description = _TEMPLATES.joinpath("description.xml").read_text("utf-8")
    parts["description.xml"] = description.replace("{version}", version("xlmodel")).encode()
    parts["types.idl"] = types(definitions).encode("ascii")
    parts["CalcAddIns.xcu"] = configuration(definitions).encode()
    parts["component.py"] = source.joinpath("hosts/calc_component.py").read_bytes()
    for name, data in model_sources(_HOST_MODULES).items():
        parts[f"pythonpath/{name}"] = data
    return package(parts)


def types(definitions: Iterable[Function]) -> str:
    """Write the interface of the functions, in UNO's language: what may be left out or be a range is an `any`."""
    lines = []
    for definition in definitions:
        listed = ", ".join(
            f"[in] any {_name(place)}" for place, _item in enumerate(written_out(definition), 1)
        )
        given = "sequence< sequence<any> >" if definition.table else "any"
        lines.append(f"        {given} {definition.name}({listed});")
    methods = "\n".join(lines)
    return (
        f"module org {{ module xlmodel {{\n    interface XFunctions : com::sun::star::uno::XInterface {{\n"
        f"{methods}\n    }};\n}}; }};\n"
    )


def _name(place: int) -> str:
    return f"arg{place}"


def configuration(definitions: Iterable[Function]) -> str:
    """Write what Calc's function wizard shows, in both languages, and the names that Excel's files hold."""
    nodes = "".join(_function(definition) for definition in definitions)
    return (
        f'{_XML}<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
        ' oor:name="CalcAddIns" oor:package="org.openoffice.Office">\n<node oor:name="AddInInfo">'
        f'<node oor:name="{SERVICE}" oor:op="replace"><node oor:name="AddInFunctions">\n'
        f"{nodes}</node></node></node>\n</oor:component-data>\n"
    )


def _function(definition: Function) -> str:
    arguments = "".join(
        f'<node oor:name="{_name(place)}" oor:op="replace">'
        f"{_property('DisplayName', name, name)}"
        f"{_property('Description', argument_help(argument, 'en'), argument_help(argument, 'zh'))}</node>\n"
        for place, (name, argument) in enumerate(written_out(definition), 1)
    )
    return (
        f'<node oor:name={quoteattr(definition.name)} oor:op="replace">\n'
        f"{_property('DisplayName', definition.name, definition.name)}"
        f"{_property('Description', definition.en, definition.zh)}"
        f'<prop oor:name="Category"><value>Add-In</value></prop>'
        f"{_property('CompatibilityName', definition.name)}"
        f'<node oor:name="Parameters">\n{arguments}</node></node>\n'
    )


def _property(name: str, en: str, zh: str | None = None) -> str:
    values = f'<value xml:lang="en">{escape(en)}</value>'
    if zh is not None:
        values += f'<value xml:lang="zh-CN">{escape(zh)}</value>'
    return f'<prop oor:name="{name}">{values}</prop>'
