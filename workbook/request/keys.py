"""The keys of a request, and the other names that people write for them, in both languages."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from workbook.request.faults import Place, RequestFaultError, Said
from workbook.request.text import one_line
from xlmodel.catalog.lookup import normalise
from xlmodel.errors import NotAvailableError
from xlmodel.inputs.register import find_key

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSUMPTIONS = "assumptions"
DEPLOYMENT = "deployment"
_UNIT = re.compile(r"\s*\([^()]*\)$")


class Key(NamedTuple):
    """A key of a request.

    Args:
        expected: what it takes.
        names: other names: the first Chinese one is that of messages.
    """

    expected: Said
    names: tuple[str, ...]


_TOKENS = Said("0 至 100 亿的数", "a number from 0 to 10 billion")
_NAMES: dict[str, Key] = {
    "customer": Key(Said("一行文字，至多 200 字", "one line of text, at most 200 characters"), ("客户", "客户名称", "客户名", "公司", "公司名称", "单位名称", "client", "company")),
    "date": Key(Said("2026-06-01 这样的日期", "a date such as 2026-06-01"), ("日期", "报价日期", "报价日", "quote date")),
    "lang": Key(Said("zh 或 en", "zh or en"), ("语言", "报价语言", "language")),
    "dau": Key(Said("大于 0、至多 100 亿的数", "a number above 0, at most 10 billion"), ("日活", "日活用户", "日活用户数", "日活跃用户", "日活跃用户数", "日活数", "daily active users", "daily users")),
    "input_tokens": Key(_TOKENS, ("输入token", "输入tokens", "输入token数", "人均日输入", "人均日输入token", "每日输入token", "输入", "input")),
    "output_tokens": Key(_TOKENS, ("输出token", "输出tokens", "输出token数", "人均日输出", "人均日输出token", "每日输出token", "输出", "output")),
    "years": Key(Said("1 至 20 的整数", "a whole number from 1 to 20"), ("年限", "年数", "测算年限", "比较年限", "year")),
    "model": Key(Said("API 模型、开源模型或模型规模", "an API model, an open model or a size class"), ("模型", "大模型", "模型名称", "模型规模")),
    "api_models": Key(Said("至多 12 个 API 模型", "at most 12 API models"), ("API模型", "API", "对比API模型", "api model")),
    "rent": Key(Said("至多 6 个 2×A100 80GB 这样的 GPU 配置", "at most 6 GPU configurations such as 2×A100 80GB"), ("租赁", "租用", "租赁配置", "租赁方案", "云租赁", "rented gpus")),
    "own": Key(Said("至多 6 个自建规模或 GPU 配置", "at most 6 tiers or GPU configurations"), ("自建", "自建配置", "自建方案", "自建规模", "own hardware")),
    ASSUMPTIONS: Key(Said("名称与值，如 discount_rate = 0.05", "names with values, such as discount_rate = 0.05"), ("假设", "假设条件")),
    DEPLOYMENT: Key(Said("api、rent、own 中的一个或几个", "one or more of api, rent, own"), ("部署方式", "部署", "部署方案", "deployments")),
}  # fmt: skip
KEYS = tuple(_NAMES)


def label(key: str) -> Said:
    """Return a key as messages name it; another name stays as it is."""
    return Said(f"{_NAMES[key].names[0]} {key}", key) if key in _NAMES else Said(key, key)


def expected(key: str) -> Said:
    """Return what a key takes."""
    return _NAMES[key].expected


def canonical(name: str) -> str | None:
    """Return the key that a name means: one of `KEYS`, or None; case, spaces and a unit in brackets do not count."""
    text = _UNIT.sub("", unicodedata.normalize("NFKC", name).strip())
    return _forms().get(normalise(text))


@lru_cache(maxsize=1)
def _forms() -> dict[str, str]:
    return {normalise(form): key for key, each in _NAMES.items() for form in (key, *each.names)}


class Given(NamedTuple):
    """What was given, by canonical keys.

    Args:
        values: by key of a request.
        named: assumptions that stand under names of their own, such as a column of growth rates.
        faults: names that mean nothing, or the same twice.
    """

    values: dict[str, object]
    named: dict[str, object]
    faults: list[RequestFaultError]


def resolved(values: Mapping[str, object], place: Place) -> Given:
    """Return what was given by canonical keys."""
    given = Given({}, {}, [])
    for name, value in values.items():
        key = canonical(name)
        try:
            into, found = (given.values, key) if key else (given.named, find_key(name))
        except NotAvailableError:
            given.faults.append(RequestFaultError(place, _unknown(name)))
            continue
        if found in into:
            given.faults.append(RequestFaultError(place, twice(found)))
        into[found] = value
    return given


def twice(key: str) -> Said:
    """Return what is wrong with a key that is given twice."""
    name = label(key)
    return Said(f"{name.zh}: 给了两次，只能给一次", f"{name.en}: given twice, expected once")


def _unknown(name: str) -> Said:
    shown = one_line(name)
    near = get_close_matches(normalise(name), _forms(), n=3, cutoff=0.6)
    keys = list(dict.fromkeys(_forms()[form] for form in near))
    if keys:
        zh, en = ("、".join(label(key).zh for key in keys), ", ".join(keys))
        return Said(f"{shown}: 没有这个键；相近的有：{zh}", f"{shown}: unknown key; nearest: {en}")
    zh, en = ("、".join(_NAMES[key].names[0] for key in KEYS), ", ".join(KEYS))
    return Said(f"{shown}: 没有这个键；可用：{zh}", f"{shown}: unknown key; the keys are {en}")
