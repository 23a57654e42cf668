"""The sheets of a quote by their English names, in a file of either language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_CHINESE = {
    "Cover": "封面",
    "Inputs": "输入",
    "Compare": "对比",
    "Reconciliation": "对账",
    "API prices": "API 价格",
    "GPU rental prices": "GPU 租赁价格",
    "GPU purchase prices": "GPU 采购价格",
    "Own investment by tier": "自建投入",
    "Figures": "数据",
    "GPU specifications": "GPU 规格",
    "Typical rental configurations": "典型租赁配置",
    "Sources": "来源",
    "Lists": "列表",
    "Changes": "变更",
}


def tab(sheets: Collection[str], name: str) -> str:
    """Return what a sheet is called in a file with these sheets."""
    return name if name in sheets else _CHINESE[name]
