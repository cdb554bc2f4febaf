"""The whole way of one report: filled, submitted, sent back, mended, accepted, printed."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser import demonstration
from tests.browser.demonstration import Demonstration

THIS = "2027-spring"
WORDS = "今年新增了三家新业态企业的专项慰问资金"


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demonstration city; never served itself."""
    folder = tmp_path_factory.mktemp("demonstration") / "original"
    demonstration.load(folder)
    return folder


@pytest.fixture
def city(loaded: Path, tmp_path: Path) -> Iterator[Demonstration]:
    """The demonstration city, served."""
    with demonstration.serving(loaded, tmp_path / "instance") as served:
        yield served


class Person:
    """Somebody at a browser, finding the way by links and buttons alone."""

    def __init__(self, city: Demonstration, page: Page, username: str, *, scripts: bool) -> None:
        self.city, self.page, self.scripts = city, page, scripts
        city.sign_in(page, username)

    def home(self) -> None:
        """Go to the home page."""
        self.page.goto(self.city.address)

    def click(self, action: str) -> None:
        """Press the link or button of an action."""
        self.page.locator(f"[data-action={action}]").first.click()

    def is_at(self, state: str) -> None:
        """The page is about a report in this state."""
        expect(self.page.locator("[data-report-state]").first).to_have_attribute(
            "data-report-state", state
        )

    def is_led_on(self, judged: str, *, to: str) -> None:
        """What was judged is named, and the page is the next one that waits."""
        expect(self.page.locator(".flash")).to_contain_text(judged)
        expect(self.page.locator("h1")).to_have_text(f"审核：{to}")

    def fill(self, code: str, text: str) -> None:
        """Put a figure into a cell and have it saved, by leaving the row or by the button."""
        self.page.fill(f"input#{code}", text)
        self.page.locator(f"input#{code}").press("Enter") if self.scripts else self.page.click(
            ".save-all button"
        )
        expect(self.page.locator(f"#item-{code}")).to_have_attribute("data-value", text)

    def explain_all(self) -> None:
        """Explain every query on the page that has no explanation yet."""
        while self.page.locator("article.query[data-issue]:not([data-explained])").count():
            waits = self.page.locator("article.query[data-issue]:not([data-explained])").first
            query = self.page.locator(f"#{waits.get_attribute('id')}")
            query.locator("select").select_option("新增专项资金")
            query.locator("input[name=words]").fill(WORDS)
            query.locator("button").click()
            expect(query).to_have_attribute("data-explained", "")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_report_goes_all_the_way(
    city: Demonstration,
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    scripts: bool,
) -> None:
    reporter = Person(city, new_page(javascript=scripts), "echeng", scripts=scripts)
    desk = Person(city, new_page(javascript=scripts), "shizong", scripts=scripts)

    # the reporter mends the error, declares the rest zero, explains, submits
    reporter.click("fill")
    reporter.is_at("draft")
    reporter.page.locator("[data-issue=error]").first.wait_for()
    reporter.fill("B1", "11")
    reporter.click("zero-rest")
    expect(reporter.page.locator("#progress")).to_contain_text("46/46")
    reporter.click("submit")
    reporter.explain_all()
    reporter.click("submit")
    expect(reporter.page.locator("h1")).to_have_text("报送回执")
    expect(reporter.page.locator("main")).to_contain_text("第 1 次报送")

    # the desk sees it come in and sends it back for one item
    desk.click("status-board")
    row = desk.page.locator("[data-organisation=echeng]")
    expect(row).to_have_attribute("data-status", "submitted")
    row.get_by_role("link", name="审核").click()
    desk.page.check("#ask-C9")
    desk.page.fill("[name='item.C9']", "与台账不符")
    desk.page.fill("#give-back-reason", "请核对重大项目慰问人次")
    desk.click("send-back")
    desk.is_led_on("鄂城区总工会", to="葛店开发区总工会")

    # the reporter finds the banner, mends it and submits again
    reporter.home()
    expect(reporter.page.locator("main")).to_contain_text("请核对重大项目慰问人次")
    reporter.click("fill")
    reporter.is_at("returned")
    expect(reporter.page.locator("#notice-C9")).to_contain_text("与台账不符")
    reporter.fill("C9", "41")
    reporter.click("submit")
    reporter.explain_all()
    reporter.click("submit")
    expect(reporter.page.locator("main")).to_contain_text("第 2 次报送")
    expect(reporter.page.locator("main")).to_contain_text("C9")

    # the desk sees what changed, accepts, and finds it in the sums
    desk.page.goto(f"{city.address}/o/echeng/campaigns/{THIS}/report/review")
    expect(desk.page.locator("#item-C9[data-changed]")).to_be_visible()
    desk.click("accept")
    desk.is_led_on("鄂城区总工会", to="葛店开发区总工会")
    desk.home()
    desk.click("status-board")
    expect(row).to_have_attribute("data-status", "accepted")
    desk.home()
    desk.click("consolidation")
    table = desk.page.locator("table[data-included]")
    assert "echeng" in (table.get_attribute("data-included") or "").split()
    cell = desk.page.locator("tr[data-code=C9] [data-organisation=echeng]").first
    expect(cell).to_have_attribute("data-value", "41")
    total = desk.page.locator("tr[data-code=C9] [data-total]").first.get_attribute("data-total")

    # and prints them
    if scripts:
        assert axe(desk.page) == []
    desk.click("print")
    expect(desk.page.locator(".paper tr[data-code=C9]")).to_contain_text(str(total))
    expect(desk.page.locator(".paper")).to_contain_text("未含")
    pages = PdfReader(io.BytesIO(desk.page.pdf(prefer_css_page_size=True))).pages
    assert len(pages) <= 2
    assert "J4" in "".join(page.extract_text() for page in pages)


PAGES = {
    "echeng": ["", f"/campaigns/{THIS}/report", f"/campaigns/{THIS}/report/submission"],
    "shizong": [
        "",
        f"/campaigns/{THIS}/status",
        f"/campaigns/{THIS}/consolidation",
        f"/campaigns/{THIS}/consolidation/items/C9",
        f"/campaigns/{THIS}/consolidation/print",
        "/users",
        "/../gedian/campaigns/2027-spring/report/review",
        "/../huarong/campaigns/2027-spring/report",
        "/../huarong/campaigns/2027-spring/report/print",
        "/../huarong/campaigns/2027-spring/report/trail",
        "/../huarong/campaigns/2027-spring/report/submissions/1",
    ],
}


@pytest.mark.parametrize("username", PAGES)
def test_every_page_is_usable_by_everybody(
    username: str, city: Demonstration, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    city.sign_in(page, username)

    found = {}
    for path in [*PAGES[username], "/../../password"]:
        page.goto(f"{city.address}/o/{username}{path}")
        found[path] = axe(page)

    assert {path: violations for path, violations in found.items() if violations} == {}


def test_the_pages_before_signing_in_are_usable_by_everybody(
    city: Demonstration, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    found = {}
    for path in ("/login", "/forgotten-password", "/nowhere"):
        page.goto(f"{city.address}{path}")
        found[path] = axe(page)

    assert {path: violations for path, violations in found.items() if violations} == {}
