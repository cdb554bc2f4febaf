"""Answering a return: each item is 已修改, 维持原数 or 已补附件 before the report goes up again."""

import json

import pytest

from tests.reports.page import Page


@pytest.fixture
def ready(echeng):
    """鄂城, whose report was submitted."""
    echeng.fill(A3="5.00", B="3", C9="12", D9="1.00")
    echeng.fill_rest()
    assert echeng.submit().status_code == 303
    return echeng


@pytest.fixture
def asked(ready):
    """鄂城, asked about three items."""
    ready.judged("return", C9="人次重复", D9="金额偏高", B="")
    return ready


def _answer(person, **fields: str):
    return person.post(
        "/return-answers", **{name.replace("_", "."): t for name, t in fields.items()}
    )


KEPT = {"answer_D9": "kept", "words_D9": "经核实，原数无误"}
PAPERS = {"answer_B": "attached", "words_B": "走访企业名册"}


def test_unanswered_items_are_listed_with_links_and_stop_submission(asked):
    answer = asked.submit("again")

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert "3 项待答复，0 项已答复" in page.says("answers")
    assert "人次重复" in page.says("answer-C9")
    links = [each.get("href") for each in page.at("answer-C9").all("a")]
    assert links == [asked.url("#item-C9")]
    assert asked.state == "returned"


def test_each_of_the_three_answers_lets_it_go_up_again(asked):
    asked.fill(C9="10")
    assert _answer(asked, **KEPT, **PAPERS).status_code == 303

    page = asked.page("/submission")
    assert "0 项待答复，3 项已答复" in page.says("answers")
    assert "已修改：12 → 10" in page.says("answer-C9")
    assert "维持原数：经核实，原数无误" in page.says("answer-D9")
    assert asked.submit("again").status_code == 303


def test_the_answers_go_with_the_submission_itself(asked):
    asked.fill(C9="10")
    fields = {name.replace("_", "."): text for name, text in (KEPT | PAPERS).items()}

    assert asked.post("/submission", nonce="again", **fields).status_code == 303
    assert len(asked.trail("return-answered")) == 3


def test_an_answer_that_is_none_stops_it_though_an_older_one_stands(asked):
    asked.fill(C9="10")
    _answer(asked, **KEPT, **PAPERS)

    answer = asked.post("/submission", nonce="again", **{"answer.D9": "kept", "words.D9": "改"})

    assert answer.status_code == 422
    assert "请写明说明" in Page.of(answer.text).says("answer-D9")
    assert asked.state == "returned"


def test_an_answer_in_other_words_with_the_submission_is_the_one_that_is_kept(asked):
    asked.fill(C9="10")
    _answer(asked, **KEPT, **PAPERS)

    fields = {"answer.D9": "attached", "words.D9": "发放台账"}
    assert asked.post("/submission", nonce="again", **fields).status_code == 303
    assert json.loads(asked.submissions[1].document)["answers"]["D9"] == "已补附件：发放台账"


def test_the_reviewer_reads_the_answers_beside_what_was_asked(asked, shizong):
    asked.fill(C9="10")
    _answer(asked, **KEPT, **PAPERS)
    asked.submit("again")

    page = shizong.page("/review", code="echeng").text

    assert "人次重复 答复：已修改 王芳" in page
    assert "金额偏高 （这一项的数没有改） 答复：维持原数：经核实，原数无误 王芳" in page
    assert "答复：已补附件：走访企业名册" in page


def test_answers_are_kept_as_data_in_the_trail_and_in_the_submission(city_app, asked):
    asked.fill(C9="10")
    _answer(asked, **KEPT, **PAPERS)
    asked.submit("again")

    rows = city_app.rows("SELECT item, answer, words, answered_by FROM return_answer ORDER BY item")
    assert [(row["item"], row["answer"], row["words"]) for row in rows] == [
        ("B", "attached", "走访企业名册"),
        ("C9", "changed", ""),
        ("D9", "kept", "经核实，原数无误"),
    ]
    assert {row["answered_by"] for row in rows} == {"王芳"}
    trail = {entry.item: entry.note for entry in asked.trail("return-answered")}
    assert trail == {
        "D9": "维持原数：经核实，原数无误",
        "B": "已补附件：走访企业名册",
        "C9": "已修改",
    }
    assert json.loads(asked.submissions[1].document)["answers"] == trail


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"answer_D9": "kept", "words_D9": " "}, "维持原数请写明说明"),
        ({"answer_D9": "kept", "words_D9": "无误"}, "维持原数请写明说明"),
        ({"answer_D9": "changed"}, "还没有修改"),
        ({"answer_D9": "kept", "words_D9": "原数\x08无误"}, "看不见的字符"),
    ],
)
def test_a_wrong_answer_comes_back_and_the_others_are_saved(asked, fields, words):
    answer = _answer(asked, **fields, **PAPERS)

    assert answer.status_code == 422
    assert words in Page.of(answer.text).says("answer-D9")
    assert [entry.item for entry in asked.trail("return-answered")] == ["B"]


def test_a_figure_that_is_changed_after_it_was_to_be_kept_is_changed(asked):
    _answer(asked, **KEPT)
    asked.fill(D9="0.90")

    assert "已修改：1.00 → 0.90" in asked.page("/submission").says("answer-D9")


def test_a_figure_that_was_changed_back_waits_for_an_answer_again(asked):
    asked.fill(D9="0.90")
    asked.fill(D9="1.00")

    assert "待答复" in asked.page("/submission").says("answer-D9")


def test_an_answer_can_be_given_in_other_words_and_twice_is_once(asked):
    _answer(asked, **KEPT)
    _answer(asked, **KEPT)
    _answer(asked, answer_D9="attached", words_D9="发放台账")

    assert [entry.note for entry in asked.trail("return-answered")] == [
        "维持原数：经核实，原数无误",
        "已补附件：发放台账",
    ]


@pytest.mark.parametrize("answer", ["kept", "attached", "changed"])
def test_a_return_of_the_whole_form_needs_one_answer(ready, shizong, answer):
    ready.judged("return")
    assert ready.submit("early").status_code == 422
    if answer == "changed":
        ready.fill(B="4")
    else:
        fields = {"answer.*": answer, "words.*": "经核实，原数无误"}
        assert ready.post("/return-answers", **fields).status_code == 303

    assert ready.submit("again").status_code == 303
    assert "答复：" in shizong.page("/review", code="echeng").text


def test_after_a_withdrawal_the_answers_still_stand(asked):
    asked.fill(C9="10")
    _answer(asked, **KEPT, **PAPERS)
    asked.submit("again")
    asked.post("/withdrawal")

    assert "0 项待答复" in asked.page("/submission").says("answers")
    asked.fill(C9="12")
    assert "1 项待答复" in asked.page("/submission").says("answers")


def test_a_second_return_asks_anew(asked):
    asked.fill(C9="10")
    _answer(asked, **KEPT, **PAPERS)
    asked.submit("again")
    asked.judged("return", D9="还是偏高")

    assert "1 项待答复，0 项已答复" in asked.page("/submission").says("answers")


def test_a_report_that_was_not_sent_back_has_no_answers(ready):
    assert ready.post("/return-answers", **{"answer.C9": "kept"}).status_code == 409
    assert "退回意见" not in ready.page("/submission").text


def test_a_neighbour_answers_nothing_here_and_the_desk_does_not_either(asked, gedian, shizong):
    answers = [
        person.post("/return-answers", code="echeng", **{"answer.C9": "attached"}).status_code
        for person in (gedian, shizong)
    ]

    assert answers == [404, 403]
    assert asked.trail("return-answered") == []


def test_the_report_page_leads_to_the_answers(asked):
    links = [each.get("href") for each in asked.page().all("a") if each.has("href")]

    assert asked.url("/submission#answers") in links
