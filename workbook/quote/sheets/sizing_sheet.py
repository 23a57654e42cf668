"""The sheet Sizing: what serves the users on each GPU, with headroom, speed, monthly cost and error band."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext
    from workbook.quote.options import Option

SHOWN = 14
_PLAN = "LLM_PLAN(in_model,in_dau,,,in_input,in_output,list_assumptions,list_figures,in_full)"
_COLUMNS: tuple[tuple[tuple[str, str], str, float], ...] = (
    (("GPU", "GPU"), styles.TEXT, 20),
    (("副本", "Replicas"), styles.WHOLE, 10),
    (("GPU 数", "GPUs"), styles.WHOLE, 9),
    (("节点", "Nodes"), styles.WHOLE, 9),
    (("并行", "Parallelism"), styles.TEXT, 15),
    (("精度", "Precision"), styles.TEXT, 12),
    (("余量", "Headroom"), styles.PERCENT, 12),
    (("输出 token/s", "Output token/s"), styles.COUNT, 12),
    (("高峰 token/s", "Peak token/s"), styles.COUNT, 12),
    (("TTFT（ms）", "TTFT (ms)"), styles.COUNT, 13),
    (("TPOT（ms）", "TPOT (ms)"), styles.ONE_DECIMAL, 13),
    (("月租", "Rent a month"), styles.MONEY, 13),
    (("自有每月", "Own a month"), styles.MONEY, 13),
    (("每百万 token", "Per Mtok"), styles.PER_MTOK, 12),
    (("误差带低", "Band, low"), styles.COUNT, 12),
    (("误差带高", "Band, high"), styles.COUNT, 12),
)


def sizing_sheet(quote: QuoteContext) -> None:
    """Add the sheet Sizing: the model's memory, whether the quoted GPUs serve it, and the plans of LLM_PLAN."""
    layout, options = quote.layout, quote.options
    sheet = start(
        layout,
        "sizing",
        ("测算", "Sizing"),
        "output",
        (
            "开源模型在各 GPU 上需要多少卡：按月成本排序，含备用副本与误差带",
            "GPUs that an open model needs, cheapest first, with the reserve replica and the error band",
        ),
        (
            "GB 为 10⁹ 字节；token/s 为输出；月成本为所选币种的元；误差带为十次实测中九次落入",
            "GB are 10⁹ bytes; token/s are output; monthly cost in the chosen currency; nine of ten measurements lie in the band",
        ),
    )
    widths(sheet, 34, *(size for _, _, size in _COLUMNS))
    row = _facts(layout, sheet, HEADER_ROW)
    row = _quoted(layout, sheet, [option for option in options if option.deployment != "api"], row + 2)
    _plans(layout, sheet, row + 2)
    sheet.freeze = (HEADER_ROW, 2)
    sheet.one_page = True


def _facts(layout: Layout, sheet: Sheet, top: int) -> int:
    pick = layout.pick
    header(layout, sheet, [pick("模型", "The model"), pick("数值", "Value"), pick("单位", "Unit")], row=top)
    served = f"IFERROR(ROWS({_PLAN})-1,0)"
    rows = (
        (pick("开源模型", "Open model"), "=in_model", "", styles.TEXT, "Linked Cell", "sizing.model"),
        (pick("上下文", "Context"), "=MAX(in_input+in_output,1)", "token", styles.COUNT, "Calculation", "sizing.context"),
        (pick("权重与缓存，FP16", "Weights and cache, FP16"), '=LLM_VRAM(in_model,"fp16",{sizing.context})', "GB", styles.ONE_DECIMAL, "Output", ""),
        (pick("权重与缓存，FP8", "Weights and cache, FP8"), '=LLM_VRAM(in_model,"fp8",{sizing.context})', "GB", styles.ONE_DECIMAL, "Output", ""),
        (pick("每请求 KV 缓存，FP16", "KV cache a request, FP16"), "=LLM_KV_CACHE(in_model,{sizing.context})", "GB", "#,##0.000", "Output", ""),
        (pick("可用的 GPU 方案", "GPUs that can serve it"), f"={served}", pick("种", "kinds"), styles.WHOLE, "Output", "sizing.served"),
    )  # fmt: skip
    for row, (label, text, unit, number, style, key) in enumerate(rows, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, style, number, key=key)
        layout.put(sheet, row, 3, unit, "Text")
    return top + len(rows)


def _quoted(layout: Layout, sheet: Sheet, options: Sequence[Option], top: int) -> int:
    """Write for each rental and own option whether its GPUs serve the users with this model."""
    pick = layout.pick
    layout.name("list_tier_gpu", "tiers.light.gpu", "tiers.enterprise.gpu")
    layout.name("list_tier_gpus", "tiers.light.gpus_high", "tiers.enterprise.gpus_high")
    labels = [
        pick("报价的配置", "Quoted"), pick("GPU", "GPU"), pick("报价 GPU 数", "GPUs quoted"),
        pick("需要 GPU 数", "GPUs needed"), pick("是否足够", "Enough?"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    row = top
    enough, short, never = pick("足够", "enough"), pick("不足", "too few"), pick("无法运行", "cannot run it")
    for option in options:
        row += 1
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Linked Cell", styles.TEXT)
        gpu, count = option.input("gpu"), option.input("count")
        if option.deployment == "own":
            tier = f"MATCH({option.input('tier')},list_tier,0)"
            gpu, count = (
                f'IF({gpu}="",INDEX(list_tier_gpu,{tier}),{gpu})',
                f'IF({gpu}="",INDEX(list_tier_gpus,{tier}),{count})',
            )
        layout.formula(sheet, row, 2, f"={gpu}", "Calculation", styles.TEXT)
        layout.formula(sheet, row, 3, f"={count}", "Calculation", styles.WHOLE)
        plan = f"LLM_PLAN(in_model,in_dau,,$B{row},in_input,in_output,list_assumptions,list_figures,in_pub)"
        # the third column of the plan's first row; 0 where this GPU cannot serve the model
        text = f"=IFERROR(INDEX({plan},1+1,COLUMNS($A{row}:$C{row})),0)"
        layout.formula(sheet, row, 4, text, "Calculation", styles.WHOLE)
        text = f'=IF(D{row}=0,"{never}",IF(C{row}>=D{row},"{enough}","{short}"))'
        layout.formula(sheet, row, 5, text, "Output", styles.TEXT, key=option.key("sizing", "enough"))
    note = pick(
        "规模按其上限 GPU 数计；含备用副本",
        "a tier counts with its most GPUs; the reserve replica is included",
    )
    layout.put(sheet, row + 1, 1, note, "Plain")
    return row + 1


def _plans(layout: Layout, sheet: Sheet, head: int) -> None:
    pick = layout.pick
    header(layout, sheet, [pick("名次", "Rank"), *(pick(*label) for label, _, _ in _COLUMNS)], row=head)
    first = head + 1
    for row in range(first, first + SHOWN):
        layout.formula(sheet, row, 1, "=1" if row == first else f"=A{row - 1}+1", "Calculation", styles.WHOLE)
        for column, (_, number, _) in enumerate(_COLUMNS, start=2):
            place = f"COLUMNS($B${head}:{column_letters(column)}${head})"
            text = f'=IF($A{row}>{{$sizing.served}},"—",INDEX({_PLAN},$A{row}+1,{place}))'
            layout.formula(sheet, row, column, text, "Calculation", number)
    note = pick(
        "按默认引擎设置测算；没有公布价格的 GPU 排在最后。单价与精度的来源见目录页。跨节点的方案依赖网络，请以实测为准。",
        "Default engine settings; GPUs without a published price stand last. Plans over several nodes rest on the network: measure them.",
    )
    layout.put(sheet, first + SHOWN + 1, 1, note, "Plain")
