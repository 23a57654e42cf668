"""The page at the server's root: every function with its help, and a form that tries it."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from xlmodel import __version__
from xlmodel.functions import FUNCTIONS
from xlmodel.functions.define import Takes
from xlmodel.grid import Kind, tokens
from xlmodel.hosts.help_text import argument_help
from xlmodel.hosts.office_files import address, template
from xlmodel.hosts.written_out import written_out

if TYPE_CHECKING:
    from xlmodel.functions.define import Argument, Function

_GROUPS = {
    "catalog": "Facts 事实",
    "cost": "Cost 成本",
    "sizing": "Sizing 选型",
    "advice": "Advice 建议",
}
_LITERALS = (Kind.NUMBER, Kind.TEXT, Kind.LOGICAL)


def page(token: str | None) -> str:
    """Write the page.

    Args:
        token: what its requests carry; None: nothing.
    """
    functions = sorted(FUNCTIONS.values(), key=lambda definition: [*_GROUPS].index(definition.group))
    sections = "".join(
        f"<h2>{_GROUPS[group]}</h2>\n{''.join(map(_function, members))}"
        for group, members in groupby(functions, key=lambda definition: definition.group)
    )
    text = template("page.html").replace("{version}", __version__).replace("{functions}", sections)
    for name in ("icon-32.png", "page.css", "page.js", "manifest.xml"):
        text = text.replace(f"{{{name}}}", escape(address(".", name, token)))
    return text


def _function(definition: Function) -> str:
    listed = written_out(definition)
    values = _literals(definition.example)
    values += [""] * (len(listed) - len(values))
    fields = "".join(
        _field(definition, name, argument, value)
        for (name, argument), value in zip(listed, values, strict=True)
    )
    return (
        f'<details id="{definition.name}"><summary><code>{definition.name}</code> {escape(definition.en)}</summary>\n'
        f'<p lang="zh">{escape(definition.zh)}</p>\n<form data-function="{definition.name}">\n{fields}'
        "<button>Compute 计算</button></form>\n<output></output></details>\n"
    )


def _field(definition: Function, name: str, argument: Argument, value: str) -> str:
    identity = f"{definition.name}-{name}"
    kind = "number" if argument.takes is Takes.NUMBER else "any"
    if argument.takes is Takes.NUMBER_OR_TEXT:
        kind = "either"
    required = "" if argument.optional else ' <span title="required 必填">*</span>'
    return (
        f'<label for="{identity}">{name}{required}</label>'
        f'<textarea id="{identity}" rows="1" data-kind="{kind}">{escape(value)}</textarea>'
        f'<small>{escape(argument_help(argument, "en"))} <span lang="zh">{escape(argument_help(argument, "zh"))}</span></small>\n'
    )


def _literals(formula: str) -> list[str]:
    """Give the arguments of an example as a person would type them into the form."""
    values: list[str] = []
    for kind, text, _sheet in tokens(formula):
        if kind is Kind.FUNCTION:
            values = [""]
        elif text == ",":
            values.append("")
        elif kind in _LITERALS:
            values[-1] += text[1:-1].replace('""', '"') if kind is Kind.TEXT else text
    return values
