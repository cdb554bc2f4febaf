"""Slip check: money typed in yuan where the form asks for 万元, 10 000 times too large.

It looks at every typed money item, whether or not the edition lists it. The rule's pairs say
which 人次 belong to which money; the edition's other rules say which sums, which registered
amount and which spending do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from portal.domain.checks.issues import Facts, Finding, Issue, numbers_of, raised
from portal.domain.checks.kind import PEOPLE_MONEY, CheckKind, Limit, is_named, pairs_of, whole
from portal.domain.checks.words import amount, called, per_head, stated, stated_beside, stated_sum
from portal.domain.figures import FEN_PER_WAN, FEN_PER_YUAN, Kind, canonical, rounded
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import total

YUAN_PER_WAN = FEN_PER_WAN // FEN_PER_YUAN

MIN_FEN = 100 * FEN_PER_WAN
"""Fen. 100 yuan typed as 100 万元; money below that is compared with its 人次 only."""

SLIP_FACTOR = 100
"""The ratio from which an amount is doubted: the geometric mean of 1 and 10 000."""

SLIP_FACTOR_WHILE_FILLING = 1_000
"""The ratio to the other parts of a sum, while some of them are blank."""

ARREARS_FACTOR = 20
"""Wages owed to one person may be 20 times a gift: 1 000 000 yuan instead of 50 000."""


@dataclass(frozen=True, slots=True)
class MoneyCell:
    """One money item with the items that its amount is compared with.

    `people` is the item of its 人次; the amount is doubted from `times` the rule's limit per 人次
    on. `others` are the other parts of the sum `whole`. `registered` is true where the city
    registers the amount. `spent` are the sums that the money pays for, `spent_leaves` the items
    that must be filled in for them.
    """

    item: Item
    people: str | None
    times: int
    whole: Item | None
    others: tuple[str, ...]
    registered: bool
    spent: tuple[str, ...]
    spent_leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The result of one comparison: whether the amount is doubted, and the words shown."""

    doubted: bool
    beside: str = ""
    codes: tuple[str, ...] = ()
    numbers: str = ""


VOUCHED = Evidence(doubted=False)
"""The 人次 make the amount plausible."""


def yuan_slip(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report money so large that it was probably typed in yuan; offers the amount ÷ 10 000.

    The first possible comparison decides, in this order: 人次, the registered allocation, last
    year, the spending, the other parts of the sum. A limit of 0 switches the check off.
    """
    if not rule.limit_yuan:
        return
    for cell in money_cells(form):
        if fen := facts.figures.get(cell.item.code):
            evidence = _evidence(rule, form, facts, cell, fen)
            if evidence and evidence.doubted:
                yield _doubted(rule, form, cell.item, fen, evidence)


def _evidence(
    rule: CheckRule, form: Form, facts: Facts, cell: MoneyCell, fen: int
) -> Evidence | None:
    count = facts.figures.get(cell.people) if cell.people else None
    said = _by_people(rule, form, facts, cell, fen, count) if count else None
    if said or fen < MIN_FEN:
        return said
    comparisons = (_by_register, _by_last_year, _by_spending, _by_the_sum)
    return next(filter(None, (each(form, facts, cell, fen) for each in comparisons)), None)


def _by_people(
    rule: CheckRule, form: Form, facts: Facts, cell: MoneyCell, fen: int, count: int
) -> Evidence | None:
    limit = rule.limit_yuan * FEN_PER_YUAN * count
    if fen < limit:
        return VOUCHED
    if fen < cell.times * limit:
        return None
    codes = (str(cell.people), cell.item.code)
    people = stated_beside(form, *codes, facts.figures)
    numbers = numbers_of(codes, facts.figures)
    return Evidence(True, f"、{people}，次均 {per_head(fen, count)}", codes, numbers)


def _by_register(form: Form, facts: Facts, cell: MoneyCell, fen: int) -> Evidence | None:
    if not cell.registered or not facts.allocated:
        return None
    beside = f"市总已登记的下拨数 {amount(facts.allocated, cell.item.unit)}"
    numbers = f"{cell.item.code}={fen};allocated={facts.allocated}"
    return _against(facts.allocated, fen, beside, (cell.item.code,), numbers)


def _by_last_year(form: Form, facts: Facts, cell: MoneyCell, fen: int) -> Evidence | None:
    before = (facts.previous or {}).get(cell.item.code)
    if not before:
        return None
    beside = f"上年 {amount(before, cell.item.unit)}"
    numbers = f"{cell.item.code}={fen};previous={before}"
    return _against(before, fen, beside, (cell.item.code,), numbers)


def _by_spending(form: Form, facts: Facts, cell: MoneyCell, fen: int) -> Evidence | None:
    """Compare with the spending, once all of its items are filled in."""
    figures = facts.figures
    spent = total(figures.get(code) for code in cell.spent)
    if not spent or any(figures.get(code) is None for code in cell.spent_leaves):
        return None
    codes = (cell.item.code, *cell.spent)
    beside = f"而 {stated_sum(form, cell.spent, figures)}"
    return _against(spent, fen, beside, codes, numbers_of(codes, figures))


def _by_the_sum(form: Form, facts: Facts, cell: MoneyCell, fen: int) -> Evidence | None:
    known = [facts.figures.get(code) for code in cell.others]
    others = total(known)
    if not others or cell.whole is None:
        return None
    codes = (cell.item.code, *cell.others)
    beside = f"而 {called(cell.whole)} 的其他各项合计 {amount(others, cell.item.unit)}"
    times = SLIP_FACTOR_WHILE_FILLING if None in known else SLIP_FACTOR
    return _against(others, fen, beside, codes, numbers_of(codes, facts.figures), times)


def _against(
    reference: int,
    fen: int,
    beside: str,
    codes: tuple[str, ...],
    numbers: str,
    times: int = SLIP_FACTOR,
) -> Evidence:
    words = f"，{beside}，相差 {fen // reference:,} 倍"
    return Evidence(fen >= times * reference, words, codes, numbers)


def _doubted(rule: CheckRule, form: Form, item: Item, fen: int, evidence: Evidence) -> Issue:
    unit = item.unit
    mended = rounded(fen, unit, divisor=YUAN_PER_WAN)
    offer = canonical(mended, unit) if mended else None
    advice = f"误按元填写的应改为 {offer} {unit.name}" if offer else "请核对金额单位"
    seen = f"{stated(form, item.code, {item.code: fen})}{evidence.beside}"
    finding = Finding(f"{seen}，疑似把元填成了{unit.name}", advice, offer)
    return raised(rule, item.code, evidence.codes, finding, evidence.numbers)


@lru_cache(maxsize=64)
def money_cells(form: Form) -> tuple[MoneyCell, ...]:
    """Every typed money item, and the calculated ones that the slip rule pairs with 人次."""
    people = {money: count for count, money in _pairs(form, "yuan-slip")}
    owed = dict(_pairs(form, "arrears-people"))
    return tuple(
        MoneyCell(
            item=item,
            people=people.get(item.code, owed.get(item.code)),
            times=1 if item.code in people else ARREARS_FACTOR,
            whole=_whole(form, item),
            others=_others(form, item),
            registered=any(item.code in rule.items for rule in _rules(form, "allocation")),
            **_spending(form, item),
        )
        for item in form.items
        if item.unit.kind is Kind.MONEY and (not item.calculated or item.code in people)
    )


def _rules(form: Form, kind: str) -> Iterator[CheckRule]:
    return (rule for rule in form.checks if rule.id == kind)


def _pairs(form: Form, kind: str) -> Iterator[tuple[str, str]]:
    return (pair for rule in _rules(form, kind) for pair in rule.pairs)


def _whole(form: Form, item: Item) -> Item | None:
    return next((each for each in form.items if item.code in each.formula), None)


def _others(form: Form, item: Item) -> tuple[str, ...]:
    whole = _whole(form, item)
    return tuple(code for code in whole.formula if code != item.code) if whole else ()


def _spending(form: Form, item: Item) -> dict[str, tuple[str, ...]]:
    """The sums that a part of the raised money pays for, and the leaves below them."""
    above = {item.code, *form.sums_over[item.code]}
    for rule in _rules(form, "spent-raised"):
        if above & set(rule.right):
            under = tuple(leaf.code for leaf in form.leaves if _is_under(form, leaf, rule.left))
            return {"spent": rule.left, "spent_leaves": under}
    return {"spent": (), "spent_leaves": ()}


def _is_under(form: Form, leaf: Item, codes: tuple[str, ...]) -> bool:
    return leaf.code in codes or any(code in codes for code in form.sums_over[leaf.code])


def looks_at(rule: CheckRule, form: Form, item: Item) -> bool:
    """Whether the slip check looks at an item: at all money, and at what its pairs name."""
    return is_named(rule, form, item) or any(cell.item is item for cell in money_cells(form))


YUAN_SLIP = CheckKind(
    id="yuan-slip",
    name="疑似把元填成万元",
    sentence="次均达到下面的数，或比已登记的下拨数、上年数、发放合计、同一合计的其他项"
    "大一百倍以上时，询问是否把元填成了万元，并给出改正值；填写的金额项都查。",
    source="统计表表头的计量单位，金额以万元计",
    grade=Grade.QUERY,
    settings=(
        whole(
            "limit_yuan",
            "次均达到（元/人次）",
            Limit("次均达到即疑为错填", "元/人次", 10_000_000),
        ),
        pairs_of("人次", "款物"),
    ),
    units=PEOPLE_MONEY,
    find=yuan_slip,
    looks_at=looks_at,
)

KINDS = (YUAN_SLIP,)
