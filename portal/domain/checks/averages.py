"""Average checks: rules on what one 人次 was given."""

from collections.abc import Iterator

from portal.domain.checks.issues import Facts, Finding, Issue
from portal.domain.checks.kind import (
    PEOPLE_MONEY,
    CheckKind,
    InputKind,
    Limit,
    Setting,
    pairs_of,
    whole,
)
from portal.domain.checks.pairs import at_pair, known_pairs
from portal.domain.checks.words import per_head, stated, stated_beside
from portal.domain.figures import FEN_PER_YUAN
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form


def per_head_off(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report 次均 over the item's reference standard or below the minimum, at the money."""
    for people, money, count, fen in known_pairs(rule, facts):
        most = rule.limits_yuan.get(people, 0)
        if most and count > 0 and fen > most * FEN_PER_YUAN * count:
            seen = f"{_spread(form, facts, people, money)}，高于参考标准 {most:,} 元/人次"
            finding = Finding(seen, "请核对人次和金额")
            yield at_pair(money, rule, facts, (people, money), finding)
        elif 0 < fen < rule.low_yuan * FEN_PER_YUAN * count:
            seen = f"{_spread(form, facts, people, money)}，低于 {rule.low_yuan:,} 元/人次"
            finding = Finding(seen, f"请核对金额是否以{form.by_code[money].unit.name}为单位")
            yield at_pair(money, rule, facts, (people, money), finding, rule.low_grade)


def _spread(form: Form, facts: Facts, people: str, money: str) -> str:
    average = per_head(facts.figures[money] or 0, facts.figures[people] or 0)
    beside = stated_beside(form, people, money, facts.figures)
    return f"{stated(form, money, facts.figures)}、{beside}，次均 {average}"


PER_HEAD = CheckKind(
    id="per-head",
    name="次均高于参考标准",
    sentence="次均（元/人次）高于该项的参考标准，或低于下限时指出。",
    source="送温暖资金管理办法关于发放标准的规定，标准由本省实施细则核定",
    grade=Grade.QUERY,
    settings=(
        pairs_of("人次", "款物"),
        Setting(
            "limits_yuan",
            "各项参考标准（元/人次）",
            "每行一项：人次项的代码，空一格，标准；没有写的项不查",
            InputKind.BY_ITEM,
            Limit("{} 次均标准", "元/人次", 1_000_000),
        ),
        whole("low_yuan", "次均低于（元/人次）", Limit("次均低于即提示", "元/人次", 1_000_000)),
        Setting("low_grade", "次均偏低时的等级", "", InputKind.GRADE),
    ),
    units=PEOPLE_MONEY,
    find=per_head_off,
    dropped_for="yuan-slip",
)

KINDS = (PER_HEAD,)
