"""送审稿: paper is signed before the report is submitted, and what changed since is said."""

import pytest

from portal.domain.paper.code import code_of


@pytest.fixture
def drafting(echeng):
    """A report with a figure, and its first draft print."""
    echeng.fill(C9="12")
    assert echeng.post("/drafts").status_code == 303
    return echeng


def drafts_of(person):
    query = "SELECT number, sha256 FROM draft_print WHERE report_id = ? ORDER BY number"
    return [(row["number"], row["sha256"]) for row in person.city.rows(query, person.report.id)]


def test_a_draft_is_marked_and_keeps_what_was_printed(drafting):
    drafting.fill(C9="15")

    page = drafting.page("/drafts/1")

    [(_, sha256)] = drafts_of(drafting)
    code = code_of(sha256)
    assert f"送审稿·未上报·第 1 份·核对码 {code}" in page.text
    row = next(each for each in page.all("tr") if each.root.get("data-code") == "C9")
    assert row.text.endswith(" 12")


def test_printing_the_same_once_more_is_the_same_draft(drafting):
    answer = drafting.post("/drafts")

    assert answer.location.endswith("/drafts/1")
    assert len(drafts_of(drafting)) == 1
    assert len(drafting.trail("draft-printed")) == 1


def test_other_figures_make_another_draft(drafting):
    drafting.fill(C9="15")

    assert drafting.post("/drafts").location.endswith("/drafts/2")


def test_at_submission_the_page_says_which_items_differ(drafting):
    drafting.fill(C9="15")

    section = drafting.page("/submission").at("draft-difference")

    assert section.get("data-differences") == "2"
    assert [row.get("data-change") for row in section.all("tr") if row.has("data-change")] == [
        "C",
        "C9",
    ]


def test_an_unchanged_report_agrees_with_its_draft(drafting):
    section = drafting.page("/submission").at("draft-difference")

    assert section.get("data-differences") == "0"
    assert "一致" in section.text


def test_the_receipt_shows_the_difference_from_the_draft_print(drafting):
    drafting.fill_rest()
    drafting.submit()

    page = drafting.page("/submissions/1")

    assert "签字的送审稿（第 1 份" in page.text
    assert "与本次上报有" in page.text


def test_the_plain_print_carries_the_code_of_the_draft_that_says_the_same(drafting):
    [(_, sha256)] = drafts_of(drafting)

    text = drafting.page("/print").text

    assert f"送审稿·未上报·核对码 {code_of(sha256)}" in text
    assert "打印送审稿" in text


def test_the_plain_print_of_what_was_never_kept_carries_no_code(drafting):
    drafting.save("C9", "77")

    text = drafting.page("/print").text

    assert "送审稿·未上报" in text
    assert "核对码" not in text


def test_a_submitted_report_makes_no_draft(drafting):
    drafting.fill_rest()
    drafting.submit()

    assert drafting.post("/drafts").status_code == 409
    assert "打印送审稿" not in drafting.page("/print").text


def test_a_report_that_nobody_began_makes_no_draft(echeng):
    assert echeng.post("/drafts").status_code == 409
    assert echeng.report is None


def test_a_neighbours_draft_print_is_not_found(drafting, gedian, shizong):
    assert gedian.get("/drafts/1", code="echeng").status_code == 404
    assert gedian.post("/drafts", code="echeng").status_code == 404
    assert shizong.get("/drafts/1", code="echeng").status_code == 200
    assert shizong.post("/drafts", code="echeng").status_code == 403
    assert drafting.get("/drafts/2").status_code == 404
