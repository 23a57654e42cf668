"""A block of the sheet Audit: steps with label, value, unit and note, and one column a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.sheets.assumption_block import is_shown
from workbook.quote.wording import component_label
from xlmodel.grid import column_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workbook.canvas.book_layout import Layout, Sheet
    from workbook.quote.context import QuoteContext

LABEL, VALUE, UNIT, NOTE, FIRST_YEAR = range(1, 6)
FIRST_LETTER = column_letters(FIRST_YEAR)
Texts = tuple[str, str]
CNY: Texts = ("元", "CNY")
CNY_YEAR: Texts = ("元/年", "CNY/year")
CNY_MONTH: Texts = ("元/月", "CNY/month")
CNY_MTOK: Texts = ("元/百万token", "CNY/M tokens")
FLAG: Texts = ("1 为是", "1 = yes")
GPUS: Texts = ("GPU", "GPU")
NO_UNIT: Texts = ("", "")
# the components of the cash flow of each deployment, in the order of the audit
CASH: dict[str, tuple[str, ...]] = {
    "api": ("usage", "one_off", "tax_shield"),
    "rent": ("usage", "staff", "one_off", "tax_shield"),
    "own": (
        "hardware", "infrastructure", "software", "staff", "power", "maintenance", "one_off", "residual", "tax_shield"
    ),
}  # fmt: skip
VAT_CLASSES = ("goods", "services")


@dataclass
class Block:
    """Writes the steps of one option below each other.

    Args:
        quote: the quote, whose years are the columns.
        sheet: the sheet Audit.
        stem: what the keys of this block begin with.
        profile: published or full.
        row: the last row written.
    """

    quote: QuoteContext
    sheet: Sheet
    stem: str
    profile: str
    row: int

    @property
    def layout(self) -> Layout:
        """Return the workbook's layout."""
        return self.quote.layout

    @property
    def years(self) -> int:
        """Return the number of year columns."""
        return self.quote.years

    def cell(self, name: str) -> str:
        """Return the reference to a step's value."""
        return f"{{${self.stem}.{name}}}"

    def at(self, name: str, year: int) -> str:
        """Return the reference to a step's year."""
        return f"{{{self.stem}.{name}.{year}}}"

    def assumed(self, name: str) -> str:
        """Return the reference to an assumption, or to what follows from assumptions alone."""
        return f"{{$audit.{self.profile}.{name}}}"

    def has(self, key: str) -> bool:
        """Tell whether an assumption is among the quote's; one that is not has its default, at which it does nothing."""
        return is_shown(self.quote, key)

    def factor(self, name: str, year: int) -> str:
        """Return the reference to a factor of the accounting in a year."""
        return f"{{audit.{self.profile}.{name}.{year}}}"

    def span(self, first: str, last: str, year: int) -> str:
        """Return the range between two steps in a year."""
        return f"{{{self.stem}.{first}.{year}:{self.stem}.{last}.{year}}}"

    def every_year(self, amount: str) -> Callable[[int], str]:
        """Return the formulas of an amount that is paid in each year that counts."""
        return lambda year: f"={amount}*{{audit.all.counted.{year}}}"

    def first_year(self, amount: str) -> Callable[[int], str]:
        """Return the formulas of an amount that is paid in the first year alone."""
        return lambda year: f"={amount}*{{audit.all.first.{year}}}"

    def title(self, label: str, what: str, profile: str) -> None:
        """Write the title row, one row left empty above it."""
        self.row += 2
        self.layout.put(self.sheet, self.row, LABEL, label, "Section")
        self.layout.formula(
            self.sheet, self.row, VALUE, what, "Section", styles.TEXT, key=f"{self.stem}.what"
        )
        self.layout.put(self.sheet, self.row, NOTE, profile, "Section")

    def head(self, first: Texts, *rest: Texts) -> None:
        """Write a header row: the first column's label, value, unit, note, then the rest."""
        self.row += 1
        labels = [first, ("取值", "Value"), ("单位", "Unit"), ("说明", "Note"), *rest]
        header(self.layout, self.sheet, [self.layout.pick(*each) for each in labels], row=self.row)

    def head_years(self, first: Texts) -> None:
        """Write a header row whose further columns are years."""
        self.head(first, *((f"第{year}年", f"Year {year}") for year in range(1, self.years + 1)))

    def value(
        self, name: str, label: Texts, unit: Texts, note: Texts, text: str, number: str = styles.MONEY
    ) -> None:
        """Write a step that has one value."""
        self._labels(label, unit, note)
        self.layout.formula(
            self.sheet, self.row, VALUE, _relative(text), "Calculation", number, key=f"{self.stem}.{name}"
        )

    def aside(self, column: int, key: str, text: str, number: str, style: str = "Calculation") -> None:
        """Write a formula beside the value of the row that was written last."""
        self.layout.formula(self.sheet, self.row, column, _relative(text), style, number, key=key)

    def yearly(
        self,
        name: str,
        label: Texts,
        unit: Texts,
        note: Texts,
        text: Callable[[int], str],
        number: str = styles.MONEY,
        *,
        total: bool = True,
        style: str = "Calculation",
    ) -> None:
        """Write a step that has a value a year, and their sum where it means something."""
        self._labels(label, unit, note)
        if total:
            span = f"{{{self.stem}.{name}.1:{self.stem}.{name}.{self.years}}}"
            self.layout.formula(
                self.sheet, self.row, VALUE, f"=SUM({span})", style, number, key=f"{self.stem}.{name}"
            )
        else:
            self.layout.put(self.sheet, self.row, VALUE, None, "Text")
        for year in range(1, self.years + 1):
            column = FIRST_YEAR + year - 1
            key = f"{self.stem}.{name}.{year}"
            self.layout.formula(self.sheet, self.row, column, text(year), style, number, key=key)

    def head_prices(self) -> None:
        """Write the header row of the prices."""
        taxed = (("税价口径", "Tax basis"), ("含税系数", "VAT factor")) if self.has("vat_rate") else ()
        self.head(
            ("单价与金额", "Prices"),
            ("数据页行序", "Row of Figures"),
            ("生效值", "In force"),
            ("汇率系数", "Currency factor"),
            *taxed,
        )

    def price(self, name: str, field: str, label: Texts, unit: Texts, note: Texts, find: str) -> None:
        """Write a price: where it stands in the figures, its end in force, currency and VAT.

        Args:
            name: the step's name.
            field: of the catalog, whose VAT class counts.
            label: the step's label.
            unit: unit of the price.
            note: what it is.
            find: formula of its place among the figures, without `=`; 0 where there is none or none is needed.
        """
        self._labels(label, unit, note)
        place, amount, money, basis, tax = (
            f"{{{self.stem}.{name}.{part}}}" for part in ("row", "amount", "money", "basis", "tax")
        )
        number = _number(unit)
        fx = self.assumed("fx_cny_per_usd")
        cells = [
            (place, f"={find}", styles.WHOLE),
            (amount, f"=IF({place}=0,0,INDEX(list_in_force,{place}))", number),
            (money, f'=IF({place}=0,1,IF(INDEX(list_figure_currency,{place})="USD",{fx},1))', styles.RATE),
        ]
        factors = f"{amount}*{money}"
        if self.has("vat_rate"):
            factors += f"*{tax}"
            unknown = f'INDEX(list_tax,{place})="unknown"'
            said = f"IF({unknown},{self.assumed('price_tax_basis')},INDEX(list_tax,{place}))"
            cells += [
                (basis, f'=IF({place}=0,"",{said})', styles.TEXT),
                (tax, self._vat(basis, self.quote.catalog.fields[field].vat), styles.RATE),
            ]
        self.layout.formula(
            self.sheet, self.row, VALUE, f"={factors}", "Calculation", number, key=f"{self.stem}.{name}"
        )
        for column, (key, text, shown) in enumerate(cells, start=FIRST_YEAR):
            self.aside(column, key.strip("{}"), text, shown)

    def _vat(self, basis: str, vat: str) -> str:
        """Return the formula of the VAT factor of a field's class; staff and one-offs bear none."""
        if vat not in VAT_CLASSES:
            return "=1"
        without, within = (self.assumed(f"vat_{end}_{vat}") for end in ("exclusive", "inclusive"))
        return f'=IF({basis}="exclusive",{without},IF({basis}="inclusive",{within},1))'

    def tax_shield(self, deductible: Callable[[int], str]) -> None:
        """Write the income tax that each year's costs save, counted as income.

        Args:
            deductible: formula, without `=`, of what a year deducts.
        """
        self.yearly(
            "tax_shield",
            ("所得税抵减", "Income tax saved"),
            CNY,
            ("所得税率 × 可扣除额，记为负数", "income tax rate × what is deducted, negative"),
            lambda year: f"=0-{self.assumed('income_tax_rate')}*({deductible(year)})",
        )

    def running(self, note: Texts, one_offs: str) -> None:
        """Write the last steps of an option that buys nothing, from the one-offs on.

        Args:
            note: what the one-offs are.
            one_offs: reference to their amount.
        """
        self.yearly("one_off", ("首年一次性", "First-year one-offs"), CNY, note, self.first_year(one_offs))
        self.tax_shield(lambda year: f"SUM({self.span('usage', 'one_off', year)})")
        self.yearly(
            "nominal",
            ("名义合计", "Nominal total"),
            CNY,
            ("以上各年之和：自用量或租金起", "sum of the rows above, from usage or rent on"),
            lambda year: f"=SUM({self.span('usage', 'tax_shield', year)})",
        )
        self.total(
            lambda year: f"={self.at('nominal', year)}*{self.factor('discount', year)}",
            ("名义值 × 年末折现系数", "nominal × discount factor, end"),
        )

    def total(self, present: Callable[[int], str], note: Texts) -> None:
        """Write the last steps: discounted, in the currency of the results.

        Args:
            present: formula of a year's present value.
            note: what it says.
        """
        self.yearly("present", ("现值", "Present value"), CNY, note, present)
        self.yearly(
            "total",
            ("总计", "Total"),
            ("所选币种", "chosen currency"),
            (
                "现值 ÷ 币种系数；取值列为各年之和",
                "present value over the currency divisor; the value is the sum",
            ),
            lambda year: f"={self.at('present', year)}/{self.assumed('divisor')}",
            style="Output",
        )

    def cash(self, components: Mapping[str, Callable[[int], str]]) -> None:
        """Write the cash flow by component in the currency of the results, which other sheets show.

        Args:
            components: component -> the formula, without `=`, of a year's amount in CNY.
        """
        self.head_years(("现金流，所选币种", "Cash flow, chosen currency"))
        for name, amount in components.items():
            label = component_label(self.quote, name)
            self.yearly(
                f"cash.{name}",
                (label, label),
                ("所选币种", "chosen currency"),
                ("名义值", "nominal"),
                lambda year, amount=amount: f"={amount(year)}/{self.assumed('divisor')}",  # type: ignore[misc]
            )
        first, *_, last = components
        self.yearly(
            "cash.total",
            ("现金流合计", "Cash flow in all"),
            ("所选币种", "chosen currency"),
            ("名义值，以上各行之和", "nominal, the sum of the rows above"),
            lambda year: f"=SUM({self.span(f'cash.{first}', f'cash.{last}', year)})",
            style="Output",
        )

    def levels(self, running: tuple[str, ...], capex: str = "") -> None:
        """Write what the curve of cumulative cost is drawn from: each year's level at its start, and what it adds.

        Args:
            running: the steps that are paid month by month.
            capex: the step that is paid at the start of a year; empty where nothing is bought.
        """
        self.yearly(
            "adds",
            ("当年逐月支出", "Paid month by month"),
            ("所选币种", "chosen currency"),
            ("费用，不含一次性", "running costs, without one-offs"),
            lambda year: f"=({'+'.join(self.at(step, year) for step in running)})/{self.assumed('divisor')}",
        )
        row = self.row
        paid_rows = [
            self.layout.places[f"{self.stem}.{step}.1"].row for step in filter(None, (capex, "one_off"))
        ]

        def level(year: int) -> str:
            this, note, before = (column_letters(FIRST_YEAR + each) for each in (year - 1, -1, year - 2))
            paid = "+".join(f"SUM(${FIRST_LETTER}{each}:{this}{each})" for each in paid_rows)
            return f"=({paid})/{self.assumed('divisor')}+SUM(${note}{row}:{before}{row})"

        self.yearly(
            "level",
            ("年初累计", "Spent at its start"),
            ("所选币种", "chosen currency"),
            ("当年购置与一次性已付", "with its purchase and one-offs"),
            level,
            total=False,
        )
        income = ("residual", "tax_shield") if capex else ("tax_shield",)
        self.value(
            "spent",
            ("名义值，税前", "Nominal, before tax"),
            ("所选币种", "chosen currency"),
            ("名义合计，不计残值与所得税抵减", "nominal total without residual value and income tax saved"),
            f"=({'-'.join(self.cell(step) for step in ('nominal', *income))})/{self.assumed('divisor')}",
        )

    def _labels(self, label: Texts, unit: Texts, note: Texts) -> None:
        self.row += 1
        pick = self.layout.pick
        self.layout.put(self.sheet, self.row, LABEL, pick(*label), "Text")
        self.layout.put(self.sheet, self.row, UNIT, pick(*unit) or None, "Text")
        self.layout.put(self.sheet, self.row, NOTE, pick(*note) or None, "Note")


def figure_row(item: str, field: str, wanted: str = "") -> str:
    """Return the formula of a figure's place among the figures; 0 where the condition does not hold.

    Args:
        item: formula of the item.
        field: the field, or the reference to a cell that names it.
        wanted: the condition.
    """
    tail = f'"/"&{field}' if field.startswith("{") else f'"/{field}"'
    text = f"MATCH({item}&{tail},list_figure_keys,0)"
    return f"IF({wanted},{text},0)" if wanted else text


def _relative(text: str) -> str:
    """Return a formula that is not copied along the years, its addresses without `$`."""
    return text.replace("{$", "{")


def _number(unit: Texts) -> str:
    return styles.PRICE if "token" in unit[1] else styles.MONEY
