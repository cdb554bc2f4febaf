"""City checks: rules that compare figures with what the city registered for the unit."""

from collections.abc import Iterator

from portal.domain.checks.issues import Facts, Finding, Issue, numbers_of, raised
from portal.domain.checks.kind import CheckKind, codes_of
from portal.domain.checks.words import amount, stated
from portal.domain.figures import Kind, rounded
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form


def allocation_differs(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report money received from above that differs from the registered allocation."""
    if facts.allocated is None:
        return
    for code in rule.items:
        figure, unit = facts.figures.get(code), form.by_code[code].unit
        # The register may have more decimals than the item: compare what can be typed.
        if figure is not None and figure != rounded(facts.allocated, unit):
            registered = f"与市总已登记的下拨数 {amount(facts.allocated, unit)}不一致"
            finding = Finding(f"{stated(form, code, facts.figures)}，{registered}", "请与市总核对")
            yield _at(code, rule, facts, finding, f"allocated={facts.allocated}")


def more_than_registered(rule: CheckRule, form: Form, facts: Facts) -> Iterator[Issue]:
    """Report more registered workers visited than the unit has registered households."""
    if facts.households is None:
        return
    for code in rule.items:
        figure = facts.figures.get(code)
        if figure is not None and figure > facts.households:
            registered = f"超过本单位在册建档困难职工 {facts.households:,} 户"
            seen = f"{stated(form, code, facts.figures)}，{registered}"
            finding = Finding(seen, "请核对是否多填或重复填写")
            yield _at(code, rule, facts, finding, f"households={facts.households}")


def _at(code: str, rule: CheckRule, facts: Facts, finding: Finding, registered: str) -> Issue:
    numbers = f"{numbers_of((code,), facts.figures)};{registered}"
    return raised(rule, code, (code,), finding, numbers)


ALLOCATION = CheckKind(
    id="allocation",
    name="与已登记的下拨数不一致",
    sentence="本项与市总登记的下拨资金不一致时指出。",
    source="统计表 A2 的填报说明，与市总已登记的下拨数核对并剔重",
    grade=Grade.QUERY,
    settings=(codes_of("items", "下拨资金对应的项（一项）"),),
    units=(Kind.MONEY,),
    find=allocation_differs,
    dropped_for="yuan-slip",
)
HOUSEHOLDS = CheckKind(
    id="households",
    name="超过在册建档户数",
    sentence="本项超过市总登记的建档户数时指出。",
    source="送温暖资金管理办法关于困难职工先建档、后帮扶的规定",
    grade=Grade.QUERY,
    settings=(codes_of("items", "建档户数对应的项（一项）"),),
    units=(Kind.COUNT,),
    find=more_than_registered,
)

KINDS = (ALLOCATION, HOUSEHOLDS)
