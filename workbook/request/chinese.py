"""The messages of functions that a request can meet, in Chinese; names and numbers in them stay."""

from __future__ import annotations

import re

_KINDS = {
    "model": "模型",
    "api model": "API 模型",
    "open model": "开源模型",
    "size class": "模型规模",
    "gpu": "GPU",
    "tier": "自建规模",
    "assumption": "假设",
    "deployment": "部署方式",
}
_KIND = "|".join(_KINDS)
_RULES = [
    (rf"unknown (?P<kind>{_KIND}) '(?P<name>.*)'; nearest: (?P<rest>.*)", "没有{kind}“{name}”；相近的有：{rest}"),
    (rf"unknown (?P<kind>{_KIND}) '(?P<name>.*)'; known: (?P<rest>.*)", "没有{kind}“{name}”；已有：{rest}"),
    (rf"'(?P<name>.*)' is ambiguous: (?P<kind>{_KIND}) (?P<rest>.*); write one of them", "“{name}”不明确，可指：{rest}；请写明其一"),
    (r"'(?P<name>.*)': no such provider of the .*; listed: (?P<rest>.*)", "“{name}”：没有这家供应商；目录中有：{rest}"),
    (r"(?P<name>\w+): '?(?P<value>[^']*)'? is outside (?P<low>\S+) to (?P<high>\S+) \(.*\)", "{name}: {value} 超出范围 {low} 至 {high}"),
    (r"(?P<name>\w+): '(?P<value>.*)' is no number \(.*\)", "{name}: “{value}”不是数"),
    (r"(?P<name>\w+): '(?P<value>.*)' is no date; write YYYY-MM-DD", "{name}: “{value}”不是日期；请写成 2026-06-01 这样"),
    (r"(?P<name>\w+): (?P<value>\S+) must be a whole number", "{name}: {value} 应为整数"),
    (r"(?P<name>\w+): unknown '(?P<value>.*)'; write (?P<rest>.*)", "{name}: 没有“{value}”；可写 {rest}"),
    (r"'(?P<name>.*)': write .*=value", "“{name}”：请写成 {name}=值"),
    (r"gpu_config '(?P<name>.*)': the number of GPUs must be .*", "“{name}”：GPU 数量应为不小于 1 的整数"),
    (r"(?P<name>.*): no figure (?P<field>\S+); nothing is published for it", "{name} 没有数据 {field}，也没有其他已公布的价格"),
    (r"(?P<name>.*): no figure (?P<field>\S+); known for it: (?P<rest>.*)", "{name} 没有数据 {field}；已有：{rest}"),
    (r"(?P<name>.*): no figure in force on (?P<day>\S+); the first is of (?P<first>\S+)", "{name}：{day} 尚无生效的价格；最早的自 {first} 起"),
]  # fmt: skip
_COMPILED = [(re.compile(pattern), words) for pattern, words in _RULES]


def chinese(message: str) -> str:
    """Return a function's message in Chinese; one without a translation stays as it is."""
    for pattern, words in _COMPILED:
        found = pattern.fullmatch(message)
        if found:
            parts = found.groupdict()
            return words.format(**parts | {"kind": _KINDS.get(parts.get("kind") or "", "")})
    return message
