"""Regeneration: new prices in an edited quote, and nothing else touched."""

from __future__ import annotations

import datetime as dt
import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
from tabs import tab

from workbook.canvas import write
from workbook.package import Package, defined_names, read_cells, set_constants
from workbook.package.finishing import CALC_ID
from workbook.package.properties import SEAL_PROPERTY, UNSEALED, sealed, set_property
from workbook.quote.build import build_quote, layout_of
from workbook.renew.regenerate import TURNED, regenerate
from workbook.request.quote_request import make_request, scenario_request
from xlmodel.catalog import built_in, read_catalog
from xlmodel.errors import WorkbookError
from xlmodel.functions import default_library
from xlmodel.grid import CellValue, ErrorCode, column_letters

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbook.canvas.book_layout import Layout
    from workbook.renew.regenerate import Regenerated
    from xlmodel.catalog import Catalog

    MakeCatalog = Callable[..., Path]
    WithCells = Callable[[bytes, dict[str, dict[str, CellValue]]], bytes]
    FindPlace = Callable[[bytes, str, str, str], str]

# an option of the cover by the end of its label
API, RENT, OWN = "Qwen-Plus", "1×A100 80GB", "light"
RENTAL = "GPU rental prices"
ADDED = "我的备注"
# what the added sheet says
FORMULA = {"en": "2*Compare!F10", "zh": "2*对比!F10"}
CELL = r'<c r="{}"[ >/].*?(?:</c>|(?<=/)>)'


def cells(data: bytes, sheet: str) -> dict[str, CellValue]:
    """Return what the cells of a sheet show; a quote's sheet by its English name."""
    package = Package.read(data)
    name = sheet if sheet in package.sheets else tab(package.sheets, sheet)
    return {address: cell.value for address, cell in read_cells(package, name).items()}


def totals(data: bytes) -> dict[str, tuple[CellValue, CellValue]]:
    """Return published and full total of each option, as the cover shows them."""
    shown = cells(data, "Cover")
    top = next(
        int(address[1:])
        for address, value in shown.items()
        if value in {"Option, as quoted", "方案，按所报配置"}
    )
    headings = (shown[f"C{top}"], shown[f"D{top}"])
    assert headings in {("Price-list cost", "Budget cost"), ("价目口径", "预算口径")}
    found = {}
    for row in range(top + 1, top + 5):
        label = str(shown[f"A{row}"]).replace("轻量级", OWN)
        key = next((key for key in (API, RENT, OWN) if label.endswith(f" {key}")), label)
        found[key] = shown[f"C{row}"], shown[f"D{row}"]
    return found


def chart_points(data: bytes) -> dict[str, list[str]]:
    """Return the points that each chart carries."""
    parts = Package.read(data).parts
    return {
        name: re.findall(rb"<(?:\w+:)?v>(.*?)</", part)
        for name, part in parts.items()
        if name.startswith("xl/charts/chart")
    }  # type: ignore[return-value]


def test_doubled_prices_reach_every_total(edited: bytes, renewed: Regenerated) -> None:
    """By hand, 20,000 users for 36 months: API 960 × 1.6 … and rent 13,000 a month; owning does not move."""
    new = totals(renewed.data)
    # 480 Mtok in at 1.6 and 240 Mtok out at 2 a month
    assert new[API] == pytest.approx(((480 * 1.6 + 240 * 2) * 36, (480 * 1.6 + 240 * 2) * 36 + 150_000))
    # one engineer at 200,000 a year, and first-year one-offs of 20 + 35 + 15 + 7.5 万
    assert new[RENT] == pytest.approx((13_000 * 36, 13_000 * 36 + 3 * 200_000 + 775_000))
    assert new[OWN] == totals(edited)[OWN]
    assert cells(renewed.data, ADDED)["B2"] == 2 * 13_000 * 36


def test_the_result_is_that_of_a_new_quote(quote: bytes, doubled: Catalog, lang: str) -> None:
    """Every formula cell and every chart equals those of a quote of the same day built from the new catalog."""
    day = dt.date.fromisoformat(built_in().release_date)
    request = scenario_request(doubled, "A", lang).model_copy(update={"date": day})
    made, fresh = regenerate(quote, doubled).data, build_quote(request, doubled)
    compared = 0
    for sheet in Package.read(fresh).sheets:
        expected = read_cells(Package.read(fresh), sheet)
        found = read_cells(Package.read(made), sheet)
        for address, cell in expected.items():
            if cell.formula is not None:
                assert (found[address].formula, found[address].value) == (cell.formula, cell.value), (
                    sheet,
                    address,
                )
                compared += 1
    assert compared > 1000
    assert chart_points(made) == chart_points(fresh) != chart_points(quote)
    assert cells(made, "Figures") == cells(fresh, "Figures")
    assert cells(made, "API prices") == cells(fresh, "API prices")


def test_charts_show_the_new_totals(renewed: Regenerated) -> None:
    """A chart of the cover carries the new rent total in its points, and none the old one."""
    points = chart_points(renewed.data)
    assert b"468000" in points["xl/charts/chart1.xml"]
    assert b"234000" not in points["xl/charts/chart1.xml"]


def test_nothing_else_is_touched(edited: bytes, renewed: Regenerated) -> None:
    """Parts that need no change keep their bytes; in the others only the cells whose values changed differ."""
    made = renewed
    old, new = Package.read(edited), Package.read(made.data)
    assert list(old.parts) == list(new.parts)
    changed = {name for name in old.parts if old.parts[name] != new.parts[name]}
    sheets = {name for name in changed if name.startswith("xl/worksheets/sheet")}
    charts = {name for name in changed if name.startswith("xl/charts/chart")}
    assert changed - sheets - charts == {"docProps/custom.xml"}
    untouched = {"GPU purchase prices", "Sources", "Lists", "Reconciliation"}
    assert not sheets & {old.sheets[tab(old.sheets, name)] for name in untouched}
    for name, part in old.sheets.items():
        before, after = read_cells(old, name), read_cells(new, name)
        moved = [address for address in after if before.get(address) != after[address]]
        texts = [old.parts[part].decode(), new.parts[part].decode()]
        if name == tab(old.sheets, "Changes"):  # a row more
            assert len(moved) == 3
            row = int(moved[0][1:])
            texts[1] = re.sub(rf'<row r="{row}">.*?</row>', "", texts[1]).replace(
                f"A1:C{row}", f"A1:C{row - 1}"
            )
            moved = []
        for address in moved:
            assert before[address].formula == after[address].formula
            assert before[address].style == after[address].style
            texts = [re.sub(CELL.format(address), "", text, count=1) for text in texts]
        assert texts[0] == texts[1], name


def test_edits_of_a_person_stay(edited: bytes, renewed: Regenerated) -> None:
    """Input, added sheet, comment and styles are there, and the file opens in another reader."""
    made = renewed.data
    book = openpyxl.load_workbook(io.BytesIO(made), data_only=True)
    assert book[tab(book.sheetnames, "Inputs")]["D14"].value == 20000
    added = book[ADDED]
    assert (added["A2"].value, added["B2"].comment.text) == ("两倍总计", "请核对")
    assert Package.read(made).parts["xl/styles.xml"] == Package.read(edited).parts["xl/styles.xml"]


def test_a_second_run_changes_nothing(doubled: Catalog, renewed: Regenerated) -> None:
    """The same bytes, no line in the report, no further row in the history."""
    once = renewed
    twice = regenerate(once.data, doubled)
    assert once.changed
    assert (twice.data, twice.changed, twice.changes) == (once.data, False, ())


def test_the_same_catalog_changes_nothing(quote: bytes) -> None:
    """A quote that nobody touched keeps its bytes."""
    made = regenerate(quote, built_in())
    assert (made.data, made.changed, made.changes) == (quote, False, ())


def test_the_report_names_figures_and_results(renewed: Regenerated) -> None:
    """A doubled figure is a line with item, field, source and date at its moved place; a total is a result."""
    made = renewed
    figures = [change for change in made.changes if change.what == "figure"]
    assert [(c.label, c.old, c.new, c.relative, c.note) for c in figures] == [
        ("Qwen-Plus input", 0.8, 1.6, 1.0, "cost-2, as of 2026-12-02"),
        ("A100 80GB reserved_month", 6500, 13000, 1.0, "cost-3, as of 2026-12-03"),
    ]
    assert cells(made.data, figures[0].sheet)[figures[0].cell] == 1.6
    sheets = Package.read(made.data).sheets
    cover = [c for c in made.changes if c.sheet == tab(sheets, "Cover")]
    labels = (f"{RENT} · Price-list cost", f"{RENT} · 价目口径")
    rent = next(each for each in cover if each.label.endswith(labels))
    assert (rent.what, rent.old, rent.new) == ("result", 234_000, 468_000)
    shown = {
        (tab(sheets, sheet), address)
        for sheet in ("Figures", "API prices")
        for address in cells(made.data, sheet)
    }
    assert not [c for c in made.changes if c.what == "result" and (c.sheet, c.cell) in shown]


def test_version_and_history_are_written(edited: bytes, renewed: Regenerated, lang: str) -> None:
    """Property, cover, note and history say the new version; the history's date is the catalog's."""
    made = renewed.data
    properties = Package.read(made).parts["docProps/custom.xml"]
    assert b"<vt:lpwstr>2026.12</vt:lpwstr>" in properties
    assert b"<vt:lpwstr>2026-12-15</vt:lpwstr>" in properties
    assert "2026.12 (2026-12-15)" in cells(made, "Cover").values()
    said = {"en": "what catalog 2026.12 said", "zh": "制表时目录 2026.12 的数值"}[lang]
    assert any(said in str(value) for value in cells(made, "Figures").values())
    before, after = cells(edited, "Changes"), cells(made, "Changes")
    row = int(list(before)[-1][1:]) + 1
    assert {address: after[address] for address in after.keys() - before.keys()} == {
        f"A{row}": "2026-12-15",
        f"B{row}": "2026.12 (2026-12-15)",
        f"C{row}": {"en": "figures renewed: 2, kept: 0", "zh": "更新数据 2 项，保留 0 项"}[lang],
    }
    package = Package.read(made)
    looks = read_cells(package, tab(package.sheets, "Changes"))
    assert [looks[f"{c}{row}"].style for c in "ABC"] == [looks[f"{c}{row - 1}"].style for c in "ABC"]


def test_description_follows_the_figure(quote: bytes, doubled: Catalog, place: FindPlace) -> None:
    """Date of effect and as-of date are those of the new row."""
    made = regenerate(quote, doubled).data
    row = place(made, RENTAL, "A100 80GB", "reserved_month")[1:]
    shown = cells(made, RENTAL)
    assert (shown[f"H{row}"], shown[f"I{row}"], shown[f"J{row}"]) == ("2026-12-01", "2026-12-03", "cost-3")


def test_descriptions_are_in_the_language_of_the_quote(new_catalog: MakeCatalog) -> None:
    """A price in dollars, a floor without tax: a Chinese quote says so in Chinese on both of its sheets."""
    row = (
        "Kimi K2.6,input,Moonshot,US,USD,exclusive,USD/Mtok,,0.2,,min,2026-12-01,2026-12-02,cost-2,published,"
    )
    catalog = read_catalog(new_catalog({"api_prices": row}))
    quote = build_quote(scenario_request(built_in(), "A", "zh"), built_in())
    made = regenerate(quote, catalog)
    shown = cells(made.data, "API 价格")
    line = next(a[1:] for a, v in shown.items() if v == "Kimi K2.6" and shown[f"B{a[1:]}"] == "输入价格")
    header = {value: address[:-1] for address, value in shown.items() if re.fullmatch("[A-Z]+6", address)}
    labels = ("单位", "取值", "生效日", "地区", "币种", "税")
    expected = ["美元/百万 token", "以上", "2026-12-01", "美国", "USD", "不含税"]
    assert [shown[f"{header[label]}{line}"] for label in labels] == expected
    figures = cells(made.data, "数据")
    line = next(a[1:] for a, v in figures.items() if v == "Kimi K2.6" and figures[f"B{a[1:]}"] == "input")
    assert [figures[f"{column}{line}"] for column in "KGFO"] == [
        "美元/百万 token",
        "exclusive",
        "USD",
        "USD",
    ]
    assert regenerate(made.data, catalog).data == made.data


def test_records_are_found_by_their_names(quote: bytes, new_catalog: MakeCatalog) -> None:
    """Rental configurations stand on a quote by name, without their codes: a new throughput is renewed there."""
    folder = new_catalog()
    path = folder / "typical_configs.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2×A100 80GB,360,", "2×A100 80GB,400,"), encoding="utf-8")
    made = regenerate(quote, read_catalog(folder))
    (change,) = [each for each in made.changes if each.label == "medium_inference tokens_per_s"]
    sheet = tab(Package.read(quote).sheets, "Typical rental configurations")
    assert (change.sheet, change.old, change.new) == (sheet, 360, 400)


def test_a_corrected_figure_is_kept(
    quote: bytes, doubled: Catalog, with_cells: WithCells, place: FindPlace
) -> None:
    """A rent of 7,000 typed by a person stays and is reported beside the catalog's 13,000; --force replaces it."""
    at = place(quote, RENTAL, "A100 80GB", "reserved_month")
    sheet = tab(Package.read(quote).sheets, RENTAL)
    made = regenerate(with_cells(quote, {sheet: {at: 7000}}), doubled)
    kept = [change for change in made.changes if change.what == "kept"]
    assert [(c.sheet, c.cell, c.label, c.old, c.new) for c in kept] == [
        (sheet, at, "A100 80GB reserved_month", 7000, 13000)
    ]
    assert totals(made.data)[RENT][0] == 7_000 * 36
    again = regenerate(made.data, doubled)
    assert (again.data, again.changes) == (made.data, tuple(kept))
    forced = regenerate(made.data, doubled, force=True)
    assert totals(forced.data)[RENT][0] == 13_000 * 36
    assert not [change for change in forced.changes if change.what == "kept"]


def test_a_corrected_end_keeps_the_range(
    quote: bytes, new_catalog: MakeCatalog, with_cells: WithCells, place: FindPlace
) -> None:
    """A person's high end of 160,000 keeps the whole figure: its low end and midpoint stay too."""
    sheet = tab(Package.read(quote).sheets, "Own investment by tier")
    at = place(quote, "Own investment by tier", "light", "hardware").replace("C", "E")
    line = "light,hardware,,CN,CNY,unknown,CNY,90000,,170000,,2026-12-01,2026-12-01,cost-4,published,"
    corrected = with_cells(quote, {sheet: {at: 160_000}})
    made = regenerate(corrected, read_catalog(new_catalog({"tier_investment": line})))
    shown = cells(made.data, sheet)
    assert [shown[f"{column}{at[1:]}"] for column in "CDE"] == [120_000, 80_000, 160_000]
    kept = [(c.label, c.old, c.new) for c in made.changes if c.what == "kept"]
    assert kept == [
        ("light hardware", 120_000, 130_000),
        ("light hardware low", 80_000, 90_000),
        ("light hardware high", 160_000, 170_000),
    ]


def test_formulas_of_a_figure_stay_where_they_hold(
    quote: bytes, new_catalog: MakeCatalog, place: FindPlace
) -> None:
    """A new range keeps the midpoint's formula; a range in place of a single price gets typed ends."""
    lines = {
        "tier_investment": "light,hardware,,CN,CNY,unknown,CNY,90000,,170000,,2026-12-01,2026-12-01,cost-4,published,",
        "gpu_rental": "A100 80GB,reserved_month,,CN,CNY,unknown,CNY/month,12000,,14000,,2026-12-01,2026-12-01,cost-3,published,",
    }
    made = regenerate(quote, read_catalog(new_catalog(lines))).data
    package = Package.read(made)
    tier = read_cells(package, tab(package.sheets, "Own investment by tier"))
    row = place(quote, "Own investment by tier", "light", "hardware")[1:]
    assert (tier[f"C{row}"].formula, tier[f"C{row}"].value) == (f"=AVERAGE(D{row},E{row})", 130_000)
    rent = read_cells(package, tab(package.sheets, RENTAL))
    row = place(quote, RENTAL, "A100 80GB", "reserved_month")[1:]
    ends = [rent[f"{column}{row}"] for column in "CDE"]
    assert [(cell.value, cell.formula) for cell in ends] == [(13_000, None), (12_000, None), (14_000, None)]
    assert len({cell.style for cell in ends}) == 1  # typed ends look like the typed price
    assert totals(made)[RENT][0] == 13_000 * 36


def test_a_figure_that_the_catalog_lacks_is_kept(quote: bytes, new_catalog: MakeCatalog) -> None:
    """A rent without a row in the new catalog stays and is reported; the totals still use it."""
    made = regenerate(quote, read_catalog(new_catalog(without="A100 80GB,reserved_month")))
    kept = [change for change in made.changes if change.what == "kept"]
    assert [(c.label, c.old, c.new) for c in kept] == [("A100 80GB reserved_month", 6500, None)]
    assert totals(made.data)[RENT][0] == 6_500 * 36


def test_a_new_source_is_listed(quote: bytes, new_catalog: MakeCatalog, lang: str) -> None:
    """The source of a new price gets a row on the sheet Sources, inside its table."""
    rows = {
        "sources": "offer-1,Price list of a provider,title,2026-12-01,catalog,",
        "gpu_rental": "A100 80GB,reserved_month,,CN,CNY,unknown,CNY/month,,13000,,,2026-12-01,2026-12-01,offer-1,published,",
    }
    catalog = read_catalog(new_catalog(rows))
    made = regenerate(quote, catalog).data
    last = list(cells(made, "Sources"))[-1][1:]
    shown = cells(made, "Sources")
    assert [shown[f"{c}{last}"] for c in "ABCD"] == [
        "offer-1",
        "Price list of a provider",
        {"en": "title", "zh": "标题"}[lang],  # a place that the catalog's terms know
        "2026-12-01",
    ]
    book = openpyxl.load_workbook(io.BytesIO(made))
    table = book[tab(book.sheetnames, "Sources")].tables["tbl_sources"]
    assert table.ref == table.autoFilter.ref == f"A6:E{last}"
    assert regenerate(made, catalog).data == made


def test_values_pasted_over_the_links_are_renewed(
    quote: bytes, doubled: Catalog, with_cells: WithCells
) -> None:
    """Where a person pasted the figures as values, the cells of the sheet Figures themselves take the new ones."""
    shown = cells(quote, "Figures")
    row = next(a[1:] for a, v in shown.items() if v == "A100 80GB" and shown[f"B{a[1:]}"] == "reserved_month")
    values = {f"{column}{row}": shown[f"{column}{row}"] for column in "CDEFMN"}
    pasted = with_cells(quote, {tab(Package.read(quote).sheets, "Figures"): values})
    made = regenerate(pasted, doubled).data
    assert [cells(made, "Figures")[f"{column}{row}"] for column in "CDE"] == [13_000] * 3
    assert totals(made)[RENT][0] == 13_000 * 36


def test_a_row_that_a_person_added_is_theirs(quote: bytes, doubled: Catalog, with_cells: WithCells) -> None:
    """A row without a catalog value is kept where it differs, and nothing is written into it where it does not."""
    row = next(a[1:] for a, v in cells(quote, "Figures").items() if v == "A100 80GB" and a.startswith("A"))
    blank: dict[str, CellValue] = dict.fromkeys(f"{column}{row}" for column in "HIJMNO")
    typed = {**blank, **dict.fromkeys((f"{column}{row}" for column in "CDE"), 15.0)}
    sheet = tab(Package.read(quote).sheets, "Figures")
    made = regenerate(with_cells(quote, {sheet: typed}), doubled)
    assert [(c.label, c.old, c.new) for c in made.changes if c.what == "kept"] == [
        ("A100 80GB on_demand_hour", 15, 14)
    ]
    same = regenerate(with_cells(quote, {sheet: blank}), doubled)
    assert not [c for c in same.changes if c.what == "kept"]
    for each in (made, same):
        assert {cells(each.data, "Figures")[address] for address in blank} == {None}


def test_a_deleted_list_of_figures_is_refused(quote: bytes, doubled: Catalog) -> None:
    """When the sheet of the figures is gone, nothing is computed with the catalog in its place."""
    package = Package.read(quote)
    old = defined_names(package)["list_figures"]
    book = package.parts["xl/workbook.xml"].replace(f">{old}<".encode(), b">#REF!$A$6:$E$70<")
    package.parts["xl/workbook.xml"] = book
    with pytest.raises(WorkbookError, match="list_figures was deleted"):
        regenerate(package.to_bytes(), doubled)


def own_workbook(formulas: dict[str, object]) -> bytes:
    """Write a person's own workbook with openpyxl, which stores no results."""
    book = openpyxl.Workbook()
    for address, content in formulas.items():
        book.worksheets[0][address] = content
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_of_ones_own_is_computed(doubled: Catalog) -> None:
    """Functions in a workbook that is no quote use the catalog; the file then opens with these values."""
    source = own_workbook({"A1": 3, "B1": '=LLM_TCO("rent","2×A100 80GB",30000,A1)', "B2": "=B1/A1"})
    made = regenerate(source, doubled)
    assert cells(made.data, "Sheet") == {"A1": 3, "B1": 2 * 13_000 * 36, "B2": 2 * 13_000 * 12}
    assert [change.what for change in made.changes] == ["result", "result"]
    assert Package.read(made.data).calc_pr["calcId"] == CALC_ID
    assert "fullCalcOnLoad" not in Package.read(made.data).calc_pr
    assert regenerate(made.data, doubled).data == made.data


def test_settings_stay_without_our_functions() -> None:
    """A workbook that calls no function of ours keeps its calculation settings."""
    source = own_workbook({"A1": 3, "B1": "=A1*2"})
    made = regenerate(source, built_in())
    assert Package.read(made.data).parts["xl/workbook.xml"] == Package.read(source).parts["xl/workbook.xml"]
    assert cells(made.data, "Sheet")["B1"] == 6


def test_a_stale_number_is_never_passed_off_as_fresh(edited: bytes, doubled: Catalog, lang: str) -> None:
    """A formula that cannot be computed and reads a changed total stops the file, and the line names the cell."""
    package = Package.read(edited)
    sheet = package.sheets[ADDED]
    part = package.parts[sheet]
    package.parts[sheet] = part.replace(
        FORMULA[lang].encode(), f'WEBSERVICE("x")+SUM({tab(package.sheets, "Cover")}!C:C)'.encode()
    )
    with pytest.raises(WorkbookError, match=r"B2 \(unknown function WEBSERVICE") as caught:
        regenerate(package.to_bytes(), doubled)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_computed_and_reads_nothing_new_is_kept(
    edited: bytes, doubled: Catalog, lang: str
) -> None:
    """Its value stays, as does that of a formula that reads it, and both are reported."""
    package = Package.read(edited)
    sheet = package.sheets[ADDED]
    package.parts[sheet] = (
        package.parts[sheet]
        .replace(FORMULA[lang].encode(), f'WEBSERVICE("x")+{tab(package.sheets, "Inputs")}!D16'.encode())
        .replace(b"</row>", b'<c r="C2"><f>B2*2</f><v>936000</v></c></row>')
    )
    made = regenerate(package.to_bytes(), doubled)
    assert (cells(made.data, ADDED)["B2"], cells(made.data, ADDED)["C2"]) == (468_000, 936_000)
    assert [(c.cell, c.old) for c in made.changes if c.what == "kept"] == [("B2", 468_000), ("C2", 936_000)]


def test_a_new_error_is_written_and_told(edited: bytes, doubled: Catalog, lang: str) -> None:
    """1/(rent − 13,000) becomes a division by zero: the cell says so, and the result counts as failed."""
    package = Package.read(edited)
    sheet = package.sheets[ADDED]
    package.parts[sheet] = package.parts[sheet].replace(
        FORMULA[lang].encode(), f"1/({FORMULA[lang][2:]}-468000)".encode()
    )
    made = regenerate(package.to_bytes(), doubled)
    assert cells(made.data, ADDED)["B2"] == ErrorCode.DIV0
    assert [(c.cell, c.new, bool(c.note)) for c in made.failed] == [("B2", ErrorCode.DIV0, True)]


def test_the_clock_is_an_input() -> None:
    """TODAY gives the given day: 2026-12-15 is day 46,371 of the 1900 system."""
    now = datetime(2026, 12, 15, 8, tzinfo=UTC)
    made = regenerate(own_workbook({"A1": "=TODAY()"}), built_in(), now=now)
    assert cells(made.data, "Sheet") == {"A1": 46_371}
    assert regenerate(made.data, built_in(), now=now).data == made.data


def test_records_that_native_formulas_read_are_renewed(
    quote: bytes, new_catalog: MakeCatalog, lang: str
) -> None:
    """A GPU's new power stands on its sheet, since the functions take it from the catalog: the checks still pass."""
    folder = new_catalog()
    path = folder / "gpus.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("tdp_w")
    index = next(index for index, line in enumerate(lines) if line.startswith("A100 80GB,"))
    row = lines[index].split(",")
    old, row[column] = float(row[column]), "555"
    lines[index] = ",".join(row)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = regenerate(quote, read_catalog(folder))
    change = next(c for c in made.changes if c.label == "A100 80GB tdp_w")
    assert (change.what, change.old, change.new) == ("figure", old, 555)
    assert cells(made.data, change.sheet)[change.cell] == 555
    assert cells(made.data, "Cover")["B4"] == {"en": "Checks OK", "zh": "检查通过"}[lang]


def typed(layout: Layout, data: bytes, cells: dict[str, float | str]) -> bytes:
    """Return a quote with values typed into cells by their keys, as a person leaves it."""
    package = Package.read(data)
    for key, value in cells.items():
        place = layout.places[key]
        address = f"{column_letters(place.column)}{place.row}"
        set_constants(package, {layout.sheets[place.sheet].name: {address: value}})
    return package.to_bytes()


SIZED: dict[str, object] = {
    "lang": "en", "dau": 30_000, "model": "32B~70B", "api_models": ["DeepSeek V3"], "rent": ["2×A100 80GB"], "own": ["standard"],
}  # fmt: skip


def test_other_lengths_are_sized_again() -> None:
    """Lengths that the capacity table does not know give no answer; regenerated, the quote is that of these lengths."""
    day = dt.date(2026, 11, 21)
    layout = layout_of(make_request(built_in(), SIZED, "test"), default_library(), "custom", day)
    data = write.to_bytes(layout, default_library(), title="Quote", date=day)
    made = regenerate(typed(layout, data, {"in_input.custom": 1_600, "in_output.custom": 900}), built_in())

    def at(key: str) -> object:
        place = layout.places[key]
        cell = read_cells(Package.read(made.data), layout.sheets[place.sheet].name)
        return cell[f"{column_letters(place.column)}{place.row}"].value

    users = default_library().call("LLM_CAPACITY", "Qwen3-32B", "2×A100 80GB", None, 1_600, 900)
    assert at("capacity.rent.1.published.users") == pytest.approx(users, rel=1e-9)
    assert at("chk_master") == "Checks OK"
    assert at("out_deployment") == "api"
    assert any(change.note == "sized again" for change in made.changes)
    assert not regenerate(made.data, built_in()).changed


def test_a_check_that_turns_is_a_failure() -> None:
    """A native total typed over by a number: the checks that passed fail, which the change report tells as a failure."""
    day = dt.date(2026, 11, 21)
    layout = layout_of(make_request(built_in(), SIZED, "test"), default_library(), "custom", day)
    data = write.to_bytes(layout, default_library(), title="Quote", date=day)
    made = regenerate(typed(layout, data, {"audit.rent.1.published.total": 1_000.0}), built_in())
    assert [change.note for change in made.failed] == [TURNED]
    assert made.failed[0].old == 0


def test_a_sealed_quote_is_computed_where_something_changed(quote: bytes, doubled: Catalog) -> None:
    """The seal holds for a new and a renewed quote, not for one with another input; the totals are the same both ways."""
    opened = Package.read(quote)
    assert sealed(opened)
    set_property(opened, SEAL_PROPERTY, UNSEALED)
    whole, part = (regenerate(data, doubled).data for data in (opened.to_bytes(), quote))
    assert sealed(Package.read(part))
    assert sealed(Package.read(whole))
    assert totals(part) == totals(whole)
    typed_in = Package.read(part)
    set_constants(typed_in, {tab(typed_in.sheets, "Inputs"): {"B14": 20_000}})
    assert not sealed(typed_in)


def test_an_older_catalog_needs_force(quote: bytes, doubled: Catalog) -> None:
    """A quote renewed with the catalog of December is not taken back to the one before it by mistake."""
    newer = regenerate(quote, doubled).data
    with pytest.raises(WorkbookError, match=r"made with the catalog of 2026-12-15.*--force"):
        regenerate(newer, built_in())
    assert totals(regenerate(newer, built_in(), force=True).data) == totals(quote)
