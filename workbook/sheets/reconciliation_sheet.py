"""The sheet Reconciliation: each published figure, the model's, and the reason where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.layout import HEADER_ROW, TableArea
from workbook.reconcile import reconcile
from workbook.sheets.frame import header, start, widths

if TYPE_CHECKING:
    from workbook.layout import Layout
    from xlmodel.catalog import Catalog
    from xlmodel.functions import Library

_NUMBER = "#,##0.##"
_COLUMNS = 12


def reconciliation_sheet(layout: Layout, catalog: Catalog, library: Library) -> None:
    """Add the sheet: numbers as computed with the catalog that the title names, the formula beside them."""
    pick = layout.pick
    sheet = start(
        layout,
        "reconciliation",
        ("对账", "Reconciliation"),
        "other",
        (
            f"文档公布数与模型（目录 {catalog.version}）逐项对照；不符者写明原因",
            f"Published figures beside the model's (catalog {catalog.version}); where they differ, why",
        ),
        ("见“单位”列", "see the column Unit"),
    )
    labels = [
        pick("项目", "Figure"), pick("单位", "Unit"),
        pick("公布低", "Published low"), pick("公布", "Published"), pick("公布高", "Published high"),
        pick("模型低", "Model low"), pick("模型", "Model"), pick("模型高", "Model high"),
        pick("结论", "Verdict"), pick("原因", "Reason"), pick("公式", "Formula"), pick("来源", "Source"),
    ]  # fmt: skip
    header(layout, sheet, labels)
    found = reconcile(catalog, library)
    for row, each in enumerate(found, start=HEADER_ROW + 1):
        layout.put(sheet, row, 1, each.row[layout.lang], "Text", wrap=True)
        layout.put(sheet, row, 2, pick(each.row["unit"], each.row["unit"].replace("万", "10,000")), "Text")
        for column, number in enumerate((*each.published, *each.model), start=3):
            shown = number if isinstance(number, (int, float, str)) else None
            layout.put(sheet, row, column, shown, "Text", _NUMBER if isinstance(shown, float) else "")
        layout.put(
            sheet, row, 9, pick("相符", "matches") if each.matches else pick("不符", "differs"), "Text"
        )
        layout.put(sheet, row, 10, each.row[f"reason_{layout.lang}"], "Note", wrap=True)
        layout.put(sheet, row, 11, each.row["formula"].removeprefix("="), "Note", wrap=True)
        layout.put(sheet, row, 12, each.row["source"], "Text")
    sheet.tables.append(TableArea("tbl_reconciliation", HEADER_ROW, 1, HEADER_ROW + len(found), _COLUMNS))
    widths(sheet, 38, 11, 12, 12, 12, 12, 12, 12, 10, 52, 46, 10)
    sheet.freeze = (HEADER_ROW + 1, 2)
