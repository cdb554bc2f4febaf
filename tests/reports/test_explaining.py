"""Explaining: a query is answered in one's own words, for the numbers that it is about."""

import pytest
from sqlalchemy import update

from portal.models import Explanation
from portal.storage.db import writing
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


# 多项同一原因


def _shared(city_app):
    rows = city_app.rows("SELECT issue, shared FROM explanation ORDER BY issue")
    return {row["issue"]: bool(row["shared"]) for row in rows}


def test_one_text_with_its_items_ticked_is_one_cause(city_app, dear, shizong):
    page = dear.page("/submission")
    form = page.at("explain-together").all("form")[0]
    fields = {each.get("name"): each.root.get("value", "") for each in form.all("input")}
    fields |= {"issue": ["per-head:D8", "per-head:D9"], "reason": REASON, "words": WORDS}

    answer = dear.post("/explanations", **fields)

    assert answer.status_code == 303
    assert _shared(city_app) == {"per-head:D8": True, "per-head:D9": True}
    after = dear.page("/submission")
    assert "2 项同一说明" in after.says("explain-D9-per-head")
    assert after.at("same-cause").all("article") == []
    review = shizong.page("/review", code="echeng")
    assert f"2 项同一说明：{REASON}，{WORDS}（D8、D9）" in review.says("shared-texts")
    assert "（2 项同一说明）" in review.row("D9").text


def test_nothing_ticked_is_asked_for_and_the_words_stay(dear):
    answer = dear.post("/explanations", together="1", reason=REASON, words=WORDS)

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert "请先勾选同一原因的各项" in page.says("explain-together")
    assert page.at("together-words").get("value") == WORDS
    assert dear.trail("explained") == []


def test_the_same_words_typed_one_by_one_are_asked_about_once_and_a_yes_counts(city_app, dear):
    dear.fill(C10="1", D10="0.5")
    for key in ("per-head:D8", "per-head:D9"):
        assert _explain(dear, [key]).status_code == 303

    asked = dear.page("/submission").at("same-cause")
    [form] = asked.all("form")
    fields = [(each.get("name"), each.root.get("value", "")) for each in form.all("input")]
    posted = {name: [text for each, text in fields if each == name] for name, _ in fields}
    yes = dear.post("/explanations", **posted)
    later = _explain(dear, ["per-head:D10"])

    assert "这 2 项确为同一原因？" in asked.text
    assert (yes.status_code, later.status_code) == (303, 303)
    assert dear.page("/submission").at("same-cause").all("article") == []
    assert set(_shared(city_app).values()) == {True}
    assert "3 项同一说明" in dear.page("/submission").says("explain-D10-per-head")


def test_the_question_stops_nobody_and_the_reviewer_reads_that_it_was_not_answered(dear, shizong):
    dear.fill(A1="10")
    dear.fill_rest()
    for key in dear.issues():
        if key.startswith("per-head"):
            _explain(dear, [key])

    assert "确为同一原因" in dear.page("/submission").text
    assert dear.submit().status_code == 303
    assert "单位没有说明是否同一原因" in shizong.page("/review", code="echeng").text


def test_other_words_end_the_sharing(dear):
    _explain(dear, ["per-head:D8", "per-head:D9"])
    _explain(dear, ["per-head:D9"], words="省总追加下达的专项慰问资金")

    assert "同一说明" not in dear.page("/submission").says("explain-D8-per-head")


# 差一万倍


@pytest.fixture
def slipped(echeng):
    """鄂城, who typed yuan for 万元 at D9: 370 yuan, or 3.70 亿元 as the database has it."""
    echeng.fill(C9="10", D9="37000")
    return echeng


def test_a_slip_is_answered_by_naming_both_amounts(slipped, shizong):
    page = slipped.page("/submission")
    form = page.at("explain-D9-yuan-slip").all("form")[0]
    fields = {each.get("name"): each.root.get("value", "") for each in form.all("input")}

    words = _explain(slipped, ["yuan-slip:D9"])
    answer = slipped.post("/explanations", **fields)

    assert [each.text for each in form.all("button")] == ["确认为 3.70 亿元，不是 3.70 万元"]
    assert words.status_code == 422
    assert "疑似差一万倍" in words.text
    assert answer.status_code == 303
    seen = shizong.page("/review", code="echeng").text
    assert "已说明：金额已确认，确认为 3.70 亿元，不是 3.70 万元" in seen


def test_a_slip_joins_no_others(slipped):
    slipped.fill(C8="10", D8="2")

    answer = _explain(slipped, ["yuan-slip:D9", "per-head:D8"])

    assert answer.status_code == 422
    assert "须单独确认金额" in answer.text
    assert slipped.trail("explained") == []


def test_the_answer_to_a_slip_lapses_with_its_numbers(slipped):
    key = {"reason": "金额已确认", "words": ""}
    assert _explain(slipped, ["yuan-slip:D9"], **key).status_code == 303
    slipped.fill(D9="38000")

    assert slipped.page().state("D9") == "query"


# 停用的原因


def test_a_pick_that_was_retired_stays_readable_and_valid(city_app, dear, shizong):
    _explain(dear, ["per-head:D9"])
    with dear.filling() as (session, _), writing(session):
        session.execute(update(Explanation).values(reason="旧表的原因"))
        session.commit()

    page = dear.page("/submission")
    again = _explain(dear, ["per-head:D9"], reason="旧表的原因", words="省总追加下达的专项慰问资金")
    elsewhere = _explain(dear, ["per-head:D8"], reason="旧表的原因")

    assert f"已说明：旧表的原因，{WORDS}" in page.says("explain-D9-per-head")
    chosen = [o.text for o in page.at("explain-D9-per-head").all("option") if o.has("selected")]
    assert chosen == ["旧表的原因"]
    assert dear.page().state("D9") == "saved"
    assert (again.status_code, elsewhere.status_code) == (303, 422)
