"""The decision of an accounting, on the sheet Answer workings: first year, margin, and what would change the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbook.canvas import styles
from workbook.canvas.frame import header
from workbook.quote.wording import profile_label

if TYPE_CHECKING:
    from workbook.canvas.book_layout import Sheet
    from workbook.quote.context import QuoteContext

# key, label, formula, number format
_Line = tuple[str, str, str, str]
_DASH = '"—"'
# what would change the answer: the users, the price of the API, the rent
SWITCHES = ("users", "price", "rent")


def decision_block(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    """Write the block; return the last row.

    The switching values are solved from the model, in which a total is a straight line over each of them: the users at
    which the API costs as much as the hardware that serves, the change of the API's price and of the rent at which they
    cost as much as the best of the others. Hardware counts as quoted for users and rent, made large enough for the price.
    """
    layout, pick = quote.layout, quote.layout.pick
    row = _inputs(quote, sheet, top, profile)
    title = f"{pick('决策', 'The decision')} · {profile_label(layout, profile)}"
    row += 2
    header(layout, sheet, [title, pick("数值", "Value")], row=row)
    for name, label, text, number in (*_figures(quote, profile), *_switches(quote, profile)):
        row += 1
        layout.put(sheet, row, 1, label, "Text")
        layout.formula(sheet, row, 2, text, "Calculation", number, key=f"decision.{profile}.{name}")
    return row


def _inputs(quote: QuoteContext, sheet: Sheet, top: int, profile: str) -> int:
    """Link what each option adds: its first year, a user's total at an API, the present value of a rent."""
    layout, pick = quote.layout, quote.layout.pick
    labels = [
        f"{pick('各方案', 'Each option')} · {profile_label(layout, profile)}", pick("首年", "First year"),
        pick("API：每位日活", "API: a daily user"), pick("API：与用户无关", "API: what no user moves"), pick("租金现值", "Present value of the rent"),
        pick("可承载日活", "Users it serves"), pick("参与排名，除租赁", "Ranked, but no rental"), pick("参与排名的租赁", "Ranked rentals"),
        pick("参与排名的硬件", "Ranked hardware"), pick("可比的硬件", "Hardware that can serve"),
    ]  # fmt: skip
    header(layout, sheet, labels, row=top)
    sheet.heights[top] = 30
    row = top
    for option in quote.options:
        row += 1
        api, rent = option.deployment == "api", option.deployment == "rent"
        audit = option.key("audit", profile)
        ranked, able = (option.ref("answer", profile, part) for part in ("ranked", "able"))
        cells: list[tuple[str, str, str]] = [
            ("year1", f"={{{audit}.total.1}}", styles.MONEY),
            ("user", f"={{{audit}.per_user}}" if api else f"={_DASH}", styles.PRICE),
            ("fixed", f"={{{audit}.fixed}}" if api else f"={_DASH}", styles.MONEY),
            ("rent", f"={{{audit}.usage_present}}" if rent else f"={_DASH}", styles.MONEY),
            ("serves", f"={_DASH}" if api else f"={option.ref('capacity', profile, 'users')}", styles.COUNT),
            ("no_rent", f"={_DASH}" if rent else f"={ranked}", styles.MONEY),
            ("rental", f"={ranked}" if rent else f"={_DASH}", styles.MONEY),
            ("hardware", f"={_DASH}" if api else f"={ranked}", styles.MONEY),
            ("hardware_able", f"={_DASH}" if api else f"={able}", styles.MONEY),
        ]
        layout.formula(sheet, row, 1, f"={option.ref('answer', 'label')}", "Calculation", styles.TEXT)
        for column, (part, text, number) in enumerate(cells, start=2):
            style = "Linked Cell" if text.startswith(("={audit", "={capacity")) else "Calculation"
            key = option.key("decision", profile, part)
            layout.formula(sheet, row, column, text, style, number, key=key)
    return row


def _span(quote: QuoteContext, block: str, profile: str, part: str) -> str:
    first, last = (option.key(block, profile, part) for option in (quote.options[0], quote.options[-1]))
    return f"{{{first}:{last}}}"


def _figures(quote: QuoteContext, profile: str) -> list[_Line]:
    pick = quote.layout.pick
    at, least, second = (f"{{answer.{profile}.{name}}}" for name in ("at", "least", "second"))
    mtok = f"{{decision.{profile}.mtok}}"
    return [
        ("year1", pick("首年", "First year"), f"=IF({at}=0,{_DASH},INDEX({_span(quote, 'decision', profile, 'year1')},{at}))", styles.MONEY),
        ("mtok", pick("百万 token，折现", "Million tokens, discounted"), f"={{demand.{profile}.mtok}}", styles.COUNT),
        ("per_mtok", pick("每百万 token", "Per million tokens"), f"=IF(OR({at}=0,{mtok}=0),{_DASH},{least}/{mtok})", styles.PER_MTOK),
        ("second_mtok", pick("次低者每百万 token", "Runner-up per million tokens"), f"=IF(ISNUMBER({second})*({mtok}>0),{second}/{mtok},{_DASH})", styles.PER_MTOK),
        ("used", pick("能承载的硬件用到", "Share in use of hardware that serves"), f"=IF(N({{decision.{profile}.reach}})=0,0,in_dau/{{decision.{profile}.reach}})", styles.PERCENT),
        ("why_best", pick("每百万 token 的句子", "Words per million tokens"), pick(
            f'="每百万 token "&TEXT({{decision.{profile}.per_mtok}},"0.00")', f'="Per million tokens "&TEXT({{decision.{profile}.per_mtok}},"0.00")',
        ), styles.TEXT),
        ("why_second", pick("次低者的句子", "Words on the runner-up"), pick(
            f'="，次低者 "&TEXT({{decision.{profile}.second_mtok}},"0.00")', f'=", the runner-up "&TEXT({{decision.{profile}.second_mtok}},"0.00")',
        ), styles.TEXT),
        ("why_price", pick("单价的句子", "Words on both"), f'={{decision.{profile}.why_best}}&IF(ISNUMBER({{decision.{profile}.second_mtok}}),{{decision.{profile}.why_second}},"")', styles.TEXT),
        ("why_use", pick("利用率的句子", "Words on use"), pick(
            f'="；所报能承载的硬件高峰年用到 "&TEXT({{decision.{profile}.used}},"0%")',
            f'="; the hardware that serves is used to "&TEXT({{decision.{profile}.used}},"0%")',
        ), styles.TEXT),
        ("why", pick("原因句", "Sentence on why"), pick(
            f'={{decision.{profile}.why_price}}&IF({{decision.{profile}.used}}>0,{{decision.{profile}.why_use}},"")&"。"',
            f'={{decision.{profile}.why_price}}&IF({{decision.{profile}.used}}>0,{{decision.{profile}.why_use}},"")&"."',
        ), styles.TEXT),
        ("wins", pick("成本最低的是 API：1", "The API costs least: 1"), f'=IF({{answer.{profile}.deployment}}="api",1,0)', styles.WHOLE),
    ]  # fmt: skip


def _switches(quote: QuoteContext, profile: str) -> list[_Line]:
    pick = quote.layout.pick
    of = {
        part: _span(quote, "decision", profile, part)
        for part in ("user", "fixed", "rent", "serves", "no_rent", "rental", "hardware", "hardware_able")
    }
    names = f"{{{quote.options[0].key('answer', 'label')}:{quote.options[-1].key('answer', 'label')}}}"
    own = {
        name: f"{{decision.{profile}.{name}}}"
        for name in (
            "wins", "user", "fixed", "api_name", "hardware", "hardware_name", "reach", "able", "able_name", "rental", "rival", "rival_name", "rental_name",
            "users", "price", "rent",
        )
    }  # fmt: skip
    out_of_reach = pick("所报硬件承载不到：不变", "beyond what the hardware serves: no change")
    none_serves = pick("所报硬件承载不了：不变", "no hardware serves as quoted: no change")
    ten_times = pick("十倍以内不变", "no change up to ten times")
    same = pick("不变", "no change")
    return [
        ("user", pick("API：每位日活最低", "API: a daily user, lowest"), f"=IF(COUNT({of['user']})=0,{_DASH},MIN({of['user']}))", styles.PRICE),
        ("fixed", pick("API：与用户无关", "API: what no user moves"), f"=IF(COUNT({of['fixed']})=0,0,MIN({of['fixed']}))", styles.MONEY),
        ("api_name", pick("该 API", "That API"), f"=IF(ISNUMBER({own['user']}),INDEX({names},MATCH({own['user']},{of['user']},0)),{_DASH})", styles.TEXT),
        ("hardware", pick("能承载的硬件，最低总计", "Hardware that serves, lowest total"), f"=IF(COUNT({of['hardware']})=0,{_DASH},MIN({of['hardware']}))", styles.MONEY),
        ("hardware_name", pick("该硬件", "That hardware"), f"=IF(ISNUMBER({own['hardware']}),INDEX({names},MATCH({own['hardware']},{of['hardware']},0)),{_DASH})", styles.TEXT),
        ("reach", pick("它可承载的首年日活", "Users of year 1 that it serves"), f"=IF(ISNUMBER({own['hardware']}),INDEX({of['serves']},MATCH({own['hardware']},{of['hardware']},0))*{{decision.{profile}.first}},0)", styles.COUNT),
        ("first", pick("首年与最大年之比", "First year over the largest"), f"=IF({{answer.{profile}.largest}}=0,1,in_dau/{{answer.{profile}.largest}})", styles.RATE),
        ("able", pick("可比的硬件，最低总计", "Hardware made large enough, lowest"), f"=IF(COUNT({of['hardware_able']})=0,{_DASH},MIN({of['hardware_able']}))", styles.MONEY),
        ("able_name", pick("该可比硬件", "That hardware, made large enough"), f"=IF(ISNUMBER({own['able']}),INDEX({_span(quote, 'answer', profile, 'large_name')},MATCH({own['able']},{of['hardware_able']},0)),{_DASH})", styles.TEXT),
        ("rental", pick("能承载的租赁，最低总计", "Rental that serves, lowest total"), f"=IF(COUNT({of['rental']})=0,{_DASH},MIN({of['rental']}))", styles.MONEY),
        ("rental_name", pick("该租赁", "That rental"), f"=IF(ISNUMBER({own['rental']}),INDEX({names},MATCH({own['rental']},{of['rental']},0)),{_DASH})", styles.TEXT),
        ("rival", pick("除租赁外，最低总计", "Lowest but rentals"), f"=IF(COUNT({of['no_rent']})=0,{_DASH},MIN({of['no_rent']}))", styles.MONEY),
        ("rival_name", pick("该方案", "That option"), f"=IF(ISNUMBER({own['rival']}),INDEX({names},MATCH({own['rival']},{of['no_rent']},0)),{_DASH})", styles.TEXT),
        ("users", pick("打平日活", "Users at which they cost the same"), f"=IF(ISNUMBER({own['hardware']})*(N({own['user']})>0),({own['hardware']}-{own['fixed']})/{own['user']},{_DASH})", styles.COUNT),
        ("users_far", pick("硬件够不到该日活", "Users beyond the hardware"), f'=IF({own["users"]}>{own["reach"]},"{out_of_reach}",{own["hardware_name"]})', styles.TEXT),
        ("users_then", pick("此后成本最低的", "What costs least then"), f'=IF(ISNUMBER({own["users"]}),IF({own["wins"]}=1,{{decision.{profile}.users_far}},{own["api_name"]}),"{none_serves}")', styles.TEXT),
        ("price", pick("API 单价变动", "Change of the API's price"), f"=IF(ISNUMBER({own['able']})*(N({own['user']})*in_dau>0),({own['able']}-{own['fixed']})/({own['user']}*in_dau)-1,{_DASH})", "+0.0%;-0.0%;0.0%"),
        ("price_shown", pick("单价变动，十倍以内", "That change, up to ten times"), f'=IF(N({own["price"]})>list_most_times-1,{_DASH},{own["price"]})', styles.CHANGE),
        ("price_far", pick("单价十倍以上", "Beyond ten times the price"), f'=IF({own["price"]}>list_most_times-1,"{ten_times}",{own["able_name"]})', styles.TEXT),
        ("price_then", pick("单价此后成本最低的", "What costs least at that price"), f'=IF(ISNUMBER({own["price"]}),IF({own["price"]}>0,{{decision.{profile}.price_far}},{own["api_name"]}),"{same}")', styles.TEXT),
        ("rent", pick("租金变动", "Change of the rent"), f"=IF(ISNUMBER({own['rental']})*ISNUMBER({own['rival']}),({own['rival']}-{own['rental']})/{{decision.{profile}.rent_paid}},{_DASH})", "+0.0%;-0.0%;0.0%"),
        ("rent_shown", pick("租金变动，至零为止", "That change, down to no rent"), f'=IF(N({own["rent"]})<0-1,{_DASH},{own["rent"]})', styles.CHANGE),
        ("rent_paid", pick("该租赁的租金现值", "Present value of its rent"), f"=IF(ISNUMBER({own['rental']}),INDEX({of['rent']},MATCH({own['rental']},{of['rental']},0)),1)", styles.MONEY),
        ("rent_far", pick("租金降到零仍不够", "Not even at no rent"), f'=IF({own["rent"]}<=-1,"{same}",{own["rental_name"]})', styles.TEXT),
        ("rent_then", pick("租金此后成本最低的", "What costs least at that rent"), f'=IF(ISNUMBER({own["rent"]}),IF({own["rent"]}>0,{own["rival_name"]},{{decision.{profile}.rent_far}}),"{none_serves}")', styles.TEXT),
    ]  # fmt: skip


def accountings_agree(quote: QuoteContext, sheet: Sheet, row: int, profiles: tuple[str, str]) -> int:
    """Write the sentence on accountings that disagree, empty where they agree; return its row."""
    layout, pick = quote.layout, quote.layout.pick
    lead, other = profiles
    header(layout, sheet, [pick("两种口径", "The two accountings"), pick("文字", "Words")], row=row)
    a, b = f"{{answer.{lead}.best}}", f"{{answer.{other}.best}}"
    names = profile_label(layout, lead), profile_label(layout, other)
    words = pick(
        f'="两种口径的结论不同：{names[0]}是 "&{a}&"，{names[1]}是 "&{b}&"。做预算看后者。"',
        f'="They disagree: {names[0]}: "&{a}&"; {names[1]}: "&{b}&". Budget with the latter."',
    )
    layout.put(sheet, row + 1, 1, pick("不同时的句子", "Sentence where they differ"), "Text")
    layout.formula(sheet, row + 1, 2, words, "Calculation", styles.TEXT)
    layout.put(sheet, row + 2, 1, pick("口径句", "Sentence on them"), "Text")
    text = f'=IF({a}={b},"",B{row + 1})'
    layout.formula(sheet, row + 2, 2, text, "Calculation", styles.TEXT, key="answer.disagree")
    return row + 2
