"""Sum checks: rules that compare the sum of some items with the sum of others."""

from collections.abc import Iterator

from portal.domain.checks.issues import Facts, Finding, Issue, numbers_of, raised
from portal.domain.checks.words import stated_sum
from portal.domain.form.check_rules import CheckRule
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
