"""Words that several sheets share: of deployments, of the two accountings and of the components of a cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout
    from workbook.quote.context import BookContext

# each accounting, and the defined name of its variant
PROFILES = (("published", "in_pub"), ("full", "in_full"))
# what an accounting counts: the price lists of the documents, or all that a budget must hold
LABELS = {"published": ("价目口径", "Price-list cost"), "full": ("预算口径", "Budget cost")}
# the components that are no field of a tier by themselves
_COMPONENT_LABELS = {
    "usage": ("用量或租金", "Usage or rent"),
    "staff": ("运维人员", "Staff"),
    "power": ("电费", "Power"),
    "maintenance": ("维保与带宽", "Maintenance"),
    "one_off": ("首年一次性", "First-year one-offs"),
    "residual": ("残值", "Residual value"),
    "tax_shield": ("所得税抵减", "Income tax saved"),
}


def profile_label(layout: Layout, profile: str) -> str:
    """Return the name of an accounting."""
    return layout.pick(*LABELS[profile])


def deployment_label(book: BookContext, deployment: str) -> str:
    """Return what the catalog's terms call a deployment; formulas may pass it on, since it is a name of it."""
    return book.catalog.names.label("deployment", deployment, book.layout.lang)


def component_label(book: BookContext, component: str) -> str:
    """Return the name of a cost component: the catalog's where it is a field of a tier."""
    if component in _COMPONENT_LABELS:
        return book.layout.pick(*_COMPONENT_LABELS[component])
    label = book.catalog.names.label("field", component, book.layout.lang)
    return f"{label[:1].upper()}{label[1:]}"


def guarded(formula: str) -> str:
    """Return a formula that calls our functions, without `=`, with words in its place where they are missing."""
    return f"IF(chk_functions=1,{formula},chk_missing)"
