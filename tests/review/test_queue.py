"""The queue: what waits for a desk, in the order in which it came, one decision after another."""

from datetime import timedelta

import pytest

from tests.founding import OPEN


@pytest.fixture
def handed_in(city_app, echeng, gedian):
    """葛店 handed in first, 鄂城 an hour later."""
    gedian.report("submitted")
    city_app.let_pass(timedelta(minutes=20))
    echeng.report("submitted")


def queued(person, code: str = ""):
    page = person.page(person.url("/reviews", code=code or None))
    return [
        each.get("data-organisation") for each in page.all("tr") if each.has("data-organisation")
    ]


def test_the_oldest_submission_stands_first(handed_in, city):
    assert queued(city) == ["gedian", "echeng"]


def test_a_decision_leads_on_to_the_next_and_the_last_one_stays(handed_in, city, echeng, gedian):
    first = city.post(f"{gedian.current.url}/acceptance", number="1")
    page = city.page(first.location)
    second = city.post(f"{echeng.current.url}/return", number="1", reason="请核对 C9。")

    assert first.location == f"{echeng.current.url}/review"
    assert "还有 1 份待审核，下面是鄂城区总工会的报表" in page.text
    assert second.location == f"{echeng.current.url}/review"
    assert queued(city) == []
    assert "没有待审核的报表" in city.page(city.url("/reviews")).text


def test_the_page_says_how_many_wait_and_which_is_next(handed_in, city, gedian):
    page = city.page(f"{gedian.current.url}/review")

    assert "待审核 2 份" in page.text
    assert "下一份：鄂城区总工会" in page.text


def test_only_what_this_desk_decides_is_in_its_queue(city_app, city):
    city_app.person("echeng-jiceng1").report("submitted")

    assert queued(city) == []
    assert queued(city_app.person("echeng-reviewer")) == ["echeng-jiceng1"]


def test_the_home_page_counts_waiting_reports(handed_in, city):
    links = city.page("/o/shizong/").all("a", action="review-queue")

    [link] = [each for each in links if each.root.get("href") == city.url("/reviews")]
    assert "待审核 2 份" in link.text


def test_only_a_desk_has_a_queue(city_app, echeng, gedian):
    assert echeng.get(echeng.url("/reviews")).status_code == 403
    assert (
        city_app.person("shizong-viewer").get(f"/o/shizong/campaigns/{OPEN}/reviews").status_code
        == 403
    )
    assert gedian.get(gedian.url("/reviews", code="echeng")).status_code == 404


# What stands beside the report


def test_notes_stand_at_their_items(echeng, city):
    report = echeng.report("submitted")
    echeng.post(f"{report.url}/items/C9/notes", text="含两个站点")

    assert "备注：含两个站点" in city.page(f"{report.url}/review").one("tr", code="C9").text


def test_what_changed_after_a_withdrawal_is_shown(echeng, city):
    report = echeng.report("submitted")
    echeng.post(f"{report.url}/withdrawal")
    echeng.save("C9", "15")
    echeng.submit("again")

    page = city.page(f"{report.url}/review")

    assert "与第 1 次报送相比" in page.text
    assert page.one("tr", change="C9").text.split()[-2:] == ["12", "15"]
    assert "上次报送 12" in page.one("tr", code="C9").text


def test_a_unit_with_the_very_same_figures_is_named_to_the_desk_alone(echeng, gedian, city):
    report = echeng.report("submitted")
    gedian.report("submitted")

    assert "与葛店开发区总工会的完全相同" in city.page(f"{report.url}/review").text
    assert "葛店" not in echeng.page(report.url).text


def test_figures_that_differ_in_one_item_are_not_the_same(echeng, gedian, city):
    gedian.report("submitted")
    echeng.fill_all(A3="5.00", B="3", C9="13", D9="1.00")
    echeng.submit()

    assert "完全相同" not in city.page(f"{echeng.current.url}/review").text
