"""Pair checks: rules that compare two items; both figures must be known."""

from collections.abc import Iterator

from portal.domain.checks.issues import Facts, Finding, Issue, numbers_of, raised
from portal.domain.checks.words import per_head, stated, stated_beside
from portal.domain.figures import FEN_PER_YUAN
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form


def part_over_whole(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report a part (其中项) that is greater than its whole, at the part."""
    for part, whole, inner, outer in _known(rule, facts):
        if inner > outer:
            beside = stated_beside(form, whole, part, facts.figures)
            seen = f"{stated(form, part, facts.figures)}，大于所属的 {beside}"
            yield _at(part, rule, facts, (part, whole), Finding(seen, "请核对这两项"))


def money_without_people(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report money above 0 with 0 人次, at the money; the rule's pairs are (money, people)."""
    for money, people, fen, count in _known(rule, facts):
        if fen > 0 and count == 0:
            seen = _one_without_the_other(form, facts, money, people)
            advice = f"请补填 {people} 的人次或改正 {money} 的金额"
            yield _at(money, rule, facts, (money, people), Finding(seen, advice))


def people_without_money(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report 人次 above 0 without money, at the 人次; the rule's pairs are (people, money)."""
    for people, money, count, fen in _known(rule, facts):
        if count > 0 and fen == 0:
            seen = _one_without_the_other(form, facts, people, money)
            advice = f"请补填 {money} 的金额或改正 {people} 的人次"
            yield _at(people, rule, facts, (people, money), Finding(seen, advice))


def per_head_off(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report 次均 over the item's reference standard or below the minimum, at the money."""
    for people, money, count, fen in _known(rule, facts):
        most = rule.limits_yuan.get(people, 0)
        if most and count > 0 and fen > most * FEN_PER_YUAN * count:
            seen = f"{_spread(form, facts, people, money)}，高于参考标准 {most:,} 元/人次"
            finding = Finding(seen, "请核对人次和金额")
            yield _at(money, rule, facts, (people, money), finding)
        elif 0 < fen < rule.low_yuan * FEN_PER_YUAN * count:
            seen = f"{_spread(form, facts, people, money)}，低于 {rule.low_yuan:,} 元/人次"
            finding = Finding(seen, f"请核对金额是否以{form.by_code[money].unit.name}为单位")
            yield _at(money, rule, facts, (people, money), finding, rule.low_grade)


def _known(rule: CheckRule, facts: Facts) -> Iterator[tuple[str, str, int, int]]:
    get = facts.figures.get
    for one, other in rule.pairs:
        first, second = get(one), get(other)
        if first is not None and second is not None:
            yield one, other, first, second


def _one_without_the_other(form: Form, facts: Facts, there: str, missing: str) -> str:
    beside = stated_beside(form, missing, there, facts.figures)
    return f"{stated(form, there, facts.figures)}，而 {beside}"


def _spread(form: Form, facts: Facts, people: str, money: str) -> str:
    average = per_head(facts.figures[money] or 0, facts.figures[people] or 0)
    beside = stated_beside(form, people, money, facts.figures)
    return f"{stated(form, money, facts.figures)}、{beside}，次均 {average}"


def _at(
    code: str,
    rule: CheckRule,
    facts: Facts,
    pair: tuple[str, str],
    finding: Finding,
    grade: Grade | None = None,
) -> Issue:
    return raised(rule, code, pair, finding, numbers_of(pair, facts.figures), grade)
