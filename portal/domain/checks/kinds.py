"""Every kind of check that the portal can run; an edition picks among them and sets them."""

from collections.abc import Iterator

from portal.domain.checks import averages, city, pairs, slips, sums, years
from portal.domain.checks.kind import CheckKind
from portal.domain.figures import Kind
from portal.domain.form.check_rules import CheckRule
from portal.domain.form.form import Form

_KINDS = (
    *pairs.KINDS,
    *slips.KINDS,
    *averages.KINDS,
    *sums.KINDS,
    *years.KINDS,
    *city.KINDS,
)

CHECK_KINDS: dict[str, CheckKind] = {kind.id: kind for kind in _KINDS}
"""Every kind by its id, in the order in which they are offered."""


def unit_mismatches(form: Form) -> Iterator[str]:
    """Where a rule looks at items of the wrong kind, so that it would compare nothing sensible."""
    for rule in form.checks:
        kind = CHECK_KINDS[rule.id]
        for codes, unit in _held_together(rule, kind):
            names = {form.by_code[code].unit.name for code in codes}
            kinds = {form.by_code[code].unit.kind for code in codes}
            if unit is None and len(names) > 1:
                yield f"审核关系“{kind.name}”：{'、'.join(codes)} 的计量单位应相同"
            elif unit is not None and kinds - {unit}:
                words = "金额" if unit is Kind.MONEY else "数量（人次、家等）"
                wrong = [code for code in codes if form.by_code[code].unit.kind is not unit]
                yield f"审核关系“{kind.name}”：{'、'.join(wrong)} 的位置应是{words}，请核对先后次序"


def _held_together(
    rule: CheckRule, kind: CheckKind
) -> Iterator[tuple[tuple[str, ...], Kind | None]]:
    """The groups of items whose units a kind has an opinion on."""
    if kind.units == (None,):
        yield from ((pair, None) for pair in rule.pairs)
        yield rule.left + rule.right, None
    elif len(kind.units) == 2:
        sides = tuple(zip(*rule.pairs, strict=True)) or (rule.left, rule.right)
        yield from zip(sides, kind.units, strict=True)
    elif kind.units:
        yield rule.items, kind.units[0]
