"""The difference of two editions in words: what was added, removed, changed and moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.drafting.checks import typed_setting
from portal.domain.drafting.document import Document

BLANK = "空"


@dataclass(frozen=True, slots=True)
class Changed:
    """One changed value: its holder (an item, a check, the head), its name, old and new."""

    of: str
    what: str
    old: str
    new: str

    @property
    def sentence(self) -> str:
        """The change as the trail words it."""
        if not self.old:
            return f"{self.of} {self.what}：填写“{self.new}”"
        if not self.new:
            return f"{self.of} {self.what}：去掉“{self.old}”"
        return f"{self.of} {self.what}：“{self.old}”改为“{self.new}”"


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between an older and a newer document.

    `added` and `removed` are items, checks, sections and units by name; `moved` are items whose
    order changed among those that both documents have.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[Changed, ...]
    moved: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence for each difference."""
        return (
            *(f"增加{name}" for name in self.added),
            *(f"去掉{name}" for name in self.removed),
            *(change.sentence for change in self.changed),
            *(f"移动{name}" for name in self.moved),
        )


def difference(old: Document, new: Document) -> Difference:
    """The difference from `old` to `new`; moved sections show as moved items."""
    added: list[str] = []
    removed: list[str] = []
    renamed = _renamed(old, new)
    changed = [*_head(old, new)]
    changed += [Changed(f"部分“{name}”", "名称", name, now) for name, now in renamed.items()]
    for called, before, after in (
        ("计量单位", old["units"], new["units"]),
        ("部分", [renamed.get(name, name) for name in _sections(old)], _sections(new)),
    ):
        added += [f"{called}“{name}”" for name in after if name not in before]
        removed += [f"{called}“{name}”" for name in before if name not in after]
    items = _by(old["items"], "code"), _by(new["items"], "code")
    added += [f"指标 {_item_name(items[1][code])}" for code in items[1] if code not in items[0]]
    removed += [f"指标 {_item_name(items[0][code])}" for code in items[0] if code not in items[1]]
    titles = _titles(old, renamed), _titles(new, {})
    for code in items[0]:
        if code in items[1]:
            changed += _item(code, items, titles)
    checks = _by(old["checks"], "id"), _by(new["checks"], "id")
    added += [f"审核关系“{CHECK_KINDS[one].name}”" for one in checks[1] if one not in checks[0]]
    removed += [f"审核关系“{CHECK_KINDS[one].name}”" for one in checks[0] if one not in checks[1]]
    for one in checks[0]:
        if one in checks[1]:
            changed += _check(one, checks[0][one], checks[1][one])
    return Difference(tuple(added), tuple(removed), tuple(changed), tuple(_moved(*items)))


def _by(ones: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    return {one[name]: one for one in ones}


def _sections(document: Document) -> list[str]:
    return [section["title"] for section in document["sections"]]


def _renamed(old: Document, new: Document) -> dict[str, str]:
    """Sections with the same position and a title that no section had before."""
    before, after = _sections(old), _sections(new)
    return {
        was: now
        for was, now in zip(before, after, strict=False)
        if was not in after and now not in before
    }


def _titles(document: Document, renamed: Mapping[str, str]) -> dict[int, str]:
    return {
        section["number"]: renamed.get(section["title"], section["title"])
        for section in document["sections"]
    }


def _item_name(item: Mapping[str, Any]) -> str:
    measure = f"（{item['measure']}）" if item.get("measure") else ""
    return f"{item['code']} {item['label']}{measure}"


def _head(old: Document, new: Document) -> Iterator[Changed]:
    heads = old.get("head", {}), new.get("head", {})
    for what, before, after in (
        ("标题", old["title"], new["title"]),
        ("左上角", heads[0].get("top_left"), heads[1].get("top_left")),
        ("右侧计量单位", heads[0].get("right"), heads[1].get("right")),
        ("落款", " ".join(old.get("footer", ())), " ".join(new.get("footer", ()))),
        ("填报说明", old.get("note"), new.get("note")),
        ("表下的注", *(" ".join(one.get("paper_notes", ())) for one in (old, new))),
        ("上年版次", old.get("previous_edition"), new.get("previous_edition")),
    ):
        yield from _change("表样", what, before, after)


ITEM_FIELDS = {
    "label": "名称",
    "unit": "计量单位",
    "decimals": "小数位数",
    "measure": "统计内容",
    "formula": "公式",
    "within": "所属项",
    "note": "填报说明",
    "previous": "上年对应项",
}


def _item(
    code: str,
    items: tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]],
    titles: tuple[dict[int, str], dict[int, str]],
) -> Iterator[Changed]:
    before, after = items[0][code], items[1][code]
    for name, what in ITEM_FIELDS.items():
        yield from _change(code, what, _said(before.get(name)), _said(after.get(name)))
    old, new = titles[0].get(before["section"]), titles[1].get(after["section"])
    yield from _change(code, "所在部分", old, new)


def _said(value: Any) -> str:
    return "+".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _check(one: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
    of = f"审核关系“{CHECK_KINDS[one].name}”"
    yield from _change(of, "等级", before["grade"], after["grade"])
    yield from _change(of, "说明", before["about"], after["about"])
    for setting in CHECK_KINDS[one].settings:
        told = (typed_setting(setting, rule.get(setting.name)) for rule in (before, after))
        yield from _change(of, setting.label, *(text.replace("\n", "；") for text in told))


def _change(of: str, what: str, old: str | None, new: str | None) -> Iterator[Changed]:
    if (old or "") != (new or ""):
        yield Changed(of, what, old or "", new or "")


def _moved(old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The least number of common items whose move explains the new order."""
    before, after = [code for code in old if code in new], [code for code in new if code in old]
    matched = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stayed = {before[one.a + step] for one in matched for step in range(one.size)}
    everyone = list(new)
    for code in after:
        if code not in stayed:
            place = everyone.index(code)
            where = f"到 {everyone[place - 1]} 之后" if place else "到最前面"
            yield f" {code} {where}"
