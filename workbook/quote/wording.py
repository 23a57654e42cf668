"""Words that several sheets share: of the two accountings and of the components of a cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Layout

# each accounting, and the defined name of its variant
PROFILES = (("published", "in_pub"), ("full", "in_full"))
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
    "tax_shield": ("所得税抵减", "Income tax saved"),
}


def profile_label(layout: Layout, profile: str) -> str:
    """Return the name of an accounting."""
    return layout.pick(*{"published": ("公布口径", "Published"), "full": ("完整口径", "Full")}[profile])


def component_label(layout: Layout, component: str) -> str:
    """Return the name of a cost component."""
    return layout.pick(*COMPONENT_LABELS[component])
