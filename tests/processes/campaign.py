"""What people do in a campaign, over real connections: fill, explain, hand in, decide."""

from dataclasses import dataclass

from tests.markup import Page
from tests.processes.browser import Answer, Browser

WORDS = "今年经费由市总统一安排，本单位没有另外支出"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's reporter at a browser, and the address of the unit's report."""

    browser: Browser
    report: str

    def type(self, code: str, text: str) -> None:
        """Save one figure."""
        version = self.browser.get(self.report).version(code)
        assert self.browser.save(self.report, code, text, version).status == 200

    def press(self, button: str) -> None:
        """Press a button of the report: `zeros` or `zero-report`."""
        assert self.browser.post(f"{self.report}/{button}", {}).status == 303

    def hand_in(self, nonce: str) -> Answer:
        """Explain what is asked, answer a return, hand the report in, and open the receipt."""
        page = Page.of(self.browser.get(f"{self.report}/submission").text)
        self._answer_return(page)
        for query in page.all("article", issue="query"):
            if not query.has("data-explained"):
                self._explain(query)
        answer = self.browser.post(f"{self.report}/submission", {"nonce": nonce})
        assert answer.status == 303, Page.of(answer.text).text
        return self.browser.get(answer.headers["Location"])

    def _answer_return(self, page: Page) -> None:
        names = {str(each.get("name")) for each in page.elements() if each.get("value") == "kept"}
        fields = dict.fromkeys(names, "kept")
        fields |= {name.replace("answer.", "words."): "经核实，原数无误" for name in names}
        if fields:
            assert self.browser.post(f"{self.report}/return-answers", fields).status == 303

    def _explain(self, query: Page) -> None:
        hidden = {
            str(each.get("name")): str(each.get("value"))
            for each in query.elements()
            if each.tag == "input" and each.get("name") in ("issue", "numbers")
        }
        fields = {**hidden, "reason": "慰问范围调整", "words": WORDS}
        assert self.browser.post(f"{self.report}/explanations", fields).status == 303


def decide(desk: Browser, report: str, number: int, reason: str = "") -> None:
    """Accept the submission that was read, or send it back with a reason."""
    fields = {"number": str(number), "reason": reason}
    answer = desk.post(f"{report}/{'return' if reason else 'acceptance'}", fields)
    assert answer.status == 303, Page.of(answer.text).text
