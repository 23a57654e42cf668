"""A quote is found by the names it was written with, whatever its words are, and an old one by its old words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tabs import tab

from workbook import contract
from workbook.canvas.labels import columns_by_heading
from workbook.commands import regenerate as command
from workbook.package import Package, defined_names, read_cells
from workbook.quote.build import build_quote
from workbook.renew.batch import Outcome
from workbook.renew.draft import Draft
from workbook.renew.regenerate import regenerate
from workbook.request.quote_request import make_request
from workbook.rules import check_file
from xlmodel.catalog import built_in, read_catalog

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbook.renew.regenerate import Regenerated
    from xlmodel.catalog import Catalog

OLD = Path(__file__).parent / "data"
NEW_EDITION = "2026.12 (2026-12-15)"
ROWS = {
    "sources": "offer-1,Price list of a provider,title,2026-12-01,catalog,",
    "api_prices": "Qwen-Plus,input,Alibaba,CN,CNY,unknown,CNY/Mtok,,1.6,,,2026-12-01,2026-12-02,offer-1,published,",
    "gpu_rental": "A100 80GB,reserved_month,,CN,CNY,unknown,CNY/month,,13000,,about,2026-12-01,2026-12-03,cost-3,published,",
}
CHANGE = {"zh": "更新数据 3 项，保留 0 项", "en": "figures renewed: 3, kept: 0"}
NOTE = {"zh": "制表时目录 2026.12 的数值", "en": "what catalog 2026.12 said"}
# a name that files in the field carry is never changed; one may be added
NAMES = {
    "list_catalog", "list_catalog_currency", "list_catalog_high", "list_catalog_low", "list_catalog_note", "list_catalog_value",
    "list_changes", *(
        f"list_record_{each}"
        for each in (
            "for", "now", "options", "stale", "totals", "best", "spread", "swings", "phases", "throughout", "switches",
            "base_loads", "advice", "advice_costs",
        )
    ),
    "list_copies", "list_copy_gpus", "list_copy_in_force", "list_copy_keys", "list_copy_settings",
    "list_copy_start", "list_figure_as_of", "list_figure_currency", "list_figure_keys", "list_figure_source",
    "list_figure_unit", "list_figures", "list_in_force", "list_price_date", "list_tax",
    "out_answer", "out_deployment", "out_total", "out_what",
}  # fmt: skip


def request(lang: str) -> dict[str, object]:
    """Return the request that the old quotes were made from: one API model, one rental, one tier, one year."""
    options = {"api_models": ["Qwen-Plus"], "rent": ["1×A100 80GB"], "own": ["light"]}
    return {"lang": lang, "dau": 10_000, "years": 1, **options}


def built(lang: str) -> bytes:
    """Return the same quote as the code writes it now."""
    return build_quote(make_request(built_in(), request(lang), "test"), built_in())


def old(lang: str) -> bytes:
    """Return the quote as an earlier release wrote it, without the names."""
    return (OLD / f"old-quote-{lang}.xlsx").read_bytes()


@pytest.fixture
def moved(new_catalog: Callable[..., Path]) -> Catalog:
    """Return a catalog with two other prices, a new source and another power of a GPU."""
    folder = new_catalog(ROWS)
    path = folder / "gpus.csv"
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    column = header.split(",").index("tdp_w")
    cells = [line.split(",") for line in lines]
    for row in cells:
        if row[0] == "A100 80GB":
            row[column] = "555"
    path.write_text("\n".join([header, *map(",".join, cells)]) + "\n", encoding="utf-8")
    return read_catalog(folder)


def shown(data: bytes, sheet: str) -> dict[str, object]:
    """Return what the cells of a sheet show, by its English name."""
    package = Package.read(data)
    return {address: cell.value for address, cell in read_cells(package, tab(package.sheets, sheet)).items()}


def expect_renewed(made: Regenerated, lang: str) -> None:
    """Check price, edition (B9 in earlier releases), history, note, source and record; nothing is missing in the report."""
    data = made.data
    assert {1.6, 2} <= set(shown(data, "API prices").values())
    assert 13_000 in shown(data, "GPU rental prices").values()
    # 10,000 users: 240 Mtok in at 1.6 and 120 Mtok out at 2 a month; a rent of 13,000 a month; by 12
    totals = {value for value in shown(data, "Cover").values() if isinstance(value, float)}
    assert {12 * (240 * 1.6 + 120 * 2), 12 * 13_000} <= {round(value, 6) for value in totals}
    assert [address for address, value in shown(data, "Cover").items() if value == NEW_EDITION] in (
        ["B7"],
        ["B9"],
    )
    history = shown(data, "Changes")
    assert [history[f"{column}8"] for column in "ABC"] == ["2026-12-15", NEW_EDITION, CHANGE[lang]]
    assert any(NOTE[lang] in str(value) for value in shown(data, "Figures").values())
    sources = shown(data, "Sources")
    row = next(address[1:] for address, value in sources.items() if value == "offer-1")
    place = {"zh": "标题", "en": "title"}[lang]
    assert [sources[f"{column}{row}"] for column in "BCD"] == [
        "Price list of a provider",
        place,
        "2026-12-01",
    ]
    assert 555 in shown(data, "GPU specifications").values()
    properties = Package.read(data).parts["docProps/custom.xml"]
    assert re.findall(rb"<vt:lpwstr>([^<]*)<", properties)[:2] == [b"2026.12", b"2026-12-15"]
    assert [change for change in made.changes if change.what == "kept"] == []
    checks = {"zh": "检查通过", "en": "Checks OK"}[lang]
    assert shown(data, "Cover")["B4"] == checks


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_old_quote_is_found_by_its_words(moved: Catalog, lang: str) -> None:
    """A quote of an earlier release, without names, is renewed in its own language; again, and nothing changes."""
    assert not {*defined_names(Package.read(old(lang)))} >= NAMES
    made = regenerate(old(lang), moved)
    expect_renewed(made, lang)
    assert regenerate(made.data, moved).data == made.data


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_quote_of_today_is_found_by_its_names(
    moved: Catalog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: str
) -> None:
    """A writer with other words everywhere changes nothing: every place is found, and the standard still holds."""
    expect_renewed(regenerate(built(lang), moved), lang)
    words = contract.Mark.today
    with monkeypatch.context() as other:
        other.setattr(contract.Mark, "today", lambda mark, said: tuple(f"{x} 2" for x in words(mark, said)))
        reworded = built(lang)
    assert "catalog_value 2" in shown(reworded, "Figures").values()
    assert not {"Catalog", "数据目录"} & set(shown(reworded, "Cover").values())
    path = tmp_path / "reworded.xlsx"
    path.write_bytes(reworded)
    assert [str(finding) for finding in check_file(path)] == []
    expect_renewed(regenerate(reworded, moved), lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "mark", [contract.EDITION, contract.CHANGES, contract.NOTE], ids=lambda mark: mark.name
)
def test_what_has_no_place_is_told(moved: Catalog, lang: str, mark: contract.Mark) -> None:
    """Without name and words the report says what was not written, and what it would have been."""
    package = Package.read(old(lang))
    sheet = {contract.EDITION.name: "Cover", contract.CHANGES.name: "Changes"}.get(mark.name, "Figures")
    part = package.sheet_part(tab(package.sheets, sheet))
    text = package.parts[part].decode()
    for word in mark.words[lang][0]:
        text = (
            text.replace(f"<t>{word}</t>", "<t>?</t>")
            if mark is not contract.NOTE
            else text.replace(word, "?")
        )
    package.parts[part] = text.encode()
    made = regenerate(package.to_bytes(), moved)
    (kept,) = [change for change in made.changes if change.what == "kept"]
    told = {
        "list_catalog": ("edition of the catalog on the cover", NEW_EDITION),
        "list_changes": ("row of the history", f"2026-12-15 · {NEW_EDITION} · {CHANGE[lang]}"),
        "list_catalog_note": ("version in the note below the figures", "2026.12"),
    }
    assert (kept.label, kept.new) == told[mark.name]
    assert mark.name in kept.note
    assert any(change.what == "figure" for change in made.changes)
    assert not regenerate(made.data, moved).changed


def test_a_missing_place_is_a_line_on_the_terminal(
    moved: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line names no cell, since there is none."""
    package = Package.read(old("en"))
    part = package.sheet_part("Cover")
    package.parts[part] = package.parts[part].replace(b"<t>Catalog</t>", b"<t>Edition</t>")
    made = regenerate(package.to_bytes(), moved)
    command._print([Outcome(Path("q.xlsx"), made.changed, made.changes)], dry_run=False, report=None)  # noqa: SLF001 - without the file around it
    line = (
        f"kept: q.xlsx: edition of the catalog on the cover: 2026.11, the catalog says {NEW_EDITION} "
        "(not found: neither the name list_catalog nor a label 数据目录 or Catalog; write it by hand)"
    )
    assert line in capsys.readouterr().out


def test_a_table_that_cannot_be_read_is_told(moved: Catalog) -> None:
    """A record sheet whose headings a person renamed, and a list of figures without its columns, are lines."""
    package = Package.read(old("en"))
    for link in package.parts_of_type("spreadsheetml.table+xml"):
        if b'"tbl_gpus"' in package.parts[link]:
            package.parts[link] = (
                package.parts[link].replace(b'"Rated power (W)"', b'"Watts"').replace(b'"GPU"', b'"Card"')
            )
    part = package.sheet_part("GPU specifications")
    text = package.parts[part].replace(b"<t>Rated power (W)</t>", b"<t>Watts</t>")
    package.parts[part] = text.replace(b"<t>GPU</t>", b"<t>Card</t>", 1)
    kept = [change for change in regenerate(package.to_bytes(), moved).changes if change.what == "kept"]
    assert [(change.sheet, change.label) for change in kept] == [
        ("GPU specifications", "tbl_gpus Watts"),
        ("GPU specifications", "tbl_gpus Card"),
    ]
    package = Package.read(old("en"))
    part = package.sheet_part("Figures")
    package.parts[part] = package.parts[part].replace(b"<t>catalog_value</t>", b"<t>catalogue</t>")
    made = regenerate(package.to_bytes(), moved)
    assert [change.label for change in made.changes if change.what != "result"] == ["list_figures"]
    assert "no column catalog_value" in made.changes[0].note


def test_a_sheet_of_sources_without_its_table_is_told(moved: Catalog) -> None:
    """Where a person turned the table into plain cells, the sources of the new figures are lines."""
    package = Package.read(old("zh"))
    for part in package.parts_of_type("spreadsheetml.table+xml"):
        package.parts[part] = package.parts[part].replace(b'"tbl_sources"', b'"mine"')
    kept = [change for change in regenerate(package.to_bytes(), moved).changes if change.what == "kept"]
    assert [(change.label, change.new) for change in kept] == [
        ("source of a new figure", "offer-1"),
        ("source of a new figure", "cost-3"),
    ]


def test_names_follow_their_cells(moved: Catalog) -> None:
    """Rows inserted above move edition and history as Excel moves the names: they are still found."""
    package = Package.read(built("en"))
    for name in ("Cover", "Changes"):
        part = package.sheet_part(name)
        text = package.parts[part].decode()

        def down(found: re.Match[str]) -> str:
            row = int(found[2])
            return f"{found[1]}{row + 2 if row >= 6 else row}"

        text = re.sub(r'(<row r="|<c r="[A-Z]+)(\d+)', down, text)
        package.parts[part] = re.sub(r"<t>(Catalog|Date)</t>", "<t>?</t>", text).encode()
    book = package.parts[package.workbook_part].decode()
    book = book.replace("Cover!$B$7<", "Cover!$B$10<").replace("Changes!$A$6:$C$6<", "Changes!$A$8:$C$8<")
    package.parts[package.workbook_part] = book.encode()
    made = regenerate(package.to_bytes(), moved)
    assert shown(made.data, "Cover")["B10"] == NEW_EDITION
    assert shown(made.data, "Changes")["B10"] == NEW_EDITION


def test_every_name_is_in_new_quotes_and_stays() -> None:
    """The names are those that files in the field carry; each marks cells in a quote of today."""
    assert contract.NAMES == NAMES
    assert {*defined_names(Package.read(built("zh")))} >= NAMES


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_headings_of_old_quotes_lead_to_their_columns(lang: str) -> None:
    """A label of the catalog that changes keeps its old form in the contract, or old quotes lose the column."""
    catalog, found = built_in(), 0
    for area in Draft(Package.read(old(lang))).contents.tables:
        table = catalog.tables[contract.table_of(area.name) or ""]
        if table.name == contract.RECONCILIATION:
            continue
        known = columns_by_heading(catalog.names, table)
        assert {*area.columns} <= {*known}, f"{table.name}: put the old label into contract.FORMER_HEADINGS"
        found += len(area.columns)
    assert found > 100


def test_former_headings_lead_to_their_columns() -> None:
    """Each is a column of the catalog, and no heading of another column of its table."""
    catalog = built_in()
    for (name, key), headings in contract.FORMER_HEADINGS.items():
        known = columns_by_heading(catalog.names, catalog.tables[name])
        assert [known[heading][0].key for heading in headings] == [key] * len(headings)
