"""The items of a draft: add, change, move and remove them; the two of a pair go together."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.drafting.document import Document
from portal.domain.drafting.draft import (
    Typed,
    as_code,
    as_whole,
    checked,
    in_order,
    item_of,
    one_line,
    put,
    several_lines,
)
from portal.domain.figures import Kind
from portal.domain.form.form import CODE, FormError
from portal.domain.form.formulas import read_formula

Item = dict[str, Any]

MEASURES = ("慰问对象", "发放款物")
"""The measures of the two items of a pair."""


def with_item(document: Document, typed: Typed) -> Document:
    """Add an item at the end of its section or after the item `after`.

    Besides `code` and `after` the fields are those of `with_item_changed`. Raises `FormError`
    with every wrong field.
    """
    draft = deepcopy(document)
    item: Item = {"code": as_code(typed.get("code", ""))}
    problems = []
    if not CODE.fullmatch(item["code"]):
        problems.append("代码应为大写字母开头的字母和数字，不超过 8 位，例如 K 或 K1")
    elif any(known["code"] == item["code"] for known in draft["items"]):
        problems.append(f"代码 {item['code']} 已经有了，请换一个")
    problems += _fill(draft, item, typed)
    if problems:
        raise FormError(problems)
    draft["items"] = in_order(draft, _behind(draft, item, typed.get("after", "")))
    return checked(draft)


def _behind(draft: Document, item: Item, after: str) -> list[Item]:
    items: list[Item] = draft["items"]
    known = next((one for one in items if one["code"] == after), None)
    if known is None or known["section"] != item["section"]:
        return [*items, item]
    block = next(block for block in blocks(draft, item["section"]) if known in block)
    # Inserting after the first of a pair splits it, unless the new item becomes the partner.
    place = items.index(known if item["label"] == known["label"] else block[-1]) + 1
    return [*items[:place], item, *items[place:]]


def with_item_changed(document: Document, code: str, typed: Typed) -> Document:
    """Change the fields of an item that are typed on its page.

    The fields are `label unit decimals section measure within note formula previous`; the
    partner of a pair gets the same label and section. Raises `FormError` with every wrong field.
    """
    draft = deepcopy(document)
    item = item_of(draft, code)
    partner = partner_of(draft, code)
    before = item["section"]
    if problems := _fill(draft, item, typed):
        raise FormError(problems)
    if partner is not None and item.get("measure"):
        partner["label"], partner["section"] = item["label"], item["section"]
    if item["section"] != before:
        moved = [one for one in (item, partner) if one is not None and one["section"] != before]
        moved.sort(key=draft["items"].index)
        rest = [one for one in draft["items"] if one not in moved]
        draft["items"] = [*rest, *moved]
    draft["items"] = in_order(draft, draft["items"])
    return checked(draft)


def _fill(draft: Document, item: Item, typed: Typed) -> list[str]:
    """Write the typed fields into `item`; returns a sentence for each wrong field."""
    problems: list[str] = []
    item["label"] = one_line(typed.get("label", ""))
    if not item["label"]:
        problems.append("请填写名称")
    unit = typed.get("unit", "")
    if unit not in draft["units"]:
        problems.append("请选择计量单位")
    item["unit"] = unit
    try:
        item["section"] = _section(draft, typed.get("section", ""))
        _set_decimals(draft, item, typed.get("decimals", ""))
        put(item, "formula", list(read_formula(typed.get("formula", ""), item["code"])))
    except FormError as error:
        problems += error.problems
    put(item, "measure", one_line(typed.get("measure", "")))
    put(item, "within", as_code(typed.get("within", "")))
    put(item, "note", several_lines(typed.get("note", "")))
    put(item, "previous", as_code(typed.get("previous", "")))
    return problems


def _section(draft: Document, typed: str) -> int:
    numbers = {str(section["number"]): section["number"] for section in draft["sections"]}
    if typed not in numbers:
        raise FormError(["请选择所在的部分"])
    return int(numbers[typed])


def _set_decimals(draft: Document, item: Item, typed: str) -> None:
    """Set the item's own decimals; a value equal to the unit's is not written."""
    unit = draft["units"].get(item["unit"], {"kind": Kind.COUNT, "decimals": 0})
    wanted = as_whole(typed, "小数位数") if typed.strip() else unit["decimals"]
    most = 6 if unit["kind"] == Kind.MONEY else 0
    if wanted > most:
        raise FormError([f"按{item['unit']}统计的指标，小数位数不超过 {most}"])
    put(item, "decimals", None if wanted == unit["decimals"] else wanted)


def blocks(document: Document, section: int) -> list[list[Item]]:
    """The items of a section in order, each pair as one block that moves together."""
    made: list[list[Item]] = []
    for item in document["items"]:
        if item["section"] == section:
            if made and len(made[-1]) == 1 and _are_a_pair(made[-1][0], item):
                made[-1].append(item)
            else:
                made.append([item])
    return made


def _are_a_pair(first: Item, second: Item) -> bool:
    return bool(
        first.get("measure") and second.get("measure") and first["label"] == second["label"]
    )


def partner_of(document: Document, code: str) -> Item | None:
    """The other item of a pair; None for a single item."""
    item = item_of(document, code)
    for block in blocks(document, item["section"]):
        if item in block:
            return next((one for one in block if one is not item), None)
    return None


def place_of(document: Document, code: str) -> tuple[int, int]:
    """The position of an item's block in its section, from 1, and the number of blocks."""
    item = item_of(document, code)
    made = blocks(document, item["section"])
    return next(place for place, block in enumerate(made, 1) if item in block), len(made)


def with_item_placed(document: Document, code: str, place: int) -> Document:
    """Move the item (with its partner) to a place of its section, counted from 1.

    A place beyond the end means the end; the others keep their order. Raises `FormError` when
    the new document is no usable form.
    """
    draft = deepcopy(document)
    item = item_of(draft, code)
    made = blocks(draft, item["section"])
    own = next(block for block in made if item in block)
    made.remove(own)
    made.insert(max(place, 1) - 1, own)
    others = [one for one in draft["items"] if one["section"] != item["section"]]
    draft["items"] = in_order(draft, [*others, *(one for block in made for one in block)])
    return checked(draft)


def with_item_moved(document: Document, code: str, steps: int) -> Document:
    """Move the item (with its partner) by `steps` places, up if negative; raises `FormError`."""
    place, _ = place_of(document, code)
    return with_item_placed(document, code, place + steps)


def uses_of(document: Document, code: str) -> list[str]:
    """The formulas, 所属项 and checks that name an item, in words."""
    uses = [f"{item['code']} 的公式" for item in document["items"] if code in _formula(item)]
    uses += [f"{item['code']} 的所属项" for item in document["items"] if item.get("within") == code]
    rules = [CHECK_KINDS[rule["id"]].name for rule in document["checks"] if _names(rule, code)]
    return uses + [f"审核关系“{name}”" for name in rules]


def _formula(item: Item) -> list[str]:
    formula: list[str] = item.get("formula", [])
    return formula


_LISTS = ("left", "right", "items")


def _names(rule: dict[str, Any], code: str) -> bool:
    named = [one for pair in rule.get("pairs", ()) for one in pair]
    named += [one for name in _LISTS for one in rule.get(name, ())]
    return code in named or code in rule.get("limits_yuan", {})


def without_item(document: Document, code: str, *, and_its_uses: bool = False) -> Document:
    """Remove an item; with `and_its_uses` also every reference to it.

    Raises `FormError` when references remain, or when a sum would have no parts left.
    """
    draft = deepcopy(document)
    if and_its_uses:
        problems = list(_let_go(draft, code))
    else:
        problems = [f"{code} 还用在{use}" for use in uses_of(draft, code)]
    if problems:
        raise FormError(problems)
    draft["items"] = [item for item in draft["items"] if item["code"] != code]
    return checked(draft)


def _let_go(draft: Document, code: str) -> Iterator[str]:
    for item in draft["items"]:
        if _formula(item) == [code]:
            yield f"{item['code']} 的公式里只有 {code}，请先改 {item['code']} 的公式"
        elif code in _formula(item):
            item["formula"].remove(code)
        if item.get("within") == code:
            del item["within"]
    for rule in draft["checks"]:
        _let_go_in(rule, code)
    draft["checks"] = [rule for rule in draft["checks"] if not _is_empty(rule)]


def _let_go_in(rule: dict[str, Any], code: str) -> None:
    if "pairs" in rule:
        rule["pairs"] = [pair for pair in rule["pairs"] if code not in pair]
    for name in _LISTS:
        if name in rule:
            rule[name] = [one for one in rule[name] if one != code]
    rule.get("limits_yuan", {}).pop(code, None)


def _is_empty(rule: dict[str, Any]) -> bool:
    """Whether no items are left in a rule."""
    return any(name in rule and not rule[name] for name in ("pairs", *_LISTS))
