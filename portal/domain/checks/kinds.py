"""The kinds of checks as an administrator meets them: what each asks, and how it is set."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.figures import Kind
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form


class InputKind(StrEnum):
    """How a setting is typed and kept."""

    PAIRS = "pairs"
    CODES = "codes"
    WHOLE = "whole"
    WAN = "wan"
    BY_ITEM = "by-item"
    BY_UNIT = "by-unit"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a kind: its name in the data, its label, a hint, and its sort."""

    name: str
    label: str
    hint: str
    sort: InputKind

    @property
    def is_long(self) -> bool:
        """Whether it is typed on several lines."""
        return self.sort in (InputKind.PAIRS, InputKind.BY_ITEM, InputKind.BY_UNIT)


@dataclass(frozen=True, slots=True)
class CheckKind:
    """A kind of check: what it is called and asks, its usual grade, its settings.

    `units` are the kinds of unit that its pairs, or the items of each side, must have; None
    stands for one unit, whichever it is.
    """

    id: str
    name: str
    sentence: str
    grade: Grade
    settings: tuple[Setting, ...]
    units: tuple[Kind | None, ...] = ()


def _pairs(first: str, second: str) -> Setting:
    hint = f"每行一对：先写{first}的代码，空一格，再写{second}的代码"
    return Setting("pairs", f"各对指标（{first} {second}）", hint, InputKind.PAIRS)


def _codes(name: str, label: str) -> Setting:
    return Setting(name, label, "写代码，中间空一格，例如 A1 A2", InputKind.CODES)


def _whole(name: str, label: str, hint: str = "整数；填 0 表示不查") -> Setting:
    return Setting(name, label, hint, InputKind.WHOLE)


_PEOPLE_MONEY = (Kind.COUNT, Kind.MONEY)
_MONEY_PEOPLE = (Kind.MONEY, Kind.COUNT)
_SPENT = (
    _codes("left", "发放各项（相加）"),
    _codes("right", "筹集各项（相加）"),
    Setting("tolerance", "容差（万元）", "例如 0.05；差额不超过它的不提示", InputKind.WAN),
)

CHECK_KINDS = {
    kind.id: kind
    for kind in (
        CheckKind(
            "within",
            "其中项不大于所属项",
            "其中项的数大于它所属的项时指出。",
            Grade.ERROR,
            (_pairs("其中项", "所属项"),),
            (None,),
        ),
        CheckKind(
            "arrears-people",
            "有欠薪金额而无人次",
            "追讨欠薪的金额大于 0 而人次为 0 时指出。",
            Grade.ERROR,
            (_pairs("金额", "人次"),),
            _MONEY_PEOPLE,
        ),
        CheckKind(
            "money-without-people",
            "有款物而无人次",
            "款物大于 0 而人次为 0 时指出。",
            Grade.QUERY,
            (_pairs("款物", "人次"),),
            _MONEY_PEOPLE,
        ),
        CheckKind(
            "people-without-money",
            "有人次而无款物",
            "人次大于 0 而款物为 0 时指出。",
            Grade.HINT,
            (_pairs("人次", "款物"),),
            _PEOPLE_MONEY,
        ),
        CheckKind(
            "yuan-slip",
            "疑似把元填成万元",
            "次均达到下面的数，或比已登记的下拨数、上年数、发放合计、同一合计的其他项"
            "大一百倍以上时，询问是否把元填成了万元，并给出改正值；填写的金额项都查。",
            Grade.QUERY,
            (_whole("limit_yuan", "次均达到（元/人次）"), _pairs("人次", "款物")),
            _PEOPLE_MONEY,
        ),
        CheckKind(
            "per-head",
            "次均高于参考标准",
            "次均（元/人次）高于该项的参考标准，或低于下限时指出。",
            Grade.QUERY,
            (
                _pairs("人次", "款物"),
                Setting(
                    "limits_yuan",
                    "各项参考标准（元/人次）",
                    "每行一项：人次项的代码，空一格，标准；没有写的项不查",
                    InputKind.BY_ITEM,
                ),
                _whole("low_yuan", "次均低于（元/人次）"),
                Setting("low_grade", "次均偏低时的等级", "", InputKind.GRADE),
            ),
            _PEOPLE_MONEY,
        ),
        CheckKind(
            "spent-raised",
            "发放大于筹集",
            "发放合计大于筹集合计，且超过容差时指出。",
            Grade.QUERY,
            _SPENT,
            (Kind.MONEY, Kind.MONEY),
        ),
        CheckKind(
            "spent-raised-all",
            "发放连同专项大于筹集",
            "发放合计连同专项大于筹集合计，且超过容差时指出。",
            Grade.HINT,
            _SPENT,
            (Kind.MONEY, Kind.MONEY),
        ),
        CheckKind(
            "registered-twice",
            "疑似同一批人填了两遍",
            "左边各项之和大于 0 且恰等于右边各项之和时指出。",
            Grade.QUERY,
            (_codes("left", "左边各项（相加）"), _codes("right", "右边各项（相加）")),
            (None,),
        ),
        CheckKind(
            "year-on-year",
            "与上年相比变化大",
            "与上年对应项相比，增加或减少超过下面的百分比时指出；没有上年对应项的不查。",
            Grade.QUERY,
            (
                _codes("items", "比较的各项"),
                _whole("up_percent", "增加超过（%）"),
                _whole("down_percent", "减少超过（%）"),
                _whole("hint_percent", "变化超过（%）只作提示"),
                Setting(
                    "base",
                    "上年数至少（按计量单位）",
                    "每行一个：计量单位，空一格，上年数；比它小的不查",
                    InputKind.BY_UNIT,
                ),
            ),
        ),
        CheckKind(
            "copied",
            "疑似照抄上年",
            "与上年完全相同的非零数达到下面的项数时指出。",
            Grade.QUERY,
            (_whole("at_least", "项数"),),
        ),
        CheckKind(
            "allocation",
            "与已登记的下拨数不一致",
            "本项与市总登记的下拨资金不一致时指出。",
            Grade.QUERY,
            (_codes("items", "下拨资金对应的项（一项）"),),
            (Kind.MONEY,),
        ),
        CheckKind(
            "households",
            "超过在册建档户数",
            "本项超过市总登记的建档户数时指出。",
            Grade.QUERY,
            (_codes("items", "建档户数对应的项（一项）"),),
            (Kind.COUNT,),
        ),
    )
}
"""Every kind of `check_rules.RULES`, in their order."""


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
