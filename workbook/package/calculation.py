"""The calculation settings of an existing workbook: its stored values are to be shown, not computed on opening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.package.finishing import CALC_ID
from workbook.package.xml_spans import element_end, prefix_of, set_attribute, splice, start_tag, whole_number

if TYPE_CHECKING:
    from workbook.package import Package

# what may stand between the sheets and the calculation settings
_BEFORE = ("sheets", "functionGroups", "externalReferences", "definedNames")
_TRUE = frozenset({"1", "true"})


def keep_values(package: Package) -> None:
    """Make a program without our functions show the stored values, which a recalculation would turn into #NAME?.

    Settings that ask for no recalculation on opening keep their bytes.

    Args:
        package: the workbook, every formula's value current.
    """
    part = package.workbook_part
    data, root = package.parts[part], package.tree(part)
    element = root.child("calcPr")
    if element is None:
        last = [child for child in root.children if child.name in _BEFORE][-1]
        prefix = prefix_of(start_tag(data, last.start)).decode()
        place = element_end(data, last.start, last.close)
        package.parts[part] = splice(data, [(place, place, f'<{prefix}calcPr calcId="{CALC_ID}"/>'.encode())])
        return
    old = start_tag(data, element.start)
    tag = old
    if element.attributes.get("fullCalcOnLoad") in _TRUE:
        tag = set_attribute(tag, "fullCalcOnLoad", None)
    if (whole_number(element.attributes.get("calcId")) or 0) < int(CALC_ID):
        tag = set_attribute(tag, "calcId", CALC_ID)
    if tag != old:
        package.parts[part] = splice(data, [(element.start, element.start + len(old), tag)])
