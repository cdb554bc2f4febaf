"""The leaders' page: one sheet of A4 landscape whatever it holds, and words to copy."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import Page, expect
from pypdf import PdfReader

import portal
from portal.domain.consolidation.allocation import Deduction
from portal.domain.consolidation.allocation import Line as AllocationLine
from portal.domain.figures import canonical, show
from portal.domain.form.form import parse_form
from portal.domain.paper.overview import MAX_LINES, Line, Overview
from portal.domain.paper.sheet import Part
from portal.web.paper_code import PaperCode

PORTAL = Path(portal.__file__).parent
DOCUMENT = json.loads((PORTAL / "editions" / "songwennuan-2027.1.json").read_text(encoding="utf-8"))
FORM = parse_form(DOCUMENT)
GREATEST = {item.code: item.unit.greatest // 100 for item in FORM.items}
"""As great as a city's figures come: 999 999 人次, 99 999.99 万元 in every cell."""

DEDUCTION = Deduction(
    FORM.by_code["A"],
    GREATEST["A"],
    1,
    2,
    GREATEST,
    lines=tuple(
        AllocationLine(f"u{n}", f"已登记第{n}系统委员会工会", GREATEST["A"], GREATEST["A"] - 1, 0)
        for n in range(99)
    ),
    received=FORM.by_code["A2"],
)
"""Many units have not received what was passed down to them."""

PROOF = PaperCode("7K3QM-X8R2A", "https://wennuan.example.cn/o/shizong/campaigns/" + "x" * 100)

CONTENT_WIDTH = 1047
"""CSS pixels between the margins of an A4 sheet laid across: 277 mm."""


LITTLE = {item.code: item.unit.greatest // 200 for item in FORM.items}


def overview(lines: int) -> Overview:
    """A page with great figures everywhere, and the longest foot."""
    names = "、".join(f"市直第{n}系统工会（退回中）" for n in range(40))
    return Overview(
        form=FORM,
        campaign="2027年春节送温暖",
        organisation="鄂州市总工会",
        as_of="2027年1月26日（星期二）17:30",
        mark="汇总·已上报",
        lines=[
            Line(f"u{n}", f"市直第{n}系统委员会工会", "未含：未填报", Part.MISSING, GREATEST)
            for n in range(lines)
        ],
        total=GREATEST,
        deduction=DEDUCTION,
        last=GREATEST,
        compared=LITTLE,
        compared_title="其中：两年均报 123 家",
        footnotes=(
            f"汇总单位 2 家；未含：{names}等 99 家（只列前 40 家）。",
            "仅供核对。",
            DEDUCTION.brief,
            "上年数。",
        ),
    )


@pytest.fixture
def show_overview(page: Page) -> Callable[[Overview], Page]:
    """`show_overview(overview)` opens the fragment as a page of its own."""
    paper = Environment(
        loader=FileSystemLoader(PORTAL / "templates"), autoescape=True, undefined=StrictUndefined
    )
    paper.filters |= {"figure": show, "canonical": canonical}
    sheets = (
        "tokens",
        "page",
        "controls",
        "notices",
        "table",
        "consolidation",
        "paper-code",
        "overview",
    )
    style = "".join((PORTAL / "static" / "css" / f"{one}.css").read_text() for one in sheets)

    def open_overview(overview: Overview) -> Page:
        fragment = paper.get_template("consolidation/_overview.html").render(
            overview=overview, proof=PROOF
        )
        page.set_content(
            f'<!doctype html><html lang="zh-CN"><title>表</title><style>{style}</style>'
            f"<body><main>{fragment}</main>"
        )
        return page

    return open_overview


@pytest.mark.parametrize("lines", [1, 12, 20, MAX_LINES])
def test_the_overview_fits_one_landscape_sheet(show_overview, lines):
    page = show_overview(overview(lines))

    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    page.emulate_media(media="print")
    page.set_viewport_size({"width": CONTENT_WIDTH, "height": 700})
    too_wide = page.eval_on_selector_all(
        "td, th",
        "cells => cells.filter(c => c.scrollWidth > c.clientWidth + 1).map(c => c.innerText)",
    )

    free = page.evaluate(
        """() => {
          const code = document.querySelector(".paper-code").getBoundingClientRect();
          const under = [...document.querySelectorAll(".overview__head span, .overview__table")];
          return under.every(each => {
            const box = each.getBoundingClientRect();
            return box.right <= code.left || box.top >= code.bottom;
          });
        }"""
    )

    (sheet,) = sheets
    assert [round(float(side)) for side in sheet.mediabox[2:]] == [842, 595]
    text = sheet.extract_text()
    assert text.count("市直第") == lines + 40
    assert too_wide == []
    assert free, "the code covers what stands beside it"


def test_the_desk_finds_it_prints_it_and_copies_the_words(served, page, axe):
    served.city.person("gedian").report("submitted")
    served.sit_down(page, "shizong")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{served.address}/")
    page.locator("[data-action=consolidation]").first.click()
    page.click("text=主要指标分单位一览表")

    assert axe(page) == []
    text = page.input_value("#paragraph")
    cells = {t.replace(",", "") for t in page.locator("#overview td").all_inner_texts()}
    body = re.sub(r"截至\d+月\d+日|较\d+年", "", text.partition("以上为")[0])
    numbers = set(re.findall(r"[0-9.]+", body))
    assert {"5.00", "3", "12", "1.00"} <= numbers
    assert numbers <= {cell.strip("+-%") for cell in cells}
    assert "鄂城区总工会" in text.partition("未含：")[2]

    page.click("[data-copy]")
    expect(page.locator("[data-copy]")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == text

    (sheet,) = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    printed = "".join(sheet.extract_text().split())
    assert "主要指标分单位一览表" in printed
    assert "未含：" in printed
    assert "文字小结" not in printed
