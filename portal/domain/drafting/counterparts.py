"""上年对应项 of a draft: the item of last year's edition that each item is compared with."""

from collections.abc import Iterable, Mapping
from copy import deepcopy

from portal.domain.drafting.document import Document
from portal.domain.drafting.draft import checked, one_line, put
from portal.domain.form.form import Form, FormError


def with_counterparts(
    document: Document, last_year: Form | None, chosen: Mapping[str, str]
) -> Document:
    """Set the chosen counterpart of each item in `last_year`, or none.

    Raises `FormError` when a chosen item does not exist or has another unit.
    """
    draft = deepcopy(document)
    put(draft, "previous_edition", last_year.version if last_year else "")
    for item in draft["items"]:
        put(item, "previous", one_line(chosen.get(item["code"], "")) if last_year else "")
    if last_year and (problems := list(wrong_counterparts(draft, last_year))):
        raise FormError(problems)
    return checked(draft)


def wrong_counterparts(document: Document, last_year: Form) -> Iterable[str]:
    """A sentence for each counterpart that does not exist or has another unit."""
    known = last_year.by_code
    for item in document["items"]:
        previous = item.get("previous")
        if previous and previous not in known:
            yield f"{item['code']} 的上年对应项 {previous[:20]} 不在 {last_year.version} 版中"
        elif previous and known[previous].unit.name != item["unit"]:
            yield (
                f"{item['code']} 按{item['unit']}统计，上年对应项 {previous} "
                f"按{known[previous].unit.name}统计，不能比较"
            )


def suggested(document: Document, last_year: Form) -> dict[str, str]:
    """Suggest counterparts by code, if label, measure and unit equal last year's."""
    return {
        item["code"]: item["code"]
        for item in document["items"]
        if (known := last_year.by_code.get(item["code"]))
        and (known.label, known.measure, known.unit.name)
        == (item["label"], item.get("measure"), item["unit"])
    }
