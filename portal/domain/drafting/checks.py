"""The checks of a draft: add, change and remove them; settings as typed texts."""

import re
import unicodedata
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from portal.domain.checks.kind import InputKind, Setting
from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.drafting.document import Document
from portal.domain.drafting.draft import (
    Typed,
    as_code,
    as_whole,
    checked,
    one_line,
    put,
    several_lines,
)
from portal.domain.form.check_rules import GRADES, Grade
from portal.domain.form.form import FormError


def typed_setting(setting: Setting, value: Any) -> str:
    """A setting of the data as the text that people type."""
    if value is None:
        return ""
    if setting.sort is InputKind.PAIRS:
        return "\n".join(" ".join(pair) for pair in value)
    if setting.sort is InputKind.CODES:
        return " ".join(value)
    if setting.sort in (InputKind.BY_ITEM, InputKind.BY_UNIT):
        return "\n".join(f"{name} {limit}" for name, limit in value.items())
    return str(value)


def read_setting(setting: Setting, typed: str) -> Any:
    """Parse a typed setting, None for the empty text; raises `FormError` with a sentence."""
    if setting.sort is InputKind.PAIRS:
        return [_pair(setting, line) for line in _lines(typed)]
    if setting.sort is InputKind.CODES:
        return [as_code(code) for code in re.split(r"[\s,，、+＋]+", typed) if code]
    if setting.sort in (InputKind.BY_ITEM, InputKind.BY_UNIT):
        return _limits(setting, typed)
    text = one_line(typed)
    if not text:
        return None
    if setting.sort is InputKind.WHOLE:
        return as_whole(text, f"“{setting.label}”")
    if setting.sort is InputKind.GRADE:
        return _grade(text)
    return _wan(setting, text)


def _lines(typed: str) -> list[str]:
    return [line for line in map(one_line, several_lines(typed).split("\n")) if line]


def _pair(setting: Setting, line: str) -> list[str]:
    codes = [as_code(code) for code in re.split(r"[\s,，、/／\-－]+", line) if code]
    if len(codes) != 2:
        raise FormError([f"“{setting.label}”里的“{line[:20]}”应是两个代码，中间空一格"])
    return codes


def _limits(setting: Setting, typed: str) -> dict[str, int]:
    limits: dict[str, int] = {}
    for line in _lines(typed):
        name, _, limit = re.sub(r"[:：=＝]", " ", line).partition(" ")
        name = as_code(name) if setting.sort is InputKind.BY_ITEM else name
        if not limit:
            raise FormError([f"“{setting.label}”里的“{line[:20]}”后面要空一格写数"])
        if name in limits:
            raise FormError([f"“{setting.label}”里 {name[:20]} 写了两次"])
        limits[name] = as_whole(limit, f"“{setting.label}”里 {name[:20]} 的数")
    return limits


def _wan(setting: Setting, text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,6})?", plain):
        raise FormError([f"“{setting.label}”应为不小于 0、最多六位小数的数，例如 0.05"])
    return plain


def _grade(text: str) -> str:
    if text not in GRADES:
        raise FormError([f"等级应为{'、'.join(GRADES)}之一"])
    return text


def check_of(document: Document, check: str) -> dict[str, Any]:
    """The document's check of this kind."""
    return next(rule for rule in document["checks"] if rule["id"] == check)


def as_typed(rule: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a check's page, as typed texts."""
    fields = {"grade": rule["grade"], "about": rule["about"]}
    for setting in CHECK_KINDS[rule["id"]].settings:
        fields[setting.name] = typed_setting(setting, rule.get(setting.name))
    return fields


def kinds_left(document: Document) -> list[str]:
    """The kinds of check that the draft lacks; a draft has each kind at most once."""
    there = {rule["id"] for rule in document["checks"]}
    return [kind for kind in CHECK_KINDS if kind not in there]


def with_check(document: Document, check: str, typed: Typed) -> Document:
    """Add a check, or replace the settings of the one that the draft has.

    The fields are `grade`, `about` and those of the kind's settings. Raises `FormError` with
    every wrong field, and when the new document is no usable form.
    """
    draft = deepcopy(document)
    known = next((rule for rule in draft["checks"] if rule["id"] == check), None)
    rule = known if known is not None else {"id": check}
    problems = []
    try:
        rule["grade"] = _grade(one_line(typed.get("grade", "")))
    except FormError as error:
        problems += error.problems
    rule["about"] = one_line(typed.get("about", "")) or CHECK_KINDS[check].name
    for setting in CHECK_KINDS[check].settings:
        try:
            put(rule, setting.name, read_setting(setting, typed.get(setting.name, "")))
        except FormError as error:
            problems += error.problems
        else:
            if setting.is_needed and not rule.get(setting.name):
                problems.append(f"请填写“{setting.label}”")
    problems += _strange_units(draft, rule)
    if problems:
        raise FormError(problems)
    if known is None:
        draft["checks"].append(rule)
    return checked(draft)


def _strange_units(draft: Document, rule: Mapping[str, Any]) -> list[str]:
    strange = [name for name in rule.get("base") or {} if name not in draft["units"]]
    return [f"没有计量单位“{name[:20]}”" for name in strange]


def without_check(document: Document, check: str) -> Document:
    """Remove a check; raises `FormError` when the new document is no usable form."""
    draft = deepcopy(document)
    draft["checks"] = [rule for rule in draft["checks"] if rule["id"] != check]
    return checked(draft)


USUAL = {kind.id: {"grade": kind.grade.label, "about": kind.name} for kind in CHECK_KINDS.values()}
"""The default fields of a new check's page."""

GRADE_WORDS = {
    Grade.ERROR.label: "不改正不能上报",
    Grade.QUERY.label: "写明原因可以上报",
    Grade.HINT.label: "只提示，不影响上报",
}
