"""Year checks: rules that compare figures with last year's, by confirmed counterparts only."""

from collections.abc import Iterator

from portal.domain.checks.issues import Facts, Finding, Issue, numbers_of, raised
from portal.domain.checks.kind import CheckKind, InputKind, Limit, Setting, codes_of, whole
from portal.domain.checks.words import amount, called, change, stated
from portal.domain.figures import FEN_PER_WAN, Kind, Unit
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures


def year_on_year(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report a main item that changed by more than the rule's percents, if it is large enough."""
    previous: Figures = facts.previous or {}
    for code in rule.items:
        now, before = facts.figures.get(code), previous.get(code)
        if now is None or before is None:
            continue
        if grade := _grade_of_change(rule, form.by_code[code].unit, now, before):
            yield _changed(rule, form, code, (now, before), grade)


def _grade_of_change(rule: CheckRule, unit: Unit, now: int, before: int) -> Grade | None:
    scale = FEN_PER_WAN if unit.kind is Kind.MONEY else 1
    if now == before or max(now, before) < rule.base.get(unit.name, 0) * scale:
        return None
    limit = rule.up_percent if now > before else rule.down_percent
    moved = abs(now - before) * 100
    if not before or (limit and moved > limit * before):
        return rule.grade
    return Grade.HINT if rule.hint_percent and moved > rule.hint_percent * before else None


def _changed(
    rule: CheckRule, form: Form, code: str, figures: tuple[int, int], grade: Grade
) -> Issue:
    now, before = figures
    item = form.by_code[code]
    seen = (
        f"{called(item)}，本次 {amount(now, item.unit)}，"
        f"上年 {amount(before, item.unit)}，{change(now, before)}"
    )
    numbers = f"{code}={now};previous={before}"
    return raised(rule, code, (code,), Finding(seen, "请核对本次数"), numbers, grade)


def copied(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report that many typed figures above 0 equal last year's, as if they had been copied."""
    same = _same_as_last_year(form, facts.figures, facts.previous or {})
    if rule.at_least and len(same) >= rule.at_least:
        seen = (
            f"{'、'.join(same)} 共 {len(same)} 项非零数与上年完全相同"
            f"（{rule.at_least} 项以上即请核对），如 {stated(form, same[0], facts.figures)}"
        )
        numbers = numbers_of(same, facts.figures)
        yield raised(rule, same[0], same, Finding(seen, "请核对是否照抄了上年数"), numbers)


def _same_as_last_year(form: Form, figures: Figures, previous: Figures) -> tuple[str, ...]:
    return tuple(
        item.code
        for item in form.leaves
        if (figure := figures.get(item.code)) and previous.get(item.code) == figure
    )


YEAR_ON_YEAR = CheckKind(
    id="year-on-year",
    name="与上年相比变化大",
    sentence="与上年对应项相比，增加或减少超过下面的百分比时指出；没有上年对应项的不查。",
    source="市总核对数据的要求，与上年同口径的数比较",
    grade=Grade.QUERY,
    settings=(
        codes_of("items", "比较的各项"),
        whole("up_percent", "增加超过（%）", Limit("比上年增加超过", "%", 100_000)),
        whole("down_percent", "减少超过（%）", Limit("比上年减少超过", "%", 100)),
        whole("hint_percent", "变化超过（%）只作提示", Limit("变动超过即提示", "%", 100_000)),
        Setting(
            "base",
            "上年数至少（按计量单位）",
            "每行一个：计量单位，空一格，上年数；比它小的不查",
            InputKind.BY_UNIT,
            Limit("以{}计的，上年数不足这个数的不比", "", 1_000_000),
        ),
    ),
    find=year_on_year,
)
COPIED = CheckKind(
    id="copied",
    name="疑似照抄上年",
    sentence="与上年完全相同的非零数达到下面的项数时指出。",
    source="市总核对数据的要求，本表填本次春节期间的数",
    grade=Grade.QUERY,
    settings=(whole("at_least", "项数", Limit("与上年相同的非零项达到", "项", 1_000)),),
    find=copied,
)

KINDS = (YEAR_ON_YEAR, COPIED)
