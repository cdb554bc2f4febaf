"""Pair checks: rules that compare two items; both figures must be known."""

from collections.abc import Iterator

from portal.domain.checks.issues import Facts, Finding, Issue, numbers_of, raised
from portal.domain.checks.kind import MONEY_PEOPLE, PEOPLE_MONEY, CheckKind, pairs_of
from portal.domain.checks.words import stated, stated_beside
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form


def part_over_whole(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report a part (其中项) that is greater than its whole, at the part."""
    for part, whole, inner, outer in known_pairs(rule, facts):
        if inner > outer:
            beside = stated_beside(form, whole, part, facts.figures)
            seen = f"{stated(form, part, facts.figures)}，大于所属的 {beside}"
            yield at_pair(part, rule, facts, (part, whole), Finding(seen, "请核对这两项"))


def money_without_people(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report money above 0 with 0 人次, at the money; the rule's pairs are (money, people)."""
    for money, people, fen, count in known_pairs(rule, facts):
        if fen > 0 and count == 0:
            seen = _one_without_the_other(form, facts, money, people)
            advice = f"请补填 {people} 的人次或改正 {money} 的金额"
            yield at_pair(money, rule, facts, (money, people), Finding(seen, advice))


def people_without_money(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report 人次 above 0 without money, at the 人次; the rule's pairs are (people, money)."""
    for people, money, count, fen in known_pairs(rule, facts):
        if count > 0 and fen == 0:
            seen = _one_without_the_other(form, facts, people, money)
            advice = f"请补填 {money} 的金额或改正 {people} 的人次"
            yield at_pair(people, rule, facts, (people, money), Finding(seen, advice))


def known_pairs(rule: CheckRule, facts: Facts) -> Iterator[tuple[str, str, int, int]]:
    """The rule's pairs of which both are known: the two codes and the two figures."""
    get = facts.figures.get
    for one, other in rule.pairs:
        first, second = get(one), get(other)
        if first is not None and second is not None:
            yield one, other, first, second


def _one_without_the_other(form: Form, facts: Facts, there: str, missing: str) -> str:
    beside = stated_beside(form, missing, there, facts.figures)
    return f"{stated(form, there, facts.figures)}，而 {beside}"


def at_pair(
    code: str,
    rule: CheckRule,
    facts: Facts,
    pair: tuple[str, str],
    finding: Finding,
    grade: Grade | None = None,
) -> Issue:
    """The issue of `finding` at one item of a pair."""
    return raised(rule, code, pair, finding, numbers_of(pair, facts.figures), grade)


WITHIN = CheckKind(
    id="within",
    name="其中项不大于所属项",
    sentence="其中项的数大于它所属的项时指出。",
    source="统计表的“其中”各项，是所属项的一部分",
    grade=Grade.ERROR,
    settings=(pairs_of("其中项", "所属项"),),
    units=(None,),
    find=part_over_whole,
)
ARREARS_PEOPLE = CheckKind(
    id="arrears-people",
    name="有欠薪金额而无人次",
    sentence="追讨欠薪的金额大于 0 而人次为 0 时指出。",
    source="统计表第六部分，帮助农民工追讨欠薪的人次和金额",
    grade=Grade.ERROR,
    settings=(pairs_of("金额", "人次"),),
    units=MONEY_PEOPLE,
    find=money_without_people,
)
MONEY_WITHOUT_PEOPLE = CheckKind(
    id="money-without-people",
    name="有款物而无人次",
    sentence="款物大于 0 而人次为 0 时指出。",
    source="统计表第三部分，慰问对象（人次）和发放款物（万元）各成一对",
    grade=Grade.QUERY,
    settings=(pairs_of("款物", "人次"),),
    units=MONEY_PEOPLE,
    find=money_without_people,
)
PEOPLE_WITHOUT_MONEY = CheckKind(
    id="people-without-money",
    name="有人次而无款物",
    sentence="人次大于 0 而款物为 0 时指出。",
    source="统计表第三部分，慰问对象（人次）和发放款物（万元）各成一对",
    grade=Grade.HINT,
    settings=(pairs_of("人次", "款物"),),
    units=PEOPLE_MONEY,
    find=people_without_money,
)

KINDS = (WITHIN, ARREARS_PEOPLE, MONEY_WITHOUT_PEOPLE, PEOPLE_WITHOUT_MONEY)
