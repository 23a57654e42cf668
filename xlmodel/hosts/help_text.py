"""The help that a host's function dialog shows: a line for the function, a line for each argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlmodel.functions.define import Argument

HELP_LENGTH = 255
"""Longest help that Excel's function dialog takes, in characters."""


def argument_help(argument: Argument, language: str) -> str:
    """Return the help of an argument with its default.

    Args:
        argument: of a definition.
        language: `zh` or `en`.
    """
    text = argument.zh if language == "zh" else argument.en
    if argument.default is None:
        return text
    default = argument.default if isinstance(argument.default, str) else f"{argument.default:g}"
    return f"{text}（默认：{default}）" if language == "zh" else f"{text} (default: {default})"


def cut(text: str) -> str:
    """Return a text as one line that the dialog takes whole."""
    line = " ".join(text.split())
    return line if len(line) <= HELP_LENGTH else f"{line[: HELP_LENGTH - 1]}…"
