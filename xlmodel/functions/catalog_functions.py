"""The functions that read the catalog: LLM_CATALOG, LLM_PRICE, LLM_SOURCE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.catalog.lookup import normalise
from xlmodel.catalog.tables import item_key
from xlmodel.cost.price import price_cny
from xlmodel.errors import NotAvailableError
from xlmodel.functions.define import FIGURES, Argument, Function, Scalar, Takes, Value
from xlmodel.functions.define import table as as_table

if TYPE_CHECKING:
    from xlmodel.catalog.tables import CatalogTable, Column
    from xlmodel.functions.context import Context

ITEM = Argument(
    "item",
    Takes.TEXT,
    "项目：模型、GPU 或自建规模的名称；另一供应商的价格写作 项目 @供应商",
    "The item: a model, a GPU or a tier; another provider's price is item @provider",
)
FIELD = Argument(
    "field",
    Takes.TEXT,
    "指标：如 input、input_cached、output、output@128k、reserved_month、purchase、hardware",
    "The field, such as input, input_cached, output, output@128k, reserved_month, purchase or hardware",
)


def _catalog(context: Context, table: str | None, *columns: str | None) -> Value:
    catalog = context.catalog
    if table is None:
        rows = ((name, each.zh, each.en, float(len(each.rows))) for name, each in catalog.tables.items())
        return as_table(["table", "title_zh", "title_en", "rows"], rows)
    found = catalog.table(table)
    chosen = [_column(found, name) for name in columns if name] or list(found.columns)
    keys = [column.key for column in chosen]
    return as_table(keys, ([_cell(column, row[column.key]) for column in chosen] for row in found.rows))


def _column(table: CatalogTable, name: str) -> Column:
    wanted = normalise(name)
    for column in table.columns:
        if wanted in map(normalise, (column.key, column.zh, column.en)):
            return column
    known = ", ".join(column.key for column in table.columns)
    raise NotAvailableError(f"the table {table.name} has no column '{name}'; it has {known}")


def _cell(column: Column, text: str) -> Scalar:
    if column.type in {"number", "integer"} and text:
        return float(text)
    return text


def _price(context: Context, item: str, field: str) -> Value:
    return price_cny(context.catalog, context.inputs, *item_key(context.catalog, item, field))


def _source(context: Context, item: str, field: str) -> Value:
    figure = context.catalog.figure(*item_key(context.catalog, item, field))
    where = next(
        (
            f"{row['title']}, {row['place']}"
            for row in context.catalog.tables["sources"].rows
            if row["source"] == figure.source
        ),
        figure.source,
    )
    return f"{where}; {figure.as_of}; {figure.kind}"


LLM_CATALOG = Function(
    "LLM_CATALOG",
    "catalog",
    "返回一张目录表；不带参数时列出全部表",
    "Returns a catalog table; without arguments, the list of tables",
    (
        Argument(
            "table", Takes.TEXT, "表名，如 api_prices", "The table's name, such as api_prices", optional=True
        ),
        Argument(
            "column",
            Takes.TEXT,
            "要返回的列，可多个；省略为全部",
            "A column to return, any number of them; all when omitted",
            optional=True,
            repeated=True,
        ),
    ),
    _catalog,
    '=LLM_CATALOG("gpu_purchase","item","value")',
    table=True,
)
LLM_PRICE = Function(
    "LLM_PRICE",
    "catalog",
    "一项价格或成本（人民币元）",
    "One price or cost, in CNY",
    (ITEM, FIELD, FIGURES),
    _price,
    '=LLM_PRICE("H200","on_demand_hour")',
)
LLM_SOURCE = Function(
    "LLM_SOURCE",
    "catalog",
    "一项数据的来源、数据日期与性质",
    "Where a figure comes from, its date and its kind",
    (ITEM, FIELD),
    _source,
    '=LLM_SOURCE("Qwen-Plus","input")',
)
DEFINITIONS = (LLM_CATALOG, LLM_PRICE, LLM_SOURCE)
