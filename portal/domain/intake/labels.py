"""Labels: which item a text in a row speaks of, whatever a sheet puts round the item's name."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from portal.domain.form.form import Form, Item
from portal.domain.intake.sheet_words import Said, pressed


def other_item(form: Form, item: Item, texts: Iterable[Said]) -> tuple[Said, str] | None:
    """The text in the row of `item` that is another item's label, with the codes of that one.

    None where the row has the item's own label, or nothing but words of its own.
    """
    by_label = {bare_label(said.words): said for said in texts}
    if bare_label(item.label) in by_label:
        return None
    for label, said in by_label.items():
        if codes := _codes_by_label(form).get(label):
            return said, "、".join(codes)
    return None


def other_measure(form: Form, item: Item, texts: Iterable[Said]) -> tuple[Said, str] | None:
    """The measure in the row of `item` that is its partner's: 发放款物 beside C9 of 慰问对象."""
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
    """A label without what sheets put round it: 其中：, numbers, units, formulas, signs."""
    text = re.sub(r"[A-Z][A-Z0-9]{0,7}=.*", "", pressed(text))
    text = re.sub(r"^[(]?[0-9一二三四五六七八九十]{1,2}[.、)]", "", text)
    text = re.sub(r"^其中:?|\((单位:)?[家户人次个件份万元、,/]+\)$", "", text)
    text = re.sub(r"^[A-Z][0-9]{0,2}(?=[\u4e00-\u9fff])", "", text)
    return re.sub(r"\W", "", text)
