"""The words that a workbook's sheets and columns go by, in Chinese and English, in lower case."""

from __future__ import annotations

from typing import Literal, TypeAlias

Role: TypeAlias = Literal["cover", "inputs", "calculation", "output", "checks", "catalog", "other"]

ROLES: dict[str, Role] = {
    "封面": "cover", "cover": "cover",
    "输入": "inputs", "inputs": "inputs", "input": "inputs",
    "计算": "calculation", "calculation": "calculation", "calculations": "calculation",
    "输出": "output", "结果": "output", "output": "output", "outputs": "output",
    "检查": "checks", "checks": "checks", "check": "checks",
    "目录": "catalog", "数据": "catalog", "catalog": "catalog", "catalogue": "catalog",
    "其他": "other", "说明": "other", "other": "other",
}  # fmt: skip
SHEET = frozenset({"工作表", "表页", "sheet", "tab"})
ROLE = frozenset({"角色", "role"})
SOURCES = frozenset({"来源", "sources"})
CHANGES = frozenset({"变更", "变更记录", "changes", "change log"})
PURPOSE = ("用途：", "用途:", "purpose:")
UNITS = ("单位：", "单位:", "units:")
UNIT = frozenset({"单位", "unit", "units"})
SOURCE = frozenset({"来源", "来源编号", "source", "source id", "sources"})
PLACE = frozenset({"位置", "出处", "place", "where"})
DATE = frozenset({"日期", "数据日期", "as of", "as_of", "date"})
# columns of an input's row that describe it: their numbers are the register's, not the user's
ABOUT = ("默认", "可选", "下限", "上限", "default", "limit", "min", "max")
SIGNS = ("符号", "正数", "sign convention", "signs:", "positive")
GENERIC = frozenset(
    {"picture", "image", "chart", "diagram", "graphic", "shape", "图片", "图表", "图像", "图形"}
)
CJK_FONTS = frozenset(
    {
        "microsoft yahei", "microsoft yahei ui", "微软雅黑", "simsun", "宋体", "simhei", "黑体", "dengxian", "等线",
        "pingfang sc", "noto sans cjk sc", "source han sans sc", "source han sans cn", "思源黑体",
    }
)  # fmt: skip


def normal(text: object) -> str:
    """Give a label without case and outer spaces, and without a unit in brackets behind it."""
    plain = str(text or "").strip().casefold()
    for bracket in (" (", "（"):
        plain = plain.partition(bracket)[0]
    return plain.strip()
