"""代录: the next union up types what a unit gave by telephone, and the unit has the last word."""

import pytest

GROUND = {"ground": "来电", "caller": "王主席"}


def typed(**figures: str) -> dict[str, str]:
    """The fields of the sheet for figures that nobody wrote before."""
    fields: dict[str, str] = {}
    for code, text in figures.items():
        fields |= {code: text, f"{code}.version": "0", f"{code}.was": ""}
    return fields


@pytest.fixture
def entered(echeng, shizong):
    """Two figures that 市总 entered for 鄂城."""
    answer = shizong.post("/on-behalf", code="echeng", **GROUND, **typed(C9="12", D9="1.00"))
    assert answer.status_code == 303, answer.text
    return echeng


def test_entered_figures_are_stored_and_marked_at_the_row(entered):
    page = entered.page()

    row = next(each for each in page.all("tr") if each.root.get("data-code") == "C9")
    assert row.get("data-value") == "12"
    assert "代录" in row.text
    assert (
        "代录"
        not in next(each for each in page.all("tr") if each.root.get("data-code") == "B").text
    )
    assert "张慧" in page.says("on-behalf")
    assert "依据来电，提供人 王主席" in page.says("on-behalf")


def test_an_entry_is_marked_on_paper_board_home_and_review(entered, shizong):
    print_text = entered.page("/print").text
    board = shizong.character.board().one("tr", organisation="echeng").text
    home = entered.character.page("/o/echeng/").text
    review = shizong.page("/review", code="echeng").text

    assert "本表有代录数据（张慧，依据：来电，王主席），待单位确认。" in print_text
    assert "代录待确认" in board
    assert "有代录待确认" in home
    assert "有 2 项是代录的，单位还没有确认" in review


def test_the_trail_has_the_channel_of_an_entry(entered):
    entries = entered.trail("figure-saved", "entered-on-behalf")

    assert {entry.channel for entry in entries} == {"on-behalf"}
    assert {entry.actor for entry in entries} == {"张慧"}
    assert "依据：来电，王主席；2 项" in [entry.note for entry in entries]


def test_the_unit_confirms_and_every_mark_is_gone(entered, shizong):
    answer = entered.post("/on-behalf/confirmation")
    again = entered.post("/on-behalf/confirmation")

    assert (answer.status_code, again.status_code) == (303, 303)
    assert len(entered.trail("on-behalf-confirmed")) == 1
    entered.page("/submission")  # which says once that it is done
    assert "代录" not in entered.page().text
    assert "代录" not in entered.page("/print").text
    assert "代录待确认" not in shizong.character.board().one("tr", organisation="echeng").text


def test_a_figure_changed_by_the_unit_loses_the_mark(entered):
    answer = entered.save("C9", "13", **{"C9.behalf": "1"})

    assert 'hx-swap-oob="delete:#behalf-C9"' in answer.text
    page = entered.page()
    rows = {each.root.get("data-code"): each.text for each in page.all("tr")}
    assert "代录" not in rows["C9"]
    assert "代录" in rows["D9"]


def test_a_refused_text_leaves_the_mark(entered):
    answer = entered.save("C9", "12.5", **{"C9.behalf": "1"})

    assert answer.status_code == 422
    assert "delete:#behalf-C9" not in answer.text


def test_submitting_by_the_unit_confirms_the_entries(entered):
    entered.fill(A3="5.00", B="3")
    entered.fill_rest()
    assert entered.submit().status_code == 303

    assert len(entered.trail("on-behalf-confirmed")) == 1
    assert "代录" not in entered.page("/print").text


def test_the_rest_can_be_declared_zero_and_the_report_submitted(echeng, shizong):
    shizong.post("/on-behalf", code="echeng", **GROUND, **typed(C9="12"), **{"zero-rest": "1"})
    page = shizong.page("/on-behalf/submission", code="echeng")
    answer = shizong.post(
        "/on-behalf/submission",
        code="echeng",
        ground="传真",
        caller="王主席",
        nonce="click",
        reason="慰问范围调整",
        words="今年只走访了建档的困难职工家庭",
        assurance="已收盖章件",
    )
    again = shizong.post(
        "/on-behalf/submission", code="echeng", ground="传真", caller="王主席", nonce="click"
    )

    assert "代为上报" in page.text
    assert answer.status_code == 303, answer.text
    assert again.location == answer.location
    assert echeng.state == "submitted"
    assert len(echeng.submissions) == 1
    assert '"on_behalf":"传真，王主席"' in echeng.submissions[0].document
    [entry] = echeng.trail("submitted")
    assert (entry.channel, entry.actor) == ("on-behalf", "张慧")
    assert "依据：传真，王主席" in entry.note
    assert "代录" in echeng.page("/print").text
    assert echeng.post("/on-behalf/confirmation").status_code == 303
    echeng.page()
    assert "代录" not in echeng.page("/print").text


def test_a_form_that_is_not_ready_is_not_submitted(entered, shizong):
    answer = shizong.post("/on-behalf/submission", code="echeng", **GROUND, nonce="click")

    assert answer.status_code == 422
    assert "还没有填" in answer.text
    assert entered.state == "draft"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "请选择代录的依据"),
        ({"ground": "听说", "caller": "王主席"}, "请选择代录的依据"),
        ({"ground": "来电", "caller": " "}, "由单位的哪一位提供"),
        ({"ground": "来电", "caller": "王" * 26}, "不超过 25 字"),
    ],
)
def test_without_a_ground_nothing_is_kept_and_nothing_typed_is_lost(echeng, shizong, fields, words):
    answer = shizong.post("/on-behalf", code="echeng", **fields, **typed(C9="12"))

    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="12"' in answer.text
    assert echeng.report is None


def test_a_wrong_text_comes_back_and_the_others_are_kept(echeng, shizong):
    answer = shizong.post("/on-behalf", code="echeng", **GROUND, **typed(C9="12.5", D9="1.00"))

    assert answer.status_code == 422
    assert 'value="12.5"' in answer.text
    assert echeng.value("C9") is None
    assert echeng.value("D9") == 1_000_000


def test_figures_changed_by_the_unit_meanwhile_are_not_overwritten(echeng, shizong):
    echeng.fill(C9="11")

    answer = shizong.post("/on-behalf", code="echeng", **GROUND, **typed(C9="12"))

    assert answer.status_code == 409
    assert "单位刚才已改为 11" in answer.text
    assert echeng.value("C9") == 11


def test_only_the_level_right_above_enters(city_app, echeng, gedian, shizong):
    fields = GROUND | typed(C9="12")
    viewer = city_app.person("shizong-viewer")
    own_reviewer = city_app.person("echeng-reviewer")
    here = echeng.url("/on-behalf")

    answers = [
        echeng.post("/on-behalf", **fields).status_code,
        gedian.post("/on-behalf", code="echeng", **fields).status_code,
        viewer.post(here, **fields).status_code,
        own_reviewer.post(here, **fields).status_code,
        shizong.post("/on-behalf", code="echeng-jiceng1", **fields).status_code,
        shizong.post("/on-behalf", code="shizong", **fields).status_code,
        shizong.post("/items/C9", code="echeng", C9="12").status_code,
    ]

    assert answers == [403, 404, 403, 403, 403, 403, 403]
    assert echeng.report is None
    assert (
        own_reviewer.get(own_reviewer.url("/report/on-behalf", code="echeng-jiceng1")).status_code
        == 200
    )


def test_only_the_unit_confirms(entered, shizong, gedian):
    assert shizong.post("/on-behalf/confirmation", code="echeng").status_code == 403
    assert gedian.post("/on-behalf/confirmation", code="echeng").status_code == 404
    assert gedian.post("/on-behalf/confirmation").status_code == 409


def test_a_submitted_report_takes_nothing_more(echeng, shizong):
    echeng.fill(C9="12")
    echeng.fill_rest()
    echeng.submit()

    answer = shizong.post("/on-behalf", code="echeng", **GROUND, **typed(B="3"))

    assert answer.status_code == 409
