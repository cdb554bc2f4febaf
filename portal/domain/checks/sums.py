"""Sum checks: rules that compare the sum of some items with the sum of others."""

from collections.abc import Iterator

from portal.domain.checks.issues import Facts, Finding, Issue, numbers_of, raised
from portal.domain.checks.kind import CheckKind, InputKind, Limit, Setting, codes_of
from portal.domain.checks.words import stated_sum
from portal.domain.figures import Kind
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form
from portal.domain.form.formulas import total


def spent_over_raised(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report spending over the raised money plus tolerance, at the first spending item."""
    spent, funds = _side(rule.left, facts), _side(rule.right, facts)
    if spent is not None and funds is not None and spent > funds + rule.tolerance:
        yield _between(rule, form, facts, "{}，大于 {}", "请核对筹集数和发放数")


def registered_twice(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report equal numbers above 0 on both sides: one group was probably entered twice."""
    registered, others = _side(rule.left, facts), _side(rule.right, facts)
    if registered and registered == others:
        yield _between(rule, form, facts, "{}，恰与 {}相等", "请核对是否把同一批人填了两遍")


def _side(codes: tuple[str, ...], facts: Facts) -> int | None:
    return total(facts.figures.get(code) for code in codes)


def _between(rule: CheckRule, form: Form, facts: Facts, relation: str, advice: str) -> Issue:
    left = stated_sum(form, rule.left, facts.figures)
    right = stated_sum(form, rule.right, facts.figures)
    codes = rule.left + rule.right
    finding = Finding(relation.format(left, right), advice)
    return raised(rule, rule.left[0], codes, finding, numbers_of(codes, facts.figures))


_SPENT = (
    codes_of("left", "发放各项（相加）"),
    codes_of("right", "筹集各项（相加）"),
    Setting(
        "tolerance",
        "容差（万元）",
        "例如 0.05；差额不超过它的不提示",
        InputKind.WAN,
        Limit("容差", "万元"),
    ),
)

SPENT_RAISED = CheckKind(
    id="spent-raised",
    name="发放大于筹集",
    sentence="发放合计大于筹集合计，且超过容差时指出。",
    source="送温暖资金管理办法关于资金来源的规定，发放的款物出自筹集的款物",
    grade=Grade.QUERY,
    settings=_SPENT,
    units=(Kind.MONEY, Kind.MONEY),
    find=spent_over_raised,
)
SPENT_RAISED_ALL = CheckKind(
    id="spent-raised-all",
    name="发放连同专项大于筹集",
    sentence="发放合计连同专项大于筹集合计，且超过容差时指出。",
    source="同上一条；专项依据统计表第七部分，单独统计，款物也出自筹集数",
    grade=Grade.HINT,
    settings=_SPENT,
    units=(Kind.MONEY, Kind.MONEY),
    find=spent_over_raised,
    dropped_for="spent-raised",
)
REGISTERED_TWICE = CheckKind(
    id="registered-twice",
    name="疑似同一批人填了两遍",
    sentence="左边各项之和大于 0 且恰等于右边各项之和时指出。",
    source="统计表 C11 的填报说明，建档困难职工只填本项，不再填 C1 至 C4",
    grade=Grade.QUERY,
    settings=(codes_of("left", "左边各项（相加）"), codes_of("right", "右边各项（相加）")),
    units=(None,),
    find=registered_twice,
)

KINDS = (SPENT_RAISED, SPENT_RAISED_ALL, REGISTERED_TWICE)
