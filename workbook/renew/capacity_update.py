"""The capacity table of a quote sized again: for the lengths and settings in force, with the catalog's specifications."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbook import contract
from workbook.renew.change_report import Change
from workbook.renew.places import named_area
from xlmodel.cost.capacity_table import copies_of
from xlmodel.errors import CellError
from xlmodel.grid import Address
from xlmodel.inputs.demand import demand
from xlmodel.inputs.resolve import resolve
from xlmodel.inputs.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workbook.renew.draft import Draft
    from xlmodel.catalog import Catalog
    from xlmodel.grid import Area, CellValue

_MODEL = "in_model"
_NAMES = (
    contract.COPY_KEYS, contract.COPIES, contract.COPY_GPUS, contract.COPY_START, contract.COPY_SETTINGS,
    contract.COPY_IN_FORCE, _MODEL,
)  # fmt: skip


class _Key(NamedTuple):
    """A row of the table: the number of its setting, the model and the GPU."""

    setting: int
    model: str
    gpu: str

    def __str__(self) -> str:
        return f"{self.setting}/{self.model}/{self.gpu}"


class _Table:
    """The capacity table of a workbook, with the values that its formulas give."""

    def __init__(self, draft: Draft, areas: Mapping[str, Area], values: Mapping[Address, CellValue]) -> None:
        self.draft, self.areas, self.values = draft, areas, values
        self.changes: list[Change] = []

    def row(self, name: str, number: int = 1) -> list[object]:
        """Return a row of a named range."""
        area = self.areas[name]
        return [self._at(area, number, column) for column in range(area.left, area.right + 1)]

    def keys(self) -> dict[int, _Key]:
        """Return the keys by the number of their row."""
        area = self.areas[contract.COPY_KEYS]
        found = {}
        for number in range(1, area.bottom - area.top + 2):
            setting, _, rest = str(self._at(area, number, area.left)).partition("/")
            model, _, gpu = rest.rpartition("/")
            found[number] = _Key(int(setting), model, gpu)
        return found

    def put(self, name: str, number: int, column: int, value: float | str | None, label: str) -> None:
        """Write a cell of a named range, column from 1; a number that is the same but for its last digits stays."""
        area = self.areas[name]
        cell = Address(area.sheet, area.top + number - 1, area.left + column - 1)
        old = self.draft.content(cell)
        if old == value or (
            isinstance(old, float) and isinstance(value, float) and abs(old - value) <= 1e-12 * abs(value)
        ):
            return
        self.draft.put(cell, value, like=cell._replace(column=self.areas[contract.COPY_START].left))
        self.changes.append(Change("figure", cell.sheet, cell.name, label, old, value, "sized again"))  # type: ignore[arg-type]

    def _at(self, area: Area, number: int, column: int) -> object:
        address = Address(area.sheet, area.top + number - 1, column)
        content = self.draft.content(address)
        return self.values.get(address, content)


def update_capacity(draft: Draft, values: Mapping[Address, CellValue], catalog: Catalog) -> list[Change]:
    """Size the capacity table of a quote again; return what changed. A file without one keeps every cell.

    Where no setting of the table is the one in force, it takes the place of the first; a model in force that the table
    lacks takes the place of the last one of that setting.

    Args:
        draft: the workbook; changed.
        values: what its formulas give.
        catalog: specifications and constants.
    """
    areas = {name: area for name in _NAMES if (area := named_area(draft, name)) is not None}
    if len(areas) < len(_NAMES):
        return []
    table = _Table(draft, areas, values)
    in_force, (model,) = table.row(contract.COPY_IN_FORCE), table.row(_MODEL)
    settings = areas[contract.COPY_SETTINGS]
    rows = [
        table.row(contract.COPY_SETTINGS, number) for number in range(1, settings.bottom - settings.top + 2)
    ]
    if in_force not in rows:
        rows[0] = in_force
        for column, value in enumerate(in_force, start=1):
            table.put(contract.COPY_SETTINGS, 1, column, value, "sized for")  # type: ignore[arg-type]
    keys = table.keys()
    setting = rows.index(in_force) + 1
    if not any(key.setting == setting and key.model == model for key in keys.values()):
        last = next(key.model for key in reversed(keys.values()) if key.setting == setting)
        keys = {
            number: key._replace(model=str(model)) if key[:2] == (setting, last) else key
            for number, key in keys.items()
        }
    sizes = [int(float(str(size))) for size in table.row(contract.COPY_GPUS)]
    for number, key in keys.items():
        prompt, answer, *service = rows[key.setting - 1]
        try:
            # a quote that is older than the last of these assumptions was sized at its default
            given = dict(zip(contract.COPY_SERVICE, service, strict=False))
            inputs = resolve(catalog, given)  # type: ignore[arg-type]
            asked = demand(Workload(1, float(str(prompt)), float(str(answer))), inputs, 1)
            found = copies_of(catalog, inputs, key.model, key.gpu, asked)
        except CellError as error:
            table.changes.append(
                Change("kept", areas[contract.COPIES].sheet, "", str(key), None, None, f"not sized: {error}")
            )
            continue
        table.put(contract.COPY_KEYS, number, 1, str(key), str(key))
        table.put(contract.COPY_START, number, 1, float(found.fewest), f"{key} starts on")
        for column, size in enumerate(sizes, start=1):
            table.put(contract.COPIES, number, column, found.speeds.get(size), f"{key} ×{size}")
    return table.changes
