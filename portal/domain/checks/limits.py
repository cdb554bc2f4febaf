"""A campaign's own limits for the checks of its form: the settings, and their parsing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.checks.kind import InputKind
from portal.domain.checks.kind import Setting as KindSetting
from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.figures import Kind, Unit, canonical, parse_figure
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form

WAN = Unit("万元", Kind.MONEY, 6)
SHOWN = Unit("万元", Kind.MONEY, 2)
"""Tolerances are parsed to the fen and shown without trailing zeros."""

SETTABLE_GRADES = (Grade.QUERY, Grade.HINT)
"""The grades for a check that is not 强制; a campaign cannot make a check stop a report."""

Limits = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Setting:
    """One number (or grade) of a check that a campaign can set for itself.

    `standard` is the edition's value and `own` the campaign's, empty where it follows the
    edition; both as typed texts. `key` is the path in the check's data.
    """

    check: str
    about: str
    key: tuple[str, ...]
    label: str
    unit: str
    standard: str
    own: str
    greatest: int = 0

    @property
    def name(self) -> str:
        """The name of the form field."""
        return ".".join((self.check, *self.key))

    @property
    def is_grade(self) -> bool:
        """Whether the setting is a grade to pick and not a number to type."""
        return self.key == ("grade",)

    @property
    def is_money(self) -> bool:
        """Whether the setting is an amount in 万元; otherwise it is a whole number."""
        return self.unit == WAN.name and self.key == ("tolerance",)

    @property
    def effective(self) -> str:
        """The value in force."""
        return self.own or self.standard


def settings_of(form: Form, limits: Mapping[str, Mapping[str, Any]]) -> tuple[Setting, ...]:
    """Every setting of the checks of `form`, an edition without a campaign's limits."""
    return tuple(
        setting
        for rule in form.checks
        for setting in _settings(form, rule, limits.get(rule.id, {}))
    )


def _settings(form: Form, rule: CheckRule, own: Mapping[str, Any]) -> Iterator[Setting]:
    def at(*key: str) -> str:
        found: Any = own
        for part in key:
            found = found.get(part, "") if isinstance(found, Mapping) else ""
        return str(found)

    def setting(key: tuple[str, ...], label: str, unit: str, standard: str, most: int) -> Setting:
        return Setting(rule.id, rule.about, key, label, unit, standard, at(*key), most)

    if rule.grade is not Grade.ERROR:
        yield setting(("grade",), "等级", "", rule.grade.label, 0)
    for each in CHECK_KINDS[rule.id].settings:
        if limit := each.limit:
            for key, about, standard in _standards(form, each, getattr(rule, each.name)):
                label, unit = limit.label.format(about), limit.unit or about
                yield setting((each.name, *key), label, unit, standard, limit.greatest)


def _standards(
    form: Form, setting: KindSetting, value: Any
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What the edition says of one setting: the place in it, what it is about, and the number."""
    if setting.sort is InputKind.BY_ITEM:
        yield from (((code,), form.by_code[code].name, str(yuan)) for code, yuan in value.items())
    elif setting.sort is InputKind.BY_UNIT:
        yield from (((unit,), unit, str(least)) for unit, least in value.items())
    elif value:
        standard = canonical(value, SHOWN) if setting.sort is InputKind.WAN else str(value)
        yield (), "", standard


def read_limits(
    settings: tuple[Setting, ...], typed: Mapping[str, str]
) -> tuple[Limits, dict[str, str]]:
    """The typed limits, and a sentence for each field that is refused.

    A field that is empty or equal to the edition's value sets no limit.
    """
    limits: Limits = {}
    problems = {}
    for setting in settings:
        try:
            value = _read(setting, typed.get(setting.name, "").strip())
        except ValueError as error:
            problems[setting.name] = str(error)
            continue
        if value is not None and str(value) != setting.standard:
            _put(limits, setting, value)
    return limits, problems


def _read(setting: Setting, text: str) -> int | str | None:
    if not text:
        return None
    if setting.is_grade:
        if text not in {grade.label for grade in SETTABLE_GRADES}:
            raise ValueError("等级只能是核实或提示。")
        return text
    if setting.is_money:
        parsed = parse_figure(text, WAN)
        if parsed.problem:
            raise ValueError(parsed.problem.sentence)
        return canonical(parsed.figure, SHOWN)
    parsed = parse_figure(text, Unit(setting.unit, Kind.COUNT, 0))
    if parsed.problem or parsed.figure is None:
        raise ValueError("请填整数，或留空按表样的标准。")
    if not 0 < parsed.figure <= setting.greatest:
        raise ValueError(f"应为 1 至 {setting.greatest:,} 的整数，或留空按表样的标准。")
    return parsed.figure


def _put(limits: Limits, setting: Setting, value: int | str) -> None:
    place: dict[str, Any] = limits.setdefault(setting.check, {})
    for part in setting.key[:-1]:
        place = place.setdefault(part, {})
    place[setting.key[-1]] = value


@dataclass(frozen=True, slots=True)
class Reset:
    """One changed setting, as the trail records it."""

    label: str
    old: str
    new: str


def resets(
    form: Form, old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> tuple[Reset, ...]:
    """The settings that differ between two sets of limits."""
    return tuple(
        Reset(f"{before.about}：{before.label}", _said(before), _said(after))
        for before, after in zip(settings_of(form, old), settings_of(form, new), strict=True)
        if before.effective != after.effective
    )


def _said(setting: Setting) -> str:
    return f"{setting.effective}{setting.unit}" + ("" if setting.own else "（表样标准）")
