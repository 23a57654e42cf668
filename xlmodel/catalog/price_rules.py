"""Rules of the catalog about prices: plausible amounts, one list a provider and currency, tiers, units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlmodel.catalog.load import home_provider
from xlmodel.catalog.lookup import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlmodel.catalog.raw import Finding, Folder, Sheet
    from xlmodel.catalog.tables import Row

_ENDS = ("low", "value", "high")
_NEEDED = frozenset({"item", "field", "provider", "region", "currency", "unit", *_ENDS})
# the row of facts.csv that tells what a dollar is worth, about
_DOLLAR = "USD in CNY"


def price_findings(found: Folder, tables: list[str]) -> Iterator[Finding]:
    """Find amounts outside their field's band, and lists that a look-up could take for one another.

    Args:
        found: the folder's files.
        tables: names of the figure tables.
    """
    fields = {row.get("field", ""): row for _, row in found.rows("fields")}
    dollar = next((row.get("value", "") for _, row in found.rows("facts") if row.get("item") == _DOLLAR), "")
    places: dict[tuple[str, ...], tuple[str, str]] = {}
    spelled: dict[tuple[str, ...], tuple[str, str]] = {}
    for name in tables:
        sheet = found.sheets.get(name)
        if sheet is None or not set(sheet.header) >= _NEEDED:
            continue
        for line, row in sheet.rows:
            field = fields.get(row["field"])
            if field is None:
                continue
            yield from _band_findings(sheet, line, row, field, dollar)
            yield from _provider_findings(found, sheet, line, row, field)
            here = f"{name}.csv:{line}"
            provider = (field.get("item_kind", ""), row["item"], normalise(row["provider"]))
            text, where = spelled.setdefault(provider, (row["provider"], here))
            if text != row["provider"]:
                yield sheet.finding(
                    line, "provider", f"'{row['provider']}' is '{text}' in {where}; write one of them"
                )
            listed = (*provider, row["field"], row["currency"])
            region, where = places.setdefault(listed, (row["region"], here))
            if region != row["region"]:
                what = (
                    f"{row['provider'] or 'no provider'} lists {row['item']} {row['field']} in {row['currency']} in "
                    f"'{region}' too ({where}); give one of the two lists a provider of its own"
                )
                yield sheet.finding(line, "region", what)


def _band_findings(sheet: Sheet, line: int, row: Row, field: Row, dollar: str) -> Iterator[Finding]:
    """Find amounts that no price of this field has: a price of a thousand tokens, an amount in 10,000 CNY."""
    low, high = (_number(field.get(key, "")) for key in ("plausible_low", "plausible_high"))
    rate = _number(dollar) if row["currency"] == "USD" else 1.0
    if rate is None:
        return
    for key in _ENDS:
        amount = _number(row[key])
        if amount is None or amount <= 0:
            continue  # the rules of every figure report it
        cny = amount * rate
        if (low is not None and cny < low) or (high is not None and cny > high):
            shown = f"{row[key]} {row['currency']}" + ("" if rate == 1 else f", about {cny:g} CNY,")
            what = (
                f"{row['item']} {row['field']}: {shown} is outside the plausible {field['plausible_low']} to {field['plausible_high']} CNY "
                f"of {field['field']} in fields.csv; is it in {row['unit']}?"
            )
            yield sheet.finding(line, key, what)


def _provider_findings(found: Folder, sheet: Sheet, line: int, row: Row, field: Row) -> Iterator[Finding]:
    if "@" in row["item"] or "@" in row["provider"]:
        yield sheet.finding(line, "item", "an @ stands between an item and a provider of it; leave it out")
    if field.get("item_kind") == "api_model" and not row["provider"]:
        home = home_provider("api_model", row["item"], [each for _, each in found.rows("api_models")])
        yield sheet.finding(
            line, "provider", f"name whose price it is; the item's own provider is {home or '?'}"
        )


def field_rule_findings(found: Folder) -> Iterator[Finding]:
    """Find tiers without their base field or limit, and bands with one end."""
    sheet = found.sheets.get("fields")
    if sheet is None or not {"field", "base", "prompt_above", "unit", "plausible_low"} <= set(sheet.header):
        return
    fields = {row["field"]: row for _, row in sheet.rows}
    for line, row in sheet.rows:
        base = fields.get(row["base"])
        if bool(row["base"]) != bool(row["prompt_above"]):
            yield sheet.finding(
                line, "base", "a tier has both base and prompt_above, any other field neither"
            )
        elif base is not None and (
            base["base"] or (base["unit"], base["item_kind"]) != (row["unit"], row["item_kind"])
        ):
            yield sheet.finding(
                line, "base", f"'{row['base']}' must be no tier, of the same kind of item and unit"
            )
        if bool(row["plausible_low"]) != bool(row["plausible_high"]):
            yield sheet.finding(line, "plausible_low", "give both ends of the band, or none")


def unit_findings(found: Folder) -> Iterator[Finding]:
    """Find units of money that lead to no field's unit, or are listed twice."""
    sheet = found.sheets.get("units")
    if sheet is None or not {"unit", "base", "factor"} <= set(sheet.header):
        return
    units = {row.get("unit", "") for _, row in found.rows("fields")}
    first: dict[str, int] = {}
    for line, row in sheet.rows:
        if row["base"] and row["base"] not in units:
            yield sheet.finding(line, "base", f"no field of fields.csv is in {row['base']}")
        if row["factor"] and _number(row["factor"]) == 0:
            yield sheet.finding(line, "factor", "0 would make every price 0")
        before = first.setdefault(normalise(row["unit"]), line)
        if before != line:
            yield sheet.finding(line, "unit", f"'{row['unit']}' is already on line {before}")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
