"""Names as people write them: forms, aliases, GPU configurations, and what is unknown or ambiguous."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlmodel import CellError, call
from xlmodel.catalog.load import built_in
from xlmodel.catalog.lookup import Names, normalise, split_config

NAMES = built_in().names
KINDS = ("api_model", "open_model", "gpu", "tier", "size_class", "deployment", "pricing", "field", "table")


def error_of(*arguments: object) -> CellError:
    """Return the error of a call."""
    with pytest.raises(CellError) as caught:
        call(*arguments)  # type: ignore[arg-type] # the first is the function's name
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "Qwen-Plus",
        "qwen plus",
        "QWENPLUS",
        "qwen_plus",
        " Qwen - Plus ",
        "Ｑｗｅｎ－Ｐｌｕｓ",
        "Qwen–Plus",
        "通义千问Plus",
    ],
)
def test_forms_of_an_api_model(text: str) -> None:
    """Case, spaces, hyphens, width and an exact alias do not matter."""
    assert call("LLM_API_COST", text, 10_000) == pytest.approx(432, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "8×H100 80GB",
        "8xH100-80G",
        "8X h100 80gb",
        "8*H100 80 GB",
        "8 × H100",
        "８×Ｈ１００　８０ＧＢ",
        "8ｘH100",
        "8卡H100",
        "8×H100 SXM",
        "8×H100 80GiB",
    ],
)
def test_forms_of_a_configuration(text: str) -> None:
    """A count, one of the signs, and a GPU in any form: 8 x 11,500."""
    assert call("LLM_RENT_COST", text) == 92_000


@pytest.mark.parametrize(
    ("text", "gpu"),
    [
        ("H100", "H100 80GB"),
        ("H200", "H200 141GB"),
        ("H800", "H800 80GB"),
        ("A100 80GB", "A100 80GB"),
        ("A100-80G", "A100 80GB"),
        ("A100 80G PCIe", "A100 PCIe 80GB"),
        ("A100 PCIe 80GB", "A100 PCIe 80GB"),
        ("H100 80G PCIe", "H100 PCIe 80GB"),
        ("4090 48G", "RTX 4090 48GB"),
        ("昇腾 910B", "Ascend 910B 64GB"),
        ("H20-3e", "H20 141GB"),
    ],
)
def test_gpus_without_form_factor_are_sxm(text: str, gpu: str) -> None:
    """H100, H200 and H800 alone are the SXM ones; PCIe is only what says so; G and GB are one."""
    assert NAMES.find("gpu", text) == gpu


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("A100", ["A100 80GB", "A100 PCIe 80GB", "A100 40GB", "A100 PCIe 40GB"]),
        ("2×H20", ["H20 96GB", "H20 141GB"]),
        ("RTX 4090", ["RTX 4090 24GB", "RTX 4090 48GB"]),
        ("8xGH200", ["GH200 96GB", "GH200 144GB"]),
    ],
)
def test_gpus_that_need_their_memory(text: str, meanings: list[str]) -> None:
    """They are ambiguous: #N/A, and the message lists their meanings and no other card."""
    error = error_of("LLM_RENT_COST", text)
    assert error.code == "#N/A"
    assert "is ambiguous: gpu " in error.message
    listed = error.message.partition(": gpu ")[2].partition(";")[0].replace(" or ", ", ").split(", ")
    assert listed == meanings


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("LLM_API_COST", "Qwen-Pluss", 1), "unknown api model 'Qwen-Pluss'; nearest: Qwen-Plus"),
        (("LLM_API_COST", "GPT4", 1), "unknown api model 'GPT4'; nearest: GPT-4o"),
        (
            ("LLM_API_COST", "DeepSeek", 1),
            "api model DeepSeek V4-Flash, DeepSeek V4-Pro, DeepSeek V3, DeepSeek V4.1-Flash or DeepSeek V4-Pro-0813; write one",
        ),
        (("LLM_PRICE", "H200", "on_demand"), "unknown field 'on_demand'; nearest: on_demand_hour"),
        (("LLM_PRICE", "H200", "input"), "unknown api model 'H200'"),
        (("LLM_PRICE", "Qwen-Plus", "purchase"), "unknown gpu 'Qwen-Plus'"),
        (("LLM_PRICE", "B200", "purchase"), "B200 180GB: no figure purchase; nothing is published for it"),
        (("LLM_PRICE", "L40S", "purchase"), "known for it: on_demand_hour, reserved_month, reserved_year"),
        (("LLM_RENT_COST", "H100", "reservd"), "unknown pricing 'reservd'; nearest: reserved"),
        (("LLM_TCO", "rnt", "H100"), "unknown deployment 'rnt'; nearest: rent"),
        (("LLM_TCO", "own", "standrad"), "'standrad' is no tier (light, standard, enterprise, cluster)"),
        (("LLM_TCO", "rent", "standard"), "unknown gpu 'standard'"),
        (("LLM_RENT_COST", "Qwen3-32B"), "'Qwen3-32B' is an open model"),
        (("LLM_OWN_CAPEX", "Qwen3-32B"), "'Qwen3-32B' is an open model"),
        (("LLM_CATALOG", "api_price"), "unknown table 'api_price'; nearest: api_prices"),
        (
            ("LLM_CATALOG", "api_prices", "price"),
            "the table api_prices has no column 'price'; it has item, field",
        ),
    ],
)
def test_unknown_and_ambiguous_names(arguments: tuple[object, ...], words: str) -> None:
    """#N/A, and one line with the name as typed and the nearest or the meanings."""
    error = error_of(*arguments)
    assert error.code == "#N/A"
    assert words in error.message
    assert "\n" not in error.message


def test_a_name_with_a_line_break_is_shown_in_one_line() -> None:
    """A cell with a line break does not break the message."""
    assert "'no such model'" in error_of("LLM_API_COST", "no such\nmodel", 1).message


@pytest.mark.parametrize("text", ["0×H100", "-2×H100", "−2×H100", "-1卡H100", "1.5×H100", "2.0 x H100"])
def test_counts_that_are_none(text: str) -> None:
    """A count below 1 or not whole is #VALUE!, with the text."""
    error = error_of("LLM_RENT_COST", text)
    assert error.code == "#VALUE!"
    assert text in error.message
    assert "number of GPUs must be" in error.message


@pytest.mark.parametrize("kind", KINDS)
def test_every_item_finds_itself(kind: str) -> None:
    """Each canonical name, in any case, is found as itself."""
    for item in NAMES.items(kind):
        for form in (item, item.upper(), item.lower(), item.replace(" ", "-"), item.replace("-", " ")):
            assert NAMES.find(kind, form) == item


@pytest.mark.parametrize("kind", KINDS)
def test_aliases_lead_to_items(kind: str) -> None:
    """No alias points at a name that is not there."""
    assert set(NAMES.exact[kind].values()) == set(NAMES.items(kind))


@given(
    st.integers(1, 10_000),
    st.sampled_from(NAMES.items("gpu")),
    st.sampled_from(["×", "x", "X", "*", " × ", "卡"]),
)
def test_a_configuration_splits(count: int, gpu: str, sign: str) -> None:
    """Count, sign and GPU come apart again."""
    found, name = split_config(f"{count}{sign}{gpu}")
    assert (found, NAMES.find("gpu", name)) == (count, gpu)


@given(st.text("AbGiIx10*-_ ", max_size=12))
def test_case_spaces_and_hyphens_do_not_count(text: str) -> None:
    """Upper case, and spaces or hyphens between all letters, give the same normal form; so does full width."""
    form = normalise(text)
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter > " " else letter for letter in text)
    assert normalise(text.upper()) == normalise(" ".join(text)) == normalise("-".join(text)) == form
    assert normalise(wide) == form


@given(st.text(max_size=12), st.sampled_from(["LLM_RENT_COST", "LLM_OWN_CAPEX", "LLM_SOURCE", "LLM_COMPARE"]))
def test_no_text_breaks_a_function(text: str, function: str) -> None:
    """Any text gives a value or an Excel error, never another exception."""
    arguments = {"LLM_SOURCE": (text, "input"), "LLM_COMPARE": (1, text)}.get(function, (text,))
    try:
        call(function, *arguments)
    except CellError as error:
        assert error.code in {"#N/A", "#VALUE!"}  # noqa: PT017 - a value is as good


def test_a_single_meaning_is_offered_not_taken() -> None:
    """A shortened name is never resolved by itself: the nearest is named, and the person writes it."""
    names = Names(
        {"fruit": {"pearred": "Pear Red", "fig": "Fig"}}, {"fruit": {"Pear Red": ("", ""), "Fig": ("", "")}}
    )
    with pytest.raises(CellError, match="unknown fruit 'pear'; nearest: Pear Red"):
        names.find("fruit", "pear")
