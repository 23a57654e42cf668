"""What Excel reads from the server: the manifest, the functions, the page and the icons."""

from __future__ import annotations

import json
import re
import struct
import zlib
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from xlmodel.functions import FUNCTIONS
from xlmodel.hosts.help_text import HELP_LENGTH
from xlmodel.hosts.office_files import ICON_SIZES, icon, javascript, manifest, metadata
from xlmodel.hosts.office_page import page
from xlmodel.hosts.written_out import written_out

BASE = "https://localhost:8443"
OFFICE = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
OVERRIDES = "{http://schemas.microsoft.com/office/taskpaneappversionoverrides}"
TYPES = "{http://schemas.microsoft.com/office/officeappbasictypes/1.0}"


def test_manifest() -> None:
    """Elements in the order of Microsoft's schema; each address is HTTPS, each resource exists; functions have no prefix."""
    root = ET.fromstring(manifest(BASE, None))  # noqa: S314 - our own file
    assert [each.tag.removeprefix(OFFICE) for each in root] == [
        "Id", "Version", "ProviderName", "DefaultLocale", "DisplayName", "Description", "IconUrl",
        "HighResolutionIconUrl", "Hosts", "Requirements", "DefaultSettings", "Permissions",
        f"{OVERRIDES}VersionOverrides",
    ]  # fmt: skip
    assert re.fullmatch(r"[1-9]\d*(\.\d+){1,3}", root.findtext(f"{OFFICE}Version"))
    assert root.findtext(f"{OFFICE}Permissions") == "ReadDocument"
    addresses = [
        each.get("DefaultValue") for each in root.iter() if "://" in (each.get("DefaultValue") or "")
    ]
    assert len(addresses) == 9
    assert all(each.startswith(f"{BASE}/") for each in addresses)
    resources = {each.get("id") for each in root.iter() if each.tag.startswith(TYPES) and each.get("id")}
    used = {each.get("resid") for each in root.iter() if each.get("resid")}
    assert used == {"Page", "Script", "Metadata"}
    assert used <= resources
    (point,) = root.iter(f"{OVERRIDES}ExtensionPoint")
    assert [each.tag.removeprefix(OVERRIDES) for each in point] == ["Script", "Page", "Metadata"]
    assert "{" not in manifest(BASE, "t").decode()


def test_metadata() -> None:
    """As Excel wants custom functions described: legal names, each with help, arguments as rows, optional ones last."""
    described = json.loads(metadata())
    assert described["allowErrorForDataTypeAny"] is True
    assert [each["id"] for each in described["functions"]] == list(FUNCTIONS)
    for each in described["functions"]:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", each["name"])
        assert 0 < len(each["description"]) <= HELP_LENGTH
        assert each["result"]["dimensionality"] == ("matrix" if FUNCTIONS[each["id"]].table else "scalar")
        names = [parameter["name"] for parameter in each["parameters"]]
        assert len(set(names)) == len(names)
        assert all(parameter["dimensionality"] == "matrix" for parameter in each["parameters"])
        assert all(0 < len(parameter["description"]) <= HELP_LENGTH for parameter in each["parameters"])
        optional = [parameter["optional"] for parameter in each["parameters"]]
        assert optional == sorted(optional)


def test_javascript_knows_every_function() -> None:
    """With the number of its arguments."""
    found = re.search(r"const functions = (\{.*?\});", javascript())
    assert found is not None
    assert json.loads(found[1]) == {name: len(written_out(each)) for name, each in FUNCTIONS.items()}


class Reader(HTMLParser):
    """Keeps ids, the fields that labels name, forms and text areas."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.forms: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, _tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Keep what a tag says."""
        given = dict(attributes)
        for name, kept in (("id", self.ids), ("for", self.labels), ("data-function", self.forms)):
            if given.get(name):
                kept.append(str(given[name]))
        self.links += [str(given[name]) for name in ("src", "href") if name in given]


def test_page() -> None:
    """Lists every function once, with a labelled field for each argument, filled with an example; loads nothing from elsewhere."""
    text = page(None)
    reader = Reader()
    reader.feed(text)
    assert sorted(reader.forms) == sorted(FUNCTIONS)
    assert len(set(reader.ids)) == len(reader.ids)
    assert sorted(reader.labels) == sorted(
        f"{name}-{each}" for name, function in FUNCTIONS.items() for each, _argument in written_out(function)
    )
    assert set(reader.labels) | set(FUNCTIONS) == set(reader.ids)
    assert all(link.startswith("./") for link in reader.links)
    assert '<textarea id="LLM_API_COST-api_model" rows="1" data-kind="any">Qwen-Plus</textarea>' in text
    assert '<textarea id="LLM_API_COST-dau" rows="1" data-kind="number">10000</textarea>' in text
    assert all(function.zh.split("&")[0] in text for function in FUNCTIONS.values())


def test_icons() -> None:
    """Each is a square picture of its size, with blue corners and some white."""
    for size in ICON_SIZES:
        data = icon(size)
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", data[16:24]) == (size, size)
        length = struct.unpack(">I", data[33:37])[0]
        rows = zlib.decompress(data[41 : 41 + length])
        assert len(rows) == size * (1 + 3 * size)
        assert rows[1:4] == rows[-3:] == b"\x1f\x4e\x79"
        assert rows.count(b"\xff\xff\xff") > size
