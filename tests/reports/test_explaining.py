"""Explaining: a query is answered in one's own words, for the numbers that it is about."""

import pytest

from tests.reports.page import Page

REASON, WORDS = "新增专项资金", "今年新增困难职工专项慰问资金"


def _explain(person, keys, reason=REASON, words=WORDS, numbers=None):
    known = numbers or person.issues()
    fields = {
        "issue": list(keys),
        "numbers": [known[key] for key in keys],
        "reason": reason,
        "words": words,
    }
    return person.post("/explanations", **fields)


@pytest.fixture
def dear(echeng):
    """鄂城 with two averages above the reference standard: C9 and C8."""
    echeng.fill(C9="10", D9="2", C8="10", D8="2")
    return echeng


def test_a_query_stands_on_the_page_of_submission_until_it_is_explained(dear):
    before = dear.page("/submission")

    answer = _explain(dear, ["per-head:D9"])

    after = dear.page("/submission")
    assert answer.status_code == 303
    assert {("query", "D9"), ("query", "D8")} <= before.problems()
    assert f"已说明：{REASON}，{WORDS}" in after.says("explain-D9-per-head")
    assert "待说明 1" in Page.of(dear.save("F1", "1").text).says("progress")


def test_an_explained_row_says_why(dear):
    _explain(dear, ["per-head:D9"])

    page = dear.page()

    assert page.state("D9") == "saved"
    assert page.state("D8") == "query"
    assert f"已说明：{REASON}，{WORDS}" in page.says("notice-D9")


def test_the_form_of_a_query_posts_all_that_is_needed(dear):
    page = dear.page("/submission")
    form = page.at("explain-D9-per-head").all("form")[0]
    fields = {each.get("name"): each.root.get("value", "") for each in form.all("input")}

    below = form.get("action").removeprefix(dear.url()).partition("#")[0]
    answer = dear.post(below, **fields | {"reason": REASON, "words": WORDS})

    assert answer.status_code == 303
    assert len(dear.trail("explained")) == 1


STOCK = ("", "核实无误", "情况属实，数据准确无误。", "同上同上同上", "a" * 501)
UNSEEN = "省总追加\x08专项资金\n慰问"


@pytest.mark.parametrize("words", STOCK)
def test_a_stock_phrase_is_no_explanation_and_is_shown_back(dear, words):
    answer = _explain(dear, ["per-head:D9"], words=words)

    page = Page.of(answer.text)
    assert answer.status_code == 422
    typed = [each.get("value") for each in page.all("input") if each.root.get("name") == "words"]
    assert words in typed
    assert dear.trail("explained") == []


def test_what_cannot_be_seen_is_refused_and_shown_as_a_mark(dear):
    answer = _explain(dear, ["per-head:D9"], words=UNSEEN)

    assert answer.status_code == 422
    assert "看不见的字符" in answer.text
    assert "省总追加�专项资金�慰问" in answer.text


def test_words_need_a_reason_from_the_list(dear):
    answer = _explain(dear, ["per-head:D9"], reason="随便")

    assert answer.status_code == 422
    assert "请先选择一项原因" in answer.text


def test_an_explanation_lapses_when_its_numbers_change_and_lives_again_with_them(dear):
    _explain(dear, ["per-head:D9"])

    changed = dear.save("D9", "3")
    then = dear.page().state("D9")
    dear.save("D9", "2")

    assert Page.of(changed.text).state("D9") == "query"
    assert then == "query"
    assert dear.page().state("D9") == "saved"


def test_one_explanation_may_serve_a_section(dear):
    keys = ["per-head:D8", "per-head:D9", "spent-raised:D"]
    dear.fill(A1="1")

    answer = _explain(dear, keys)

    assert answer.status_code == 303
    assert [entry.item for entry in dear.trail("explained")] == ["D", "D8", "D9"]
    assert "待说明 0" in dear.page().says("progress")


def test_words_are_not_kept_for_numbers_that_their_writer_never_saw(dear, head):
    seen = dear.issues()
    head.fill(D9="8")

    answer = _explain(dear, ["per-head:D9"], numbers=seen)

    page = Page.of(answer.text)
    assert answer.status_code == 409
    assert "刚才已经改变" in page.text
    assert page.at("explain-D9-per-head").one("article").all("input")[-1].get("value") == WORDS
    assert dear.trail("explained") == []


@pytest.mark.parametrize("key", ["per-head:D1", "people-without-money:C7", "nonsense", ""])
def test_what_is_no_query_cannot_be_explained(dear, key):
    dear.fill(C7="7", D7="0")

    numbers = dear.issues().get(key, "")
    answer = dear.post("/explanations", issue=key, numbers=numbers, reason=REASON, words=WORDS)

    assert answer.status_code == 409
    assert dear.trail("explained") == []


def test_an_explanation_can_be_put_in_better_words(dear):
    _explain(dear, ["per-head:D9"])

    _explain(dear, ["per-head:D9"], words="省总追加下达的专项慰问资金")

    assert "省总追加下达的专项慰问资金" in dear.page().says("notice-D9")
    assert [entry.note for entry in dear.trail("explained")] == [
        f"{REASON}：{WORDS}",
        f"{REASON}：省总追加下达的专项慰问资金",
    ]


def test_words_are_shown_as_text(dear):
    _explain(dear, ["per-head:D9"], words="<b onclick=x>专项慰问资金增加</b>")

    assert "&lt;b onclick=x&gt;专项慰问资金增加" in dear.get().text


def test_a_neighbour_explains_nothing_here(dear, gedian):
    fields = {"issue": "per-head:D9", "numbers": "", "reason": REASON, "words": WORDS}

    assert gedian.post("/explanations", code="echeng", **fields).status_code == 404
