"""Labels: find the item that a text in a row names, ignoring prefixes, units and formulas."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from portal.domain.form.form import Form, Item
from portal.domain.intake.sheet_words import Said, pressed


def other_item(form: Form, item: Item, texts: Iterable[Said]) -> tuple[Said, str] | None:
    """A text in the row of `item` that is another item's label, with that item's codes.

    None if the row has the item's own label, or no label of the form.
    """
    by_label = {bare_label(said.words): said for said in texts}
    if bare_label(item.label) in by_label:
        return None
    for label, said in by_label.items():
        if codes := _codes_by_label(form).get(label):
            return said, "、".join(codes)
    return None


def other_measure(form: Form, item: Item, texts: Iterable[Said]) -> tuple[Said, str] | None:
    """The partner's measure in the row of `item`: 发放款物 beside C9, which is 慰问对象."""
    partner = form.partners.get(item.code)
    measures = {re.sub(r"\(.*", "", pressed(said.words)): said for said in texts}
    if partner is None or item.measure in measures:
        return None
    said = measures.get(partner.measure or "")
    return (said, partner.code) if said else None


@lru_cache(maxsize=16)
def _codes_by_label(form: Form) -> Mapping[str, list[str]]:
    codes: dict[str, list[str]] = {}
    for item in form.items:
        codes.setdefault(bare_label(item.label), []).append(item.code)
    return codes


def bare_label(text: str) -> str:
    """A label without 其中：, numbering, units, formulas and punctuation."""
    text = re.sub(r"[A-Z][A-Z0-9]{0,7}=.*", "", pressed(text))
    text = re.sub(r"^[(]?[0-9一二三四五六七八九十]{1,2}[.、)]", "", text)
    text = re.sub(r"^其中:?|\((单位:)?[家户人次个件份万元、,/]+\)$", "", text)
    text = re.sub(r"^[A-Z][0-9]{0,2}(?=[\u4e00-\u9fff])", "", text)
    return re.sub(r"\W", "", text)
