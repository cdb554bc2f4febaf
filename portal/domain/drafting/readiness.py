"""Readiness: the errors and warnings to settle before a draft is published."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby

from portal.domain.checks.kinds import CHECK_KINDS, unit_mismatches
from portal.domain.drafting.counterparts import wrong_counterparts
from portal.domain.drafting.document import Document
from portal.domain.form.form import Form, Item


@dataclass(frozen=True, slots=True)
class Readiness:
    """Open points of a draft: `errors` stop publication, `warnings` are only shown."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def readiness(
    document: Document, form: Form, last_year: Form | None, confirmed: Collection[str]
) -> Readiness:
    """The open points of a draft.

    `last_year` is the edition of its counterparts, if known; `confirmed` are the codes of the
    reconstructed items that were confirmed."""
    errors = [*_sections(form), *_sums(form), *unit_mismatches(form)]
    if last_year:
        errors += wrong_counterparts(document, last_year)
    warnings = [*_unconfirmed(form, confirmed), *_lonely(form), *_parts(form), *_head(form)]
    return Readiness(tuple(errors), (*warnings, *_without_counterpart(form)))


def _sections(form: Form) -> Iterator[str]:
    for section in form.sections:
        if not form.in_section(section.number):
            yield f"第 {section.number} 部分“{section.title}”还没有指标"
    runs = Counter(number for number, _ in groupby(item.section for item in form.items))
    for number, times in runs.items():
        if times > 1:
            yield f"第 {number} 部分的指标没有排在一起，请重新排列"
    titles = Counter(section.title for section in form.sections)
    yield from (f"有 {times} 个部分都叫“{title}”" for title, times in titles.items() if times > 1)


def _sums(form: Form) -> Iterator[str]:
    """Find sums that add an item twice, or show fewer decimals than their parts."""
    leaves: dict[str, Counter[str]] = {item.code: Counter([item.code]) for item in form.leaves}
    for total in form.in_order_of_sums:
        added: Counter[str] = Counter()
        for part in total.formula:
            # Cap at 2: more is no news, and the counts would grow exponentially.
            added += Counter({code: min(times, 2) for code, times in leaves[part].items()})
        leaves[total.code] = added
        twice = [code for code, times in added.items() if times > 1]
        if twice:
            yield f"{total.code} 的公式把 {'、'.join(twice)} 加了不止一次"
        finest = max((form.by_code[part] for part in total.formula), key=_decimals)
        if _decimals(finest) > _decimals(total):
            yield (
                f"{total.code} 的小数位数（{_decimals(total)}）"
                f"少于所加的 {finest.code}（{_decimals(finest)}），合计会显示不全"
            )


def _decimals(item: Item) -> int:
    return item.unit.decimals


def _unconfirmed(form: Form, confirmed: Collection[str]) -> Iterator[str]:
    codes = [item.code for item in form.items if item.reconstructed and item.code not in confirmed]
    if codes:
        yield f"还有 {len(codes)} 行是按附件还原的，没有确认：{'、'.join(codes)}"


def _lonely(form: Form) -> Iterator[str]:
    for item in form.items:
        if item.measure and item.code not in form.partners:
            yield f"{item.code} 标了“{item.measure}”，但相邻没有名称相同的另一项，不成一对"


def _parts(form: Form) -> Iterator[str]:
    checked = {pair for rule in form.checks if rule.id == "within" for pair in rule.pairs}
    for item in form.items:
        if item.within and (item.code, item.within) not in checked:
            rule = CHECK_KINDS["within"].name
            yield f"{item.code} 是 {item.within} 的其中项，但审核关系“{rule}”里没有这一对"


def _head(form: Form) -> Iterator[str]:
    units = dict.fromkeys(item.unit.name for item in form.items)
    missing = [name for name in units if name not in form.unit_line]
    if missing:
        yield f"表头的“{form.unit_line or '（空）'}”没有写到 {'、'.join(missing)}"


def _without_counterpart(form: Form) -> Iterator[str]:
    codes = [item.code for item in form.items if not item.previous]
    if codes and len(codes) < len(form.items):
        yield f"没有上年对应项，不与上年比较：{'、'.join(codes)}"
    elif codes:
        yield "各项都没有上年对应项，全表不与上年比较"
