"""What is asked of the kept city: when it was made, and after every upgrade since."""

from tests.cast import Character

PAST, PRESENT = "2022-spring", "2027-spring"

REPORTS = (
    "FROM report r JOIN campaign c ON c.id = r.campaign_id "
    "JOIN organisation o ON o.id = r.organisation_id"
)
FACTS = {
    "editions": "SELECT c.code, e.number, e.scope, e.sha256 "
    "FROM consolidation_edition e JOIN campaign c ON c.id = e.campaign_id ORDER BY c.code",
    "submissions": f"SELECT c.code, o.code AS unit, s.number, s.sha256 {REPORTS} "
    "JOIN submission s ON s.report_id = r.id ORDER BY c.code, o.code, s.number",
    "states": f"SELECT c.code, o.code AS unit, r.state {REPORTS} ORDER BY c.code, o.code",
    "explanations": f"SELECT c.code, o.code AS unit, e.issue, e.reason, e.words {REPORTS} "
    "JOIN explanation e ON e.report_id = r.id ORDER BY c.code, o.code, e.issue",
    "drafts": f"SELECT c.code, o.code AS unit, d.number, d.sha256 {REPORTS} "
    "JOIN draft_print d ON d.report_id = r.id ORDER BY c.code, o.code, d.number",
    "chains": "SELECT o.code, h.number, h.hash FROM trail_head h "
    "JOIN organisation o ON o.id = h.organisation_id ORDER BY o.code",
}
"""What is to be found ever after, each by a question to the database."""


def judgement(reader: Character, link: str) -> str:
    """The page behind a code, which says whether paper and system agree."""
    page = reader.client.get(link, follow_redirects=True)
    assert page.status_code == 200, page.status
    return page.text


def agrees(text: str) -> bool:
    """Whether that page says that they do."""
    return "一致" in text and "不一致" not in text
