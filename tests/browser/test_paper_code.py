"""The QR of a print keeps its quiet zone and touches nothing, on paper and on a telephone."""

import json
import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import portal
from portal.domain.figures import canonical, show
from portal.domain.form.form import parse_form
from portal.domain.paper.sheet import report_sheet
from portal.web.paper_code import QUIET_ZONE_MODULES
from tests.browser.test_overview import PROOF, overview

PORTAL = Path(portal.__file__).parent
FORM = parse_form(json.loads((PORTAL / "editions" / "songwennuan-2022.1.json").read_text()))

A4, A4_ACROSS, TELEPHONE = 665, 1047, 360
"""CSS pixels: between the margins of a sheet, of a sheet laid across, and of a screen."""

TOUCHED = """() => {
  const code = document.querySelector(".paper-code").getBoundingClientRect();
  const touches = box => box.left < code.right && box.right > code.left
    && box.top < code.bottom && box.bottom > code.top;
  const words = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    if ([...range.getClientRects()].some(touches)) words.push(texts.currentNode.data.trim());
  }
  const frames = [...document.querySelectorAll(".print-mark, table")];
  return [...words, ...frames.filter(each => touches(each.getBoundingClientRect())).map(String)]
    .filter(Boolean);
}"""


@pytest.fixture
def show_print(page):
    """`show_print(template, sheets, **shown)` opens the fragment of a print."""
    paper = Environment(
        loader=FileSystemLoader(PORTAL / "templates"), autoescape=True, undefined=StrictUndefined
    )
    paper.filters |= {"figure": show, "canonical": canonical}

    def open_print(template, sheets, **shown):
        style = "".join((PORTAL / "static" / "css" / f"{one}.css").read_text() for one in sheets)
        fragment = paper.get_template(template).render(proof=PROOF, **shown)
        page.set_content(
            f'<!doctype html><html lang="zh-CN"><meta name="viewport" content="width=device-width">'
            f"<title>表</title><style>{style}</style><body><main>{fragment}</main>"
        )
        return page

    return open_print


def sheet(show_print):
    mark = "已审核·第 12 次报送·核对码 7K3QM-X8R2A"
    made = report_sheet(
        FORM,
        {},
        organisation="鄂州市总工会所属市直系统工会委员会",
        period="2021年12月1日至2022年1月26日",
        as_of="2022年1月26日（星期三）17:30",
        mark=mark,
    )
    return show_print(
        "print/_sheet.html",
        ("tokens", "page", "controls", "notices", "print", "paper-code"),
        sheet=made,
    )


def leaders_page(show_print, lines=30):
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
    return show_print("consolidation/_overview.html", sheets, overview=overview(lines))


@pytest.mark.parametrize(
    ("show_one", "media", "width"),
    [
        (sheet, "print", A4),
        (sheet, "screen", TELEPHONE),
        (sheet, "screen", 1366),
        (leaders_page, "print", A4_ACROSS),
        (leaders_page, "screen", TELEPHONE),
        (leaders_page, "screen", 1366),
    ],
)
def test_nothing_stands_within_the_square_of_the_code(show_print, show_one, media, width):
    page = show_one(show_print)
    page.emulate_media(media=media)
    page.set_viewport_size({"width": width, "height": 740})

    assert page.evaluate(TOUCHED) == []


@pytest.mark.parametrize(("show_one", "least"), [(sheet, 20), (leaders_page, 16)])
def test_its_picture_has_four_white_modules_on_every_side_and_fills_the_square(
    show_print, show_one, least
):
    page = show_one(show_print)
    page.emulate_media(media="print")
    picture = page.locator(".paper-code svg")

    drawn = re.findall(
        r"[Mm]\s*(-?[\d.]+)[ ,](-?[\d.]+)", picture.locator("path").get_attribute("d")
    )
    size = float(picture.get_attribute("viewBox").split()[2])
    box = page.locator(".paper-code").bounding_box()
    inner = picture.bounding_box()

    assert QUIET_ZONE_MODULES == 4
    assert float(drawn[0][0]) == QUIET_ZONE_MODULES
    assert QUIET_ZONE_MODULES <= float(drawn[0][1]) <= QUIET_ZONE_MODULES + 1
    assert (size - 2 * QUIET_ZONE_MODULES - 17) % 4 == 0, "a QR has 17 + 4 n modules"
    assert (inner["width"], inner["height"]) == (box["width"], box["height"])
    assert box["width"] / 96 * 25.4 == pytest.approx(least, abs=0.1)
