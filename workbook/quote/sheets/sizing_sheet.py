"""The sheet Sizing: what serves the users on each GPU, with headroom, speed, monthly cost and error band."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.book_layout import HEADER_ROW
from workbook.canvas.frame import header, start, widths
from workbook.quote.wording import guarded
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext

SHOWN = 14
_PLAN = "LLM_PLAN(in_model,{$sizing.dau},,,in_input,in_output,list_assumptions,list_figures,in_full)"
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
    """Add the sheet Sizing: the model's memory and the plans of LLM_PLAN."""
    layout = quote.layout
    sheet = start(
        layout,
        "sizing",
        ("测算", "Sizing"),
        "output",
        (
            "开源模型在各 GPU 上需要多少卡：预算口径、用量最大的一年，按月成本排序，含备用副本与误差带",
            "GPUs that an open model needs in the largest year, budget cost, cheapest first, with reserve and error band",
        ),
        (
            "GB 为 10⁹ 字节；token/s 为输出；月成本为所选币种的元；误差带为十次实测中九次落入",
            "GB are 10⁹ bytes; token/s are output; monthly cost in the chosen currency; nine of ten measurements lie in the band",
        ),
    )
    widths(sheet, 34, *(size for _, _, size in _COLUMNS))
    row = _facts(layout, sheet, HEADER_ROW)
    _plans(layout, sheet, row + 2)
    sheet.freeze = (HEADER_ROW, 2)
    sheet.one_page = True


def _facts(layout: Layout, sheet: Sheet, top: int) -> int:
    pick = layout.pick
    header(layout, sheet, [pick("模型", "The model"), pick("数值", "Value"), pick("单位", "Unit")], row=top)
    called = {
        part: f"={guarded(text)}"
        for part, text in (
            ("fp16", 'LLM_VRAM(in_model,"fp16",{sizing.context})'),
            ("fp8", 'LLM_VRAM(in_model,"fp8",{sizing.context})'),
            ("cache", "LLM_KV_CACHE(in_model,{sizing.context})"),
            # no plan for any GPU is 0
            ("any", f"IF(ISNA(INDEX({_PLAN},1,1)),0,1)"),
        )
    }
    rows = (
        (pick("开源模型", "Open model"), "=in_model", "", styles.TEXT, "Linked Cell", "sizing.model"),
        (pick("最大年日活", "Users, largest year"), "={demand.full.largest}", pick("人/天", "users/day"), styles.COUNT, "Linked Cell", "sizing.dau"),
        (pick("上下文", "Context"), "={capacity.context}", "token", styles.COUNT, "Linked Cell", "sizing.context"),
        (pick("权重与缓存，FP16", "Weights and cache, FP16"), called["fp16"], "GB", styles.ONE_DECIMAL, "Output", ""),
        (pick("权重与缓存，FP8", "Weights and cache, FP8"), called["fp8"], "GB", styles.ONE_DECIMAL, "Output", ""),
        (pick("每请求 KV 缓存，FP16", "KV cache a request, FP16"), called["cache"], "GB", "#,##0.000", "Output", ""),
        (pick("有可用方案：1 为是", "There is a plan: 1 = yes"), called["any"], "", styles.WHOLE, "Calculation", "sizing.any"),
        (pick("可用的 GPU 方案", "GPUs that can serve it"), f"=IF(N({{sizing.any}})=1,ROWS({_PLAN})-1,{{sizing.any}})", pick("种", "kinds"), styles.WHOLE, "Output", "sizing.served"),
    )  # fmt: skip
    for row, (label, text, unit, number, style, key) in enumerate(rows, start=top + 1):
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, style, number, key=key)
        layout.put(sheet, row, 3, unit, "Text")
    return top + len(rows)


def _plans(layout: Layout, sheet: Sheet, head: int) -> None:
    pick = layout.pick
    header(layout, sheet, [pick("名次", "Rank"), *(pick(*label) for label, _, _ in _COLUMNS)], row=head)
    first = head + 1
    for row in range(first, first + SHOWN):
        layout.formula(sheet, row, 1, "=1" if row == first else f"=A{row - 1}+1", "Calculation", styles.WHOLE)
        for column, (_, number, _) in enumerate(_COLUMNS, start=2):
            place = f"COLUMNS($B${head}:{column_letters(column)}${head})"
            text = f'=IF($A{row}>N({{$sizing.served}}),"—",INDEX({_PLAN},$A{row}+1,{place}))'
            layout.formula(sheet, row, column, text, "Calculation", number)
    note = pick(
        "按默认引擎设置测算；没有公布价格的 GPU 排在最后。单价与精度的来源见目录页。跨节点的方案依赖网络，请以实测为准。",
        "Default engine settings; GPUs without a published price stand last. Plans over several nodes rest on the network: measure them.",
    )
    layout.put(sheet, first + SHOWN + 1, 1, note, "Plain")
