"""A campaign is planned in the browser: made, copied, changed, published, archived."""

import json
from datetime import timedelta

import pytest

from portal.access import tenancy
from portal.register.editions import import_edition
from portal.storage.db import writing
from tests.campaigns.forms import PLANS, fields_of, plan, post_form
from tests.founding import BY, DUE, FOUNDED, LAST, OPEN, edition

NEW = {
    "code": "2028-spring",
    "name": "2028年春节送温暖",
    "opens": "2027-12-20 08:30",
    "due": "２０２８年1月18日",
    "closes": "2028-01-20",
    "contact": "张慧 0711-0000010",
}


@pytest.fixture
def draft(city):
    """A draft copied from this year's campaign."""
    answer = post_form(
        city,
        plan(OPEN, "/copy"),
        plan(OPEN, "/copies"),
        code="2028-spring",
        notice_number="鄂州工发[2028]1号",
    )
    assert answer.status_code == 303, answer.text
    return "2028-spring"


def column(city_app, code, name):
    """A column of a campaign, read from the database itself."""
    return city_app.scalar(f"SELECT {name} FROM campaign WHERE code = ?", code)


def told(city_app, code):
    """The trail of a campaign: action, note, old, new."""
    query = (
        "SELECT t.action, t.note, t.old, t.new FROM trail t JOIN campaign c "
        "ON c.id = t.campaign_id WHERE c.code = ? ORDER BY t.number"
    )
    return [tuple(row.values()) for row in city_app.rows(query, code)]


def test_the_list_of_campaigns_is_found_from_home(city):
    assert PLANS in city.get("/o/shizong/").text

    page = city.page(PLANS)

    assert [row.get("data-campaign") for row in page.all("tr", campaign=None)] == [OPEN, LAST]
    assert page.one("tr", campaign=OPEN).get("data-campaign-status") == "published"


def test_the_list_shows_each_campaigns_phase(city, city_app, draft):
    def standing() -> list[str]:
        page = city.page("/o/shizong/campaigns")
        return [row.all("td")[0].text for row in page.all("tr", campaign=None)]

    assert standing() == ["草稿", "已发布 正在填报", "已发布 已停止填报"]

    city_app.clock_at(DUE + timedelta(minutes=1))
    assert standing()[1] == "已发布 已过报送截止"


@pytest.mark.parametrize("username", ["shizong-viewer", "shizong-reporter", "echeng-reviewer"])
def test_only_the_citys_administrator_plans(city_app, username):
    person = city_app.person(username)

    answers = [person.get(f"/o/{person.home}/campaigns"), person.get(plan(OPEN))]

    assert [a.status_code for a in answers] == (
        [403, 403] if person.home == "shizong" else [403, 404]
    )


def test_a_new_campaign_expects_every_unit(city_app, city):
    answer = post_form(city, f"{PLANS}/new", PLANS, **NEW)

    assert answer.headers["Location"].endswith("/2028-spring/plan")
    page = city.page(plan("2028-spring", "/units"))
    assert "应报 5 免报 0 另 1 家仅供核对" in page.text
    assert column(city_app, "2028-spring", "status") == "draft"
    assert [entry[0] for entry in told(city_app, "2028-spring")] == ["campaign-created"]


def test_each_wrong_field_has_a_sentence_and_typed_texts_stay(city_app, city):
    answer = post_form(
        city,
        f"{PLANS}/new",
        PLANS,
        **NEW | {"code": "春节", "name": "", "opens": "明天", "closes": "2028-02-30"},
        notice="各区、市直各系统：……",
    )

    assert answer.status_code == 422
    for name in ("code", "name", "opens", "closes"):
        assert f'id="{name}-problem"' in answer.text
    assert "各区、市直各系统：……" in answer.text
    assert "明天" in answer.text
    assert column(city_app, "2028-spring", "id") is None


def test_dates_out_of_order_are_refused(city):
    answer = post_form(city, f"{PLANS}/new", PLANS, **NEW | {"due": "2027-12-01"})

    assert answer.status_code == 422
    assert "填报开始时间应早于报送截止时间" in answer.text


def test_a_used_code_is_refused(city):
    answer = post_form(city, f"{PLANS}/new", PLANS, **NEW | {"code": OPEN})

    assert answer.status_code == 422
    assert "已经用过了" in answer.text


def test_a_copy_offers_everything_a_year_later(city):
    page = city.page(plan(OPEN, "/copy"))

    fields = fields_of(page, plan(OPEN, "/copies"))

    assert fields["code"] == "2028-spring"
    assert fields["name"] == "2028年春节送温暖"
    assert (fields["opens"], fields["due"]) == ("2028-01-10 08:30", "2028-01-26 17:30")
    assert "2028年1月26日（星期三）17:30" in page.text
    assert fields["previous"] == OPEN
    assert fields["notice_number"] == ""


def test_a_copy_of_an_old_campaign_gets_future_dates(city):
    fields = fields_of(city.page(plan(LAST, "/copy")), plan(LAST, "/copies"))

    assert fields["due"] == "2027-01-26 17:30"


def test_a_copy_takes_units_limits_and_edition_in_one_go(city_app, city, draft):
    def kept(code):
        query = (
            "SELECT e.code, e.basis, e.position, e.expected, e.exempt_reason, e.households "
            "FROM expectation e JOIN campaign c ON c.id = e.campaign_id "
            "WHERE c.code = ? ORDER BY e.code"
        )
        return [tuple(row.values()) for row in city_app.rows(query, code)]

    assert kept(draft) == kept(OPEN)
    assert column(city_app, draft, "edition_id") == column(city_app, OPEN, "edition_id")
    assert column(city_app, draft, "previous_id") == column(city_app, OPEN, "id")


def test_money_passed_down_is_not_copied(city_app, city):
    post_form(city, plan(OPEN, "/units"), echeng__allocated="87.66", echeng__households="499")

    post_form(city, plan(OPEN, "/copy"), plan(OPEN, "/copies"), code="2028-spring")

    query = (
        "SELECT e.allocated, e.households FROM expectation e JOIN campaign c "
        "ON c.id = e.campaign_id WHERE c.code = '2028-spring' AND e.code = 'echeng'"
    )
    assert tuple(city_app.rows(query)[0].values()) == (None, 499)


def test_copying_twice_with_one_code_makes_one_copy(city_app, city, draft):
    again = post_form(city, plan(OPEN, "/copy"), plan(OPEN, "/copies"), code=draft)

    assert again.status_code == 422
    assert len(city_app.rows("SELECT id FROM campaign WHERE code = ?", draft)) == 1


def test_units_cannot_see_a_draft(city, echeng, draft):
    assert "2028年春节送温暖" not in echeng.get("/o/echeng/").text
    assert echeng.get(f"/o/echeng/campaigns/{draft}/notice").status_code == 404


def test_every_change_of_a_draft_is_in_the_trail(city_app, city, draft):
    answer = post_form(
        city,
        plan(draft),
        due="2028-01-18 12:00",
        contact="张慧 0711-1234567",
        four_eyes="1",
        notice="第一段\n第二段",
    )

    assert answer.status_code == 303
    assert column(city_app, draft, "four_eyes")
    changes = {note: (old, new) for action, note, old, new in told(city_app, draft)[1:]}
    assert changes["报送截止"] == ("2028-01-26 17:30", "2028-01-18 12:00")
    assert changes["填报与上报由两人分别完成"] == ("", "是")
    assert changes["通知正文"] == ("", "第一段\n第二段")
    page = city.page(plan(draft, "/changes"))
    assert "2028-01-26 17:30" in page.text
    assert "张慧" in page.text


def test_the_page_shows_the_length_of_each_phase(city, draft):
    page = city.page(plan(draft))

    assert "16 天 9 小时" in page.text
    assert "2028年1月26日（星期三）17:30" in page.text


def test_saving_stored_values_changes_nothing(city_app, city, draft):
    before = told(city_app, draft), column(city_app, draft, "version")

    assert post_form(city, plan(draft)).status_code == 303
    assert (told(city_app, draft), column(city_app, draft, "version")) == before


def test_two_administrators_do_not_overwrite_each_other(city_app, city, draft):
    seen = fields_of(city.page(plan(draft)), plan(draft))
    post_form(city, plan(draft), contact="李某 0711-1111111")

    answer = city.post(plan(draft), **seen | {"contact": "王某 0711-2222222"})

    assert answer.status_code == 409
    assert "李某 0711-1111111" in answer.text
    assert "王某 0711-2222222" in answer.text
    assert "张慧" in answer.text
    assert column(city_app, draft, "contact") == "李某 0711-1111111"
    knowing = fields_of(type(city.page(plan(draft))).of(answer.text), plan(draft))
    assert city.post(plan(draft), **knowing).status_code == 303
    assert column(city_app, draft, "contact") == "王某 0711-2222222"


def test_the_same_change_twice_is_no_conflict(city_app, city, draft):
    seen = fields_of(city.page(plan(draft)), plan(draft)) | {"contact": "王某"}

    answers = [city.post(plan(draft), **seen).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert column(city_app, draft, "version") == 2


def test_the_publication_page_shows_recipients_and_what_is_missing(city_app, city, draft):
    page = city.page(plan(draft, "/publication"))

    doubts = " ".join(part.text for part in page.all("li", doubt=None))
    assert "鄂城区总工会" in page.text
    assert "应报单位 4 家（另 1 家仅供核对）" in page.text
    assert "仅供核对：鄂城区基层工会一" in page.text
    assert "按附件还原" in doubts
    assert "没有联系方式" in doubts
    assert page.all("li", missing=None) == []


def test_an_edition_that_is_a_draft_stops_publication(city_app, city, draft):
    city_app.campaign(draft, edition_id=unpublished_edition(city_app))

    page = city.page(plan(draft, "/publication"))
    answer = city.post(plan(draft, "/publication"), version="1")

    assert "还是草稿" in page.one("li", missing=None).text
    assert answer.status_code == 422
    assert column(city_app, draft, "status") == "draft"


def unpublished_edition(city_app):
    """The number of an edition that is still a draft."""
    with city_app.app.app_context(), tenancy.opening() as door, writing(door) as session:
        document = json.loads(json.dumps(edition("2027.1"))) | {"version": "2028.1"}
        kept = import_edition(session, document, by=BY, at=FOUNDED)
        session.commit()
        return kept.id


def test_a_published_campaign_is_on_its_units_home_pages(city_app, city, echeng, draft):
    answer = post_form(city, plan(draft, "/publication"))

    assert answer.status_code == 303
    assert column(city_app, draft, "status") == "published"
    assert "2028年春节送温暖" in echeng.get("/o/echeng/").text
    assert echeng.page(f"/o/echeng/campaigns/{draft}/notice")
    actions = [entry[0] for entry in told(city_app, draft)]
    assert actions == ["campaign-created", "campaign-opened", "announced"]


def test_publishing_twice_publishes_once(city_app, city, draft):
    fields = fields_of(city.page(plan(draft, "/publication")), plan(draft, "/publication"))

    answers = [city.post(plan(draft, "/publication"), **fields).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert [e[0] for e in told(city_app, draft)].count("campaign-opened") == 1


def test_a_plan_changed_since_the_page_was_shown_is_not_published(city_app, city, draft):
    fields = fields_of(city.page(plan(draft, "/publication")), plan(draft, "/publication"))
    post_form(city, plan(draft), contact="李某")

    answer = city.post(plan(draft, "/publication"), **fields)

    assert answer.status_code == 409
    assert column(city_app, draft, "status") == "draft"


@pytest.mark.parametrize("name", ["name", "edition", "period", "notice"])
def test_fixed_fields_cannot_be_changed_after_publication(city_app, city, name):
    texts = {
        "name": "别的名称",
        "edition": "songwennuan@2022.1",
        "period": "别的",
        "notice": "别的",
    }

    answer = post_form(city, plan(OPEN), **{name: texts[name]})

    assert answer.status_code == 409
    assert "不能再改" in answer.text


def test_published_dates_move_with_a_reason_the_trail_and_an_announcement(city_app, city, echeng):
    without = post_form(city, plan(OPEN), due="2027-02-01 17:30", closes="2027-02-03 17:30")
    moved = post_form(
        city,
        plan(OPEN),
        due="2027-02-01 17:30",
        closes="2027-02-03 17:30",
        reason="多家单位反映节前忙",
    )

    assert (without.status_code, moved.status_code) == (422, 303)
    assert "要写明理由" in without.text
    entries = [e for e in told(city_app, OPEN) if e[0] == "campaign-changed"]
    assert entries[0][1:] == (
        "报送截止，理由：多家单位反映节前忙",
        "2027-01-26 17:30",
        "2027-02-01 17:30",
    )
    home = echeng.page("/o/echeng/")
    assert "1 条未读" in home.text
    assert "时间调整" in home.text


def test_a_date_is_not_moved_into_the_past(city_app, city):
    answer = post_form(city, plan(OPEN), due="2027-01-19 17:30", reason="提前")

    assert answer.status_code == 422
    assert 'id="due-problem"' in answer.text
    assert column(city_app, OPEN, "version") == 2


def test_only_a_closed_campaign_can_be_archived(city_app, city, echeng):
    early = city.post(plan(OPEN, "/archive"))
    over = [city.post(plan(LAST, "/archive")).status_code for _ in range(2)]

    assert early.status_code == 409
    assert "还没有停止填报" in early.text
    assert over == [303, 303]
    assert column(city_app, LAST, "status") == "archived"
    assert [e[0] for e in told(city_app, LAST)].count("campaign-archived") == 1
    assert post_form(city, plan(OPEN), contact="新").status_code == 303
    assert city.post(plan(LAST), contact="新", version="9").status_code == 409


def test_a_draft_can_be_deleted_and_a_published_campaign_cannot(city_app, city, draft):
    answers = [city.post(plan(code, "/removal")).status_code for code in (draft, OPEN)]

    assert answers == [303, 409]
    assert column(city_app, draft, "id") is None
    assert city_app.scalar("SELECT count(*) FROM trail WHERE action = 'campaign-removed'") == 1
    assert column(city_app, OPEN, "status") == "published"


def test_changed_limits_are_in_the_trail(city_app, city, echeng):
    field = "per-head__limits_yuan__C9"

    answer = post_form(city, plan(OPEN, "/limits"), **{field: "500"})

    assert answer.status_code == 303
    [entry] = [e for e in told(city_app, OPEN) if e[0] == "campaign-changed"]
    assert "C9" in entry[1]
    assert entry[2:] == ("1000元/人次（表样标准）", "500元/人次")
    echeng.save("C9", "12")
    echeng.save("D9", "1.00")
    assert "833" in echeng.get(echeng.url("/report/submission")).text


def test_a_wrong_limit_is_refused_at_its_field(city_app, city):
    answer = post_form(city, plan(OPEN, "/limits"), **{"year-on-year__up_percent": "很多"})

    assert answer.status_code == 422
    assert "很多" in answer.text
    assert 'id="year-on-year.up_percent-problem"' in answer.text


def test_limits_changed_since_the_page_was_shown_are_not_overwritten(city_app, city):
    page = plan(OPEN, "/limits")
    seen = fields_of(city.page(page), page)
    post_form(city, page, **{"per-head__limits_yuan__C9": "500"})

    answer = city.post(page, **seen | {"per-head.limits_yuan.C9": "700"})

    assert answer.status_code == 409
    kept = column(city_app, OPEN, "limits")
    kept = json.loads(kept) if isinstance(kept, str) else kept  # PostgreSQL knows JSON
    assert kept["per-head"]["limits_yuan"] == {"C9": 500}


def test_with_four_eyes_the_last_editor_cannot_submit(city_app, city, echeng):
    city_app.campaign(OPEN, four_eyes=True)
    head = city_app.person("echeng-head")
    echeng.fill_all()

    own = echeng.submit()
    others = head.submit()

    assert own.status_code == 409
    assert "两人分别完成" in own.text
    assert others.status_code == 303
    assert echeng.current.submissions == 1


def test_with_four_eyes_the_last_edit_decides_not_the_first(city_app, echeng):
    city_app.campaign(OPEN, four_eyes=True)
    head = city_app.person("echeng-head")
    echeng.fill_all()
    head.save("C9", "13")

    assert head.submit().status_code == 409
    assert echeng.submit().status_code == 303
