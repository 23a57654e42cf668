"""A model from its config.json and a GPU as a row, as a user brings them: every function takes both."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from workbook.cli import main
from xlmodel import call

if TYPE_CHECKING:
    from collections.abc import Callable

# 2 tables of 32,000 × 4,096 + 32 layers of 4,096 × (8,192 + 2,048) + 3 × 4,096 × 14,336
CONFIG: dict[str, Any] = {
    "architectures": ["HouseForCausalLM"],
    "model_type": "house",
    "hidden_size": 4_096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14_336,
    "vocab_size": 32_000,
    "max_position_embeddings": 32_768,
    "torch_dtype": "bfloat16",
}
PARAMS = 2 * 32_000 * 4_096 + 32 * (4_096 * (8_192 + 2_048) + 3 * 4_096 * 14_336)
GPU = "Acme 96GB,Acme,hopper,96,94,2400,,500,,1000,,1000,,,,yes,400,300,link,8,8,read,datasheet,2026-06-01,published,\n"
PRICES = {
    "gpu_rental": "Acme 96GB,reserved_month,,CN,CNY,unknown,CNY/month,,9000,,,2026-06-01,2026-06-01,cost-2,published,\n",
    "gpu_purchase": "Acme 96GB,purchase,,CN,CNY,unknown,CNY,,150000,,,2026-06-01,2026-06-01,cost-2,published,\n",
}


@pytest.fixture
def add(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that writes a config and runs `catalog add-model` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*options: str, **changes: Any) -> tuple[int, str, str]:
        Path("config.json").write_text(json.dumps(CONFIG | changes), "utf-8")
        status = main(["catalog", "add-model", "config.json", *options])
        return status, *capsys.readouterr()

    return run


def _row(folder: str, name: str) -> dict[str, str]:
    with (Path(folder) / "models.csv").open(encoding="utf-8-sig", newline="") as file:
        return next(row for row in csv.DictReader(file) if row["item"] == name)


def _index(size: float) -> str:
    Path("index.json").write_text(json.dumps({"metadata": {"total_size": size}, "weight_map": {}}), "utf-8")
    return "index.json"


def test_a_model_reaches_every_function(
    add: Callable[..., tuple[int, str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is made, passes the check, and memory, fit, speed and cost take the name."""
    status, out, err = add("--name", "House-7B")
    assert (status, err) == (0, "")
    assert out.startswith("House-7B: 7.24e9 parameters")
    assert main(["catalog", "check", "catalog"]) == 0
    # 2 × 32 layers × 8 heads × 128 × 2 bytes × 1,000 tokens
    assert main(["eval", '=LLM_KV_CACHE("House-7B",1000)', "--catalog", "catalog"]) == 0
    assert float(capsys.readouterr().out) == pytest.approx(0.131072)
    assert call("LLM_FITS", "house 7b", "bf16", "RTX 4090 24GB", catalog="catalog") is True
    assert call("LLM_THROUGHPUT", "House-7B", "bf16", "A100 80GB", catalog="catalog") > 100
    assert call("LLM_TCO", "rent", "House-7B", 10_000, catalog="catalog") > 0
    assert main(["eval", '=LLM_KV_CACHE("House-7B",1000)']) == 1


def test_a_gpu_is_a_row(add: Callable[..., tuple[int, str, str]]) -> None:
    """A GPU that a user adds fits, serves, is planned and priced, also in a quote: 8 × 9,000 a month."""
    add("--name", "House-7B")
    for name, text in {"gpus": GPU, **PRICES}.items():
        with (Path("catalog") / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write(text)
    assert main(["catalog", "check", "catalog"]) == 0
    assert call("LLM_GPUS", "House-7B", "bf16", "Acme 96GB", catalog="catalog") == 1
    assert call("LLM_LATENCY", "House-7B", "bf16", "Acme 96GB", "tpot", catalog="catalog") > 0
    assert call("LLM_RENT_COST", "8×Acme 96GB", catalog="catalog") == 72_000
    plan = call("LLM_PLAN", "House-7B", 10_000, None, "Acme 96GB", catalog="catalog")
    assert plan[1][0] == "Acme 96GB"
    request = "lang='en'\ndau=10000\nmodel='House-7B'\napi_models=['GLM-4-Air']\nrent=['8×Acme 96GB']\nown=['8×Acme 96GB']\n"
    Path("r.toml").write_text(request, "utf-8")
    assert main(["quote", "r.toml", "-o", "q.xlsx", "--catalog", "catalog"]) == 0
    book = openpyxl.load_workbook("q.xlsx", data_only=True)
    shown = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"House-7B", "8×Acme 96GB"} <= shown


def test_the_checkpoint_agrees(add: Callable[..., tuple[int, str, str]]) -> None:
    """Bytes as counted, within 2 %: the row says both numbers and nothing is complained of."""
    status, _, err = add("--name", "House-7B", "--index", _index(PARAMS * 2 * 1.01))
    assert (status, err) == (0, "")
    row = _row("catalog", "House-7B")
    assert row["verification"].endswith("checkpoint 14.63e9 bytes, counted 14.48e9 bytes")
    assert float(row["total_params_b"]) == pytest.approx(PARAMS / 1e9, abs=0.01)


def test_a_checkpoint_with_more_bytes(add: Callable[..., tuple[int, str, str]]) -> None:
    """Of 16-bit weights the row takes the checkpoint's parameters: 16e9 / 2; the line says so, status 1."""
    status, _, err = add("--name", "House-8B", "--index", _index(16e9))
    assert status == 1
    assert "checkpoint 16.00e9 bytes, counted 14.48e9 bytes (+10.5%)" in err
    assert "8.00e9 parameters" in err
    assert _row("catalog", "House-8B")["total_params_b"] == "8.00"


def test_a_quantised_checkpoint_with_other_bytes(add: Callable[..., tuple[int, str, str]]) -> None:
    """Of packed weights the bytes of the largest group follow the checkpoint, and memory is what it holds."""
    more = {"quantization_config": {"quant_method": "fp8"}}
    status, _, err = add("--name", "House-FP8", "--index", _index(8e9), **more)
    assert status == 1
    # counted: 2 bytes of 2 tables of 32,000 × 4,096, 1 byte of the rest
    assert "checkpoint 8.00e9 bytes, counted 7.50e9 bytes (+6.6%); checkpoints.csv takes" in err
    assert _row("catalog", "House-FP8")["total_params_b"] == "7.24"
    assert main(["catalog", "check", "catalog"]) == 0
    cache = call("LLM_KV_CACHE", "House-FP8", 1, catalog="catalog")
    memory = call("LLM_VRAM", "House-FP8", "fp8", 1, catalog="catalog")
    plain = call("LLM_VRAM", "House-FP8", "bf16", 1, catalog="catalog")
    assert isinstance(cache, float)
    assert isinstance(memory, float)
    assert isinstance(plain, float)
    # the overhead is the same in both
    assert memory - plain == pytest.approx(8 - 7.24 * 2, abs=1e-3)


def test_the_experts_of_a_packed_checkpoint(add: Callable[..., tuple[int, str, str]]) -> None:
    """32 layers × 8 experts × 3 × 4,096 × 14,336 = 45.1e9 take what 30e9 bytes leave: (30 - rest) / 45.1 each."""
    more = {
        "quantization_config": {"quant_method": "awq"},
        "num_experts": 8,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 14_336,
    }
    assert add("--name", "House-MoE", "--index", _index(30e9), **more)[0] == 1
    with (Path("catalog") / "checkpoints.csv").open(encoding="utf-8-sig", newline="") as file:
        stored = next(row for row in csv.DictReader(file) if row["model"] == "House-MoE")
    routed = 32 * 8 * 3 * 4_096 * 14_336
    rest = float(_row("catalog", "House-MoE")["total_params_b"]) * 1e9 - routed - 2 * 32_000 * 4_096
    left = 30e9 - rest * float(stored["matrix_bytes"]) - 2 * 2 * 32_000 * 4_096
    assert float(stored["expert_bytes"]) == pytest.approx(left / routed, rel=1e-4)


def test_a_checkpoint_of_another_model(add: Callable[..., tuple[int, str, str]]) -> None:
    """Bytes that would double a group are not taken; the line asks to check."""
    more = {"quantization_config": {"quant_method": "fp8"}}
    status, _, err = add("--name", "House-FP8", "--index", _index(16e9), **more)
    assert status == 1
    assert "the count stands in the row" in err


def test_a_model_that_sees_images(add: Callable[..., tuple[int, str, str]]) -> None:
    """Its encoder has a row: an engine keeps room for the largest image that a step takes."""
    vision = {"depth": 27, "hidden_size": 1_152, "intermediate_size": 4_304, "spatial_merge_size": 2}
    assert add("--name", "House-VL", vision_config=vision)[0] == 0
    with (Path("catalog") / "encoders.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["item"] == "House-VL")
    assert [row[key] for key in ("hidden", "intermediate", "patches_per_token", "image_tokens")] == [
        "1152",
        "4304",
        "4",
        "",
    ]
    assert main(["catalog", "check", "catalog"]) == 0
    assert call("LLM_MAX_CONTEXT", "House-VL", "bf16", "RTX 4090 24GB", catalog="catalog") > 0


def test_what_is_not_known_is_one_line_and_marked(add: Callable[..., tuple[int, str, str]]) -> None:
    """The row is written, and every function refuses it by name."""
    status, _, err = add("--name", "House-X", layer_types=["full_attention"] * 31 + ["hyper_attention"])
    assert status == 1
    assert err == "xlmodel: House-X: not known to the sizing, which refuses it: layer types hyper_attention\n"
    assert _row("catalog", "House-X")["architecture_known"] == "no"
    assert main(["eval", '=LLM_VRAM("House-X")', "--catalog", "catalog"]) == 1


def test_a_name_is_given_once(add: Callable[..., tuple[int, str, str]]) -> None:
    """A second row of the name needs --replace; a name or alias of another model is refused."""
    assert add("--name", "House-7B")[0] == 0
    status, _, err = add("--name", "House-7B")
    assert (status, err) == (
        2,
        "xlmodel: 'House-7B' names House-7B in catalog; give another --name or pass --replace\n",
    )
    assert add("--name", "House-7B", "--replace", num_hidden_layers=16)[0] == 0
    assert _row("catalog", "House-7B")["layers"] == "16"
    assert add("--name", "DeepSeek-R1-0528", "--replace")[2].startswith(
        "xlmodel: 'DeepSeek-R1-0528' names DeepSeek-R1"
    )


def test_an_embedding_model_takes_memory_functions(
    add: Callable[..., tuple[int, str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """Told by --task; speed is refused in one line, fit is not."""
    assert add("--name", "House-Embed", "--task", "embed")[0] == 0
    assert call("LLM_FITS", "House-Embed", "bf16", "RTX 4090 24GB", catalog="catalog") is True
    assert main(["eval", '=LLM_PLAN("House-Embed",1000)', "--catalog", "catalog"]) == 1
    assert "gives vectors, no tokens" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not readable as JSON"),
        ("[1]", "holds no object"),
        ('{"hidden_size": 64}', "no num_hidden_layers"),
        (None, "no such file"),
    ],
)
def test_a_broken_config_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    what: str,
) -> None:
    """What is wrong with the file; no folder is made."""
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("config.json").write_text(text, "utf-8")
    assert main(["catalog", "add-model", "config.json", "--name", "X"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("xlmodel: config.json: ")
    assert what in err
    assert not Path("catalog").exists()


def test_a_broken_index_is_one_line(add: Callable[..., tuple[int, str, str]]) -> None:
    """An index without its total names the file."""
    Path("index.json").write_text("{}", "utf-8")
    status, _, err = add("--name", "X", "--index", "index.json")
    assert (status, err.count("\n")) == (2, 1)
    assert err.startswith("xlmodel: index.json: no metadata.total_size")
