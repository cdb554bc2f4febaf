"""Home: what one owes, what one watches, and the way to everything else."""

import pytest

from tests.founding import LAST, OPEN, at


def home(person, code: str = ""):
    return person.page(f"/o/{code or person.home}/")


def card(page):
    return next(each for each in page.all("section") if "card" in each.root.get("class", ""))


def test_the_root_leads_everybody_home(echeng, city):
    assert echeng.get("/").location == "/o/echeng/"
    assert city.get("/").location == "/o/shizong/"


def test_the_open_campaign_names_its_notice_form_and_due_time(echeng):
    text = card(home(echeng)).text

    for words in (
        "2027年春节送温暖",
        "鄂州工发[2027]1号",
        "2027.1",
        "统计时段：春节前后",
        "2027年1月26日（星期二）17:30",
        "还有 6 天 7 小时 30 分",
    ):
        assert words in text


def test_the_past_stands_quietly_below(echeng):
    page = home(echeng)

    past = page.text[page.text.index("以往的填报任务") :]
    assert "2022年春节送温暖（鄂州工发[2022]1号）" in past
    assert "已停止填报" in past
    links = [each.root.get("href") for each in page.all("a")]
    assert f"/o/echeng/campaigns/{LAST}/report" in links


# The line of those who fill


def line(person) -> str:
    text = card(home(person)).text
    return text[text.index("您单位：") :].partition("。")[0]


def test_a_report_that_is_not_started(echeng):
    assert line(echeng) == "您单位：尚未填报，共 46 项，距截止 6 天 7 小时 30 分"


def test_a_draft_says_how_much_is_missing_and_wrong(echeng):
    echeng.save("C9", "12")
    echeng.save("D9", "4.00")
    echeng.save("B", "1")
    echeng.save("B1", "2")

    said = line(echeng)

    assert "还差 42 项、错误 1、待说明 1 项，距截止" in said


def test_a_full_draft_can_be_submitted(echeng):
    echeng.fill_all()

    assert "已填齐，可以上报，距截止" in line(echeng)


def test_a_submitted_report_waits(echeng):
    echeng.report("submitted")

    assert line(echeng) == ("您单位：已上报（待审核），第 1 次报送，2027年1月20日（星期三）10:00")


def test_an_accepted_report_names_who_accepted(echeng):
    echeng.report("accepted")

    assert line(echeng) == "您单位：已审核，2027年1月20日（星期三）10:00 由张慧审核通过"


def test_a_returned_report_shows_the_reason_first(echeng):
    echeng.report("returned")

    text = card(home(echeng)).text

    assert "张慧 于 2027年1月20日（星期三）10:00 退回修改：请核对 C9。" in text
    assert "已退回，请修改后重新上报，距截止" in text


def test_after_the_due_time_the_line_counts_to_the_close(echeng, city_app):
    city_app.clock_at("2027-01-28 15:20")

    assert line(echeng) == ("您单位：尚未填报，共 46 项，已过报送截止时间，距停止填报 2 小时 10 分")


def test_an_extension_is_the_units_own_due_time(gedian, city, city_app):
    city.post(city.url("/report/extension", code="gedian"), until="2027-01-30", reason="住院。")
    city_app.clock_at("2027-01-29 17:00")

    text = card(home(gedian)).text

    assert "2027年1月30日（星期六）17:30，还有 1 天 30 分" in text
    assert "已获延期" in text


def test_a_released_unit_is_told_so_and_has_nothing_to_fill(city_app):
    page = home(city_app.person("jiaoyu"))

    assert "本次免报（未列入本次应报范围）" in page.text
    assert page.all("a", action="fill") == []


# The one way to fill


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("not-started", "开始填报"),
        ("draft", "继续填报"),
        ("returned", "去修改"),
        ("submitted", "看报表"),
    ],
)
def test_one_button_leads_to_the_report(echeng, state, words):
    report = echeng.report(state)

    button = home(echeng).one("a", action="fill")

    assert button.get("href") == report.url
    assert button.text == words


def test_a_head_may_fill_too(city_app):
    assert home(city_app.person("echeng-head")).one("a", action="fill")


def test_the_citys_own_report_is_its_reporters(city_app):
    button = home(city_app.person("shizong-reporter")).one("a", action="fill")

    assert button.get("href") == f"/o/shizong/campaigns/{OPEN}/report"


@pytest.mark.parametrize("username", ["shizong", "shizong-viewer", "shizong-auditor"])
def test_who_does_not_fill_is_not_asked_to(city_app, username):
    page = home(city_app.person(username))

    assert page.all("a", action="fill") == []
    assert "您单位" not in page.text


def test_with_two_open_campaigns_the_one_due_next_is_filled(echeng, city_app):
    city_app.campaign(
        LAST, opens="2027-01-05 08:30", due="2027-01-22 17:30", closes="2027-01-25 17:30"
    )

    page = home(echeng)

    assert page.one("a", action="fill").get("href") == f"/o/echeng/campaigns/{LAST}/report"
    assert card(page).text.startswith("2022年春节送温暖")


def test_the_fill_button_skips_a_submitted_late_campaign(echeng, city_app):
    city_app.campaign(
        LAST, opens="2027-01-05 08:30", due="2027-01-19 17:30", closes="2027-01-25 17:30"
    )

    page = home(echeng)

    assert page.one("a", action="fill").get("href") == f"/o/echeng/campaigns/{OPEN}/report"


# The desk


def test_the_desk_sees_how_many_are_missing(echeng, city):
    echeng.report("submitted")

    page = home(city)

    assert "应报 4 已报 1 未报 3 迟报 0 上报率 25%" in card(page).text


def test_the_desk_finds_board_consolidation_and_users(city):
    page = home(city)

    for action in ("status-board", "consolidation"):
        first = page.all("a", action=action)[0]
        assert f"/campaigns/{OPEN}/" in first.get("href")
        assert city.get(first.get("href")).status_code == 200
    assert city.get("/o/shizong/users").status_code == 200
    assert "/o/shizong/users" in [each.root.get("href") for each in page.all("a")]


def test_a_campaign_that_is_over_offers_only_what_still_waits(gedian, city, city_app):
    def offered() -> set[str]:
        text = home(city)
        return {
            action
            for action in ("remind", "review-queue", "open-questions", "status-board")
            if any(f"/{OPEN}/" in each.get("href") for each in text.all("a", action=action))
        }

    gedian.report("submitted")
    assert offered() == {"remind", "review-queue", "open-questions", "status-board"}

    city_app.clock_at(at("2027-06-01 09:00"))
    assert offered() == {"review-queue", "status-board"}

    city.post(city.url("/report/acceptance", code="gedian"), number="1")
    assert offered() == {"status-board"}


def test_users_are_for_administrators(city_app):
    page = home(city_app.person("shizong-viewer"))

    assert "/o/shizong/users" not in [each.root.get("href") for each in page.all("a")]


def test_a_head_sees_the_desk_of_their_unit(city_app):
    page = home(city_app.person("echeng-head"))

    assert "应报 2" in card(page).text
    assert page.all("a", action="status-board")


def test_a_reporter_has_no_desk(echeng):
    page = home(echeng)

    assert page.all("a", action="status-board") == []
    assert "上报率" not in page.text


def test_an_auditor_finds_the_trail_of_every_report_of_every_year(city_app):
    auditor = city_app.person("shizong-auditor")

    page = home(auditor)

    trails = [each.get("href") for each in page.all("a", action="trail")]
    assert len(trails) == 2 * 5
    assert {auditor.get(way).status_code for way in trails} == {200}
    assert page.all("a", action="status-board") == []


def test_a_reporter_does_not_get_the_auditors_list(echeng):
    assert home(echeng).all("a", action="trail") == []


# Whose home


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("shizong", 200),
        ("shizong-viewer", 200),
        ("shizong-auditor", 200),
        ("shizong-reporter", 404),
        ("echeng-reviewer", 200),
        ("gedian", 404),
    ],
)
def test_who_may_open_the_home_of_echeng(city_app, username, status):
    assert city_app.person(username).get("/o/echeng/").status_code == status


def test_those_above_see_a_home_without_being_asked_to_fill(echeng, city):
    echeng.report("draft")

    page = home(city, "echeng")

    assert "本单位报表：填报中" in page.text
    assert "回到本单位首页" in page.text
    assert page.all("a", action="fill") == []


def test_a_stranger_is_asked_to_sign_in_first(city_app):
    answer = city_app.stranger().get("/o/echeng/")

    assert answer.status_code == 303
    assert answer.location == "/login?next=/o/echeng/"


# Nothing to do


def test_a_draft_campaign_is_not_shown(echeng, city_app):
    city_app.campaign(status="draft")

    page = home(echeng)

    assert "2027年春节送温暖" not in page.text
    assert "现在没有可以填报的任务" in page.text


def test_a_campaign_that_opens_later_says_when(echeng, city_app):
    city_app.clock_at("2027-01-05 09:00")

    page = home(echeng)

    assert "2027年1月10日（星期日）08:30 起可以填报" in page.text
    assert page.all("a", action="fill") == []


def test_an_archived_campaign_is_over_whatever_its_dates(echeng, city_app):
    city_app.campaign(status="archived")

    page = home(echeng)

    assert "已归档" in page.text
    assert page.all("a", action="fill") == []
