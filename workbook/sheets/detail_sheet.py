"""The sheet Detail: each option by year and component, in both accountings, read from LLM_TCO_TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook import styles
from workbook.layout import HEADER_ROW
from workbook.sheets.frame import header, start, widths
from xlmodel.cost.schedule import COMPONENTS

if TYPE_CHECKING:
    from workbook.layout import Layout, Sheet

PROFILES = (("published", "in_var_pub"), ("full", "in_var_full"))
COMPONENT_LABELS = {
    "usage": ("用量或租金", "Usage or rent"),
    "hardware": ("硬件", "Hardware"),
    "infrastructure": ("基建", "Infrastructure"),
    "software": ("软件与实施", "Software"),
    "staff": ("运维人员", "Staff"),
    "power": ("电费", "Power"),
    "maintenance": ("维保与带宽", "Maintenance"),
    "one_off": ("首年一次性", "First-year one-offs"),
    "residual": ("残值", "Residual value"),
}
DEPLOYMENT_LABELS = {"api": ("API 调用", "API"), "rent": ("GPU 云租赁", "Rent"), "own": ("自建机房", "Own")}


def profile_label(layout: Layout, profile: str) -> str:
    """Return the name of an accounting."""
    return layout.pick(*{"published": ("公布口径", "Published"), "full": ("完整口径", "Full")}[profile])


def component_label(layout: Layout, component: str) -> str:
    """Return the name of a cost component."""
    return layout.pick(*COMPONENT_LABELS[component])


def what_formula(deployment: str, slot: int) -> str:
    """Return the formula of what an option runs on."""
    if deployment == "api":
        return f"=in_api_{slot}"
    if deployment == "rent":
        return f'=in_rent_count_{slot}&"×"&in_rent_gpu_{slot}'
    return f'=IF(in_own_gpu_{slot}="",in_own_tier_{slot},in_own_count_{slot}&"×"&in_own_gpu_{slot})'


def detail_sheet(layout: Layout, options: list[tuple[str, int]], years: int) -> None:
    """Add the sheet Detail, one block an option and accounting."""
    pick = layout.pick
    sheet = start(
        layout,
        "detail",
        ("明细", "Detail"),
        "calculation",
        ("每个方案逐年、分项的成本，两种口径", "Cost of every option by year and component, in both accountings"),
        ("所选币种的元；最后两列为折现系数与现值", "units of the chosen currency; the last two columns discount"),
    )
    widths(sheet, 16, 18, *([13] * (len(COMPONENTS) + 2)))
    row = HEADER_ROW
    for deployment, slot in options:
        for profile, variant in PROFILES:
            row = _block(layout, sheet, row, (deployment, slot, profile, variant), years) + 2
    sheet.freeze = (5, 2)
    sheet.one_page = True
    layout.put(
        sheet,
        5,
        1,
        pick("年数以外的年份记 0。", "Years beyond the chosen number count 0."),
        "Subtitle",
    )


def _pace(layout: Layout, sheet: Sheet, row: int, stem: str) -> None:
    """Write what an option takes to start and what it costs a month in its first year."""
    pick = layout.pick
    layout.put(sheet, row, 6, pick("期初投入", "To start"), "Plain")
    text = f"=SUM({{{stem}.hardware.1:{stem}.software.1}})+{{{stem}.one_off.1}}"
    layout.formula(sheet, row, 7, text, "Calculation", styles.MONEY, key=f"{stem}.start")
    layout.put(sheet, row, 8, pick("首年每月", "A month, year 1"), "Plain")
    text = f"=({{{stem}.usage.1}}+SUM({{{stem}.staff.1:{stem}.maintenance.1}}))/12"
    layout.formula(sheet, row, 9, text, "Calculation", styles.MONEY, key=f"{stem}.month")


def _block(layout: Layout, sheet: Sheet, top: int, option: tuple[str, int, str, str], years: int) -> int:
    deployment, slot, profile, variant = option
    pick = layout.pick
    stem = f"detail.{profile}.{deployment}.{slot}"
    layout.put(sheet, top, 1, pick(*DEPLOYMENT_LABELS[deployment]), "Section", key=f"{stem}.deployment")
    layout.formula(sheet, top, 2, what_formula(deployment, slot), "Section", key=f"{stem}.what")
    layout.put(sheet, top, 4, profile_label(layout, profile), "Section")
    _pace(layout, sheet, top, stem)
    labels = [component_label(layout, name) for name in COMPONENTS]
    header(layout, sheet, [pick("年", "Year"), *labels, pick("合计", "Total"), pick("折现系数", "Discount factor"), pick("现值", "Present value")], row=top + 1)
    columns = [*COMPONENTS, "total", "factor", "present"]
    call = f"LLM_TCO_TABLE({{${stem}.deployment}},{{${stem}.what}},in_dau,in_years,in_input,in_output,list_assumptions,list_figures,{variant})"
    for year in range(1, years + 1):
        row = top + 1 + year
        layout.formula(sheet, row, 1, "=1" if year == 1 else f"=A{row - 1}+1", "Calculation", styles.WHOLE, key=f"{stem}.year.{year}")
        for column, name in enumerate(columns, start=2):
            end = chr(64 + column)
            text = f"=IF($A{row}>in_years,0,INDEX({call},$A{row}+1,COLUMNS($A${top + 1}:{end}${top + 1})))"
            number = "0.0000" if name == "factor" else styles.MONEY
            layout.formula(sheet, row, column, text, "Calculation", number, key=f"{stem}.{name}.{year}")
    last = top + 2 + years
    layout.put(sheet, last, 1, pick("合计", "Total"), "Output")
    for column, name in enumerate(columns, start=2):
        if name == "factor":
            layout.put(sheet, last, column, None, "Output")
            continue
        text = f"=SUM({{{stem}.{name}.1:{stem}.{name}.{years}}})"
        layout.formula(sheet, last, column, text, "Output", styles.MONEY, key=f"{stem}.{name}.sum")
    return last
