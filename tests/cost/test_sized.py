"""Hardware that sizing picks: the cheapest of what is priced, over the years asked."""

from __future__ import annotations

import pytest

from xlmodel import CellError, call

HEADER = ["item", "field", "value"]
# one card of each is enough for a few users; an H100 draws 300 W more, so its lower price pays for a year only
CARDS = [
    HEADER,
    ["A100 80GB", "purchase", 100_000],
    ["H100 80GB", "purchase", 94_000],
    ["RTX 4090 48GB", "purchase", 900_000],
    ["A100 80GB", "server_share", 20_000],
    ["H100 80GB", "server_share", 20_000],
]
POWER = 1.8 * 0.6 * 1.5 * 24 * 360 * 0.8  # CNY a year and kW of rated power


def own(what: str, years: int) -> object:
    """Return the total of owning for 100 daily users, without maintenance."""
    return call("LLM_TCO", "own", what, 100, years, None, None, "maintenance_rate=0", CARDS)


@pytest.mark.parametrize(
    ("years", "card", "hardware", "kw"), [(1, "H100 80GB", 94_000, 0.7), (3, "A100 80GB", 100_000, 0.4)]
)
def test_the_years_asked_decide_what_is_cheapest(years: int, card: str, hardware: float, kw: float) -> None:
    """The card with the lower outlay wins a year, the one with the lower power bill three."""
    by_hand = hardware + 20_000 + 75_000 + 40_000 + years * (200_000 + kw * POWER)
    assert own(card, years) == pytest.approx(by_hand, rel=1e-12)
    assert own("Qwen3-8B", years) == pytest.approx(by_hand, rel=1e-12)


@pytest.mark.parametrize("years", [1, 2, 3, 5])
def test_a_comparison_names_the_card_that_it_costs(years: int) -> None:
    """The hardware in LLM_COMPARE's row has that row's total."""
    table = call("LLM_COMPARE", 100, "Qwen3-8B", years, None, None, "maintenance_rate=0", CARDS)
    assert isinstance(table, list)
    deployment, what, *_ = table[-1]
    assert deployment == "own"
    assert table[-1][table[0].index("total")] == pytest.approx(own(str(what).partition(" (")[0], years))


def test_a_priced_card_without_a_specification_is_left_aside() -> None:
    """A workbook may price a card that the catalog does not describe: it cannot be sized, and hinders nobody."""
    plain = call("LLM_TCO", "rent", "Qwen3-32B", 30_000)
    given = [HEADER, ["House GPU", "reserved_month", 5]]
    assert call("LLM_TCO", "rent", "Qwen3-32B", 30_000, None, None, None, None, given) == plain


def test_cards_without_a_price_on_the_day_are_left_aside() -> None:
    """On 2025-12-01 only the guide's two cards have a purchase price; before it, none has one."""
    total = call("LLM_TCO", "own", "Qwen3-8B", 100, 1, None, None, "price_date=2025-12-01", [
        HEADER, *[["light", field, 0] for field in ("infrastructure", "software")], ["light", "staff_year", 1],
    ])  # fmt: skip
    assert total == pytest.approx((10_000 + 90_000) * 1.12 + 1 + 0.45 * POWER, rel=1e-12)
    with pytest.raises(CellError, match="own: no GPU has the price purchase") as caught:
        call("LLM_TCO", "own", "Qwen3-8B", 100, 1, None, None, "price_date=2025-01-01")
    assert caught.value.code == "#N/A"


def test_a_reserve_copy_stands_only_where_sizing_chose() -> None:
    """A reserve copy doubles hardware that sizing chose for one copy, and adds none to cards that are named."""
    variant = "full; reserve_replicas={}; ops_staff=0; framework_cost=0; data_cost=0; security_cost=0; backup_cost=0"
    for what, equal in (("Qwen3-8B", False), ("1×A100 80GB", True)):
        none, one = (
            call("LLM_TCO", "rent", what, 100, None, None, None, None, None, variant.format(count))
            for count in (0, 1)
        )
        assert (none == one) == equal
        assert isinstance(none, float)
        assert one in {none, 2 * none}
