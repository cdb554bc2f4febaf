"""口径答疑: one unit asks, all units read the answer, and nobody reads who asked."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from portal.storage.db import db

QUESTION = "退休职工算不算慰问对象？鄂城这里有一百多人。"
PUBLISHED = {"question": "退休职工算不算？", "answer": "算，按人次计入。"}


def ask(person, text=QUESTION, item="C9", code=None, **options):
    return person.post(
        person.url(f"/report/items/{item}/questions", code=code), text=text, **options
    )


def number(city_app) -> int:
    return city_app.scalar("SELECT max(id) FROM question")


def answer(city, city_app, code="echeng", **fields):
    url = city.url(f"/questions/{number(city_app)}/answer", code=code)
    return city.post(url, **(fields or PUBLISHED))


def page(person, path="/questions", code=None):
    return person.page(person.url(path, code=code))


@pytest.fixture
def answered(city_app, echeng, gedian, city):
    """葛店 had filled C9, 临空 not; then 鄂城 asked, and 市总 published its answer."""
    gedian.save("C9", "12")
    city_app.let_pass(timedelta(minutes=5))
    assert ask(echeng).status_code == 303
    assert answer(city, city_app).status_code == 303
    city_app.let_pass(timedelta(minutes=5))


def test_a_question_waits_in_the_citys_queue(echeng, city, city_app):
    ask(echeng)

    queue = page(city, "/questions/open")

    assert "待答复的提问 1 条" in queue.text
    assert QUESTION in queue.one("tr", organisation="echeng").text
    assert "待答复 1 条" in city.page("/o/shizong/").text
    assert "等待答复" in page(echeng).text


def test_the_answer_is_published_to_every_unit_at_the_item(answered, echeng, gedian, city_app):
    linkong = city_app.person("linkong")

    for person in (echeng, gedian, linkong):
        text = page(person, "/report/items/C9/panel").text
        assert PUBLISHED["question"] in text
        assert PUBLISHED["answer"] in text
        assert "鄂州市总工会" in text


def test_other_units_do_not_see_who_asked(answered, gedian, city_app):
    for path in ("/questions", "/report", "/report/items/C9/panel"):
        text = gedian.get(gedian.url(path)).text
        assert "鄂城" not in text
        assert "王芳" not in text
        assert QUESTION not in text


def test_the_unit_that_asked_sees_its_question_answered(answered, echeng, city):
    assert "已公布，见上" in page(echeng).text
    assert "待答复的提问 0 条" in page(city, "/questions/open").text


def test_only_units_that_had_filled_the_item_must_review_it(answered, echeng, gedian, city_app):
    marked = [
        username
        for username in ("echeng", "gedian", "linkong", "shizong-reporter")
        if "口径更新，请复核"
        in city_app.person(username).page(city_app.person(username).url("/report")).text
    ]

    assert marked == ["gedian"]
    assert "口径更新，请复核 1 条" in gedian.page("/o/gedian/").text
    assert "口径更新" in page(gedian, "/report").one("tr", code="C9").text
    assert "有口径答复" in page(echeng, "/report").one("tr", code="C9").text


def test_a_unit_confirms_a_figure_once(answered, gedian, city_app):
    number_published = str(city_app.scalar("SELECT max(id) FROM clarification"))
    for _ in range(2):
        done = gedian.post(gedian.url("/clarifications/review"), clarification=number_published)
        assert done.status_code == 303

    assert "请复核" not in gedian.page(gedian.url("/report")).text
    assert gedian.current.trail().count("clarification-reviewed") == 1


def test_changing_the_figure_settles_the_review_too(answered, gedian):
    saved = gedian.post(
        gedian.url("/report/items/C9"),
        headers={"HX-Request": "true"},
        **{"C9": "15", "C9.version": "1", "C9.clarified": "1"},
    )

    assert "delete:#clarified-C9" in saved.text
    assert "请复核" not in gedian.page(gedian.url("/report")).text


def test_units_that_fill_afterwards_need_no_review(answered, echeng):
    echeng.save("C9", "3")

    assert "请复核" not in echeng.page(echeng.url("/report")).text


def test_a_new_version_stands_beside_the_old_one_and_asks_again(answered, gedian, city, city_app):
    first = str(city_app.scalar("SELECT max(id) FROM clarification"))
    gedian.post(gedian.url("/clarifications/review"), clarification=first)

    new = {"item": "C9", "thread": first, "question": "退休职工算不算？", "answer": "不算了。"}
    assert city.post(city.url("/clarifications"), **new).status_code == 303

    text = page(gedian).text
    assert "不算了。" in text
    assert "第 2 版" in text
    assert "以前的版本（1）" in text
    assert "算，按人次计入。" in text
    assert "口径更新，请复核" in gedian.page(gedian.url("/report")).text
    panel = page(gedian, "/report/items/C9/panel").text
    assert "算，按人次计入。" not in panel


def test_a_published_clarification_never_changes(answered, city_app):
    rewriting = "UPDATE clarification SET answer = 'x'"

    with (
        city_app.app.app_context(),
        pytest.raises(DBAPIError, match=r"append-only|permission denied"),
        db.engine.begin() as connection,
    ):
        connection.exec_driver_sql(rewriting)


def test_a_sum_can_be_asked_about_and_its_parts_are_to_be_looked_at(gedian, echeng, city, city_app):
    gedian.save("C9", "12")
    city_app.let_pass(timedelta(minutes=5))

    new = {"item": "C", "question": "合计含不含 J？", "answer": "不含 J。"}
    city.post(city.url("/clarifications"), **new)

    assert "口径更新" in page(gedian, "/report").one("tr", code="C").text


def test_a_question_can_be_answered_to_its_unit_alone(echeng, gedian, city, city_app):
    ask(echeng)

    done = answer(city, city_app, answer="请看您单位的台账。", alone="1")

    assert done.status_code == 303
    assert "请看您单位的台账。" in page(echeng).text
    assert "请看您单位的台账。" not in page(gedian).text
    assert city_app.scalar("SELECT count(*) FROM clarification") == 0


def test_an_answered_question_is_not_answered_again(answered, city, city_app):
    again = answer(city, city_app)

    assert again.status_code == 409
    assert city_app.scalar("SELECT count(*) FROM clarification") == 1


def test_a_double_click_asks_once(echeng, city_app):
    ask(echeng)
    ask(echeng)

    assert city_app.scalar("SELECT count(*) FROM question") == 1


@pytest.mark.parametrize("text", ["", " \n", "字" * 501])
def test_an_empty_or_endless_question_is_refused(echeng, city_app, text):
    answers = [
        ask(echeng, text).status_code,
        ask(echeng, text, headers={"HX-Request": "true"}).status_code,
    ]

    assert answers == [422, 422]
    assert city_app.scalar("SELECT count(*) FROM question") == 0


def test_a_script_gets_the_part_of_the_panel_back(echeng):
    got = ask(echeng, headers={"HX-Request": "true"})

    assert got.status_code == 200
    assert 'id="item-questions"' in got.text
    assert "等待市总答复" in got.text


def test_a_wrong_answer_keeps_what_was_typed(echeng, city, city_app):
    ask(echeng)

    refused = answer(city, city_app, question="退休职工？", answer=" ")

    assert refused.status_code == 422
    assert "请写答复的内容" in refused.text
    assert "退休职工？" in refused.text
    assert city_app.scalar("SELECT count(*) FROM clarification") == 0


def test_only_the_city_answers(answered, echeng, gedian, city_app):
    jiceng, district = city_app.person("echeng-jiceng1"), city_app.person("echeng-reviewer")
    ask(jiceng)
    here = jiceng.url(f"/questions/{number(city_app)}")

    assert district.get(here).status_code == 403
    assert district.post(f"{here}/answer", **PUBLISHED).status_code == 403
    assert district.get(district.url("/questions/open")).status_code == 403
    assert district.post(district.url("/clarifications"), item="C9", **PUBLISHED).status_code == 403
    assert echeng.get(echeng.url(f"/questions/{number(city_app)}")).status_code == 403
    assert gedian.get(gedian.url("/questions", code="echeng")).status_code == 404
    assert ask(gedian, code="echeng").status_code == 404
    assert ask(district, code="echeng").status_code == 403
