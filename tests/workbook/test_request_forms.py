"""Requests as people write them: numbers, headers in Chinese, encodings, and all faults at once in their language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from workbook.cli import main
from workbook.request.faults import RequestFaultsError
from workbook.request.keys import KEYS, canonical
from workbook.request.numbers import read_number
from workbook.request.quote_request import load_requests, make_request
from xlmodel.catalog import built_in

if TYPE_CHECKING:
    from workbook.request.quote_request import QuoteRequest


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("10000", 10_000),
        ("10,000", 10_000),
        ("1,234,567.5", 1_234_567.5),
        ("10 000", 10_000),
        ("1_000", 1_000),
        ("3万", 30_000),
        ("1.5亿", 150_000_000),
        ("2.345 万人", 23_450),
        ("300百万", 300_000_000),
        ("5千", 5_000),
        ("8k", 8_000),
        ("１０，０００", 10_000),
        ("３．５万", 35_000),
        ("1e4", 10_000),
        ("-5", -5),
        ("−5", -5),
        ("0.125", 0.125),
        ("1234.567", 1234.567),
        (" 12人 ", 12),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, number: float) -> None:
    """Groups of three, ten thousands, full-width digits, a unit behind."""
    assert read_number(text, "dau").value == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1.234", ("1234", "1.2340")),
        ("1,5", ("1.5", "15")),
        ("0,123", ("0.123", "0123")),
        ("1,2345", ("1.2345", "12345")),
        ("1.234,5", ()),
        ("12,34,567", ()),
        ("1,000,00", ()),
        ("20%", ()),
        ("3万5", ()),
        ("12 tokens", ()),
        ("1..2", ()),
        ("about 5", ()),
        ("9" * 70, ()),
        ("", ()),
    ],
)
def test_what_may_mean_two_numbers_is_none(text: str, readings: tuple[str, ...]) -> None:
    """Nothing is guessed, and both readings are told where there are two."""
    assert read_number(text, "dau") == (None, readings)


def test_a_share_is_read_where_one_is_taken() -> None:
    """20 % is 0.2; a second reading beyond the limit is not meant."""
    assert read_number("20%", "growth_rate", share=True).value == 0.2
    assert read_number("1.125", "pue", share=True, most=10).value == 1.125
    assert read_number("1.125", "staff_cost_year", share=True, most=1e7).value is None


def test_every_name_of_a_key_means_one_key() -> None:
    """No name of two keys; case, spaces and a unit in brackets do not count."""
    assert [canonical(key) for key in KEYS] == list(KEYS)
    assert canonical(" 日活（人） ") == canonical("DAU") == canonical("Daily Active Users") == "dau"
    assert canonical("API 模型") == canonical("api_models") == "api_models"
    assert canonical("输入 Token") == "input_tokens"
    assert canonical("折现率") is None


_HEADER = ["客户", "日活", "模型", "部署方式", "年限", "输入token", "输出token", "日期", "语言", "币种", "API模型", "租赁", "用量年增长率"]  # fmt: skip
_ROW = ["上海公司", "３万", "14B", "租赁", "2年", "1,000", "400", "2026/6/1", "zh", "USD", "Qwen-Plus", "1×L40S", "20%"]  # fmt: skip


def _as_file(folder: Path, suffix: str) -> Path:
    path = folder / f"r{suffix}"
    values = dict(zip(_HEADER, _ROW, strict=True))
    if suffix == ".toml":
        path.write_text("\n".join(f"'{key}' = '{value}'" for key, value in values.items()), encoding="utf-8")
    elif suffix == ".json":
        path.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8-sig")
    elif suffix == ".xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(_HEADER)
        book.active.append(_ROW)
        book.save(path)
    else:
        separator, encoding = (";", "gb18030") if suffix == ".csv" else ("\t", "utf-16")
        path = path.with_suffix(".csv")
        text = "\r\n".join(separator.join(f'"{cell}"' for cell in row) for row in (_HEADER, _ROW))
        path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("suffix", [".toml", ".json", ".xlsx", ".csv", ".txt"])
def test_a_chinese_request_is_read_alike_in_every_file(tmp_path: Path, suffix: str) -> None:
    """TOML, JSON, a workbook, CSV in GBK with semicolons, and CSV in UTF-16 with tabs (.txt here)."""
    ((_, found),) = load_requests(_as_file(tmp_path, suffix), built_in())
    assert (found.customer, found.dau, found.model, found.years) == ("上海公司", 30_000, "7B~14B", 2)
    assert (found.input_tokens, found.output_tokens, str(found.date)) == (1_000, 400, "2026-06-01")
    assert (found.api_models, found.rent, found.own) == (("Qwen-Plus",), ("1×L40S 48GB",), ())
    assert found.assumptions == {"currency": "USD", "growth_rate": 0.2}


def _made(**values: object) -> QuoteRequest:
    return make_request(built_in(), values, "r")


def test_the_deployment_leaves_the_others_out() -> None:
    """What is not named is left out; API models that are given stay as the measure, hardware contradicts itself."""
    own = _made(dau=5, deployment="自建")
    assert (own.api_models, own.rent, own.own) == ((), (), ("light",))
    hardware = _made(dau=5, deployment="租赁、自建")
    assert (hardware.api_models, bool(hardware.rent), hardware.own) == ((), True, ("light",))
    assert _made(dau=5, deployment="own", api_models=["Qwen-Plus"]).api_models == ("Qwen-Plus",)
    assert _made(dau=5, deployment="API").own == _made(dau=5, deployment="api、own").rent == ()
    for given, message in {
        "cloudy": "deployment: the text 'cloudy', expected one or more of api, rent, own",
        "混合": "deployment: the text '混合', expected one or more of api, rent, own",
        "api": "deployment: it leaves out rent, and rent is given; take one of them back",
    }.items():
        with pytest.raises(RequestFaultsError) as caught:
            _made(dau=5, deployment=given, rent=["H200"])
        assert str(caught.value) == f"r: {message}"


BAD = "客户,日活,模型,年限,语言,假设\n甲,,14B,3,zh,\n乙,1.234,Qwen-Pluss,30,zh,\n丙,5,14B,3,zh,\n丁,5,14B,3,zh,折现率=x\n"


def test_all_bad_rows_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line a fault with row and customer, in the file's language or the one asked for; nothing is written."""
    monkeypatch.chdir(tmp_path)
    Path("r.csv").write_text(BAD, encoding="utf-8")
    assert main(["quote", "r.csv", "--lang", "en"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "xlmodel: r.csv: row 2 (甲): dau: blank, expected a number above 0, at most 10 billion",
        "xlmodel: r.csv: row 3 (乙): dau: the text '1.234' may be 1234 or 1.2340; write one of them",
        "xlmodel: r.csv: row 3 (乙): model: unknown model 'Qwen-Pluss'; nearest: Qwen-Plus, Qwen3.5-Plus, Qwen3-VL-8B",
        "xlmodel: r.csv: row 3 (乙): years: 30, expected a whole number from 1 to 20",
        "xlmodel: r.csv: row 5 (丁): assumptions: discount_rate: 'x' is no number (per year)",
    ]
    assert main(["quote", "r.csv"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "xlmodel: r.csv: 第 2 行（甲）: 日活 dau: 为空，应为大于 0、至多 100 亿的数",
        "xlmodel: r.csv: 第 3 行（乙）: 日活 dau: 文字“1.234”可能是 1234 或 1.2340；请写明其一",
        "xlmodel: r.csv: 第 3 行（乙）: 模型 model: 没有模型“Qwen-Pluss”；相近的有：Qwen-Plus, Qwen3.5-Plus, Qwen3-VL-8B",
        "xlmodel: r.csv: 第 3 行（乙）: 年限 years: 30，应为1 至 20 的整数",
        "xlmodel: r.csv: 第 5 行（丁）: 假设 assumptions: discount_rate: “x”不是数",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


@pytest.mark.parametrize(("locale", "start"), [("zh_CN.UTF-8", "r.toml: daus: 没有这个键"), ("C.UTF-8", "r.toml: daus: unknown key")])  # fmt: skip
def test_without_a_language_the_system_s_is_spoken(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    locale: str,
    start: str,
) -> None:
    """`LC_ALL` decides where neither the command nor the file does; the nearest key is named."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", locale)
    Path("r.toml").write_text("daus = 1", encoding="utf-8")
    assert main(["quote", "r.toml"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"xlmodel: {start}")
    assert line.endswith("dau")


def test_many_quotes_for_one_file_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`-o x.xlsx` with a table is one line, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    Path("r.csv").write_text("dau\n5\n6\n")
    assert main(["quote", "r.csv", "-o", "x.xlsx"]) == 2
    assert capsys.readouterr().err == (
        "xlmodel: x.xlsx: names one file, and here are 2 quotes; give -o a folder\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


@pytest.mark.parametrize("sign", ["\x1b[2J", "\u202e", "\x9b", "\u2066"])
def test_a_customer_that_a_screen_would_act_on_is_refused(sign: str) -> None:
    """Escape sequences and signs that turn text around are in no quote, and in no message."""
    with pytest.raises(RequestFaultsError) as caught:
        _made(dau=5, customer=f"a{sign}b")
    assert sign[0] not in str(caught.value)
    assert "customer: the text 'a " in str(caught.value)
