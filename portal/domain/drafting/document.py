"""The document of a form: the data of an uploaded file, and the sentences on what is wrong in it.

It is checked before a form is built from it, since a file can have any content, size and depth.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.form.check_rules import GRADES
from portal.domain.form.form import FormError

Document = dict[str, Any]
"""The data of a form as JSON: texts, integers, lists and mappings."""

MAX_BYTES = 128 * 1024
"""Bytes of a file; the form with 51 items has 25 000."""

MAX_DEPTH = 12
MAX_ITEMS = 300
MAX_SECTIONS = 40
MAX_UNITS = 20
MAX_PARTS = 100
MAX_LIMIT = 99_999_999
MAX_TITLE_LENGTH = 200
MAX_LABEL_LENGTH = 200
MAX_NOTE_LENGTH = 1000
MAX_GUIDE_LENGTH = 4000
MAX_LINE_LENGTH = 60
MAX_PAPER_NOTE_LENGTH = 200
MAX_PAPER_NOTES = 3
"""Notes at the foot of the print; with more the form would not fit on two sheets of A4."""


def read_document(content: bytes) -> Document:
    """Parse a file; raises `FormError` with a sentence for everything that is wrong in it."""
    if len(content) > MAX_BYTES:
        raise FormError([f"文件超过 {MAX_BYTES // 1024} KB，不是表样文件"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormError(["文件不是 UTF-8 编码的文本，请另存为 UTF-8 后再导入"]) from error
    try:
        document = json.loads(text, object_pairs_hook=_named_once, parse_constant=_no_number)
    except RecursionError as error:
        raise FormError(["文件嵌套太深，不是表样文件"]) from error
    except json.JSONDecodeError as error:
        sentence = f"第 {error.lineno} 行第 {error.colno} 个字符处不符合 JSON 的写法"
        raise FormError([sentence]) from error
    except FormError:
        raise
    except ValueError as error:
        raise FormError(["文件里有长得不能读的数"]) from error
    require_shape(document)
    return document  # type: ignore[no-any-return]


def _named_once(pairs: list[tuple[str, Any]]) -> Document:
    twice = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if twice:
        raise FormError([f"同一层里“{_cut(twice[0])}”写了两次，不知道以哪个为准"])
    return dict(pairs)


def _no_number(name: str) -> Any:
    raise FormError([f"文件里有 {name}，它不是数"])


def require_shape(document: object) -> None:
    """Raise `FormError` with every place where a value has a wrong type, size or name."""
    problems = list(_wild(document, 0))
    if not problems:
        problems = list(_form(document))
    if problems:
        raise FormError(list(dict.fromkeys(problems)))


def _wild(value: object, depth: int) -> Iterator[str]:
    """Find values that no page, workbook or database can store, anywhere in the document."""
    if depth > MAX_DEPTH:
        yield "内容嵌套太深，不是表样文件"
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _wild(name, depth + 1)
            yield from _wild(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _wild(inner, depth + 1)
    elif isinstance(value, str) and UNSEEN.search(value):
        yield f"“{_cut(value)}”里有看不见的控制字符"


UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters except line feed, and surrogates; nobody types them on purpose."""


@dataclass(frozen=True, slots=True)
class _Field:
    """One named value: its label on the page, its type, and whether it is required."""

    name: str
    called: str
    is_right: Callable[[Any], bool]
    should_be: str
    needed: bool = False

    def problem(self, where: str, holder: Mapping[str, Any]) -> Iterator[str]:
        if self.name not in holder:
            if self.needed:
                yield f"{where}缺少{self.called}（{self.name}）"
        elif not self.is_right(holder[self.name]):
            gap = " " if self.should_be[0].isascii() else ""
            yield f"{where}的{self.called}（{self.name}）应为{gap}{self.should_be}"


def _text(longest: int, *, empty: bool = False) -> tuple[Callable[[Any], bool], str]:
    def is_right(value: Any) -> bool:
        return isinstance(value, str) and len(value) <= longest and (empty or bool(value.strip()))

    return is_right, f"{'不超过' if empty else '1 至'} {longest} 字的文字"


def _whole(least: int, greatest: int) -> tuple[Callable[[Any], bool], str]:
    def is_right(value: Any) -> bool:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return is_whole and least <= value <= greatest

    return is_right, f"{least} 至 {greatest} 的整数"


def _listed(what: Callable[[Any], bool], most: int, said: str) -> tuple[Callable[[Any], bool], str]:
    def is_right(value: Any) -> bool:
        return isinstance(value, list) and len(value) <= most and all(map(what, value))

    return is_right, f"{said}的列表，不超过 {most} 个"


def _one_of(texts: Mapping[str, Any] | tuple[str, ...]) -> tuple[Callable[[Any], bool], str]:
    return lambda value: isinstance(value, str) and value in texts, f"{'、'.join(texts)} 之一"


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 20


def _is_code_or_none(value: Any) -> bool:
    """Whether it is a code or null; null records that last year's form has no such item."""
    return value is None or _is_code(value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_code, value))


_is_limit, _limit_words = _whole(0, MAX_LIMIT)


def _is_limits(value: Any) -> bool:
    is_named = isinstance(value, dict) and len(value) <= MAX_ITEMS
    return is_named and all(_is_code(name) and _is_limit(one) for name, one in value.items())


_LIMITS = (_is_limits, "代码和整数的对照")
_CODES = _listed(_is_code, MAX_PARTS, "代码")

_WHOLE_FORM = (
    _Field("id", "表样名称", *_text(64), needed=True),
    _Field("version", "版次", *_text(32), needed=True),
    _Field("title", "标题", *_text(MAX_TITLE_LENGTH), needed=True),
    _Field("note", "填报说明", *_text(MAX_GUIDE_LENGTH, empty=True)),
    _Field(
        "paper_notes",
        "表下的注",
        *_listed(_text(MAX_PAPER_NOTE_LENGTH)[0], MAX_PAPER_NOTES, "文字"),
    ),
    _Field("previous_edition", "上年版次", *_text(32, empty=True)),
    _Field("copied_from", "原版次", *_text(32, empty=True)),
    _Field("footer", "落款", *_listed(_text(MAX_LINE_LENGTH, empty=True)[0], 12, "文字")),
)
_HEAD = tuple(
    _Field(name, called, *_text(MAX_LINE_LENGTH, empty=True))
    for name, called in (("top_left", "左上角"), ("right", "右侧计量单位"))
)
_SECTION = (
    _Field("number", "序号", *_whole(1, 999), needed=True),
    _Field("title", "名称", *_text(MAX_LABEL_LENGTH), needed=True),
)
_UNIT = (
    _Field("kind", "类别", *_one_of(("count", "money")), needed=True),
    _Field("decimals", "小数位数", *_whole(0, 6), needed=True),
)
_ITEM = (
    _Field("code", "代码", _is_code, "1 至 20 字的文字", needed=True),
    _Field("label", "名称", *_text(MAX_LABEL_LENGTH), needed=True),
    _Field("unit", "计量单位", *_text(8), needed=True),
    _Field("section", "所在部分", *_whole(1, 999), needed=True),
    _Field("decimals", "小数位数", *_whole(0, 6)),
    _Field("measure", "统计内容", *_text(20)),
    _Field("formula", "公式", *_CODES),
    _Field("within", "所属项", _is_code, "一个代码"),
    _Field("note", "填报说明", *_text(MAX_NOTE_LENGTH, empty=True)),
    _Field("previous", "上年对应项", _is_code_or_none, "一个代码，没有的写 null"),
    _Field("provenance", "来源", *_text(40, empty=True)),
)
_CHECK = (
    _Field("id", "种类", *_one_of(CHECK_KINDS), needed=True),
    _Field("grade", "等级", *_one_of(GRADES), needed=True),
    _Field("about", "说明", *_text(MAX_LABEL_LENGTH, empty=True), needed=True),
    _Field("pairs", "各对指标", *_listed(_is_pair, MAX_PARTS, "两个代码一对")),
    _Field("left", "左边各项", *_CODES),
    _Field("right", "右边各项", *_CODES),
    _Field("items", "各项指标", *_CODES),
    _Field("tolerance", "容差", _text(20)[0], "写成文字的万元数"),
    _Field("low_grade", "偏低时的等级", *_one_of(GRADES)),
    _Field("limits_yuan", "各项标准", *_LIMITS),
    _Field("base", "各单位基数", *_LIMITS),
    *(
        _Field(name, called, _is_limit, _limit_words)
        for name, called in (
            ("limit_yuan", "次均上限"),
            ("low_yuan", "次均下限"),
            ("up_percent", "增加百分比"),
            ("down_percent", "减少百分比"),
            ("hint_percent", "提示百分比"),
            ("at_least", "项数"),
        )
    ),
)


def _form(document: object) -> Iterator[str]:
    if not isinstance(document, dict):
        yield "文件里不是一份表样"
        return
    for field in _WHOLE_FORM:
        yield from field.problem("表样", document)
    yield from _fields(document.get("head", {}), "表头", _HEAD)
    yield from _units(document)
    yield from _each(document, "sections", "部分", MAX_SECTIONS, _SECTION)
    yield from _each(document, "items", "项指标", MAX_ITEMS, _ITEM)
    yield from _each(document, "checks", "条审核关系", len(CHECK_KINDS), _CHECK)
    yield from _without_items(document)
    yield from _named_alike(document)


def _without_items(document: Document) -> Iterator[str]:
    """The checks that name no items where their kind compares some."""
    checks = document.get("checks")
    for check in checks if isinstance(checks, list) else ():
        if isinstance(check, dict) and (kind := CHECK_KINDS.get(str(check.get("id")))):
            missing = (each for each in kind.settings if each.is_needed)
            names = (each.name for each in missing if not check.get(each.name))
            yield from (f"审核关系 {kind.id} 缺少 {name}" for name in names)


def _fields(holder: object, where: str, fields: tuple[_Field, ...]) -> Iterator[str]:
    if not isinstance(holder, dict):
        yield f"{where}写错了，应有“名称：内容”"
        return
    for field in fields:
        yield from field.problem(where, holder)


def _units(document: Document) -> Iterator[str]:
    units = document.get("units")
    if not isinstance(units, dict) or not 0 < len(units) <= MAX_UNITS:
        yield f"表样缺少计量单位（units），或者不是 1 至 {MAX_UNITS} 个"
        return
    for name, unit in units.items():
        if not 0 < len(name.strip()) <= 8:
            yield f"计量单位“{_cut(name)}”的名称应为 1 至 8 字"
        yield from _fields(unit, f"计量单位“{_cut(name)}”", _UNIT)


def _each(
    document: Document, name: str, called: str, most: int, fields: tuple[_Field, ...]
) -> Iterator[str]:
    ones = document.get(name)
    if not isinstance(ones, list):
        yield f"表样缺少{called.removeprefix('项').removeprefix('条')}（{name}），或者不是列表"
        return
    if len(ones) > most:
        yield f"{called.removeprefix('项').removeprefix('条')}有 {len(ones)} 个，最多 {most} 个"
        return
    for number, one in enumerate(ones, 1):
        code = one.get("code") or one.get("id") if isinstance(one, dict) else None
        known = f"（{_cut(code)}）" if isinstance(code, str) else ""
        yield from _fields(one, f"第 {number} {called}{known}", fields)


def _named_alike(document: Document) -> Iterator[str]:
    """Find items with an unknown unit, and sections with equal numbers."""
    units, sections, items = (document.get(name) for name in ("units", "sections", "items"))
    if isinstance(sections, list):
        numbers = Counter(s.get("number") for s in sections if _is_whole_section(s))
        yield from (f"序号为 {n} 的部分有 {times} 个" for n, times in numbers.items() if times > 1)
    if isinstance(units, dict) and isinstance(items, list):
        for item in items:
            unit = item.get("unit") if isinstance(item, dict) else None
            if isinstance(unit, str) and unit not in units:
                yield f"{_cut(item.get('code'))} 的计量单位“{_cut(unit)}”不在计量单位中"


def _is_whole_section(section: object) -> bool:
    return isinstance(section, dict) and isinstance(section.get("number"), int)


def _cut(text: object) -> str:
    """A piece of the document, cut for a sentence and without unprintable characters."""
    shown = UNSEEN.sub("?", str(text)[:21]).replace("\n", " ")
    return shown if len(shown) <= 20 else f"{shown[:19]}…"
