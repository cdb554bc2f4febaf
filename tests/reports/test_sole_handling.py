"""一人经办: one person enters, submits and accepts, never silently, until the unit confirms."""

import pytest

from tests.cast import City
from tests.reports.on_behalf.test_on_behalf import GROUND, typed
from tests.reports.reporter import Reporter

CALL = {"assurance": "单位已电话确认", "assured_by": "王主席", "assured_at": "2027-01-20 09:50"}
PAPER = {"assurance": "已收盖章件"}
ALL_ALONE = "代录、代为上报、审核通过"


@pytest.fixture
def colleague(city_app: City) -> Reporter:
    """Another reviewer of 市总: its viewer 马国庆, given that role by the administrator."""
    admin, url = city_app.person("shizong"), "/o/shizong/users/shizong-viewer"
    fields = [each.root for each in admin.page(url).all("input")]
    seen = next(each.get("value", "") for each in fields if each.get("name") == "seen")
    answer = admin.post(url, seen=seen, name="马国庆", phone="", email="", roles="reviewer")
    assert answer.status_code == 303, answer.text
    return Reporter(city_app.person("shizong-viewer"))


@pytest.fixture
def entered(echeng, shizong):
    """鄂城's whole form, entered by 张慧 of 市总."""
    fields = typed(A3="5.00", B="3", C9="12", D9="1.00") | {"zero-rest": "1"}
    answer = shizong.post("/on-behalf", code="echeng", **GROUND, **fields)
    assert answer.status_code == 303, answer.text
    return echeng


def _submit(desk, nonce="click", **fields):
    return desk.post("/on-behalf/submission", code="echeng", **GROUND, nonce=nonce, **fields)


def _accept(desk, number="1", **fields):
    return desk.post("/acceptance", code="echeng", number=number, **fields)


COLUMNS = ("act", "acts", "ground", "caller", "done_by", "confirmed_by")


def _handled(city_app):
    rows = city_app.rows(f"SELECT {', '.join(COLUMNS)} FROM sole_handling ORDER BY id")
    return [tuple(row[name] for name in COLUMNS) for row in rows]


def test_who_entered_submits_only_with_the_units_word(city_app, entered, shizong):
    page = shizong.page("/on-behalf/submission", code="echeng")
    silent = _submit(shizong)

    assert "代录、代为上报都由您一人经办" in page.says("assurance")
    assert silent.status_code == 422
    assert "请选择单位怎样确认" in silent.text
    assert entered.state == "draft"
    assert _handled(city_app) == []

    assert _submit(shizong, **CALL).status_code == 303
    assert entered.state == "submitted"
    assert _handled(city_app) == [
        ("submit", "代录、代为上报", "单位已电话确认", "王主席", "张慧", "")
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"assurance": "听说"}, "请选择单位怎样确认"),
        (CALL | {"assured_by": " "}, "由谁在电话里确认"),
        (CALL | {"assured_at": "刚才"}, "不是可以识别的时间"),
        (CALL | {"assured_at": "2027-01-20 11:00"}, "以前"),
    ],
)
def test_a_wrong_assurance_comes_back_as_typed(entered, shizong, fields, words):
    answer = _submit(shizong, **fields)

    assert answer.status_code == 422
    assert words in answer.text
    if "assured_by" in fields:
        assert f'value="{fields["assured_at"]}"' in answer.text
        assert "checked" in answer.text.partition('value="单位已电话确认"')[2][:20]
    assert entered.state == "draft"


def test_who_did_all_accepts_only_with_the_units_word(city_app, entered, shizong):
    _submit(shizong, **CALL)
    page = shizong.page("/review", code="echeng")
    silent = _accept(shizong)

    assert f"{ALL_ALONE}都由您一人经办" in page.says("assurance")
    assert silent.status_code == 422
    assert "请选择单位怎样确认" in silent.text
    assert entered.state == "submitted"

    assert _accept(shizong, **PAPER).status_code == 303
    assert entered.state == "accepted"
    assert _handled(city_app)[-1] == ("accept", ALL_ALONE, "已收盖章件", "", "张慧", "")


def test_the_trail_says_which_acts_and_on_what_word(entered, shizong):
    _submit(shizong, **CALL)
    _accept(shizong, **PAPER)

    notes = [entry.note for entry in entered.trail("handled-alone")]
    assert notes == [
        "第 1 次报送；代录、代为上报由同一人经办；"
        "单位已电话确认：王主席，2027年1月20日（星期三）09:50",
        f"第 1 次报送；{ALL_ALONE}由同一人经办；已收盖章件",
    ]


def test_two_people_share_the_acts_and_nobody_is_asked(city_app, entered, shizong, colleague):
    assert "assurance" not in colleague.get("/on-behalf/submission", code="echeng").text
    assert _submit(colleague).status_code == 303
    assert _handled(city_app) == []


@pytest.mark.parametrize("entering", [True, False])
def test_who_did_one_of_both_does_not_accept_silently(entered, shizong, colleague, entering):
    _submit(colleague)
    who = shizong if entering else colleague

    words = "代录、审核通过" if entering else "代为上报、审核通过"
    assert words in who.page("/review", code="echeng").says("assurance")
    assert _accept(who).status_code == 422
    assert _accept(who, **PAPER).status_code == 303


def test_the_mark_stays_until_the_unit_confirms(city_app, entered, shizong):
    _submit(shizong, **CALL)
    receipt = shizong.page("/submissions/1", code="echeng").text
    queue = shizong.character.page(shizong.character.url("/reviews")).text
    _accept(shizong, **PAPER)

    def marks():
        board = shizong.character.board().one("tr", organisation="echeng").text
        review = shizong.page("/review", code="echeng").text
        return board, review, entered.page("/print").text

    board, review, printed = marks()
    assert "待单位确认" in receipt
    assert "代录、代为上报由 张慧 一人经办" in receipt
    assert "单位已电话确认：王主席，2027年1月20日（星期三）09:50" in entered.page().says(
        "on-behalf"
    )
    assert "一人代录、代为上报" in queue
    assert f"一人{ALL_ALONE}" in board
    assert f"{ALL_ALONE}由 张慧 一人经办" in review
    assert f"{ALL_ALONE}由同一人经办，待单位确认。" in printed

    assert entered.post("/on-behalf/confirmation").status_code == 303

    board, review, printed = marks()
    assert "一人" not in board
    assert "经办" not in printed
    assert "待单位确认" not in review
    assert "已由单位确认（王芳，" in review
    assert "已由单位确认（王芳，" in entered.page("/submissions/1").text
    assert {row[-1] for row in _handled(city_app)} == {"王芳"}


def test_what_the_unit_confirmed_before_needs_no_word(city_app, entered, shizong):
    entered.post("/on-behalf/confirmation")

    assert _submit(shizong).status_code == 303
    entered.post("/on-behalf/confirmation")
    assert _accept(shizong).status_code == 303
    assert _handled(city_app) == []


def test_a_report_that_its_unit_submits_itself_is_nobodys_sole_work(city_app, entered, shizong):
    _submit(shizong, **CALL)
    entered.post("/withdrawal")
    assert entered.submit("own").status_code == 303

    assert _accept(shizong, number="2").status_code == 303
    assert "一人" not in shizong.character.board().one("tr", organisation="echeng").text


def test_a_second_click_is_one_submission_and_one_mark(city_app, entered, shizong):
    first, again = _submit(shizong, **CALL), _submit(shizong, **CALL)

    assert (first.status_code, first.location) == (again.status_code, again.location)
    assert len(_handled(city_app)) == 1


def test_submitting_again_for_a_returned_report_asks_again(city_app, entered, shizong):
    _submit(shizong, **CALL)
    entered.judged("return")
    answer = {"answer.*": "kept", "words.*": "经核实，原数无误"}

    assert _submit(shizong, nonce="2", **answer).status_code == 422
    assert _submit(shizong, nonce="3", **answer, **PAPER).status_code == 303
    assert [row[2] for row in _handled(city_app)] == ["单位已电话确认", "已收盖章件"]
    assert [entry.channel for entry in entered.trail("return-answered")] == ["on-behalf"]


def test_the_desk_tells_each_cause_and_each_amount_for_the_unit(echeng, shizong):
    fields = typed(A3="600.00", C8="10", D8="2", C9="10", D9="2", C10="1", D10="500")
    shizong.post("/on-behalf", code="echeng", **GROUND, **fields, **{"zero-rest": "1"})
    numbers = {f"numbers.{key}": text for key, text in echeng.issues().items()}
    page = shizong.page("/on-behalf/submission", code="echeng")
    text = {"reason": "慰问范围调整", "words": "今年提高了困难职工的慰问标准"}

    unticked = _submit(shizong, **text, **numbers, **PAPER)
    half = _submit(shizong, issue=["per-head:D8", "per-head:D9"], **text, **numbers, **PAPER)
    left = set(page_queries(shizong.page("/on-behalf/submission", code="echeng")))
    slips = sorted(key for key in left if key.startswith("yuan-slip:"))
    with_slip = {"confirmed": slips} | numbers
    rest = [key for key in left if key not in (*slips, "")]
    other = text | {"words": "上年没有开展这类慰问活动"}
    whole = _submit(shizong, nonce="3", issue=rest, **other, **with_slip, **PAPER)

    assert "单位确认为 500.00 万元，不是 500.00 元" in page.text
    assert "请先勾选同一原因的各项" in unticked.text
    assert half.status_code == 422
    assert slips == ["yuan-slip:A3", "yuan-slip:D10"]
    assert "per-head:D8" not in left
    assert whole.status_code == 303, whole.text
    kept = {entry.item: entry.note for entry in echeng.trail("explained")}
    assert kept["A3"] == "金额已确认：确认为 600.00 万元，不是 600.00 元"
    assert kept["D10"] == "金额已确认：确认为 500.00 万元，不是 500.00 元"
    assert kept["D8"].endswith("（多项同一原因）")


def page_queries(page):
    """The keys of the queries that the desk is still asked about."""
    names = ("issue", "confirmed")
    fields = [each for each in page.all("input") if each.root.get("name") in names]
    return [each.root.get("value", "") for each in fields]


def test_what_the_unit_changed_meanwhile_is_not_explained_for_it(echeng, shizong):
    shizong.post("/on-behalf", code="echeng", **GROUND, **typed(C9="10", D9="2"))
    echeng.fill_rest()
    numbers = {f"numbers.{key}": text for key, text in echeng.issues().items()}
    echeng.fill(D9="3")
    text = {"issue": "per-head:D9", "reason": "慰问范围调整", "words": "今年提高了慰问的标准"}

    answer = _submit(shizong, **text, **numbers, **PAPER)

    assert answer.status_code == 409
    assert "刚才已经改变" in answer.text
    assert text["words"] in answer.text
    assert echeng.state == "draft"
