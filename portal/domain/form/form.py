"""The form: its sections, items and checks, parsed from data and checked for consistency."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from portal.domain.figures import Kind, Unit
from portal.domain.form.check_rules import CheckRule, parse_rule


class FormError(ValueError):
    """The form's data cannot be used; `problems` has a sentence for every fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the form."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Item:
    """One coded line of the form.

    `formula` lists the items that it sums (empty for a leaf, which is typed), `measure` is
    慰问对象 or 发放款物 in a pair, `previous` is the confirmed 上年对应项 in last year's form.
    """

    code: str
    label: str
    unit: Unit
    section: int
    measure: str | None = None
    formula: tuple[str, ...] = ()
    within: str | None = None
    note: str = ""
    previous: str | None = None
    reconstructed: bool = False

    @property
    def calculated(self) -> bool:
        """Whether the item is a sum of other items and so never typed."""
        return bool(self.formula)

    @property
    def name(self) -> str:
        """The item's name in sentences: code, label and measure."""
        measure = f"（{self.measure}）" if self.measure else ""
        return f"{self.code} {self.label}{measure}"


@dataclass(frozen=True, eq=False)
class Form:
    """One edition of the form; page, print and workbook are all drawn from it.

    `indicators` are the codes of the items that the edition names as 主要指标. `note` is shown
    while filling; `paper_notes` are at the foot of every print and workbook. Forms compare by
    identity, so that a form can be the key of a cache.
    """

    id: str
    version: str
    title: str
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    checks: tuple[CheckRule, ...]
    annex: str
    unit_line: str
    signatures: tuple[str, ...]
    note: str = ""
    paper_notes: tuple[str, ...] = ()
    indicators: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_code(self) -> dict[str, Item]:
        """The items by their code."""
        return {item.code: item for item in self.items}

    @cached_property
    def leaves(self) -> tuple[Item, ...]:
        """The items that are typed, in the paper's order."""
        return tuple(item for item in self.items if not item.calculated)

    @cached_property
    def in_order_of_sums(self) -> tuple[Item, ...]:
        """The calculated items, each after every item that it sums."""
        ordered: dict[str, Item] = {}
        for item in self.items:
            self._add_after_its_parts(item, ordered)
        return tuple(ordered.values())

    def _add_after_its_parts(self, item: Item, ordered: dict[str, Item]) -> None:
        if item.calculated and item.code not in ordered:
            for part in item.formula:
                self._add_after_its_parts(self.by_code[part], ordered)
            ordered[item.code] = item

    @cached_property
    def partners(self) -> dict[str, Item]:
        """Map each item of a pair to the other: neighbours with one label and a measure each."""
        partners: dict[str, Item] = {}
        for first, second in zip(self.items, self.items[1:], strict=False):
            if _are_a_pair(first, second) and first.code not in partners:
                partners[first.code], partners[second.code] = second, first
        return partners

    @cached_property
    def sums_over(self) -> dict[str, tuple[str, ...]]:
        """Map each item to the calculated items that depend on it, directly or indirectly."""
        over: dict[str, list[str]] = {item.code: [] for item in self.items}
        below: dict[str, set[str]] = {}
        for total in self.in_order_of_sums:
            parts = set(total.formula)
            below[total.code] = parts.union(*(below.get(part, ()) for part in parts))
            for code in below[total.code]:
                over[code].append(total.code)
        return {code: tuple(totals) for code, totals in over.items()}

    def in_section(self, number: int) -> tuple[Item, ...]:
        """The items of one section, in the paper's order."""
        return tuple(item for item in self.items if item.section == number)

    def section_title(self, number: int) -> str:
        """The title of a section."""
        return next(section.title for section in self.sections if section.number == number)


def _are_a_pair(first: Item, second: Item) -> bool:
    return bool(
        first.measure
        and second.measure
        and first.label == second.label
        and first.section == second.section
    )


CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}")

MAX_SUM_DEPTH = 20
"""The greatest depth of sums over sums; deeper ones nobody can follow."""


def parse_form(
    document: Mapping[str, Any], limits: Mapping[str, Mapping[str, Any]] | None = None
) -> Form:
    """Parse a form's data; a campaign's own `limits` override the settings of its checks.

    `limits` maps a check's id to the settings that replace the edition's. Raises `FormError`
    with every problem found: unknown units or codes, duplicate codes, sums over other units,
    cycles, checks that name missing items.
    """
    try:
        form = _read(document, limits or {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormError([f"表样数据缺少或写错了内容：{error}"]) from error
    if problems := list(_problems(form)):
        raise FormError(problems)
    return form


def _read(document: Mapping[str, Any], limits: Mapping[str, Mapping[str, Any]]) -> Form:
    units = {name: _read_unit(name, unit) for name, unit in document["units"].items()}
    head = document.get("head", {})
    return Form(
        id=str(document["id"]),
        version=str(document["version"]),
        title=str(document["title"]),
        sections=tuple(Section(int(s["number"]), str(s["title"])) for s in document["sections"]),
        items=tuple(_read_item(item, units) for item in document["items"]),
        checks=tuple(_read_check(check, limits) for check in document["checks"]),
        annex=str(head.get("top_left", "附件")),
        unit_line=str(head.get("right", "")),
        signatures=tuple(str(line) for line in document.get("footer", ())),
        note=str(document.get("note", "")),
        paper_notes=tuple(str(line) for line in document.get("paper_notes", ())),
        indicators={str(n): str(code) for n, code in dict(document.get("indicators", {})).items()},
    )


def _read_check(check: Mapping[str, Any], limits: Mapping[str, Mapping[str, Any]]) -> CheckRule:
    own = dict(limits.get(check["id"], {}))
    for name, setting in own.items():
        # A campaign that changes one item's limit keeps the edition's limits of other items.
        if isinstance(setting, Mapping):
            own[name] = {**check.get(name, {}), **setting}
    return parse_rule({**check, **own})


def _read_unit(name: str, unit: Mapping[str, Any]) -> Unit:
    kind = Kind(unit["kind"])
    decimals = int(unit["decimals"])
    if not 0 <= decimals <= (6 if kind is Kind.MONEY else 0):
        raise ValueError(f"计量单位 {name} 的小数位数 {decimals} 不可用")
    return Unit(name, kind, decimals)


def _read_item(item: Mapping[str, Any], units: Mapping[str, Unit]) -> Item:
    unit = units[item["unit"]]
    if "decimals" in item:
        unit = _read_unit(unit.name, {"kind": unit.kind, "decimals": item["decimals"]})
    return replace(
        Item(str(item["code"]), str(item["label"]), unit, int(item["section"])),
        measure=item.get("measure"),
        formula=tuple(item.get("formula", ())),
        within=item.get("within"),
        note=str(item.get("note", "")),
        previous=item.get("previous"),
        reconstructed=item.get("provenance") == "reconstructed",
    )


def _problems(form: Form) -> Iterator[str]:
    codes = Counter(item.code for item in form.items)
    sections = {section.number for section in form.sections}
    if not codes:
        yield "表样没有指标"
    for code, times in codes.items():
        if not CODE.fullmatch(code):
            yield f"代码 {code} 应为大写字母开头的字母和数字，不超过 8 位"
        if times > 1:
            yield f"代码 {code} 用了 {times} 次"
    for item in form.items:
        if item.section not in sections:
            yield f"{item.code} 所在的第 {item.section} 部分不存在"
        yield from _formula_problems(form, item)
    if round_trips := _going_round(form):
        yield f"{'、'.join(round_trips)} 的合计公式互相引用，成了循环"
    elif _levels(form) > MAX_SUM_DEPTH:
        yield f"合计套合计超过 {MAX_SUM_DEPTH} 层"
    yield from _check_problems(form, set(codes))


def _formula_problems(form: Form, item: Item) -> Iterator[str]:
    for part in item.formula:
        if part not in form.by_code:
            yield f"{item.code} 的公式引用了不存在的 {part}"
        elif form.by_code[part].unit.name != item.unit.name:
            yield f"{item.code} 与公式中的 {part} 计量单位不同"
    if len(set(item.formula)) != len(item.formula):
        yield f"{item.code} 的公式重复引用了同一项"


def _going_round(form: Form) -> list[str]:
    """The items in or above a cycle, found by removing all items whose parts are settled."""
    left = {item.code: {*item.formula} & set(form.by_code) for item in form.items if item.formula}
    while settled := {code for code, parts in left.items() if not parts & left.keys()}:
        left = {code: parts for code, parts in left.items() if code not in settled}
    return list(left)


def _levels(form: Form) -> int:
    """The greatest depth of sums over sums; the form must have no cycle."""
    left = {item.code: {*item.formula} for item in form.items if item.formula}
    levels = 0
    while left:
        left = {code: parts for code, parts in left.items() if parts & left.keys()}
        levels += 1
    return levels


def _check_problems(form: Form, codes: set[str]) -> Iterator[str]:
    for rule_id, times in Counter(rule.id for rule in form.checks).items():
        if times > 1:
            yield f"审核关系 {rule_id} 写了 {times} 次"
    named = [(rule.id, rule.codes) for rule in form.checks]
    named += [("within", frozenset({item.within})) for item in form.items if item.within]
    for rule, its_codes in named:
        for code in sorted(its_codes - codes):
            yield f"审核关系 {rule} 引用了不存在的 {code}"
