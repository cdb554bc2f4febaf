"""The form on A4: two sheets, nothing cut off, no pair parted, the heading on both."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import Page
from pypdf import PdfReader

import portal
from portal.domain.figures import show
from portal.domain.form.form import Form, parse_form
from portal.domain.form.formulas import with_totals
from portal.domain.paper.sheet import (
    Contribution,
    Part,
    Sheet,
    inclusion_footnotes,
    report_sheet,
)

PORTAL = Path(portal.__file__).parent
DOCUMENT = json.loads((PORTAL / "editions" / "songwennuan-2022.1.json").read_text(encoding="utf-8"))
FORM = parse_form(DOCUMENT)
GREATEST = {item.code: item.unit.greatest for item in FORM.leaves}
HEAD = {
    "organisation": "鄂城区总工会",
    "period": "2022年1月1日至2022年2月15日",
    "as_of": "2022年1月26日 17:30",
}
CONTENT_WIDTH = 665
"""CSS pixels between the margins of an A4 sheet: 176 mm."""


@pytest.fixture
def show_sheet(page: Page) -> Callable[[Sheet], Page]:
    """`show_sheet(sheet)` opens the fragment as a page of its own."""
    paper = Environment(
        loader=FileSystemLoader(PORTAL / "templates"), autoescape=True, undefined=StrictUndefined
    )
    paper.filters["figure"] = show
    style = (PORTAL / "static" / "css" / "print.css").read_text(encoding="utf-8")

    def open_sheet(sheet: Sheet) -> Page:
        fragment = paper.get_template("print/_sheet.html").render(sheet=sheet, proof=None)
        page.set_content(
            f'<!doctype html><html lang="zh-CN"><title>表</title><style>{style}</style>'
            f'<body><p class="screen-only">打印</p>{fragment}'
        )
        return page

    return open_sheet


def report(form: Form = FORM, **more: Any) -> Sheet:
    figures = {item.code: item.unit.greatest for item in form.leaves}
    return report_sheet(form, figures, **HEAD, **more)


def printed(page: Page) -> list[str]:
    """The text of each page of the PDF."""
    return [sheet.extract_text() for sheet in PdfReader(BytesIO(pdf(page))).pages]


def pdf(page: Page) -> bytes:
    return page.pdf(prefer_css_page_size=True)


def codes(text: str) -> list[str]:
    """The codes of the rows on a page, formulas and the edition's notes left aside."""
    known = {item.code for item in FORM.items}
    without_formulas = re.sub(r"[A-Z]\d*=[A-Z0-9+…⋯]+", "", text.split("注：")[0])
    return [word for word in re.findall(r"\b[A-Z]\d*\b", without_formulas) if word in known]


def test_the_form_takes_at_most_two_sheets_of_a4(show_sheet):
    page = show_sheet(report(mark="送审稿·未上报 核对码 7K3QM-X8R2A"))

    sheets = PdfReader(BytesIO(pdf(page))).pages

    assert len(sheets) <= 2
    assert [round(float(sheet.mediabox.width)) for sheet in sheets] == [595] * len(sheets)
    assert [round(float(sheet.mediabox.height)) for sheet in sheets] == [842] * len(sheets)


def test_every_item_is_printed_once_and_in_order(show_sheet):
    page = show_sheet(report())

    found = [code for text in printed(page) for code in codes(text)]

    assert found == [item.code for item in FORM.items]


def test_every_figure_is_printed(show_sheet):
    page = show_sheet(report())
    figures = with_totals(FORM, GREATEST)
    expected = [show(figures[item.code], item.unit) for item in FORM.items]

    found = re.findall(r"\d[\d,]*,\d{3}(?:\.\d\d)?", "\n".join(printed(page)))

    assert found == expected


def test_the_heading_stands_on_every_sheet(show_sheet):
    page = show_sheet(report())

    for text in printed(page):
        heading = "".join(text.split())
        assert "序号代码项目数量" in heading


def test_the_head_and_the_foot_are_on_the_paper(show_sheet):
    page = show_sheet(report(mark="送审稿·未上报", footnotes=("注：测试。",)))

    first, *_, last = ["".join(text.split()) for text in printed(page)]

    for line in ("附件", "送审稿·未上报", "填报单位（盖章）：鄂城区总工会", "单位：家、人次、万元"):
        assert line in first
    for line in ("单位负责人（签字）：", "填表人：", "注：测试。"):
        assert line in last
    assert "打印" not in first + last


@pytest.mark.parametrize("fewer", range(6))
def test_no_pair_is_parted_by_the_end_of_a_sheet(show_sheet, fewer: int):
    # Each row less moves the rows below it towards the end of the first sheet.
    form = _without_first_parts_of_a(fewer)
    page = show_sheet(report(form))

    pages = [set(codes(text)) for text in printed(page)]

    assert len(pages) == 2
    for code, partner in form.partners.items():
        assert any({code, partner.code} <= on_it for on_it in pages), code


def _without_first_parts_of_a(fewer: int) -> Form:
    gone = {f"A{n}" for n in range(1, fewer + 1)}
    rows = [
        {**item, "formula": [part for part in item.get("formula", ()) if part not in gone]}
        for item in DOCUMENT["items"]
        if item["code"] not in gone
    ]
    return parse_form({**DOCUMENT, "items": rows, "checks": []})


@pytest.mark.parametrize("more", [0, *range(5, 11)])
def test_the_signatures_never_stand_on_a_sheet_alone(show_sheet, more: int):
    rows = [
        {"code": f"K{n}", "label": f"其他慰问{n}", "unit": "人次", "section": 7}
        for n in range(1, more + 1)
    ]
    form = parse_form({**DOCUMENT, "items": [*DOCUMENT["items"], *rows]})
    page = show_sheet(report(form))

    sheets = ["".join(text.split()) for text in printed(page)]

    [signed] = [text for text in sheets if "单位负责人（签字）：" in text]
    assert form.items[-1].label in signed
    assert "联系电话：" in signed


def test_nothing_is_cut_off_at_the_right(show_sheet):
    page = show_sheet(report())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": CONTENT_WIDTH, "height": 900})

    table = page.locator("table").bounding_box()
    too_wide = page.eval_on_selector_all(
        "td, th",
        "cells => cells.filter(c => c.scrollWidth > c.clientWidth + 1).map(c => c.innerText)",
    )

    assert table is not None
    assert table["x"] >= 0
    assert table["x"] + table["width"] <= CONTENT_WIDTH
    assert too_wide == []


def test_a_consolidation_with_its_footnotes_takes_no_more_paper(show_sheet):
    names = ["市总本级", "鄂城区总工会", "华容区总工会", "梁子湖区总工会", "葛店开发区总工会"]
    everyone = [Contribution(name, name, GREATEST) for name in names]
    everyone += [Contribution(str(n), f"市直第{n}系统工会", {}, Part.MISSING) for n in range(6)]
    page = show_sheet(report_sheet(FORM, GREATEST, **HEAD, footnotes=inclusion_footnotes(everyone)))

    sheets = ["".join(text.split()) for text in printed(page)]

    assert len(sheets) == 2
    assert "汇总单位5家：市总本级、" in sheets[-1]
    assert "市直第5系统工会（未报）" in sheets[-1]


def test_the_letters_are_large_enough_to_read(show_sheet):
    page = show_sheet(report())

    sizes = page.eval_on_selector_all(
        ".paper *", "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) * 72 / 96)"
    )

    assert min(sizes) >= 9


def test_text_of_users_stays_text(show_sheet):
    hostile = "<script>document.title='x'</script>"
    page = show_sheet(report_sheet(FORM, {}, **{**HEAD, "organisation": hostile}))

    assert page.title() == "表"
    assert hostile in page.inner_text(".paper")


def test_the_paper_is_readable_without_eyes(show_sheet, axe):
    page = show_sheet(report(mark="送审稿·未上报"))

    assert axe(page) == []
    assert page.locator("h1").count() == 1
    assert page.locator("caption").count() == 1
